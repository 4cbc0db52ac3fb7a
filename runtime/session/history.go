package session

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"time"

	v1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/volume"
	"github.com/wasession/wasession/runtime/whatsapp"
)

// How a failed part of the history is retried.
const (
	historyRetryFirst = 10 * time.Second
	historyRetryMost  = 30 * time.Minute
	historyAttempts   = 12
	historyPoll       = 15 * time.Second // while parts wait for a retry
)

// historyDir holds the part of the history that is being imported.
const historyDir = "history"

func (s *Session) wakeHistory() {
	select {
	case s.history <- struct{}{}:
	default:
	}
}

// importHistory imports the announced parts of the history, one after another,
// until the session is closed.
func (s *Session) importHistory() {
	timer := time.NewTimer(0)
	defer timer.Stop()
	full := false
	for {
		select {
		case <-s.ctx.Done():
			return
		case <-s.history:
		case <-timer.C:
		}
		err := s.importDue()
		noRoom := volume.NoRoom(err)
		if noRoom && !full {
			s.log.Warn("The history import waits for free space on the volume", "error", err)
		}
		full = noRoom
		if err != nil && !errors.Is(err, chat.ErrNotConnected) { // otherwise the next login wakes us
			timer.Reset(historyPoll)
		}
	}
}

// errLater means that parts wait for a retry.
var errLater = errors.New("parts of the history are retried later")

// importDue imports the parts that are due. An error says why some are left.
func (s *Session) importDue() error {
	imported, err := s.importParts()
	if imported > 0 {
		if err := s.store.ImportDone(s.ctx); err != nil && s.ctx.Err() == nil {
			s.log.Warn("Failed to free the space used by the import", "error", err)
		}
		s.rest() // nothing takes more memory than an import
	}
	if err != nil {
		return err
	}
	counts, err := s.store.HistoryCounts(s.ctx)
	if err != nil {
		return err
	}
	if counts.Pending > 0 {
		return errLater
	}
	// A killed process may have left parts behind.
	if err := os.RemoveAll(filepath.Join(s.opts.AccountDir, historyDir)); err != nil {
		s.log.Warn("Failed to remove history files that are no longer needed", "error", err)
	}
	return nil
}

// importParts imports the parts that are due and returns how many it started. A
// part that fails for lack of space or a connection keeps its attempts.
func (s *Session) importParts() (begun int, err error) {
	for s.ctx.Err() == nil {
		job, err := s.store.NextHistoryJob(s.ctx)
		if errors.Is(err, chat.ErrNotFound) {
			return begun, nil
		}
		if err != nil {
			s.log.Error("Failed to read the next history job", "error", err)
			return begun, err
		}
		if err := s.admitHistory(); err != nil {
			return begun, err
		}
		begun++
		err = s.importJob(job)
		if errors.Is(err, chat.ErrNotConnected) || volume.NoRoom(err) {
			return begun, err
		}
		if err != nil && s.ctx.Err() == nil {
			s.historyFailed(job, err)
		}
		s.chatsChanged()
	}
	return begun, s.ctx.Err()
}

// importJob downloads a part, unless that was done before a crash, and imports
// it.
func (s *Session) importJob(job chat.HistoryJob) error {
	dir := filepath.Join(s.opts.AccountDir, historyDir)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	path := s.historyPath(job)
	if _, err := os.Stat(path); err != nil {
		if err := s.account.FetchHistory(s.ctx, job.Notice, path); err != nil {
			return err
		}
	}
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	began := time.Now()
	sink := &historySink{s: s, job: job.ID}
	if err := s.account.ReadHistory(s.ctx, f, info.Size(), s.historyFilter(job.Progress), sink); err != nil {
		return err
	}
	if err := s.store.FinishHistoryJob(s.ctx, job.ID); err != nil {
		return err
	}
	if err := os.Remove(path); err != nil {
		s.log.Warn("Failed to remove an imported part of the history", "error", err)
	}
	s.account.DropHistory(s.ctx, job.Notice)
	s.log.Info("History imported", "chats", sink.chats, "messages", sink.messages, "took", time.Since(began).Round(time.Millisecond))
	return nil
}

