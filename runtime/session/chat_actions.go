package session

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/whatsapp"
)

// ArchiveChat archives or unarchives a chat, here and on the phone.
func (s *Session) ArchiveChat(ctx context.Context, id chat.ID, archived bool) error {
	c, err := s.store.Chat(ctx, id)
	if err != nil {
		return err
	}
	_, err = s.ArchiveChats(ctx, []ArchiveItem{{Chat: c.ID, Archived: archived, Last: c.LastMessage}})
	return err
}

// ArchiveItem is one chat of a batch to archive.
type ArchiveItem struct {
	Chat     chat.ID
	Archived bool
	// Last is the chat's last message; nil if it has none. Without it the phone
	// unarchives the chat.
	Last *chat.Message
	// Policy is the name of the policy that requested it; empty for a person.
	Policy string
}

// ArchiveChats archives many chats in few requests. The first done items took
// effect and are stored, with their events, on return, also with an error.
func (s *Session) ArchiveChats(ctx context.Context, items []ArchiveItem) (done int, err error) {
	states := make([]whatsapp.ChatState, len(items))
	for i, it := range items {
		states[i] = whatsapp.ChatState{Chat: it.Chat, Archived: it.Archived, Last: it.Last}
	}
	err = s.act(ctx, func() (err error) {
		done, err = s.account.Archive(ctx, states)
		return err
	})
	now := time.Now().Unix()
	changes := make([]chat.Change, 0, done)
	for _, it := range items[:done] {
		changes = append(changes, chat.Archived{Chat: it.Chat, Archived: it.Archived, Timestamp: now, Policy: it.Policy})
	}
	return done, errors.Join(err, s.keep(ctx, changes...))
}

// MarkChatUnread marks a chat as unread, here and on the phone.
func (s *Session) MarkChatUnread(ctx context.Context, id chat.ID) error {
	return s.onChat(ctx, id, func(c chat.Chat) ([]chat.Change, error) {
		err := s.account.MarkChat(ctx, c.ID, false, c.LastMessage)
		return []chat.Change{chat.MarkedUnread{Chat: c.ID, Unread: true}}, err
	})
}

// PinChat pins a chat to the top of the list or unpins it, here and on the phone. An
// archived chat cannot be pinned.
func (s *Session) PinChat(ctx context.Context, id chat.ID, pinned bool) error {
	return s.onChat(ctx, id, func(c chat.Chat) ([]chat.Change, error) {
		if pinned && c.Archived {
			return nil, chat.Impossiblef("The chat is archived: unarchive it first")
		}
		change := chat.PinnedChat{Chat: c.ID}
		if pinned {
			change.At = time.Now().Unix()
		}
		return []chat.Change{change}, s.account.PinChat(ctx, c.ID, pinned)
	})
}

// MarkRead sends read receipts for messages, and marks their chat as read if
// nothing newer is unread. Neither the messages nor the chat need to be stored.
func (s *Session) MarkRead(ctx context.Context, id chat.ID, messages []chat.Message) error {
	if _, err := s.store.Chat(ctx, id); errors.Is(err, chat.ErrNotFound) && len(messages) > 0 {
		return s.act(ctx, func() error { return s.account.SendRead(ctx, id, messages) })
	}
	return s.onChat(ctx, id, func(c chat.Chat) ([]chat.Change, error) {
		if err := s.account.SendRead(ctx, c.ID, messages); err != nil {
			return nil, err
		}
		stanzas := make([]string, len(messages))
		for i, m := range messages {
			stanzas[i] = m.Stanza
		}
		changes := []chat.Change{chat.SelfRead{Chat: c.ID, Stanzas: stanzas, Timestamp: time.Now().Unix()}}
		if last := c.LastMessage; last != nil && !last.FromMe && !slices.Contains(stanzas, last.Stanza) {
			return changes, nil
		}
		if err := s.account.MarkChat(ctx, c.ID, true, c.LastMessage); err != nil {
			return nil, err
		}
		return append(changes, chat.MarkedUnread{Chat: c.ID, Unread: false}), nil
	})
}

// DeleteChat deletes a chat with its messages, here and on the phone.
func (s *Session) DeleteChat(ctx context.Context, id chat.ID) error {
	return s.onChat(ctx, id, func(c chat.Chat) ([]chat.Change, error) {
		err := s.account.DeleteChat(ctx, c.ID, c.LastMessage)
		return []chat.Change{chat.ChatDeleted{Chat: c.ID, Timestamp: lastTime(c)}}, err
	})
}

// ClearChat deletes a chat's messages, here and on the phone; the chat stays.
func (s *Session) ClearChat(ctx context.Context, id chat.ID) error {
	return s.onChat(ctx, id, func(c chat.Chat) ([]chat.Change, error) {
		err := s.account.ClearChat(ctx, c.ID, c.LastMessage)
		return []chat.Change{chat.ChatCleared{Chat: c.ID, Timestamp: lastTime(c)}}, err
	})
}

// onChat performs an action on a chat on WhatsApp and stores its changes.
func (s *Session) onChat(ctx context.Context, id chat.ID, do func(chat.Chat) ([]chat.Change, error)) error {
	c, err := s.store.Chat(ctx, id)
	if err != nil {
		return err
	}
	return s.act(ctx, func() error {
		changes, err := do(c)
		if err != nil {
			return err
		}
		return s.keep(ctx, changes...)
	})
}

// keep stores what has happened on WhatsApp, even if ctx is cancelled.
func (s *Session) keep(ctx context.Context, changes ...chat.Change) error {
	if len(changes) == 0 {
		return nil
	}
	return handler{s}.Apply(ctx, changes...)
}

// lastTime returns the time of a chat's last message; 0, which means all, if it
// has none.
func lastTime(c chat.Chat) int64 {
	if c.LastMessage == nil {
		return 0
	}
	return c.LastMessage.Timestamp
}
