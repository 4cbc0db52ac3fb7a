// Package compose builds outgoing messages, and what phones show of a file before
// they download it. It is pure: package whatsapp uploads and sends.
package compose

import (
	"fmt"

	"go.mau.fi/whatsmeow/proto/waE2E"
	"google.golang.org/protobuf/proto"

	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/whatsapp/content"
	"github.com/wasession/wasession/runtime/whatsapp/jid"
)

// Message builds the message for an Outgoing. It is pure: file is the uploaded
// attachment, secret the random secret of a poll or an event.
func Message(o chat.Outgoing, me chat.ID, file Uploaded, secret []byte) (*waE2E.Message, error) {
	msg, err := composed(o.Content, file, secret)
	if err != nil {
		return nil, err
	}
	context, err := contextFor(o, me)
	if err != nil {
		return nil, err
	}
	if context != nil {
		setContext(msg, context)
	}
	return msg, nil
}

func composed(outgoing chat.OutgoingContent, file Uploaded, secret []byte) (*waE2E.Message, error) {
	switch c := outgoing.(type) {
	case chat.OutgoingText:
		return textMessage(c), nil
	case chat.OutgoingFile:
		return fileMessage(c, file)
	case chat.OutgoingLocation:
		return &waE2E.Message{LocationMessage: &waE2E.LocationMessage{
			DegreesLatitude: &c.Latitude, DegreesLongitude: &c.Longitude, Name: given(c.Name), Address: given(c.Address),
		}}, nil
	case chat.OutgoingContacts:
		return contactsMessage(c)
	case chat.OutgoingPoll:
		return pollMessage(c, secret), nil
	case chat.OutgoingEvent:
		return eventMessage(c, secret), nil
	case chat.OutgoingGroupInvite:
		return &waE2E.Message{GroupInviteMessage: &waE2E.GroupInviteMessage{
			GroupJID: proto.String(jid.Text(c.Invite.Group)), InviteCode: &c.Invite.Code, InviteExpiration: &c.Invite.Until, GroupName: &c.Invite.Subject,
		}}, nil
	case chat.OutgoingForward:
		return forwardMessage(c.Message)
	}
	return nil, fmt.Errorf("send: %T cannot be sent", outgoing)
}

// white is the color of a status's text, ARGB.
const white = 0xFFFFFFFF

func textMessage(c chat.OutgoingText) *waE2E.Message {
	text := &waE2E.ExtendedTextMessage{Text: proto.String(c.Text)}
	if s := c.Style; s != nil {
		text.BackgroundArgb, text.TextArgb = &s.Background, proto.Uint32(white)
		text.Font = waE2E.ExtendedTextMessage_FontType(s.Font).Enum()
	}
	if p := c.Preview; p != nil {
		text.MatchedText, text.Title, text.Description = proto.String(p.URL), given(p.Title), given(p.Description)
		text.JPEGThumbnail = p.Thumbnail
		text.PreviewType = waE2E.ExtendedTextMessage_NONE.Enum()
	}
	return &waE2E.Message{ExtendedTextMessage: text}
}

func contactsMessage(c chat.OutgoingContacts) (*waE2E.Message, error) {
	var cards []*waE2E.ContactMessage
	for _, card := range c.Cards {
		cards = append(cards, &waE2E.ContactMessage{DisplayName: proto.String(card.Name), Vcard: proto.String(card.Text)})
	}
	switch len(cards) {
	case 0:
		return nil, chat.Impossible("a contact message needs at least one contact")
	case 1:
		return &waE2E.Message{ContactMessage: cards[0]}, nil
	}
	return &waE2E.Message{ContactsArrayMessage: &waE2E.ContactsArrayMessage{
		DisplayName: proto.String(fmt.Sprintf("%d contacts", len(cards))), Contacts: cards,
	}}, nil
}

