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

// How a part of the history that fails is tried again.
const (
	historyRetryFirst = 10 * time.Second
	historyRetryMost  = 30 * time.Minute
	historyAttempts   = 12
	historyPoll       = 15 * time.Second // while parts wait for their next try
)

// historyDir holds the parts of the history that are being imported.
const historyDir = "history"

func (s *Session) wakeHistory() {
	select {
	case s.history <- struct{}{}:
	default:
	}
}

// importHistory imports the parts of the history that were written down, one
// after another, until the session is closed.
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
			s.log.Warn("The history waits for room on the volume", "error", err)
		}
		full = noRoom
		if err != nil && !errors.Is(err, chat.ErrNotConnected) { // the next login wakes us
			timer.Reset(historyPoll)
		}
	}
}

// errLater says that parts wait for their next try.
var errLater = errors.New("parts of the history are tried again later")

// importDue imports what is due. An error says why parts are left.
func (s *Session) importDue() error {
	imported, err := s.importParts()
	if imported > 0 {
		if err := s.store.ImportDone(s.ctx); err != nil && s.ctx.Err() == nil {
			s.log.Warn("The space that the import took could not be given back", "error", err)
		}
		giveBackMemory() // an import is the largest thing a session ever does
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
	// What a kill left of a part that was imported or given up.
	if err := os.RemoveAll(filepath.Join(s.opts.AccountDir, historyDir)); err != nil {
		s.log.Warn("Files of the history that are done with could not be removed", "error", err)
	}
	return nil
}

// importParts imports the parts that are due, and says how many it began to. A
// part for which there is no room is not counted as tried: it is no fault of it.
func (s *Session) importParts() (begun int, err error) {
	for s.ctx.Err() == nil {
		job, err := s.store.NextHistoryJob(s.ctx)
		if errors.Is(err, chat.ErrNotFound) {
			return begun, nil
		}
		if err != nil {
			s.log.Error("The next part of the history could not be read", "error", err)
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

// importJob fetches a part, unless it was fetched before a crash, and imports it.
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
		s.log.Warn("An imported part of the history could not be removed", "error", err)
	}
	s.account.DropHistory(s.ctx, job.Notice)
	s.log.Info("History imported", "chats", sink.chats, "messages", sink.messages, "took", time.Since(began).Round(time.Millisecond))
	return nil
}

// historyPath is where a part of the history is kept until it is imported. The
// id came with a message, and is not taken for a file's name as it is.
func (s *Session) historyPath(job chat.HistoryJob) string {
	return filepath.Join(s.opts.AccountDir, historyDir, chat.SafeStanza(job.Stanza))
}

// historyFailed notes a failure, and whether it is worth another try.
func (s *Session) historyFailed(job chat.HistoryJob, failure error) {
	retryAt := time.Now().Add(grow(historyRetryFirst, historyRetryMost, job.Attempts))
	if errors.Is(failure, chat.ErrHistoryGone) || job.Attempts+1 >= historyAttempts {
		retryAt = time.Time{}
		_ = os.Remove(s.historyPath(job))
	}
	s.log.Warn("A part of the history could not be imported", "error", failure, "givenUp", retryAt.IsZero())
	if err := s.store.FailHistoryJob(s.ctx, job.ID, failure.Error(), retryAt); err != nil && s.ctx.Err() == nil {
		s.log.Error("The failure could not be written down", "error", err)
	}
}

// historyFilter is what the configuration wants of the history.
func (s *Session) historyFilter(skip int) whatsapp.HistoryFilter {
	s.mu.Lock()
	h := s.config.History
	s.mu.Unlock()
	filter := whatsapp.HistoryFilter{Skip: skip, Messages: h.Sync != v1.HistoryNone, Groups: h.Groups == nil || *h.Groups}
	if h.Days > 0 {
		filter.Since = time.Now().AddDate(0, 0, -h.Days).Unix()
	}
	if h.RetentionSeconds > 0 {
		filter.Since = max(filter.Since, time.Now().Unix()-h.RetentionSeconds)
	}
	return filter
}

// historySink writes what a part holds to the store.
type historySink struct {
	s               *Session
	job             int64
	chats, messages int
}

// Known writes down who is who.
func (h *historySink) Known(ctx context.Context, changes []chat.Change) error {
	if err := h.s.admitHistory(); err != nil {
		return err
	}
	return h.s.store.Apply(ctx, changes...)
}

// Chats writes down conversations, and how many are complete.
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

// singly writes a batch row by row and leaves out the rows that the store cannot
// take: what one contact wrote must not cost the rest of the history.
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
	h.s.log.Warn("Rows of the history cannot be stored and are left out", "rows", left)
	return nil
}
