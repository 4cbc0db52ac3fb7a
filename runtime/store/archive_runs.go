package store

import (
	"context"
	"database/sql"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/wasession/wasession/runtime/chat"
)

// BeginArchiveRun stores a run and its items.
func (s *Store) BeginArchiveRun(ctx context.Context, run chat.ArchiveRun, items []chat.ArchiveItem) error {
	return s.write(ctx, func(t *txn) error {
		if err := t.saveRun(&run); err != nil {
			return err
		}
		for n, item := range items {
			if err := t.run(`INSERT INTO archive_items (run, n, chat, name, policy, leave, last_activity) VALUES (?, ?, ?, ?, ?, ?, ?)`,
				run.ID, n, string(item.Chat), item.Name, item.Policy, number(item.Leave), item.LastActivity); err != nil {
				return err
			}
		}
		return nil
	})
}

// saveRun stores a run; its counts never decrease.
func (t *txn) saveRun(run *chat.ArchiveRun) error {
	return t.run(`INSERT INTO archive_runs (id, "trigger", request_id, dry_run, started_at_ms, finished_at_ms, result, message,
			candidates, archived, groups_left) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET finished_at_ms = excluded.finished_at_ms, result = excluded.result,
			message = excluded.message, candidates = excluded.candidates,
			archived = max(archived, excluded.archived), groups_left = max(groups_left, excluded.groups_left)`,
		run.ID, string(run.Trigger), run.RequestID, number(run.DryRun), millis(run.StartedAt), millis(run.FinishedAt),
		run.Result, run.Message, run.Candidates, run.Archived, run.Left)
}

// PendingArchiveItems returns the items of a run that are not settled, in
// order.
func (s *Store) PendingArchiveItems(ctx context.Context, runID string) ([]chat.ArchiveItem, error) {
	return collect(ctx, s.read, func(rows *sql.Rows) (i chat.ArchiveItem, err error) {
		err = rows.Scan(&i.Chat, &i.Name, &i.Policy, &i.Leave, &i.LastActivity)
		return i, err
	}, `SELECT chat, name, policy, leave, last_activity FROM archive_items WHERE run = ? AND state = 'pending' ORDER BY n`, runID)
}

// SettleArchiveItems marks items of a run as done or skipped. Items done are
// added to the run's counts in the same transaction; an item is settled once.
func (s *Store) SettleArchiveItems(ctx context.Context, runID string, items []chat.ArchiveItem, done bool) error {
	state := "skipped"
	if done {
		state = "done"
	}
	return s.write(ctx, func(t *txn) error {
		var archived, left int64
		for _, item := range items {
			n, err := t.exec(`UPDATE archive_items SET state = ? WHERE run = ? AND chat = ? AND leave = ? AND state = 'pending'`,
				state, runID, string(item.Chat), number(item.Leave))
			if err != nil {
				return err
			}
			if item.Leave {
				left += n
			} else {
				archived += n
			}
		}
		if !done {
			return nil
		}
		return t.run(`UPDATE archive_runs SET archived = archived + ?, groups_left = groups_left + ? WHERE id = ?`, archived, left, runID)
	})
}

// settledByRun settles an archived chat's item of the running run, and returns
// the policy that asked for it, empty if no run did. The archived state comes
// back from WhatsApp like any other, possibly after a restart: only the journal
// still knows the reason.
func (t *txn) settledByRun(id chat.ID) (policy string, err error) {
	var run string
	err = t.row(`UPDATE archive_items SET state = 'done' WHERE chat = ? AND leave = 0 AND state = 'pending'
		AND run = (SELECT id FROM archive_runs WHERE finished_at_ms = 0 AND dry_run = 0 ORDER BY id DESC LIMIT 1)
		RETURNING run, policy`, string(id)).Scan(&run, &policy)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	return policy, t.run(`UPDATE archive_runs SET archived = archived + 1 WHERE id = ?`, run)
}

// FinishArchiveRun stores a run's outcome, even if the run could not begin.
func (s *Store) FinishArchiveRun(ctx context.Context, run chat.ArchiveRun) error {
	return s.write(ctx, func(t *txn) error {
		if err := t.saveRun(&run); err != nil {
			return err
		}
		if err := t.run(`DELETE FROM archive_items WHERE run = ?`, run.ID); err != nil {
			return err
		}
		return t.run(`DELETE FROM archive_runs WHERE id IN (SELECT id FROM archive_runs WHERE finished_at_ms > 0
			ORDER BY id DESC LIMIT -1 OFFSET ?)`, keptRuns)
	})
}

// keptRuns is how many finished runs are kept.
const keptRuns = 200

// ArchiveRuns returns the newest runs first, at most max (0: all).
func (s *Store) ArchiveRuns(ctx context.Context, max int) ([]chat.ArchiveRun, error) {
	return collect(ctx, s.read, func(rows *sql.Rows) (r chat.ArchiveRun, err error) {
		var started, finished int64
		err = rows.Scan(&r.ID, &r.Trigger, &r.RequestID, &r.DryRun, &started, &finished, &r.Result, &r.Message,
			&r.Candidates, &r.Archived, &r.Left)
		r.StartedAt, r.FinishedAt = fromMillis(started), fromMillis(finished)
		return r, err
	}, `SELECT id, "trigger", request_id, dry_run, started_at_ms, finished_at_ms, result, message, candidates, archived, groups_left
		FROM archive_runs ORDER BY id DESC LIMIT +?`, limit(max))
}

// archiveSchedule is the key of a setting "<unix milliseconds> <spec>".
const archiveSchedule = "archive-schedule"

// ArchiveSchedule returns what SaveArchiveSchedule last stored; ok is false if
// it never did.
func (s *Store) ArchiveSchedule(ctx context.Context) (spec string, since time.Time, ok bool, err error) {
	var value string
	err = s.read.QueryRowContext(ctx, `SELECT value FROM settings WHERE name = ?`, archiveSchedule).Scan(&value)
	if errors.Is(err, sql.ErrNoRows) {
		return "", time.Time{}, false, nil
	}
	if err != nil {
		return "", time.Time{}, false, classify(err)
	}
	at, spec, _ := strings.Cut(value, " ")
	ms, err := strconv.ParseInt(at, 10, 64)
	return spec, fromMillis(ms), err == nil, err
}

// SaveArchiveSchedule replaces what ArchiveSchedule returns.
func (s *Store) SaveArchiveSchedule(ctx context.Context, spec string, since time.Time) error {
	return s.write(ctx, func(t *txn) error {
		return t.run(`INSERT OR REPLACE INTO settings (name, value) VALUES (?, ?)`, archiveSchedule,
			strconv.FormatInt(millis(since), 10)+" "+spec)
	})
}

// millis returns t in unix milliseconds; 0 for the zero time.
func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

func fromMillis(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms)
}
