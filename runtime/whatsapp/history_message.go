package whatsapp

import (
	"math"
	"time"

	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/proto/waWeb"
	"go.mau.fi/whatsmeow/types"

	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/whatsapp/content"
	"github.com/wasession/wasession/runtime/whatsapp/jid"
)

// historyMessage returns the row for a message of the history.
func (m mapper) historyMessage(chatJID types.JID, web *waWeb.WebMessageInfo) (chat.Message, bool) {
	if web.GetMessage() == nil || web.GetKey().GetID() == "" || jid.ChatID(chatJID) == "" {
		return chat.Message{}, false // a system message: joined, left, encrypted
	}
	info := types.MessageInfo{
		MessageSource: types.MessageSource{
			Chat: chatJID, Sender: m.webSender(chatJID, web), IsFromMe: web.GetKey().GetFromMe(),
			IsGroup: chatJID.Server == types.GroupServer || chatJID.Server == types.BroadcastServer,
		},
		ID: web.GetKey().GetID(), PushName: web.GetPushName(), ServerID: types.MessageServerID(min(web.GetNewsletterServerID(), math.MaxInt32)),
		Timestamp: time.Unix(int64(min(web.GetMessageTimestamp(), latest)), 0),
	}
	msg, editedAt := content.Unwrap(web.GetMessage()), int64(0)
	if p := msg.GetProtocolMessage(); p.GetType() == waE2E.ProtocolMessage_MESSAGE_EDIT && p.GetEditedMessage() != nil {
		// Phones keep the last edit of a message.
		info.ID, msg, editedAt = p.GetKey().GetID(), content.Unwrap(p.GetEditedMessage()), unix(time.UnixMilli(p.GetTimestampMS()))
	}
	row, ok := m.message(info, msg, marshal(web.GetMessage()))
	if !ok {
		return row, false
	}
	row.Ack = webAck(web)
	row.Starred, row.EditedAt = web.GetStarred(), editedAt
	row.Reactions = m.webReactions(chatJID, web)
	return row, true
}

// maxReactions is how many reactions to a message of the history are taken: as many as
// a large group has members.
const maxReactions = 2048

// webReactions are the reactions to a message of the history.
func (m mapper) webReactions(chatJID types.JID, web *waWeb.WebMessageInfo) (all []chat.Reaction) {
	for _, r := range web.GetReactions()[:min(len(web.GetReactions()), maxReactions)] {
		reaction := chat.Reaction{Text: r.GetText(), Timestamp: min(r.GetSenderTimestampMS()/1000, latest)}
		if !r.GetKey().GetFromMe() {
			sender := m.webSender(chatJID, &waWeb.WebMessageInfo{Key: r.GetKey()})
			if reaction.Person = m.personOf(sender.String()); reaction.Person == "" {
				continue
			}
		}
		all = append(all, reaction)
	}
	return all
}

// webSender returns the sender of a message of the history.
func (m mapper) webSender(chatJID types.JID, web *waWeb.WebMessageInfo) types.JID {
	if web.GetKey().GetFromMe() {
		return m.me
	}
	if jid.IsPhone(chatJID) || jid.IsLID(chatJID) || chatJID.Server == types.NewsletterServer {
		return chatJID
	}
	for _, s := range []string{web.GetParticipant(), web.GetKey().GetParticipant()} {
		if s == "" {
			continue
		}
		if sender, err := types.ParseJID(s); err == nil {
			return sender.ToNonAD()
		}
	}
	return types.EmptyJID
}

// webAck returns the ack of a message of the history. Messages of others have
// arrived, whatever their status says.
func webAck(web *waWeb.WebMessageInfo) chat.Ack {
	ack := map[waWeb.WebMessageInfo_Status]chat.Ack{
		waWeb.WebMessageInfo_ERROR: chat.AckError, waWeb.WebMessageInfo_PENDING: chat.AckPending,
		waWeb.WebMessageInfo_SERVER_ACK: chat.AckServer, waWeb.WebMessageInfo_DELIVERY_ACK: chat.AckDevice,
		waWeb.WebMessageInfo_READ: chat.AckRead, waWeb.WebMessageInfo_PLAYED: chat.AckPlayed,
	}[web.GetStatus()]
	if !web.GetKey().GetFromMe() {
		return max(ack, chat.AckDevice)
	}
	if web.Status == nil {
		return chat.AckServer
	}
	return ack
}
