package simulator

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"time"

	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/types"

	"github.com/wasession/wasession/test/simulator/stanza"
)

func defaultPrivacy() map[string]string {
	return map[string]string{
		"groupadd": "all", "last": "all", "status": "all", "profile": "all",
		"readreceipts": "all", "online": "all", "calladd": "all",
	}
}

func (s *Server) handlePrivacyGet(_ context.Context, iq *IQ) ([]waBinary.Node, error) {
	iq.User.mu.Lock()
	defer iq.User.mu.Unlock()
	var list []waBinary.Node
	for _, name := range slices.Sorted(maps.Keys(iq.User.privacy)) {
		list = append(list, stanza.Node("category", waBinary.Attrs{"name": name, "value": iq.User.privacy[name]}, nil))
	}
	return []waBinary.Node{stanza.Node("privacy", nil, list)}, nil
}

func (s *Server) handlePrivacySet(_ context.Context, iq *IQ) ([]waBinary.Node, error) {
	iq.User.mu.Lock()
	defer iq.User.mu.Unlock()
	for _, c := range iq.Child.GetChildrenByTag("category") {
		iq.User.privacy[jidText(c.Attrs["name"])] = jidText(c.Attrs["value"])
	}
	iq.User.touch()
	return []waBinary.Node{iq.Child}, nil
}

// handlePrivacyTokens handles a client that trusts a contact: the contact's
// companions get a token for writing to it.
func (s *Server) handlePrivacyTokens(_ context.Context, iq *IQ) ([]waBinary.Node, error) {
	for _, token := range iq.Child.GetChildrenByTag("token") {
		jid, _ := token.Attrs["jid"].(types.JID)
		target := s.UserByJID(jid)
		if target == nil {
			return nil, errNotFound
		}
		iq.User.mu.Lock()
		iq.User.tokens[target.pn.User] = jidText(token.Attrs["t"])
		iq.User.touch()
		iq.User.mu.Unlock()
		iq.User.giveToken(target, []byte(newID()), time.Now())
	}
	return []waBinary.Node{iq.Child}, nil
}

// GivePrivacyToken makes the account trust another one, whose companions get
// the token with which they may then write to it.
func (u *User) GivePrivacyToken(ctx context.Context, to *User, token []byte) error {
	return u.worker.do(ctx, func(context.Context) error {
		u.giveToken(to, token, time.Now())
		return nil
	})
}

func (u *User) giveToken(to *User, token []byte, now time.Time) {
	for _, c := range to.Companions() {
		n := stanza.Notification(newID(), "privacy_token", u.pn, now,
			stanza.Node("tokens", nil, []waBinary.Node{stanza.Node("token", waBinary.Attrs{
				"type": "trusted_contact", "t": strconv.FormatInt(now.Unix(), 10),
			}, token)}))
		n.Attrs["sender_lid"] = u.lid
		c.deliver(n)
	}
}

// Trusts reports whether a client of the account gave the other one a
// privacy token.
func (u *User) Trusts(other *User) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	_, ok := u.tokens[other.pn.User]
	return ok
}

// WaitTrusts waits until Trusts is true.
func (u *User) WaitTrusts(ctx context.Context, other *User) error {
	return u.await(ctx, func() bool { _, ok := u.tokens[other.pn.User]; return ok })
}

func (s *Server) handleBlocklistGet(_ context.Context, iq *IQ) ([]waBinary.Node, error) {
	return []waBinary.Node{s.blocklistNode(iq.User)}, nil
}

func (s *Server) blocklistNode(u *User) waBinary.Node {
	u.mu.Lock()
	blocked := slices.Sorted(maps.Keys(u.blocked))
	u.mu.Unlock()
	var list []waBinary.Node
	for _, pn := range blocked {
		if other := s.User(pn); other != nil {
			list = append(list, stanza.Node("item", waBinary.Attrs{"jid": other.lid, "pn_jid": other.pn}, nil))
		}
	}
	return stanza.Node("list", waBinary.Attrs{"dhash": strconv.Itoa(len(list)), "addressing_mode": "lid"}, list)
}

func (s *Server) handleBlocklistSet(_ context.Context, iq *IQ) ([]waBinary.Node, error) {
	jid, _ := iq.Child.Attrs["jid"].(types.JID)
	other := s.UserByJID(jid)
	if other == nil {
		return nil, errNotFound
	}
	iq.User.mu.Lock()
	if iq.Child.Attrs["action"] == "block" {
		iq.User.blocked[other.pn.User] = struct{}{}
	} else {
		delete(iq.User.blocked, other.pn.User)
	}
	iq.User.touch()
	iq.User.mu.Unlock()
	return []waBinary.Node{s.blocklistNode(iq.User)}, nil
}

// blocks reports whether the account has blocked another one and so gets no
// messages from it.
func (u *User) blocks(other *User) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	_, blocked := u.blocked[other.pn.User]
	return blocked
}

// About returns the account's status text.
func (u *User) About() string {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.about
}

// handleStatusSet changes the status text, in the form that preceded w:mex.
func (s *Server) handleStatusSet(_ context.Context, iq *IQ) ([]waBinary.Node, error) {
	text, _ := iq.Child.Content.([]byte)
	iq.User.SetAbout(string(text))
	return nil, nil
}

// SetAbout changes the account's status text.
func (u *User) SetAbout(text string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.about = text
	u.touch()
}
