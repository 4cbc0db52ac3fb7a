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
		if q.Text != "" {
			if err := s.beginFinding(ctx); err != nil {
				return nil, false, err
			}
			defer s.endFinding()
		}
		piece, last, cut, err := s.messagesWithin(ctx, q.Limit, bytes, query, args...)
		if err != nil || len(piece) == 0 {
			return nil, false, err
		}
		after = &last
		q.Offset, left = 0, left-len(piece)
		return piece, (cut || len(piece) == q.Limit) && (all || left > 0), s.shown(ctx, piece, q.Apart)
	}
}

// fewRows is the length of a page up to which room for all its rows is allocated
// together.
const fewRows = 128

// messagesWithin reads rows, at most limit, until they exceed the given bytes. last
// is the position of the last one; cut reports that there may be more.
func (s *Store) messagesWithin(ctx context.Context, limit, bytes int, query string, args ...any) (all []chat.Message, last position, cut bool, err error) {
	rows, err := s.read.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, last, false, classify(err)
	}
	defer rows.Close()
	all = make([]chat.Message, 0, min(limit, fewRows))
	scan := scanMessages()
	for rows.Next() {
		m, err := scan(rows)
		if err != nil {
			return nil, last, false, classify(err)
		}
		all, last = append(all, m.Message), position{m.Timestamp, m.pk}
		if bytes -= m.Bytes(); bytes <= 0 {
			return all, last, true, nil
		}
	}
	return all, last, false, classify(rows.Err())
}
