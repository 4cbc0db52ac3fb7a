package whatsapp

import (
	"context"
	"time"

	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/types"

	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/whatsapp/content"
	"github.com/wasession/wasession/runtime/whatsapp/jid"
)

// directory maps LIDs to phone numbers and back. whatsmeow's LID store is one,
// with a cache in memory.
type directory interface {
	GetPNForLID(ctx context.Context, lid types.JID) (types.JID, error)
	GetLIDForPN(ctx context.Context, pn types.JID) (types.JID, error)
}

// mapper translates whatsmeow's events into changes of the domain. Apart from the
// lookup of numbers it is pure.
type mapper struct {
	// me and myLID are the account's own addresses.
	me, myLID types.JID
	numbers   directory
}

// phoneOf returns the phone number for an address, or the address itself if the
// number is not known. alt is the alternative address that WhatsApp supplied, or
// empty.
func (m mapper) phoneOf(j, alt types.JID) types.JID {
	if !jid.IsLID(j) {
		return j
	}
	if jid.IsPhone(alt) {
		return alt
	}
	if j.User == m.myLID.User {
		return m.me
	}
	if m.numbers != nil && jid.ChatID(j) != "" { // the directory remembers whatever it is asked
		lid := types.NewJID(j.User, types.HiddenUserServer)
		if pn, err := m.numbers.GetPNForLID(context.Background(), lid); err == nil && !pn.IsEmpty() {
			return pn
		}
	}
	return j
}

// person returns the id for an address, as a phone number if that is known.
func (m mapper) person(j, alt types.JID) chat.ID { return jid.ChatID(m.phoneOf(j, alt)) }

// personOf parses an address in a message. The sender chose it, so no number is
// looked up: the store resolves those it knows.
func (m mapper) personOf(s string) chat.ID {
	j, err := types.ParseJID(s)
	if s == "" || err != nil {
		return ""
	}
	if jid.IsLID(j) && j.User == m.myLID.User {
		return jid.ChatID(m.me)
	}
	return jid.ChatID(j)
}

// source is the chat of an event and its sender.
type source struct {
	chat, arrived, participant chat.ID
	fromMe                     bool
}

// sourceOf translates the source of a message or receipt.
func (m mapper) sourceOf(s types.MessageSource) source {
	if s.IsIncomingBroadcast() && !s.IsFromMe {
		// Recipients of a broadcast list see an ordinary direct message.
		return source{chat: m.person(s.Sender, s.SenderAlt), arrived: jid.ChatID(s.Sender)}
	}
	p := source{arrived: jid.ChatID(s.Chat), fromMe: s.IsFromMe}
	alt := s.SenderAlt
	if s.IsFromMe {
		alt = s.RecipientAlt
	}
	p.chat = m.person(s.Chat, alt)
	if p.chat.HasParticipants() {
		p.participant = m.person(s.Sender, s.SenderAlt)
	}
	return p
}

// message returns the row for a message; ok is false if it shows nothing.
func (m mapper) message(info types.MessageInfo, msg *waE2E.Message, raw []byte) (out chat.Message, ok bool) {
	c, ok := content.Of(msg)
	if !ok {
		return chat.Message{}, false
	}
	out = m.envelope(info)
	out.Type, out.Body, out.Media, out.Location, out.VCards = c.Kind, c.Body, c.Media, c.Location, c.VCards
	out.ReplyTo = m.reply(c.Context)
	out.Mentions = m.mentioned(c.Context.GetMentionedJID())
	out.Raw = raw
	return out, out.Chat != ""
}

// maxMentions is the maximum number of mentions that are stored: the size of the
// largest group.
const maxMentions = 1024

func (m mapper) mentioned(addresses []string) (ids []chat.ID) {
	for _, j := range addresses[:min(len(addresses), maxMentions)] {
		if id := m.personOf(j); id != "" {
			ids = append(ids, id)
		}
	}
	return ids
}

// envelope returns a message without its content.
func (m mapper) envelope(info types.MessageInfo) chat.Message {
	p := m.sourceOf(info.MessageSource)
	out := chat.Message{
		Chat: p.chat, Arrived: p.arrived, FromMe: p.fromMe, Participant: p.participant,
		Timestamp: unix(info.Timestamp), Type: chat.TypeOther, Ack: chat.AckDevice, ServerID: info.ServerID,
	}
	out.SetStanza(info.ID)
	if info.IsFromMe {
		// Sent from another device of the account, so WhatsApp has it.
		out.Ack = chat.AckServer
	} else if info.PushName != "-" {
		out.SenderName = content.Shortened(info.PushName, content.MaxName)
	}
	return out
}

// reply returns the message that a message replies to, as quoted in it.
func (m mapper) reply(c *waE2E.ContextInfo) *chat.Reply {
	if c.GetStanzaID() == "" || c.GetQuotedMessage() == nil {
		return nil
	}
	r := &chat.Reply{Stanza: chat.SafeStanza(c.GetStanzaID()), Participant: m.personOf(c.GetParticipant()), Raw: marshal(c.GetQuotedMessage())}
	if quoted, ok := content.Of(content.Unwrap(c.GetQuotedMessage())); ok {
		r.Body, r.HasMedia = quoted.Body, quoted.Media != nil
	}
	return r
}

// latest is the upper bound for timestamps of others, in unix seconds: the end of
// the year 9999.
const latest = 253402300799

// unix returns a time in unix seconds; 0 for the zero time.
func unix(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return min(max(t.Unix(), 0), latest)
}
