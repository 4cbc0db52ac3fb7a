package store

import (
	"context"
	"database/sql"

	"github.com/wasession/wasession/runtime/chat"
)

// LIDs returns a page of the known pairs of LID and phone number, ordered by
// LID.
func (s *Store) LIDs(ctx context.Context, q chat.ListQuery) ([]chat.LIDPair, error) {
	order, err := listOrder(chat.ListQuery{Reverse: q.Reverse}, "l.id", "", "")
	if err != nil {
		return nil, err
	}
	return collect(ctx, s.read, scanPair, `SELECT l.id, p.id FROM ids l CROSS JOIN ids p ON p.pk = l.phone
		WHERE l.phone IS NOT NULL ORDER BY `+order+` LIMIT +? OFFSET ?`, limit(q.Limit), q.Offset)
}

// CountLIDs counts the known pairs.
func (s *Store) CountLIDs(ctx context.Context) (n int, err error) {
	err = s.read.QueryRowContext(ctx, `SELECT count(*) FROM ids WHERE phone IS NOT NULL`).Scan(&n)
	return n, classify(err)
}

// PhoneOf returns the phone-number id of a LID, or chat.ErrNotFound.
func (s *Store) PhoneOf(ctx context.Context, lid chat.ID) (chat.ID, error) {
	p, err := s.find(ctx, lid)
	if err != nil {
		return "", err
	}
	if p.phone == nil {
		return "", chat.ErrNotFound
	}
	return p.phone.id, nil
}

// LIDOf returns the newest LID of a phone-number id, or chat.ErrNotFound.
func (s *Store) LIDOf(ctx context.Context, phone chat.ID) (chat.ID, error) {
	p, err := first(collect(ctx, s.read, scanPair, `SELECT l.id, p.id FROM ids p JOIN ids l ON l.phone = p.pk
		WHERE p.id = ? ORDER BY l.pk DESC LIMIT 1`, string(phone)))
	return p.LID, err
}

func scanPair(rows *sql.Rows) (p chat.LIDPair, err error) {
	err = rows.Scan(&p.LID, &p.Phone)
	return p, err
}
