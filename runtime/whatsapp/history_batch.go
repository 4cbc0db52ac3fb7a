package whatsapp

import (
	"context"
	"io"

	"go.mau.fi/whatsmeow/proto/waHistorySync"
	"go.mau.fi/whatsmeow/store"
	"go.mau.fi/whatsmeow/types"

	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/whatsapp/history"
	"github.com/wasession/wasession/runtime/whatsapp/jid"
)

// HistorySink receives the content of a part of the history.
type HistorySink interface {
	// Known receives names and LID mappings.
	Known(ctx context.Context, changes []chat.Change) error
	// Chats receives conversations. done is how many conversations of the part
	// are complete with this batch: a long one is split over several batches.
	Chats(ctx context.Context, batch []chat.HistoryChat, done int) error
}

// HistoryFilter selects what to import of the history.
type HistoryFilter struct {
	// Skip is the number of conversations that were imported before.
	Skip int
	// Messages imports messages, not only chats.
	Messages bool
	// Since skips older messages, in unix seconds; 0 for no limit.
	Since int64
	// Ignores says which chats are not imported. Required.
	Ignores func(chat.ID) bool
}

// Limits of a batch.
const (
	batchMessages = 2000
	batchBytes    = 4 << 20
)

// ReadHistory reads an inflated part of the history from src. It holds one batch
// in memory, whatever the size.
func (a *Account) ReadHistory(ctx context.Context, src io.ReaderAt, size int64, filter HistoryFilter, sink HistorySink) error {
	h := &historyBatch{a: a, m: a.mapper(), filter: filter, sink: sink}
	err := history.Read(ctx, src, size, filter.Skip, h)
	if err == nil {
		err = h.flush(ctx)
	}
	if err != nil {
		a.unlearn()
	}
	return err
}

// historyBatch collects the content of a part of the history until it is worth a
// commit. It is a history.Visitor.
type historyBatch struct {
	a      *Account
	m      mapper
	filter HistoryFilter
	sink   HistorySink

	// jid is the chat of the current conversation.
	jid           types.JID
	known         []chat.Change
	chats         []chat.HistoryChat
	messages      int
	bytes         int
	done          int
	secrets       []store.MessageSecretInsert
	privacyTokens []store.PrivacyToken
}

// Conversation begins a conversation.
func (h *historyBatch) Conversation(_ context.Context, head *waHistorySync.Conversation) (messages bool, err error) {
	j, err := types.ParseJID(head.GetID())
	if err != nil || jid.ChatID(j) == "" {
		return false, nil // not a chat
	}
	h.jid = j
	h.known = append(h.known, h.a.fresh(pairOf(head, j))...)
	if h.filter.Ignores(jid.ChatID(j)) {
		return false, nil
	}
	h.privacyTokens = append(h.privacyTokens, privacyToken(head, j)...)
	h.chats = append(h.chats, chat.HistoryChat{Chat: historyChat(head, j)})
	return h.filter.Messages, nil
}

// Message adds a message to the conversation. A long conversation is split over
// several batches.
func (h *historyBatch) Message(ctx context.Context, raw []byte) error {
	current := &h.chats[len(h.chats)-1]
	if row, ok := h.row(raw); ok {
		current.Messages = append(current.Messages, row)
		h.messages++
		h.bytes += len(raw)
	}
	if !h.full() {
		return nil
	}
	again := current.Chat
	if err := h.flush(ctx); err != nil {
		return err
	}
	h.chats = append(h.chats, chat.HistoryChat{Chat: again})
	return nil
}

// Done counts the conversations that are complete.
func (h *historyBatch) Done(ctx context.Context, conversations int) error {
	h.done = conversations
	if !h.full() {
		return nil
	}
	return h.flush(ctx)
}

// full reports whether the batch is worth a commit.
func (h *historyBatch) full() bool {
	return h.messages >= batchMessages || h.bytes >= batchBytes || len(h.chats) >= batchMessages
}

// flush passes the batch on, and the secrets for decrypting later votes and
// reactions to whatsmeow.
func (h *historyBatch) flush(ctx context.Context) error {
	if err := h.a.keepSecrets(ctx, h.secrets, h.privacyTokens); err != nil {
		return err
	}
	if len(h.known) > 0 {
		if err := h.sink.Known(ctx, h.known); err != nil {
			return err
		}
		h.a.remember(h.known)
	}
	if len(h.chats) > 0 || h.done > h.filter.Skip {
		for _, c := range h.chats {
			oldestFirst(c.Messages)
		}
		if err := h.sink.Chats(ctx, h.chats, h.done); err != nil {
			return err
		}
	}
	h.known, h.chats, h.messages, h.bytes = nil, nil, 0, 0
	h.secrets, h.privacyTokens = nil, nil
	return nil
}
