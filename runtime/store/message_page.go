package store

import (
	"context"
	"errors"

	"github.com/wasession/wasession/runtime/chat"
)

// pieceRows is the maximum number of rows of one piece of a page.
const pieceRows = 500

// MessagePage reads a page of messages in pieces. Each piece begins after the
// last row of the one before, whatever has arrived meanwhile.
func (s *Store) MessagePage(q chat.MessageQuery) chat.Pager[chat.Message] {
	left, all := q.Limit, q.Limit <= 0
	var after *position
	return func(ctx context.Context, bytes int) ([]chat.Message, bool, error) {
		q.Limit = pieceRows
		if !all {
			q.Limit = min(left, pieceRows)
		}
		query, args, err := s.messagesQuery(ctx, q, after)
		if errors.Is(err, chat.ErrNotFound) {
			return nil, false, nil
		}
		if err != nil {
			return nil, false, err
		}
		rows, cut, err := s.messagesWithin(ctx, bytes, query, args...)
		if err != nil || len(rows) == 0 {
			return nil, false, err
		}
		last := &rows[len(rows)-1]
		after = &position{last.Timestamp, last.pk}
		q.Offset, left = 0, left-len(rows)
		piece, err := s.shown(ctx, rows, q.Apart)
		return piece, (cut || len(rows) == q.Limit) && (all || left > 0), err
	}
}

// messagesWithin reads rows until they exceed the given bytes; cut reports that
// there may be more.
func (s *Store) messagesWithin(ctx context.Context, bytes int, query string, args ...any) (all []storedMessage, cut bool, err error) {
	rows, err := s.read.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, false, classify(err)
	}
	defer rows.Close()
	for rows.Next() {
		m, err := scanMessage(rows)
		if err != nil {
			return nil, false, classify(err)
		}
		all = append(all, m)
		if bytes -= m.Bytes(); bytes <= 0 {
			return all, true, nil
		}
	}
	return all, false, classify(rows.Err())
}
