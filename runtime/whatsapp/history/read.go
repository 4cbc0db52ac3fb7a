// Package history parses a part of a phone's history as a stream. It holds the
// head of one conversation and one message in memory, however large the part is.
package history

import (
	"context"
	"errors"
	"fmt"
	"io"

	"go.mau.fi/whatsmeow/proto/waHistorySync"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
)

// Visitor receives the content of a part of the history.
type Visitor interface {
	// People receives names, LID mappings and settings, a few hundred per call,
	// all of them before the first conversation.
	People(ctx context.Context, some *waHistorySync.HistorySync) error
	// Conversation receives the head of a chat, without its messages, and returns
	// whether to read those.
	Conversation(ctx context.Context, head *waHistorySync.Conversation) (messages bool, err error)
	// Message receives a message of the last conversation, serialised as a
	// HistorySyncMsg.
	Message(ctx context.Context, raw []byte) error
	// Done receives how many conversations are complete, including skipped ones.
	Done(ctx context.Context, conversations int) error
}

// longestField is the maximum size of a field in bytes. Longer ones are skipped.
const longestField = 16 << 20

// peopleAtOnce is how many names and mappings are passed on per call.
const peopleAtOnce = 500

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

// Read reads an inflated part of the history of size bytes, without the first
// skip conversations. It reads the part twice: names and mappings come after the
// conversations but are needed for them.
func Read(ctx context.Context, src io.ReaderAt, size int64, skip int, v Visitor) error {
	r := &reader{visitor: v, top: newStream(src), conv: newStream(src)}
	err := r.people(ctx, size)
	if err == nil {
		err = r.conversations(ctx, size, skip)
	}
	if err != nil {
		return fmt.Errorf("read history: %w", err)
	}
	return nil
}

type reader struct {
	visitor   Visitor
	top, conv *stream
}

// people reads everything but the conversations.
func (r *reader) people(ctx context.Context, size int64) error {
	var some waHistorySync.HistorySync
	flush := func(least int) error {
		if n := len(some.Pushnames) + len(some.PhoneNumberToLidMappings) + len(some.InlineContacts); n < least {
			return nil
		}
		err := r.visitor.People(ctx, &some)
		proto.Reset(&some)
		return err
	}
	err := fields(r.top, 0, size, func(f field) error {
		switch f.num {
		case fieldPushnames, fieldMappings, fieldInlineContacts, fieldGlobalSettings, fieldMetaNonce, fieldNCTSalt:
			if err := merge(&some, r.top, f); err != nil {
				return err
			}
			return flush(peopleAtOnce)
		}
		return r.top.skip(f)
	})
	if err != nil {
		return err
	}
	return flush(0)
}

// conversations reads the conversations after the first skip.
func (r *reader) conversations(ctx context.Context, size int64, skip int) error {
	done := 0
	return fields(r.top, 0, size, func(f field) error {
		if f.num == fieldConversations {
			if done >= skip {
				if err := r.conversation(ctx, f); err != nil {
					return err
				}
			}
			done++
			if err := r.visitor.Done(ctx, done); err != nil {
				return err
			}
		}
		return r.top.skip(f)
	})
}

// conversation reads one conversation: first its head, whose fields come before
// and after the messages, then the messages.
func (r *reader) conversation(ctx context.Context, at field) error {
	if at.typ != protowire.BytesType {
		return nil
	}
	var head waHistorySync.Conversation
	err := fields(r.conv, at.off, at.n, func(f field) error {
		if f.num == fieldConvMessages {
			return r.conv.skip(f)
		}
		return merge(&head, r.conv, f)
	})
	if err != nil {
		return err
	}
	wanted, err := r.visitor.Conversation(ctx, &head)
	if err != nil || !wanted {
		return err
	}
	return fields(r.conv, at.off, at.n, func(f field) error {
		if f.num != fieldConvMessages || f.typ != protowire.BytesType || f.n > longestField {
			return r.conv.skip(f)
		}
		raw, err := r.conv.bytes(f, longestField)
		if err != nil {
			return err
		}
		return r.visitor.Message(ctx, raw)
	})
}

// fields visits the fields of the message of n bytes at off.
func fields(s *stream, off, n int64, visit func(field) error) error {
	s.reset(off, n)
	for {
		f, err := s.next()
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

// merge decodes a single field into a message. A field that is malformed or too
// long is skipped.
func merge(into proto.Message, s *stream, f field) error {
	var b []byte
	switch f.typ {
	case protowire.BytesType:
		if f.n > longestField {
			return s.skip(f)
		}
		value, err := s.bytes(f, longestField)
		if err != nil {
			return err
		}
		b = protowire.AppendBytes(protowire.AppendTag(b, f.num, f.typ), value)
	case protowire.VarintType:
		b = protowire.AppendVarint(protowire.AppendTag(b, f.num, f.typ), f.varint)
	default:
		return nil // not a type of the fields read here
	}
	// Fields are decoded one by one, so required ones are missing at first.
	_ = proto.UnmarshalOptions{Merge: true, AllowPartial: true, DiscardUnknown: true}.Unmarshal(b, into)
	return nil
}
