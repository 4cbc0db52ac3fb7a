package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/wasession/wasession/runtime/chat"
)

// importRowsPerCommit is how many messages a transaction of an import holds,
// roughly. Each transaction writes most pages of the index that is not in the
// order of chats, so that few large ones cost the disk far less than many small
// ones; the WAL and the memory for pages set the bound.
const importRowsPerCommit = 20_000

// Import writes a batch of history; a few thousand messages are a good size. It
// raises no events, and rows that exist stay as they are, so that it can be
// repeated after a crash. Chats get their state from the first history that
// names them, as far as nothing newer is known.
//
// What is imported is on the disk, and seen by readers, after some more calls:
// at the latest with the next write of another kind but SaveHistoryProgress,
// which never runs ahead of it. Call ImportDone when no more is at hand.
func (s *Store) Import(ctx context.Context, batch []chat.HistoryChat) error {
	s.lazy.Store(true)
	return s.writeLazily(ctx, func(t *txn) error {
		if err := t.catchUp(); err != nil { // late messages are the last ones
			return err
		}
		rows := importRows{t: t}
		var before int64
		if err := t.row(`SELECT COALESCE(max(pk), 0) FROM messages`).Scan(&before); err != nil {
			return err
		}
		touched := make([]importedChat, 0, len(batch))
		for i := range batch {
			if err := ctx.Err(); err != nil {
				return err
			}
			c, err := t.importChat(&batch[i], &rows)
			if err != nil {
				return fmt.Errorf("chat %s: %w", batch[i].Chat.ID, err)
			}
			touched = append(touched, c)
			t.rows += c.rows
		}
		if err := rows.flush(); err != nil {
			return err
		}
		for _, c := range touched {
			if err := t.settleImported(c, before); err != nil {
				return err
			}
		}
		return nil
	})
}

// importedChat is what has to be known of a chat after its rows are in.
type importedChat struct {
	place
	rows            int
	made, listed    bool
	hasLID, hasSeen bool
	clearedTS       int64
	historyName     string
}

func (t *txn) importChat(h *chat.HistoryChat, rows *importRows) (importedChat, error) {
	at, err := t.place(h.Chat.ID)
	if err != nil {
		return importedChat{}, err
	}
	c := importedChat{place: at}
	if err := t.readImported(&c); err != nil {
		return c, err
	}
	for i := range h.Messages {
		if h.Messages[i].Timestamp <= c.clearedTS && c.clearedTS > 0 {
			continue
		}
		if err := rows.add(at, &h.Messages[i]); err != nil {
			return c, err
		}
		c.rows++
	}
	if c.clearedTS > 0 && c.rows == 0 && !c.listed {
		return c, nil // deleted here, and nothing newer in the history
	}
	return c, t.importState(&c, &h.Chat)
}

func (t *txn) readImported(c *importedChat) error {
	for range 2 {
		err := t.row(`SELECT listed, cleared_ts, history_name, EXISTS (SELECT 1 FROM chats l WHERE l.merged_into = c.pk),
			EXISTS (SELECT 1 FROM seen WHERE chat = c.pk) FROM chats c WHERE pk = ?`, c.chat.pk).
			Scan(&c.listed, &c.clearedTS, &c.historyName, &c.hasLID, &c.hasSeen)
		if !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		if c.made, err = t.makeChat(c.chat); err != nil {
			return err
		}
	}
	return sql.ErrNoRows
}

// importState sets the fields of the chat that are still unknown.
func (t *txn) importState(c *importedChat, h *chat.Chat) error {
	if c.merged() {
		c.hasLID = true
		if err := t.ensureChat(c.arrived); err != nil {
			return err
		}
	}
	if c.hasLID {
		if err := t.run(`UPDATE chats SET apart = 1, own_conv_ts = max(own_conv_ts, CASE WHEN ?1 > own_ts THEN ?1 ELSE 0 END) WHERE pk = ?2`,
			h.ConversationTimestamp, c.arrived.pk); err != nil {
			return err
		}
	}
	if err := t.run(`UPDATE chats SET listed = 1, archived = COALESCE(archived, ?1), pinned_at = COALESCE(pinned_at, ?2),
			muted_until = COALESCE(muted_until, ?3), marked_unread = COALESCE(marked_unread, ?4),
			unread = CASE WHEN imported THEN unread ELSE max(unread, ?5) END, imported = 1,
			conv_ts = max(conv_ts, CASE WHEN ?6 > ts THEN ?6 ELSE 0 END),
			history_name = CASE WHEN ?7 <> '' THEN ?7 ELSE history_name END WHERE pk = ?8`,
		number(h.Archived), h.PinnedAt, h.MutedUntil, number(h.MarkedUnread), h.Unread, h.ConversationTimestamp, h.Name, c.chat.pk); err != nil {
		return err
	}
	if h.Unread > 0 || h.MarkedUnread {
		if err := t.refreshWaiting(c.chat.pk); err != nil {
			return err
		}
	}
	if c.made || h.Name != "" && h.Name != c.historyName {
		return t.refreshName(c.chat.pk)
	}
	return nil
}

// settleImported brings a chat up to date with its imported rows, which come
// after the row before.
func (t *txn) settleImported(c importedChat, before int64) error {
	if c.rows == 0 {
		return nil
	}
	if c.hasSeen {
		// What was removed does not come back. A message that was there before
		// stays: its sender may have used its id for a reaction as well.
		if err := t.run(`DELETE FROM messages WHERE pk IN (SELECT m.pk FROM seen s CROSS JOIN messages m
			ON m.chat = s.chat AND m.stanza = s.stanza AND m.from_me = s.from_me AND m.participant = s.participant
			WHERE s.chat = ?) AND pk > ?`, c.chat.pk, before); err != nil {
			return err
		}
	}
	if c.hasLID || c.hasSeen {
		return t.refreshLast(c.chat.pk)
	}
	return t.run(`UPDATE chats SET ts = m.ts, last = m.pk, conv_ts = CASE WHEN max(conv_ts, chats.ts) > m.ts THEN max(conv_ts, chats.ts) ELSE 0 END
		FROM (SELECT ts, pk FROM messages WHERE chat = ?1 ORDER BY ts DESC, pk DESC LIMIT 1) AS m WHERE chats.pk = ?1`, c.chat.pk)
}
