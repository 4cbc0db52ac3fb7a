package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/wasession/wasession/runtime/chat"
)

// importRowsPerCommit is roughly how many messages a transaction of an import
// holds. One index is not ordered by chat, and each transaction rewrites most
// of its pages, so a few large transactions cost the disk far less than many
// small ones. The size of the WAL and the memory for pages set the limit.
const importRowsPerCommit = 20_000

// Import writes a batch of history; a few thousand messages are a good size. It
// raises no events and keeps rows that exist, so it can be repeated after a
// crash. Chats get their state from the first history that names them, unless
// something newer is known.
//
// Imported data is durable, and visible to readers, only after some more calls:
// at the latest with the next write other than SaveHistoryProgress, which never
// gets ahead of it. Call ImportDone when there is no more to import.
//
// If the error wraps chat.ErrUnstorable, the batch is the reason, and nothing of it
// is left behind. Any other error takes along what was not durable yet, with the
// progress that was saved for it: continue from the progress that is left.
func (s *Store) Import(ctx context.Context, batch []chat.HistoryChat) error {
	details, err := encodeDetails(batch)
	if err != nil {
		return err
	}
	step := (*txn).plainly
	if s.careful.Load() {
		step = (*txn).try
	}
	s.lazy.Store(true)
	return s.writePending(ctx, step, func(t *txn) error {
		if err := t.kept(); err != nil {
			return err
		}
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
			c, err := t.importChat(&batch[i], details[i], &rows)
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

// importedChat is what settleImported needs to know about a chat.
type importedChat struct {
	place
	rows            int
	made, listed    bool
	hasLID, hasSeen bool
	clearedTS       int64
	historyName     string
}

func (t *txn) importChat(h *chat.HistoryChat, details []any, rows *importRows) (importedChat, error) {
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
		if err := rows.add(at, &h.Messages[i], details[i]); err != nil {
			return c, err
		}
		c.rows++
	}
	if c.clearedTS > 0 && c.rows == 0 && !c.listed {
		return c, nil // deleted here, and the history has nothing newer
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

// importState sets the fields of the chat that are not known yet.
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

// settleImported updates a chat from its imported rows, those with keys greater
// than before.
func (t *txn) settleImported(c importedChat, before int64) error {
	if c.rows == 0 {
		return nil
	}
	if c.hasSeen {
		// Removed messages do not come back. A message that was stored before
		// the import stays: its sender may also have used its id for a
		// reaction.
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
