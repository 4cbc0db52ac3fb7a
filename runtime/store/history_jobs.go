package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/wasession/wasession/runtime/chat"
)

// longestRetry is longer than any retry delay of a part of the history, in
// seconds: a job due later than that was scheduled before the clock went back.
const longestRetry = 24 * 3600

// NextHistoryJob returns the oldest part of the history that is due, or
// chat.ErrNotFound. It stays due until it is finished or has failed. Its progress is
// that of the last commit.
func (s *Store) NextHistoryJob(ctx context.Context) (chat.HistoryJob, error) {
	s.lost.Store(nil)
	var j chat.HistoryJob
	err := s.read.QueryRowContext(ctx, `SELECT pk, stanza, notice, progress, attempts, error FROM history_jobs
		WHERE state = 'pending' AND (retry_at <= ?1 OR retry_at > ?1 + ?2) ORDER BY pk LIMIT 1`, s.now().Unix(), longestRetry).
		Scan(&j.ID, &j.Stanza, &j.Notice, &j.Progress, &j.Attempts, &j.LastError)
	if errors.Is(err, sql.ErrNoRows) {
		err = chat.ErrNotFound
	}
	return j, classify(err)
}

// SaveHistoryProgress stores how many conversations of a job are imported. A
// power cut may lose it together with what was imported, but never only one of
// the two.
func (s *Store) SaveHistoryProgress(ctx context.Context, id int64, progress int) error {
	return s.changeHistoryJob(ctx, s.writeLazily, (*txn).kept, `UPDATE history_jobs SET progress = ?2 WHERE pk = ?1`, id, progress)
}

// FinishHistoryJob marks a job as imported.
func (s *Store) FinishHistoryJob(ctx context.Context, id int64) error {
	return s.changeHistoryJob(ctx, s.write, (*txn).kept, `UPDATE history_jobs SET state = 'imported', notice = x'', error = '' WHERE pk = ?1`, id)
}

// FailHistoryJob counts a failed attempt. The job is due again at retryAt; a
// zero retryAt abandons it.
func (s *Store) FailHistoryJob(ctx context.Context, id int64, reason string, retryAt time.Time) error {
	if retryAt.IsZero() {
		return s.changeHistoryJob(ctx, s.write, always, `UPDATE history_jobs SET state = 'failed', attempts = attempts + 1, error = ?2 WHERE pk = ?1`, id, reason)
	}
	return s.changeHistoryJob(ctx, s.write, always, `UPDATE history_jobs SET attempts = attempts + 1, error = ?2, retry_at = ?3 WHERE pk = ?1`,
		id, reason, retryAt.Unix())
}

// always is the condition of a change that does not depend on what was imported.
func always(*txn) error { return nil }

func (s *Store) changeHistoryJob(ctx context.Context, write writeFunc, may func(*txn) error, query string, args ...any) error {
	return write(ctx, func(t *txn) error {
		if err := may(t); err != nil {
			return err
		}
		n, err := t.exec(query, args...)
		if err == nil && n == 0 {
			err = chat.ErrNotFound
		}
		return err
	})
}

// HistoryCounts counts the parts of the history.
func (s *Store) HistoryCounts(ctx context.Context) (chat.HistoryCounts, error) {
	var c chat.HistoryCounts
	err := s.read.QueryRowContext(ctx, `SELECT COALESCE(sum(state = 'pending'), 0), COALESCE(sum(state = 'imported'), 0),
		COALESCE(sum(state = 'failed'), 0) FROM history_jobs`).Scan(&c.Pending, &c.Imported, &c.Failed)
	return c, classify(err)
}
