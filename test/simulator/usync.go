package simulator

import (
	"context"
	"strings"

	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/types"

	"github.com/wasession/wasession/test/simulator/stanza"
)

// handleUsync answers queries about users: each <user> of the list gets what
// the children of <query> ask for.
func (s *Server) handleUsync(_ context.Context, iq *IQ) ([]waBinary.Node, error) {
	query := iq.Child.GetChildByTag("query")
	list := iq.Child.GetChildByTag("list")
	var users []waBinary.Node
	for _, asked := range list.GetChildren() {
		if asked.Tag == "user" {
			users = append(users, s.usyncUser(query.GetChildren(), asked))
		}
	}
	return []waBinary.Node{stanza.Node("usync", nil, []waBinary.Node{stanza.Node("list", nil, users)})}, nil
}

func (s *Server) usyncUser(query []waBinary.Node, asked waBinary.Node) waBinary.Node {
	if contact, ok := asked.GetOptionalChildByTag("contact"); ok {
		return s.usyncContact(query, contact)
	}
	jid, _ := asked.Attrs["jid"].(types.JID)
	u := s.UserByJID(jid)
	if u == nil {
		return stanza.Node("user", waBinary.Attrs{"jid": jid}, nil)
	}
	return stanza.Node("user", waBinary.Attrs{"jid": jid}, s.usyncDetails(u, jid, query))
}

// usyncContact looks up a number that may not be on WhatsApp. The query has the
// form +15550001111@c.us.
func (s *Server) usyncContact(query []waBinary.Node, contact waBinary.Node) waBinary.Node {
	var text string
	switch content := contact.Content.(type) {
	case []byte:
		text = string(content)
	case string:
		text = content
	}
	number, _, _ := strings.Cut(text, "@")
	number = strings.TrimPrefix(number, "+")
	answer := stanza.Node("contact", waBinary.Attrs{"type": "out"}, []byte(text))
	u := s.User(number)
	if u == nil {
		return stanza.Node("user", waBinary.Attrs{"jid": types.NewJID(number, types.DefaultUserServer)}, []waBinary.Node{answer})
	}
	answer.Attrs["type"] = "in"
	attrs := waBinary.Attrs{"jid": u.pn}
	for _, child := range query {
		if child.Tag == "contact" && child.Attrs["addressing_mode"] == "lid" {
			attrs = waBinary.Attrs{"jid": u.lid, "pn_jid": u.pn}
		}
	}
	return stanza.Node("user", attrs, append(s.usyncDetails(u, u.pn, query), answer))
}

func (s *Server) usyncDetails(u *User, jid types.JID, query []waBinary.Node) []waBinary.Node {
	var out []waBinary.Node
	for _, child := range query {
		switch child.Tag {
		case "devices":
			var devices []waBinary.Node
			for _, device := range u.devices(jid.Server) {
				attrs := waBinary.Attrs{"id": int(device.Device)}
				if device.Device > 0 {
					attrs["key-index"] = int(device.Device)
				}
				devices = append(devices, stanza.Node("device", attrs, nil))
			}
			out = append(out, stanza.Node("devices", nil, []waBinary.Node{
				stanza.Node("device-list", waBinary.Attrs{"hash": deviceHash(u.devices(jid.Server))}, devices),
			}))
		case "lid":
			out = append(out, stanza.Node("lid", waBinary.Attrs{"val": u.lid}, nil))
		case "status":
			out = append(out, stanza.Node("status", nil, []byte(u.About())))
		case "picture":
			if pic := u.Picture(); pic != nil {
				out = append(out, stanza.Node("picture", waBinary.Attrs{"id": pic.ID}, nil))
			}
		case "contact", "business", "disappearing_mode", "username":
			// Nothing to return: no account here is a business.
		default:
			s.noteUnhandled("usync " + child.Tag)
		}
	}
	return out
}