// historyPath returns the file for a part of the history until it is imported.
// The id came with a message and may not be a safe file name.
func (s *Session) historyPath(job chat.HistoryJob) string {
	return filepath.Join(s.opts.AccountDir, historyDir, chat.SafeStanza(job.Stanza))
}

// historyFailed records a failure and schedules a retry if one may help.
func (s *Session) historyFailed(job chat.HistoryJob, failure error) {
	retryAt := time.Now().Add(grow(historyRetryFirst, historyRetryMost, job.Attempts))
	if errors.Is(failure, chat.ErrHistoryGone) || job.Attempts+1 >= historyAttempts {
		retryAt = time.Time{}
		_ = os.Remove(s.historyPath(job))
	}
	s.log.Warn("Failed to import a part of the history", "error", failure, "givenUp", retryAt.IsZero())
	if err := s.store.FailHistoryJob(s.ctx, job.ID, failure.Error(), retryAt); err != nil && s.ctx.Err() == nil {
		s.log.Error("Failed to store the failure of a history job", "error", err)
	}
}

// historyFilter returns what the configuration selects of the history.
func (s *Session) historyFilter(skip int) whatsapp.HistoryFilter {
	s.mu.Lock()
	h, kinds := s.config.History, s.config.Ignore
	s.mu.Unlock()
	if h.Groups != nil && !*h.Groups {
		kinds = append([]v1.IgnoredChats{v1.IgnoreGroups}, kinds...)
	}
	filter := whatsapp.HistoryFilter{
		Skip: skip, Messages: h.Sync != v1.HistoryNone, Ignores: func(id chat.ID) bool { return ignores(kinds, id) },
	}
	if h.Days > 0 {
		filter.Since = time.Now().AddDate(0, 0, -h.Days).Unix()
	}
	if h.RetentionSeconds > 0 {
		filter.Since = max(filter.Since, time.Now().Unix()-h.RetentionSeconds)
	}
	return filter
}

// historySink writes a part of the history to the store.
type historySink struct {
	s               *Session
	job             int64
	chats, messages int
}

// Known stores names and LID mappings.
func (h *historySink) Known(ctx context.Context, changes []chat.Change) error {
	if err := h.s.admitHistory(); err != nil {
		return err
	}
	return h.s.store.Apply(ctx, changes...)
}

// Chats stores conversations and the progress of the job.
func (h *historySink) Chats(ctx context.Context, batch []chat.HistoryChat, done int) error {
	if err := h.s.admitHistory(); err != nil {
		return err
	}
	err := h.s.store.Import(ctx, batch)
	if errors.Is(err, chat.ErrUnstorable) {
		err = h.singly(ctx, batch)
	}
	if err != nil {
		return err
	}
	h.chats += len(batch)
	for i := range batch {
		h.messages += len(batch[i].Messages)
	}
	h.s.chatsChanged()
	return h.s.store.SaveHistoryProgress(ctx, h.job, done)
}

// singly stores a batch row by row and skips rows that cannot be stored: a
// message of one contact must not cost the rest of the history.
func (h *historySink) singly(ctx context.Context, batch []chat.HistoryChat) error {
	left := 0
	one := func(c chat.HistoryChat) error {
		err := h.s.store.Import(ctx, []chat.HistoryChat{c})
		if errors.Is(err, chat.ErrUnstorable) {
			left++
			return nil
		}
		return err
	}
	for _, c := range batch {
		if err := one(chat.HistoryChat{Chat: c.Chat}); err != nil {
			return err
		}
		for i := range c.Messages {
			if err := one(chat.HistoryChat{Chat: c.Chat, Messages: c.Messages[i : i+1]}); err != nil {
				return err
			}
		}
	}
	h.s.log.Warn("Skipped rows of the history that cannot be stored", "rows", left)
	return nil
}
