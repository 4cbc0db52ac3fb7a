package store

import (
	"context"
	"database/sql"

	"github.com/wasession/wasession/runtime/chat"
)

// SaveMedia remembers a downloaded file; one of the same key is replaced.
func (s *Store) SaveMedia(ctx context.Context, f chat.MediaFile) error {
	return s.write(ctx, func(t *txn) error {
		return t.run(`INSERT OR REPLACE INTO media (key, path, bucket, mimetype, size, at) VALUES (?, ?, ?, ?, ?, ?)`,
			f.Key, f.Path, f.Bucket, f.MIMEType, f.Size, f.At)
	})
}

// Media finds a file by its key; chat.ErrNotFound.
func (s *Store) Media(ctx context.Context, key string) (chat.MediaFile, error) {
	return first(collect(ctx, s.read, scanMedia, mediaColumns+`WHERE key = ?`, key))
}

// OldestMedia are the files saved before a time (unix seconds; 0 for all),
// oldest first and at most limit (0 for all).
func (s *Store) OldestMedia(ctx context.Context, before int64, max int) ([]chat.MediaFile, error) {
	if before == 0 {
		before = 1<<63 - 1
	}
	return collect(ctx, s.read, scanMedia, mediaColumns+`WHERE at < ? ORDER BY at, key LIMIT +?`, before, limit(max))
}

// DeleteMedia forgets files by key; unknown keys do no harm.
func (s *Store) DeleteMedia(ctx context.Context, keys ...string) error {
	return s.write(ctx, func(t *txn) error {
		for _, key := range keys {
			if err := t.run(`DELETE FROM media WHERE key = ?`, key); err != nil {
				return err
			}
		}
		return nil
	})
}

// MediaTotals sums up the files.
func (s *Store) MediaTotals(ctx context.Context) (chat.MediaTotals, error) {
	var m chat.MediaTotals
	err := s.read.QueryRowContext(ctx, `SELECT count(*), COALESCE(sum(size), 0) FROM media`).Scan(&m.Files, &m.Bytes)
	return m, classify(err)
}

const mediaColumns = `SELECT key, path, bucket, mimetype, size, at FROM media `

func scanMedia(rows *sql.Rows) (f chat.MediaFile, err error) {
	err = rows.Scan(&f.Key, &f.Path, &f.Bucket, &f.MIMEType, &f.Size, &f.At)
	return f, err
}
