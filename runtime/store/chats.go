package store

import (
	"context"
	"iter"

	"github.com/wasession/wasession/runtime/chat"
)

// allChatsChunk is how many chats AllChats reads at a time.
const allChatsChunk = 500

// Chats returns a page of chats.
func (s *Store) Chats(ctx context.Context, q chat.ChatQuery) ([]chat.Chat, error) {
	labels, err := s.labelIDs(ctx, q.Labels)
	if err != nil {
		return nil, err
	}
	query, args, err := chatsQuery(q, labels)
	if err != nil {
		return nil, err
	}
	if q.Apart {
		if err := s.catchUpForApart(ctx); err != nil {
			return nil, err
		}
	}
	scan := scanChat(q.WithLast, new(integer))
	if q.LastBytes > 0 {
		scan = lastWithin(scan, q.LastBytes)
	}
	chats, err := collectInto(ctx, make([]chat.Chat, 0, min(max(q.Limit, 0), fewRows)), s.read, scan, query, args...)
	if err != nil {
		return nil, err
	}
	if err := s.fillLabels(ctx, chats); err != nil {
		return nil, err
	}
	var last []*chat.Message
	for i := range chats {
		if m := chats[i].LastMessage; m != nil {
			last = append(last, m)
		}
	}
	return chats, s.present(ctx, last, q.Apart)
}

// Chat returns one chat, with its last message and picture, by any of its ids.
// It returns chat.ErrNotFound if there is none.
func (s *Store) Chat(ctx context.Context, id chat.ID) (chat.Chat, error) {
	found, err := s.Chats(ctx, chat.ChatQuery{Limit: 1, IDs: []chat.ID{id}, WithLast: true})
	if err != nil {
		return chat.Chat{}, err
	}
	if len(found) == 0 {
		return chat.Chat{}, chat.ErrNotFound
	}
	return found[0], nil
}

// AllChats iterates over all chats with their last messages, in chunks and in
// no particular order. A chat that exists throughout comes exactly once.
func (s *Store) AllChats(ctx context.Context) iter.Seq2[chat.Chat, error] {
	const query = `SELECT ` + mergedColumns + stateColumns + `, ` + messageColumns + `, pic.url, pic.fetched_at
		FROM (SELECT pk FROM chats WHERE listed = 1 AND pk > ? ORDER BY pk LIMIT +?) page
		` + mergedRow + ` LEFT JOIN messages m ON m.pk = ` + mergedLast + messageJoins + `
		LEFT JOIN pictures pic ON pic.pk = s.pk`
	return func(yield func(chat.Chat, error) bool) {
		for after := integer(0); ; {
			chats, err := collect(ctx, s.read, scanChat(true, &after), query, int64(after), allChatsChunk)
			if err == nil {
				err = s.fillLabels(ctx, chats)
			}
			if err != nil {
				yield(chat.Chat{}, err)
				return
			}
			for i := range chats {
				if !yield(chats[i], nil) {
					return
				}
			}
			if len(chats) < allChatsChunk {
				return
			}
		}
	}
}

// chat reads a chat inside a transaction, without its last message and its labels.
func (t *txn) chat(pk int64) (chat.Chat, error) {
	chats, err := collect(t.ctx, t.s.writer, scanChat(false, new(integer)), `SELECT `+mergedColumns+stateColumns+` FROM chats s WHERE s.pk = ?`, pk)
	if err != nil || len(chats) == 0 {
		return chat.Chat{}, err
	}
	return chats[0], nil
}

// Counts counts the chats.
func (s *Store) Counts(ctx context.Context) (chat.Counts, error) {
	var c chat.Counts
	err := s.read.QueryRowContext(ctx, `SELECT (SELECT count(*) FROM chats WHERE listed = 1),
		(SELECT count(*) FROM chats WHERE listed = 1 AND archived = 1),
		(SELECT count(*) FROM chats WHERE listed = 1 AND waiting = 1)`).Scan(&c.Total, &c.Archived, &c.Unread)
	return c, classify(err)
}
