package whatsapp

import (
	"context"
	"sync"
	"time"

	"go.mau.fi/whatsmeow/appstate"
	"go.mau.fi/whatsmeow/types/events"
)

// whatsmeow passes a patch of our own on as events, each patch in a goroutine of
// its own that starts once SendAppState has returned. Two actions in a row could
// be stored in either order, and an old one could undo a newer one. So an action
// ends when its events have been handled.

// echoPatience is how long to wait for the events of a patch. They do not come if
// the account is closing, or if WhatsApp sent the whole state again meanwhile.
const echoPatience = 5 * time.Second

// echoes waits for the events of the patch that was sent last. Patches are sent
// one at a time.
type echoes struct {
	mu sync.Mutex
	// at is the time of the patch in milliseconds, which its events have too. No two
	// patches have the same.
	at int64
	// left is how many of its events have not been handled.
	left int
	done chan struct{}
}

// expect gives the patch its time, from which on its events are counted.
func (e *echoes) expect(patch *appstate.PatchInfo, now time.Time) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.at = max(now.UnixMilli(), e.at+1)
	e.left, e.done = len(patch.Mutations), make(chan struct{})
	patch.Timestamp = time.UnixMilli(e.at)
}

// heard counts an event that has been handled.
func (e *echoes) heard(evt any) {
	at, ok := sharedAt(evt)
	e.mu.Lock()
	defer e.mu.Unlock()
	if !ok || e.left == 0 || at.UnixMilli() != e.at {
		return
	}
	if e.left--; e.left == 0 {
		close(e.done)
	}
}

// await waits until the events of the patch have been handled, or the account is
// closing.
func (e *echoes) await(ctx context.Context, closing <-chan struct{}) {
	ctx, cancel := context.WithTimeout(ctx, echoPatience)
	defer cancel()
	e.mu.Lock()
	done := e.done
	e.mu.Unlock()
	select {
	case <-done:
	case <-closing:
	case <-ctx.Done():
	}
}

// isShared reports whether an event is a change of the app state.
func isShared(evt any) bool {
	_, ok := sharedAt(evt)
	return ok
}

// sharedAt returns when a change of the app state was made, by the clock of the
// device that made it.
func sharedAt(evt any) (at time.Time, ok bool) {
	switch evt := evt.(type) {
	case *events.Archive:
		return evt.Timestamp, true
	case *events.UnarchiveChatsSetting:
		return evt.Timestamp, true
	case *events.Pin:
		return evt.Timestamp, true
	case *events.Mute:
		return evt.Timestamp, true
	case *events.MarkChatAsRead:
		return evt.Timestamp, true
	case *events.DeleteChat:
		return evt.Timestamp, true
	case *events.ClearChat:
		return evt.Timestamp, true
	case *events.Star:
		return evt.Timestamp, true
	case *events.DeleteForMe:
		return evt.Timestamp, true
	case *events.Contact:
		return evt.Timestamp, true
	case *events.PushNameSetting:
		return evt.Timestamp, true
	case *events.LabelEdit:
		return evt.Timestamp, true
	case *events.LabelAssociationChat:
		return evt.Timestamp, true
	}
	return time.Time{}, false
}
