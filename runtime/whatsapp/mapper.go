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

// directory knows which LID is which phone number. whatsmeow's table of
// mappings is one, with a cache in memory.
type directory interface {
	GetPNForLID(ctx context.Context, lid types.JID) (types.JID, error)
	GetLIDForPN(ctx context.Context, pn types.JID) (types.JID, error)
}

// mapper turns what the engine says into changes of the domain. Besides the
// lookup of numbers it is a pure function of its arguments.
type mapper struct {
	// me and myLID are the account's own addresses.
	me, myLID types.JID
	numbers   directory
}

// phoneOf is the phone number of an address, and the address itself where the
// number is not known. alt is the other address as WhatsApp gave it along, or
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
	if m.numbers != nil {
		lid := types.NewJID(j.User, types.HiddenUserServer)
		if pn, err := m.numbers.GetPNForLID(context.Background(), lid); err == nil && !pn.IsEmpty() {
			return pn
		}
	}
	return j
}

// person is the id of an address, as a phone number where that is known.
func (m mapper) person(j, alt types.JID) chat.ID { return jid.ChatID(m.phoneOf(j, alt)) }

// personOf reads an address as messages quote it. The sender chose it, so no
// number is looked up: the store knows those of the people it has met.
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

// source is where something happened and who did it.
type source struct {
	chat, arrived, participant chat.ID
	fromMe                     bool
}

// sourceOf reads the source of a message or receipt.
func (m mapper) sourceOf(s types.MessageSource) source {
	if s.IsIncomingBroadcast() && !s.IsFromMe {
		// A broadcast list shows its receivers an ordinary direct message.
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

// message makes the row for a message; ok is false where there is none to make.
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

// maxMentions is how many people are kept of those a message mentions: as many
// as the largest group has.
const maxMentions = 1024

func (m mapper) mentioned(addresses []string) (ids []chat.ID) {
	for _, j := range addresses[:min(len(addresses), maxMentions)] {
		if id := m.personOf(j); id != "" {
			ids = append(ids, id)
		}
	}
	return ids
}

// envelope is a message without its content.
func (m mapper) envelope(info types.MessageInfo) chat.Message {
	p := m.sourceOf(info.MessageSource)
	out := chat.Message{
		Chat: p.chat, Arrived: p.arrived, FromMe: p.fromMe, Participant: p.participant,
		Timestamp: unix(info.Timestamp), Type: chat.TypeOther, Ack: chat.AckDevice,
	}
	out.SetStanza(info.ID)
	if info.IsFromMe {
		// Sent from another device of the account: WhatsApp has it.
		out.Ack = chat.AckServer
	} else if info.PushName != "-" {
		out.SenderName = content.Shortened(info.PushName, content.MaxName)
	}
	return out
}

// reply is the message that a message answers, as quoted in it.
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

// latest bounds times that others write, in unix seconds: the year 9999.
const latest = 253402300799

// unix is a time in seconds; 0 for no time.
func unix(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return min(max(t.Unix(), 0), latest)
}
