package store

import (
	"context"
	"fmt"
	"slices"

	"github.com/wasession/wasession/runtime/chat"
)

// Apply writes changes, and the events that follow from them, in one
// transaction. Rows that exist are kept and raise no second event, so what
// WhatsApp delivers twice can be applied twice. When Apply returns nil, the
// changes survive a crash of the process, and after syncDelay also a power cut;
// names and LIDs survive a power cut only once a later change is synced.
func (s *Store) Apply(ctx context.Context, changes ...chat.Change) error {
	if len(changes) == 0 {
		return nil
	}
	write := s.writeLazily
	if slices.ContainsFunc(changes, mustLast) {
		write = s.write
	}
	return write(ctx, func(t *txn) error {
		for _, c := range changes {
			if err := ctx.Err(); err != nil {
				return err
			}
			if err := t.apply(c); err != nil {
				return fmt.Errorf("%T: %w", c, err)
			}
		}
		return nil
	})
}

// mustLast reports whether a change would be missed if a power cut lost it.
// Names and LIDs come again with every history and every message.
func mustLast(c chat.Change) bool {
	switch c.(type) {
	case chat.LIDMapped, chat.ContactNamed:
		return false
	}
	return true
}

// apply writes one change. It has a case for every type of change.
func (t *txn) apply(c chat.Change) error {
	switch c := c.(type) {
	case chat.MessageReceived:
		return t.receive(c)
	case chat.SendQueued:
		return t.queueSend(c)
	case chat.SendEnded:
		return t.endSend(c)
	case chat.AckChanged:
		return t.ack(c)
	case chat.SelfRead:
		return t.selfRead(c)
	case chat.Reacted:
		return t.react(c)
	case chat.Edited:
		return t.edit(c)
	case chat.Revoked:
		return t.revoke(c)
	case chat.DeletedForMe:
		return t.deleteForMe(c)
	case chat.PinnedMessage:
		return t.setOnMessage(c.Chat, c.Stanza, "pinned_until", c.Until)
	case chat.Starred:
		return t.setOnMessage(c.Chat, c.Stanza, "starred", number(c.Starred))
	case chat.Archived:
		return t.archive(c)
	case chat.UnarchiveChats:
		return t.setUnarchive(c)
	case chat.PinnedChat:
		return t.setOnChat(c.Chat, "pinned_at", c.At)
	case chat.Muted:
		return t.setOnChat(c.Chat, "muted_until", c.Until)
	case chat.MarkedUnread:
		return t.markUnread(c)
	case chat.ChatDeleted:
		return t.clear(c.Chat, c.Timestamp, true)
	case chat.ChatCleared:
		return t.clear(c.Chat, c.Timestamp, false)
	case chat.LIDMapped:
		return t.mapLID(c.LID, c.Phone)
	case chat.ContactNamed:
		return t.nameContact(c)
	case chat.LabelEdited:
		return t.editLabel(c)
	case chat.ChatLabelled:
		return t.labelChat(c)
	case chat.ChannelSeen:
		return t.seeChannel(c)
	case chat.GroupChanged:
		return t.changeGroup(c)
	case chat.GroupsRead:
		return t.leaveOthers(c.IDs)
	case chat.HistoryAnnounced:
		return t.run(`INSERT OR IGNORE INTO history_jobs (stanza, notice) VALUES (?, ?)`, c.Stanza, notNil(c.Notice))
	case chat.Told:
		t.emit(chat.Event{Name: c.EventName(), Change: c})
		return nil
	}
	return fmt.Errorf("%w: unknown change", chat.ErrUnstorable)
}

// number returns b as the database stores it.
func number(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// notNil keeps an empty blob from becoming NULL.
func notNil(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}
