package whatsapp

import (
	"cmp"
	"slices"
	"time"

	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/whatsapp/content"
	"github.com/wasession/wasession/runtime/whatsapp/jid"
	"go.mau.fi/whatsmeow/proto/waHistorySync"
	"go.mau.fi/whatsmeow/proto/waWeb"
	"go.mau.fi/whatsmeow/store"
	"go.mau.fi/whatsmeow/types"
	"google.golang.org/protobuf/proto"
)

// row parses one message; ok is false if it shows nothing or is filtered out.
func (h *historyBatch) row(raw []byte) (chat.Message, bool) {
	var synced waHistorySync.HistorySyncMsg
	if proto.Unmarshal(raw, &synced) != nil || synced.GetMessage() == nil {
		return chat.Message{}, false
	}
	web := synced.GetMessage()
	if int64(min(web.GetMessageTimestamp(), latest)) < h.filter.Since {
		return chat.Message{}, false
	}
	h.secrets = append(h.secrets, h.secret(web)...)
	if !content.IsTame(raw, synced.ProtoReflect().Descriptor()) {
		content.Tame(web.GetMessage())
	}
	return h.m.historyMessage(h.jid, web)
}

// secret returns the secret that later votes on and reactions to a message are
// encrypted with.
func (h *historyBatch) secret(web *waWeb.WebMessageInfo) []store.MessageSecretInsert {
	if len(web.GetMessageSecret()) == 0 || web.GetKey().GetID() == "" {
		return nil
	}
	sender := h.m.webSender(h.jid, web)
	if sender.IsEmpty() {
		return nil
	}
	return []store.MessageSecretInsert{{Chat: h.jid, Sender: sender, ID: web.GetKey().GetID(), Secret: web.GetMessageSecret()}}
}

// historyChat translates the head of a conversation.
func historyChat(c *waHistorySync.Conversation, j types.JID) chat.Chat {
	return chat.Chat{
		ID: jid.ChatID(j), Name: content.Shortened(cmp.Or(c.GetName(), c.GetDisplayName()), content.MaxName),
		ConversationTimestamp: int64(min(max(c.GetConversationTimestamp(), c.GetLastMsgTimestamp()), latest)),
		Archived:              c.GetArchived(), PinnedAt: int64(c.GetPinned()),
		MutedUntil: muteEnd(c.GetMuteEndTime()),
		Unread:     int(c.GetUnreadCount()), MarkedUnread: c.GetMarkedAsUnread(),
	}
}

// muteEnd parses the end of a mute in seconds or milliseconds. Forever is a
// negative number, or one beyond any time.
func muteEnd(v uint64) int64 {
	const firstMillis, forever = 1 << 38, 1 << 52
	switch {
	case v == 0:
		return 0
	case int64(v) < 0 || v > forever:
		return -1
	case v >= firstMillis:
		return int64(v / 1000)
	}
	return int64(v)
}

// pairOf returns the LID mapping in the head of a conversation.
func pairOf(c *waHistorySync.Conversation, j types.JID) []chat.Change {
	other := c.GetPnJID()
	if !jid.IsLID(j) {
		other = c.GetLidJID()
	}
	if other == "" {
		return nil
	}
	alt, err := types.ParseJID(other)
	if err != nil {
		return nil
	}
	return appendPair(nil, j, alt)
}

func privacyToken(c *waHistorySync.Conversation, j types.JID) []store.PrivacyToken {
	if len(c.GetTcToken()) == 0 || !(jid.IsLID(j) || jid.IsPhone(j)) {
		return nil
	}
	return []store.PrivacyToken{{
		User: j, Token: c.GetTcToken(),
		Timestamp:       time.Unix(int64(c.GetTcTokenTimestamp()), 0),
		SenderTimestamp: time.Unix(int64(c.GetTcTokenSenderTimestamp()), 0),
	}}
}

// oldestFirst sorts messages by time. Phones send the newest first, so those of
// the same second are reversed as well.
func oldestFirst(rows []chat.Message) {
	if len(rows) > 1 && rows[0].Timestamp >= rows[len(rows)-1].Timestamp {
		slices.Reverse(rows)
	}
	slices.SortStableFunc(rows, func(a, b chat.Message) int { return cmp.Compare(a.Timestamp, b.Timestamp) })
}
