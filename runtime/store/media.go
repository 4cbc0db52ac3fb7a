package store

import (
	"context"
	"database/sql"

	"github.com/wasession/wasession/runtime/chat"
)

// SaveMedia stores a downloaded file, replacing one with the same key.
func (s *Store) SaveMedia(ctx context.Context, f chat.MediaFile) error {
	return s.write(ctx, func(t *txn) error {
		return t.run(`INSERT OR REPLACE INTO media (key, path, bucket, mimetype, size, at) VALUES (?, ?, ?, ?, ?, ?)`,
			f.Key, f.Path, f.Bucket, f.MIMEType, f.Size, f.At)
	})
}

// Media returns a file by its key, or chat.ErrNotFound.
func (s *Store) Media(ctx context.Context, key string) (chat.MediaFile, error) {
	return first(collect(ctx, s.read, scanMedia, mediaColumns+`WHERE key = ?`, key))
}

// OldestMedia returns the files saved before a time (unix seconds; 0: all),
// oldest first, at most max (0: all).
func (s *Store) OldestMedia(ctx context.Context, before int64, max int) ([]chat.MediaFile, error) {
	if before == 0 {
		before = 1<<63 - 1
	}
	return collect(ctx, s.read, scanMedia, mediaColumns+`WHERE at < ? ORDER BY at, key LIMIT +?`, before, limit(max))
}

// DeleteMedia removes files by key; unknown keys are ignored.
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

// MediaTotals returns the sums over all files.
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
