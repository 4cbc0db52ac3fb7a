package archive

import (
	"context"
	"errors"
	"iter"
	"maps"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/wasession/wasession/runtime/chat"
)

// account is chats, journal and WhatsApp in memory: what the engine meets,
// without the parts that have tests of their own.
type account struct {
	mu        sync.Mutex
	chats     map[chat.ID]chat.Chat
	joined    []chat.Group
	connected chan struct{}
	// fails is what the next change of the account answers.
	fails error
	// onArchive is called inside ArchiveChats, before anything changes.
	onArchive func()
	patches   [][]chat.ArchiveItem
	left      []chat.ID
	refreshed int

	runs    []chat.ArchiveRun
	items   map[string][]chat.ArchiveItem
	settled map[string]map[chat.ID]bool
	spec    string
	since   time.Time
}

var errNoChat = errors.New("no such chat")

func newAccount(chats ...chat.Chat) *account {
	a := &account{chats: map[chat.ID]chat.Chat{}, connected: make(chan struct{}), items: map[string][]chat.ArchiveItem{}, settled: map[string]map[chat.ID]bool{}}
	close(a.connected)
	for _, c := range chats {
		a.chats[c.ID] = c
	}
	return a
}

func (a *account) AllChats(context.Context) iter.Seq2[chat.Chat, error] {
	a.mu.Lock()
	defer a.mu.Unlock()
	return each(slices.Collect(maps.Values(a.chats)))
}

func (a *account) Chat(_ context.Context, id chat.ID) (chat.Chat, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	c, ok := a.chats[id]
	if !ok {
		return chat.Chat{}, errNoChat
	}
	return c, nil
}

func (a *account) AwaitConnected(ctx context.Context) error {
	select {
	case <-a.connected:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (a *account) RefreshChats(context.Context) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.refreshed++
	return nil
}

func (a *account) ArchiveChats(ctx context.Context, items []chat.ArchiveItem) error {
	if a.onArchive != nil {
		a.onArchive()
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if err := errors.Join(ctx.Err(), a.fails); err != nil {
		return err
	}
	a.patches = append(a.patches, slices.Clone(items))
	for _, item := range items {
		c := a.chats[item.Chat]
		c.Archived = true
		a.chats[item.Chat] = c
	}
	return nil
}

func (a *account) JoinedGroups(context.Context) ([]chat.Group, error) { return a.joined, nil }

func (a *account) LeaveGroup(_ context.Context, id chat.ID) error {
	a.left = append(a.left, id)
	return nil
}

func (a *account) BeginArchiveRun(_ context.Context, run chat.ArchiveRun, items []chat.ArchiveItem) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.runs = append([]chat.ArchiveRun{run}, a.runs...)
	a.items[run.ID] = slices.Clone(items)
	a.settled[run.ID] = map[chat.ID]bool{}
	return nil
}

func (a *account) PendingArchiveItems(_ context.Context, runID string) ([]chat.ArchiveItem, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(a.items[runID]), func(i chat.ArchiveItem) bool {
		_, ok := a.settled[runID][i.Chat]
		return ok
	}), nil
}

func (a *account) SettleArchiveItems(_ context.Context, runID string, items []chat.ArchiveItem, done bool) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, i := range items {
		a.settled[runID][i.Chat] = done
	}
	for n := range a.runs {
		if a.runs[n].ID == runID && done && len(items) > 0 && !items[0].Leave {
			a.runs[n].Archived += len(items)
		}
	}
	return nil
}

func (a *account) FinishArchiveRun(_ context.Context, run chat.ArchiveRun) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	for n := range a.runs {
		if a.runs[n].ID == run.ID {
			a.runs[n] = run
			return nil
		}
	}
	a.runs = append([]chat.ArchiveRun{run}, a.runs...)
	return nil
}

func (a *account) ArchiveRuns(_ context.Context, limit int) ([]chat.ArchiveRun, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.runs[:min(limit, len(a.runs))]), nil
}

func (a *account) ArchiveSchedule(context.Context) (string, time.Time, bool, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.spec, a.since, a.spec != "", nil
}

func (a *account) SaveArchiveSchedule(_ context.Context, spec string, since time.Time) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.spec, a.since = spec, since
	return nil
}

// start runs an engine over the account until the test, or stop, ends it.
func start(t *testing.T, a *account, configure func(*Engine) error) (e *Engine, stop func()) {
	t.Helper()
	e = New(Options{Chats: a, Journal: a, Account: a, BatchSize: 2, Pause: time.Second})
	if err := configure(e); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- e.Run(ctx) }()
	return e, func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("the engine ended with %v", err)
		}
	}
}
