package simulator

import (
	"context"

	waBinary "go.mau.fi/whatsmeow/binary"

	"github.com/wasession/wasession/test/simulator/stanza"
)

// registerCore adds the handlers of the Server itself.
func (s *Server) registerCore() {
	s.HandleIQ("md", "set", "link_code_companion_reg", s.handleLinkCode)
	s.HandleIQ("md", "set", "remove-companion-device", s.handleLogout)
	for _, child := range []string{"ref", "passkey_request_options"} {
		s.HandleIQ("md", "get", child, s.handlePasskey)
	}
	for _, child := range []string{"passkey_prologue", "companion_nonce", "encrypted_pairing_request"} {
		s.HandleIQ("md", "set", child, s.handlePasskey)
	}
	s.HandleIQ("w:p", "get", "", accept)
	s.HandleIQ("passive", "set", "active", s.handleActive)
	s.HandleIQ("passive", "set", "passive", accept)
	s.HandleIQ("encrypt", "get", "count", s.handlePreKeyCount)
	s.HandleIQ("encrypt", "get", "key", s.handleBundles)
	s.HandleIQ("encrypt", "get", "digest", s.handleDigest)
	s.HandleIQ("encrypt", "set", "registration", s.handlePreKeyUpload)
	s.HandleIQ("encrypt", "set", "rotate", s.handleRotate)
	s.HandleIQ("usync", "get", "usync", s.handleUsync)
	s.HandleIQ("privacy", "get", "privacy", s.handlePrivacyGet)
	s.HandleIQ("privacy", "set", "privacy", s.handlePrivacySet)
	s.HandleIQ("privacy", "set", "tokens", s.handlePrivacyTokens)
	s.HandleIQ("blocklist", "get", "", s.handleBlocklistGet)
	s.HandleIQ("blocklist", "set", "item", s.handleBlocklistSet)
	s.HandleIQ("status", "get", "privacy", s.handleStatusPrivacy)
	s.HandleIQ("status", "set", "status", s.handleStatusSet)
	s.HandleIQ("abt", "get", "props", s.handleProps)
	s.HandleIQ("w:stats", "", "add", accept)
	s.HandleIQ("disappearing_mode", "set", "", accept)
	s.HandleIQ("urn:xmpp:whatsapp:dirty", "set", "", accept)
	s.HandleIQ("urn:xmpp:whatsapp:push", "set", "", accept)
	s.HandleIQ("w:mex", "get", "query", s.handleMex)
	s.HandleIQ("w:profile:picture", "get", "picture", s.handlePictureGet)
	s.HandleIQ("w:profile:picture", "set", "", s.handlePictureSet)
	s.HandleIQ("w:m", "set", "media_conn", s.handleMediaConn)
	s.HandleIQ("w:biz", "get", "business_profile", s.handleBusinessProfile)
	s.registerGroups()
	s.registerNewsletters()
	s.HandlePeer(s.resendPlaceholders)
	s.mux.HandleFunc("GET /v/pictures/{id}", s.servePicture)
}

// accept answers a query with an empty result.
func accept(context.Context, *IQ) ([]waBinary.Node, error) { return nil, nil }

func (s *Server) handleStatusPrivacy(context.Context, *IQ) ([]waBinary.Node, error) {
	return []waBinary.Node{stanza.Node("privacy", nil, []waBinary.Node{
		stanza.Node("list", waBinary.Attrs{"type": "contacts", "default": "true"}, nil),
	})}, nil
}

// handleProps answers that no experiment changes a client's behavior.
func (s *Server) handleProps(context.Context, *IQ) ([]waBinary.Node, error) {
	return []waBinary.Node{stanza.Node("props", waBinary.Attrs{"protocol": "1", "refresh": 86400}, nil)}, nil
}

// handleMediaConn returns the media host. The name resolves to this Server for
// a client that redirects WhatsApp's hosts to it.
func (s *Server) handleMediaConn(context.Context, *IQ) ([]waBinary.Node, error) {
	return []waBinary.Node{stanza.Node("media_conn", waBinary.Attrs{
		"auth": "simulated", "ttl": "3600", "auth_ttl": "3600", "max_buckets": "12",
	}, []waBinary.Node{stanza.Node("host", waBinary.Attrs{"hostname": "mmg.whatsapp.net"}, nil)})}, nil
}

// handleBusinessProfile answers that no account is a business.
func (s *Server) handleBusinessProfile(context.Context, *IQ) ([]waBinary.Node, error) {
	return nil, errNotFound
}
