package store

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"

	"github.com/wasession/wasession/runtime/chat"
)

// Messages returns a page of messages. An unknown chat has none.
func (s *Store) Messages(ctx context.Context, q chat.MessageQuery) ([]chat.Message, error) {
	query, args, err := s.messagesQuery(ctx, q, nil)
	if errors.Is(err, chat.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return s.messages(ctx, q.Apart, query, args...)
}

// messagesQuery returns the query for a page, or for its rest after a row. It
// returns chat.ErrNotFound for an unknown chat.
func (s *Store) messagesQuery(ctx context.Context, q chat.MessageQuery, after *position) (query string, args []any, err error) {
	var chatPK, arrivedPK int64
	var hasLID bool
	if q.Chat != "" {
		p, err := s.find(ctx, q.Chat)
		if err != nil {
			return "", nil, err
		}
		arrivedPK, chatPK = p.pk, p.canonical().pk
		if hasLID, err = s.hasLID(ctx, chatPK); err != nil {
			return "", nil, err
		}
	}
	query, args = messagesQuery(q, after, chatPK, arrivedPK, hasLID)
	return query, args, nil
}

// hasLID reports whether messages of a chat may have arrived under a LID.
func (s *Store) hasLID(ctx context.Context, chatPK int64) (found bool, err error) {
	err = s.read.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM chats WHERE merged_into = ?)`, chatPK).Scan(&found)
	return found, classify(err)
}

func (s *Store) messages(ctx context.Context, apart bool, query string, args ...any) ([]chat.Message, error) {
	rows, err := collect(ctx, s.read, scanMessage, query, args...)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	return s.shown(ctx, rows, apart)
}

// shown returns rows as the API shows them.
func (s *Store) shown(ctx context.Context, rows []storedMessage, apart bool) ([]chat.Message, error) {
	all := make([]chat.Message, len(rows))
	each := make([]*chat.Message, len(rows))
	for i := range rows {
		all[i] = rows[i].Message
		each[i] = &all[i]
	}
	return all, s.present(ctx, each, apart)
}

// Message finds a message by its stanza id, in a chat given by any of its ids,
// or in all chats if chatID is empty. If several senders used the id, it
// returns the oldest; if none did, chat.ErrNotFound.
func (s *Store) Message(ctx context.Context, chatID chat.ID, stanza string) (chat.Message, error) {
	return s.oneMessage(ctx, chatID, stanza, "")
}

// MessageByID finds a message by its full id, or returns chat.ErrNotFound.
func (s *Store) MessageByID(ctx context.Context, id chat.MessageID) (chat.Message, error) {
	where, args := ` AND m.from_me = ?`, []any{number(id.FromMe)}
	if id.Participant != "" {
		p, err := s.find(ctx, id.Participant)
		if err != nil {
			return chat.Message{}, err
		}
		where += ` AND (m.participant IN (?, ?) OR m.participant IN (SELECT pk FROM ids WHERE phone = ?))`
		args = append(args, p.pk, p.canonical().pk, p.canonical().pk)
	}
	return s.oneMessage(ctx, id.Chat, id.Stanza, where, args...)
}

// MessageByDigest finds a message whose stanza id is not plain by the digest of
// that id, or returns chat.ErrNotFound. Ids are now made plain on arrival;
// these messages were stored before that.
func (s *Store) MessageByDigest(ctx context.Context, id chat.MessageID, digest string) (chat.Message, error) {
	p, err := s.find(ctx, id.Chat)
	if err != nil {
		return chat.Message{}, err
	}
	rows, err := s.read.QueryContext(ctx, `SELECT DISTINCT stanza FROM messages INDEXED BY messages_once WHERE chat = ?`, p.canonical().pk)
	if err != nil {
		return chat.Message{}, classify(err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := rows.Scan(&id.Stanza); err != nil {
			return chat.Message{}, classify(err)
		}
		if !chat.PlainStanza(id.Stanza) && chat.StanzaDigest(id.Stanza) == digest {
			_ = rows.Close() // so that the next query needs no second connection
			return s.MessageByID(ctx, id)
		}
	}
	return chat.Message{}, cmp.Or(classify(rows.Err()), chat.ErrNotFound)
}

// oneMessage searches one chat, or the index of each chat in turn.
func (s *Store) oneMessage(ctx context.Context, chatID chat.ID, stanza, where string, args ...any) (chat.Message, error) {
	query := `SELECT ` + messageColumns + ` FROM chats c CROSS JOIN messages m ON m.chat = c.pk` + messageJoins + ` WHERE m.stanza = ?`
	params := []any{stanza}
	if chatID != "" {
		p, err := s.find(ctx, chatID)
		if err != nil {
			return chat.Message{}, err
		}
		query += ` AND c.pk = ?`
		params = append(params, p.canonical().pk)
	}
	found, err := s.messages(ctx, false, query+where+` ORDER BY m.pk LIMIT 1`, append(params, args...)...)
	if err != nil {
		return chat.Message{}, err
	}
	if len(found) == 0 {
		return chat.Message{}, chat.ErrNotFound
	}
	return found[0], nil
}

// UnreadMessages returns the unread messages of others in a chat, newest first,
// at most limit (0: all) and none older than since (unix seconds). These are
// the messages that reading the chat acknowledges.
func (s *Store) UnreadMessages(ctx context.Context, id chat.ID, since int64, limit int) ([]chat.Message, error) {
	c, err := s.Chat(ctx, id)
	if errors.Is(err, chat.ErrNotFound) || err == nil && c.Unread == 0 {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if limit <= 0 || limit > c.Unread {
		limit = c.Unread
	}
	fromMe := false
	return s.Messages(ctx, chat.MessageQuery{Chat: id, Since: &since, FromMe: &fromMe, Limit: limit})
}

// present gives messages the ids that the API shows: in separate lists the chat
// they arrived under, and quoted and mentioned LIDs as phone numbers.
func (s *Store) present(ctx context.Context, all []*chat.Message, apart bool) error {
	var lids []chat.ID
	refer := func(m *chat.Message, each func(*chat.ID)) {
		if m.ReplyTo != nil {
			each(&m.ReplyTo.Participant)
		}
		for i := range m.Mentions {
			each(&m.Mentions[i])
		}
	}
	for _, m := range all {
		if apart {
			m.Chat = m.Arrived
		}
		refer(m, func(id *chat.ID) {
			if id.IsLID() {
				lids = append(lids, *id)
			}
		})
	}
	if len(lids) == 0 {
		return nil
	}
	phones, err := s.phonesOf(ctx, lids)
	if err != nil {
		return err
	}
	for _, m := range all {
		refer(m, func(id *chat.ID) {
			if phone, ok := phones[*id]; ok {
				*id = phone
			}
		})
	}
	return nil
}

// phonesOf returns the phone numbers of those LIDs that have one.
func (s *Store) phonesOf(ctx context.Context, lids []chat.ID) (map[chat.ID]chat.ID, error) {
	list, err := json.Marshal(lids)
	if err != nil {
		return nil, err
	}
	pairs, err := collect(ctx, s.read, scanPair, `SELECT l.id, p.id FROM ids l JOIN ids p ON p.pk = l.phone
		WHERE l.id IN (SELECT value FROM json_each(?))`, string(list))
	if err != nil {
		return nil, err
	}
	phones := make(map[chat.ID]chat.ID, len(pairs))
	for _, p := range pairs {
		phones[p.LID] = p.Phone
	}
	return phones, nil
}
