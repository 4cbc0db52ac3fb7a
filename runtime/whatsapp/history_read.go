package whatsapp

import (
	"context"
	"errors"
	"fmt"
	"io"

	"go.mau.fi/whatsmeow/proto/waHistorySync"
	"go.mau.fi/whatsmeow/store"
	"google.golang.org/protobuf/proto"

	"github.com/wasession/wasession/runtime/chat"
)

// HistorySink takes what a part of the history holds.
type HistorySink interface {
	// Known takes names and pairs of LID and number.
	Known(ctx context.Context, changes []chat.Change) error
	// Chats takes conversations. done is how many conversations of the part are
	// complete with this batch: a long one comes in several batches.
	Chats(ctx context.Context, batch []chat.HistoryChat, done int) error
}

// HistoryFilter says what of the history is wanted.
type HistoryFilter struct {
	// Skip is the number of conversations to pass over, imported before.
	Skip int
	// Messages false takes chats without their messages.
	Messages bool
	// Since leaves out older messages, unix seconds; 0 is no limit.
	Since int64
	// Groups false leaves out group chats.
	Groups bool
}

// Bounds of what is held at once.
const (
	batchMessages = 2000
	batchBytes    = 4 << 20
	longestField  = 16 << 20
)

// Fields of waHistorySync.HistorySync and Conversation.
const (
	fieldConversations  = 2
	fieldPushnames      = 7
	fieldGlobalSettings = 8
	fieldMappings       = 15
	fieldMetaNonce      = 16
	fieldNCTSalt        = 19
	fieldInlineContacts = 20

	fieldConvMessages = 2
)

// ReadHistory reads a part of the history, inflated, from src. It reads twice:
// first who is who, which stands behind the conversations, then those. Memory
// is bounded by a batch, whatever the size.
func (a *Account) ReadHistory(ctx context.Context, src io.ReaderAt, size int64, filter HistoryFilter, sink HistorySink) error {
	h := &historyReader{a: a, m: a.mapper(), filter: filter, sink: sink, top: newWireReader(src), conv: newWireReader(src)}
	if err := h.people(ctx, size); err != nil {
		return fmt.Errorf("read history: %w", err)
	}
	if err := h.conversations(ctx, size); err != nil {
		return fmt.Errorf("read history: %w", err)
	}
	return nil
}

type historyReader struct {
	a         *Account
	m         mapper
	filter    HistoryFilter
	sink      HistorySink
	top, conv *wireReader

	known         []chat.Change
	batch         []chat.HistoryChat
	messages      int
	bytes         int
	done          int
	secrets       []store.MessageSecretInsert
	privacyTokens []store.PrivacyToken
}

// people reads everything but the conversations.
func (h *historyReader) people(ctx context.Context, size int64) error {
	var rest waHistorySync.HistorySync
	flush := func(least int) error {
		if n := len(rest.Pushnames) + len(rest.PhoneNumberToLidMappings) + len(rest.InlineContacts); n < least {
			return nil
		}
		err := h.tell(ctx, &rest)
		proto.Reset(&rest)
		return err
	}
	h.top.reset(0, size)
	for {
		f, err := h.top.next()
		if errors.Is(err, io.EOF) {
			return flush(0)
		}
		if err != nil {
			return err
		}
		switch f.num {
		case fieldPushnames, fieldMappings, fieldInlineContacts, fieldGlobalSettings, fieldMetaNonce, fieldNCTSalt:
			if f.n > longestField {
				if err := h.top.skip(f); err != nil {
					return err
				}
				continue
			}
			b, err := h.top.bytes(f, longestField)
			if err != nil {
				return err
			}
			_ = mergeField(&rest, f, b) // what cannot be read is left out
			if err := flush(500); err != nil {
				return err
			}
		default:
			if err := h.top.skip(f); err != nil {
				return err
			}
		}
	}
}

// conversations reads the conversations, from the first one not yet imported.
func (h *historyReader) conversations(ctx context.Context, size int64) error {
	h.top.reset(0, size)
	for {
		f, err := h.top.next()
		if errors.Is(err, io.EOF) {
			return h.flush(ctx)
		}
		if err != nil {
			return err
		}
		if f.num == fieldConversations {
			if h.done >= h.filter.Skip {
				if err := h.conversation(ctx, f); err != nil {
					return err
				}
			}
			h.done++
			if h.full() {
				if err := h.flush(ctx); err != nil {
					return err
				}
			}
		}
		if err := h.top.skip(f); err != nil {
			return err
		}
	}
}

// full says whether the batch is worth a commit.
func (h *historyReader) full() bool {
	return h.messages >= batchMessages || h.bytes >= batchBytes || len(h.batch) >= batchMessages
}

// flush hands the batch on, and to whatsmeow what it needs to decrypt later
// votes and reactions.
func (h *historyReader) flush(ctx context.Context) error {
	if err := h.a.keepSecrets(ctx, h.secrets, h.privacyTokens); err != nil {
		return err
	}
	if len(h.known) > 0 {
		if err := h.sink.Known(ctx, h.known); err != nil {
			return err
		}
		h.a.remember(h.known)
	}
	if len(h.batch) > 0 || h.done > h.filter.Skip {
		if err := h.sink.Chats(ctx, h.batch, h.done); err != nil {
			return err
		}
	}
	h.known, h.batch, h.messages, h.bytes = nil, nil, 0, 0
	h.secrets, h.privacyTokens = nil, nil
	return nil
}
