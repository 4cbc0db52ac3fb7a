package store

import (
	"context"
	"database/sql"
	"errors"

	"github.com/wasession/wasession/runtime/chat"
)

// unarchiveChats is the account's setting that a new message un-archives a
// chat. WhatsApp's default is that it does not.
const unarchiveChats = "unarchive-chats"

// setUnarchive stores the account's setting.
func (t *txn) setUnarchive(c chat.UnarchiveChats) error {
	t.s.unarchives.Store(c.On)
	return t.run(`INSERT OR REPLACE INTO settings (name, value) VALUES (?, ?)`, unarchiveChats, number(c.On))
}

// unarchiveOn un-archives a chat that got a message, if the account's setting
// says so: every device does that by itself.
func (t *txn) unarchiveOn(m *chat.Message, at place) error {
	if !t.s.unarchives.Load() {
		return nil
	}
	var archived int64
	if err := t.row(`SELECT COALESCE(archived, 0) FROM chats WHERE pk = ?`, at.chat.pk).Scan(&archived); err != nil || archived == 0 {
		return err
	}
	return t.archive(chat.Archived{Chat: m.Chat, Archived: false, Timestamp: m.Timestamp})
}

// loadSettings reads the settings that every message needs.
func (s *Store) loadSettings(ctx context.Context) error {
	var value string
	err := s.read.QueryRowContext(ctx, `SELECT value FROM settings WHERE name = ?`, unarchiveChats).Scan(&value)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	s.unarchives.Store(value == "1")
	return err
}
