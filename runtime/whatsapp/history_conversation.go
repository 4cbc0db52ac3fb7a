package whatsapp

import (
	"cmp"
	"context"
	"errors"
	"io"
	"slices"
	"time"

	"go.mau.fi/whatsmeow/proto/waHistorySync"
	"go.mau.fi/whatsmeow/proto/waWeb"
	"go.mau.fi/whatsmeow/store"
	"go.mau.fi/whatsmeow/types"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	"github.com/wasession/wasession/runtime/chat"
)

// conversation reads one conversation: what is known of the chat, which stands
// before and behind the messages, then the messages, in slices if they are many.
func (h *historyReader) conversation(ctx context.Context, at wireField) error {
	var head waHistorySync.Conversation
	err := h.fields(at, func(f wireField) error {
		if f.num == fieldConvMessages {
			return h.conv.skip(f)
		}
		b, err := h.value(f)
		if err != nil {
			return err
		}
		_ = mergeField(&head, f, b) // what cannot be read is left out
		return nil
	})
	if err != nil {
		return err
	}
	jid, err := types.ParseJID(head.GetID())
	if err != nil || chatID(jid) == "" {
		return nil // nothing that could be shown
	}
	h.known = append(h.known, h.a.fresh(pairOf(&head, jid))...)
	if chatID(jid).Kind() == chat.KindGroup && !h.filter.Groups {
		return nil
	}
	h.privacyTokens = append(h.privacyTokens, privacyToken(&head, jid)...)
	h.batch = append(h.batch, chat.HistoryChat{Chat: historyChat(&head, jid)})
	if !h.filter.Messages {
		return nil
	}
	return h.messagesOf(ctx, at, jid)
}

// messagesOf adds a conversation's messages to the batch, the last entry of
// which is the chat.
func (h *historyReader) messagesOf(ctx context.Context, at wireField, jid types.JID) error {
	current := func() *chat.HistoryChat { return &h.batch[len(h.batch)-1] }
	err := h.fields(at, func(f wireField) error {
		if f.num != fieldConvMessages {
			_, err := h.value(f)
			return err
		}
		if f.n > longestField {
			return h.conv.skip(f)
		}
		raw, err := h.conv.bytes(f, longestField)
		if err != nil {
			return err
		}
		if row, ok := h.row(raw, jid); ok {
			current().Messages = append(current().Messages, row)
			h.messages++
			h.bytes += len(raw)
		}
		if !h.full() {
			return nil
		}
		again := current().Chat
		oldestFirst(current().Messages)
		if err := h.flush(ctx); err != nil {
			return err
		}
		h.batch = append(h.batch, chat.HistoryChat{Chat: again})
		return nil
	})
	oldestFirst(current().Messages)
	return err
}

// row reads one message; ok is false for what is no row or not wanted.
func (h *historyReader) row(raw []byte, jid types.JID) (chat.Message, bool) {
	var synced waHistorySync.HistorySyncMsg
	if proto.Unmarshal(raw, &synced) != nil || synced.GetMessage() == nil {
		return chat.Message{}, false
	}
	web := synced.GetMessage()
	if int64(min(web.GetMessageTimestamp(), latest)) < h.filter.Since {
		return chat.Message{}, false
	}
	h.secrets = append(h.secrets, h.secret(web, jid)...)
	return h.m.historyMessage(jid, web)
}

// secret is what later votes for and reactions to a message are encrypted with.
func (h *historyReader) secret(web *waWeb.WebMessageInfo, jid types.JID) []store.MessageSecretInsert {
	if len(web.GetMessageSecret()) == 0 || web.GetKey().GetID() == "" {
		return nil
	}
	sender := h.m.webSender(jid, web)
	if sender.IsEmpty() {
		return nil
	}
	return []store.MessageSecretInsert{{Chat: jid, Sender: sender, ID: web.GetKey().GetID(), Secret: web.GetMessageSecret()}}
}

// fields visits the fields of a conversation.
func (h *historyReader) fields(at wireField, visit func(wireField) error) error {
	h.conv.reset(at.off, at.n)
	for {
		f, err := h.conv.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err == nil {
			err = visit(f)
		}
		if err != nil {
			return err
		}
	}
}

// value reads the bytes of a field that has some.
func (h *historyReader) value(f wireField) ([]byte, error) {
	if f.typ != protowire.BytesType || f.n > longestField {
		return nil, h.conv.skip(f)
	}
	return h.conv.bytes(f, longestField)
}

// mergeField decodes one field into a message, as if it had stood there alone.
func mergeField(into proto.Message, f wireField, value []byte) error {
	var b []byte
	switch f.typ {
	case protowire.BytesType:
		b = protowire.AppendBytes(protowire.AppendTag(b, f.num, f.typ), value)
	case protowire.VarintType:
		b = protowire.AppendVarint(protowire.AppendTag(b, f.num, f.typ), f.varint)
	default:
		return nil // none of the fields that are read here
	}
	// Required fields come one by one, so that all but the last are missing.
	return proto.UnmarshalOptions{Merge: true, AllowPartial: true, DiscardUnknown: true}.Unmarshal(b, into)
}

// historyChat is what a conversation tells of its chat.
func historyChat(c *waHistorySync.Conversation, jid types.JID) chat.Chat {
	return chat.Chat{
		ID: chatID(jid), Name: shortened(firstOf(c.GetName(), c.GetDisplayName()), maxName),
		ConversationTimestamp: int64(min(max(c.GetConversationTimestamp(), c.GetLastMsgTimestamp()), latest)),
		Archived:              c.GetArchived(), PinnedAt: int64(c.GetPinned()),
		MutedUntil: muteEnd(c.GetMuteEndTime()),
		Unread:     int(c.GetUnreadCount()), MarkedUnread: c.GetMarkedAsUnread(),
	}
}

// muteEnd reads an end of muting in seconds or milliseconds; "for ever" is a
// negative number, or one beyond any time.
func muteEnd(v uint64) int64 {
	const firstMillis, forEver = 1 << 38, 1 << 52
	switch {
	case v == 0:
		return 0
	case int64(v) < 0 || v > forEver:
		return -1
	case v >= firstMillis:
		return int64(v / 1000)
	}
	return int64(v)
}

// pairOf is the pair of LID and number that a conversation tells of.
func pairOf(c *waHistorySync.Conversation, jid types.JID) []chat.Change {
	other := c.GetPnJID()
	if !isLID(jid) {
		other = c.GetLidJID()
	}
	if other == "" {
		return nil
	}
	alt, err := types.ParseJID(other)
	if err != nil {
		return nil
	}
	return appendPair(nil, jid, alt)
}

func privacyToken(c *waHistorySync.Conversation, jid types.JID) []store.PrivacyToken {
	if len(c.GetTcToken()) == 0 || !(isLID(jid) || isPhone(jid)) {
		return nil
	}
	return []store.PrivacyToken{{
		User: jid, Token: c.GetTcToken(),
		Timestamp:       time.Unix(int64(c.GetTcTokenTimestamp()), 0),
		SenderTimestamp: time.Unix(int64(c.GetTcTokenSenderTimestamp()), 0),
	}}
}

// oldestFirst puts messages in the order of time. Phones send the newest first,
// so what shares a second is in reverse as well.
func oldestFirst(rows []chat.Message) {
	if len(rows) > 1 && rows[0].Timestamp >= rows[len(rows)-1].Timestamp {
		slices.Reverse(rows)
	}
	slices.SortStableFunc(rows, func(a, b chat.Message) int { return cmp.Compare(a.Timestamp, b.Timestamp) })
}