// pollMessage builds a poll. Votes are encrypted with its secret.
func pollMessage(c chat.OutgoingPoll, secret []byte) *waE2E.Message {
	poll := &waE2E.PollCreationMessage{Name: proto.String(c.Question), SelectableOptionsCount: proto.Uint32(1)}
	if c.Multiple {
		poll.SelectableOptionsCount = proto.Uint32(0) // any number
	}
	for _, o := range c.Options {
		poll.Options = append(poll.Options, &waE2E.PollCreationMessage_Option{OptionName: proto.String(o)})
	}
	return &waE2E.Message{PollCreationMessage: poll, MessageContextInfo: &waE2E.MessageContextInfo{MessageSecret: secret}}
}

// eventMessage builds an event of a calendar. Answers are encrypted with its secret.
func eventMessage(c chat.OutgoingEvent, secret []byte) *waE2E.Message {
	event := &waE2E.EventMessage{
		Name: proto.String(c.Name), Description: given(c.Description), StartTime: proto.Int64(c.Start),
		ExtraGuestsAllowed: proto.Bool(c.GuestsAllowed), IsCanceled: proto.Bool(false),
	}
	if c.Place != "" {
		event.Location = &waE2E.LocationMessage{Name: proto.String(c.Place)}
	}
	if c.End != 0 {
		event.EndTime = proto.Int64(c.End)
	}
	return &waE2E.Message{EventMessage: event, MessageContextInfo: &waE2E.MessageContextInfo{MessageSecret: secret}}
}

// forwardMessage returns a stored message's content, marked as forwarded.
func forwardMessage(m chat.Message) (*waE2E.Message, error) {
	var raw waE2E.Message
	if len(m.Raw) == 0 || proto.Unmarshal(m.Raw, &raw) != nil {
		return nil, chat.Impossible("the message is not stored in full")
	}
	msg := content.Unwrap(&raw)
	shown, ok := content.Of(msg)
	if !ok || content.Poll(msg) != nil || msg.GetEventMessage() != nil {
		return nil, chat.Impossiblef("messages of type %s cannot be forwarded", m.Type)
	}
	score := shown.Context.GetForwardingScore() + 1
	msg.MessageContextInfo = nil
	if msg.Conversation != nil {
		msg = &waE2E.Message{ExtendedTextMessage: &waE2E.ExtendedTextMessage{Text: msg.Conversation}}
	}
	if !setContext(msg, &waE2E.ContextInfo{IsForwarded: proto.Bool(true), ForwardingScore: &score}) {
		return nil, chat.Impossiblef("messages of type %s cannot be forwarded", m.Type)
	}
	return msg, nil
}

// contextFor returns the mentions and the quoted message of a message; nil if it
// has neither.
func contextFor(o chat.Outgoing, me chat.ID) (*waE2E.ContextInfo, error) {
	if o.ReplyTo == nil && len(o.Mentions) == 0 {
		return nil, nil
	}
	context := &waE2E.ContextInfo{MentionedJID: mentionsOf(o.Mentions)}
	if o.ReplyTo == nil {
		return context, nil
	}
	quoted := &waE2E.Message{Conversation: proto.String(o.ReplyTo.Body)}
	if len(o.ReplyTo.Raw) > 0 {
		var raw waE2E.Message
		if err := proto.Unmarshal(o.ReplyTo.Raw, &raw); err != nil {
			return nil, chat.Impossible("the message to reply to is not stored in full")
		}
		quoted = content.Unwrap(&raw)
		quoted.MessageContextInfo = nil
		setContext(quoted, nil) // phones quote one level
	}
	sender := o.ReplyTo.Participant
	switch {
	case o.ReplyTo.FromMe:
		sender = me
	case sender == "":
		sender = o.ReplyTo.Chat
	}
	context.StanzaID, context.QuotedMessage = proto.String(o.ReplyTo.OnWire()), quoted
	context.Participant = proto.String(jid.Of(sender).String())
	if o.ReplyTo.Chat != o.To {
		context.RemoteJID = proto.String(jid.Of(o.ReplyTo.Chat).String())
	}
	return context, nil
}

// given returns nil for an empty text.
func given(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
