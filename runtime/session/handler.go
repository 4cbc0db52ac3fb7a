package session

import (
	"context"

	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/whatsapp"
)

// handler implements whatsapp.Handler.
type handler struct{ s *Session }

// Apply commits changes, even while the session is being closed.
func (h handler) Apply(ctx context.Context, changes ...chat.Change) error {
	if err := h.s.admit(); err != nil {
		return err
	}
	if changes = heeded(h.s.ignore(), changes); len(changes) == 0 {
		return nil
	}
	err := h.s.store.Apply(context.WithoutCancel(ctx), changes...)
	if err == nil {
		h.s.traffic.count(changes)
		h.s.presences.note(changes)
		h.s.chatsChanged()
	}
	h.s.noticeFull(err)
	return err
}

// Message returns a stored message.
func (h handler) Message(ctx context.Context, chatID chat.ID, stanza string) (chat.Message, error) {
	return h.s.store.Message(ctx, chatID, stanza)
}

// PictureChanged marks a cached picture as outdated, so that the next request
// fetches the new one.
func (h handler) PictureChanged(ctx context.Context, id chat.ID, removed bool) {
	p, err := h.s.store.Picture(ctx, id)
	if err != nil {
		return // not cached
	}
	p.FetchedAt = 0
	if removed {
		p.URL = ""
	}
	if err := h.s.store.SavePicture(ctx, id, p); err != nil {
		h.s.log.Warn("Failed to mark a changed picture as outdated", "error", err)
	}
}

// StateMissed schedules a resync of the app state.
func (h handler) StateMissed() { h.s.missState() }

// HistoryArrived wakes the import.
func (h handler) HistoryArrived() { h.s.wakeHistory() }

// Turned passes a change of the connection to the loop.
func (h handler) Turned(t whatsapp.Turn) { h.s.inbox.put(t) }
