package store

import (
	"context"
	"database/sql"

	"github.com/wasession/wasession/runtime/chat"
)

// Picture returns the cached picture of a chat by any of its ids, or
// chat.ErrNotFound if none was saved.
func (s *Store) Picture(ctx context.Context, id chat.ID) (chat.Picture, error) {
	p, err := s.find(ctx, id)
	if err != nil {
		return chat.Picture{}, err
	}
	return first(collect(ctx, s.read, func(rows *sql.Rows) (pic chat.Picture, err error) {
		err = rows.Scan(&pic.URL, &pic.FetchedAt)
		return pic, err
	}, `SELECT url, fetched_at FROM pictures WHERE pk = ?`, p.canonical().pk))
}

// SavePicture stores a chat's picture; an empty URL means that it has none.
func (s *Store) SavePicture(ctx context.Context, id chat.ID, p chat.Picture) error {
	return s.write(ctx, func(t *txn) error {
		pk, err := t.canonicalPK(id)
		if err != nil {
			return err
		}
		return t.run(`INSERT OR REPLACE INTO pictures (pk, url, fetched_at) VALUES (?, ?, ?)`, pk, p.URL, p.FetchedAt)
	})
}
