package whatsapp

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/wasession/wasession/runtime/chat"
)

// WhatsApp notifies all devices of a change of a group, also the one that made it. The
// notification is what is stored, so that a change made here is one event, like a
// change made on the phone. A call ends when its notification has been stored.

// groupEchoPatience is how long to wait for it. After that the change is stored
// without it, and raises a second event if it comes after all.
const groupEchoPatience = 5 * time.Second

// groupEchoes passes the changes of groups that were stored on to those who wait.
type groupEchoes struct {
	mu        sync.Mutex
	listeners []*groupListener
}

// groupListener collects changes of groups.
type groupListener struct {
	mu    sync.Mutex
	heard []chat.GroupChanged
	more  chan struct{} // of capacity 1
}

// listen starts to collect.
func (e *groupEchoes) listen() (_ *groupListener, stop func()) {
	l := &groupListener{more: make(chan struct{}, 1)}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.listeners = append(e.listeners, l)
	return l, func() {
		e.mu.Lock()
		defer e.mu.Unlock()
		e.listeners = slices.DeleteFunc(e.listeners, func(o *groupListener) bool { return o == l })
	}
}

// stored passes changes on.
func (e *groupEchoes) stored(changes []chat.Change) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(e.listeners) == 0 {
		return
	}
	for _, c := range changes {
		if g, ok := c.(chat.GroupChanged); ok {
			for _, l := range e.listeners {
				l.put(g)
			}
		}
	}
}

// keepInOrder is keep, after which changes of groups are passed on. A list of groups is
// stored before both or after both.
func (a *Account) keepInOrder(changes []chat.Change) error {
	if slices.ContainsFunc(changes, func(c chat.Change) bool { _, ok := c.(chat.GroupChanged); return ok }) {
		a.groupOrder.Lock()
		defer a.groupOrder.Unlock()
	}
	if err := a.keep(changes); err != nil {
		return err
	}
	a.groupEchoes.stored(changes)
	return nil
}

func (l *groupListener) put(c chat.GroupChanged) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.heard = append(l.heard, c)
	select {
	case l.more <- struct{}{}:
	default:
	}
}

func (l *groupListener) take() []chat.GroupChanged {
	l.mu.Lock()
	defer l.mu.Unlock()
	heard := l.heard
	l.heard = nil
	return heard
}

// await waits until a change has been heard; ok is true if all of it was. rest is what was
// not: the change, without the participants that were heard.
func (l *groupListener) await(ctx context.Context, want chat.GroupChanged) (rest chat.GroupChanged, ok bool) {
	timeout := time.NewTimer(groupEchoPatience)
	defer timeout.Stop()
	for {
		for _, got := range l.take() {
			if want, ok = without(want, got); ok {
				return want, true
			}
		}
		select {
		case <-l.more:
		case <-timeout.C:
			return want, false
		case <-ctx.Done():
			return want, false
		}
	}
}

// without returns a change without the participants that another one has, too. ok is true
// if the other one has all of the change.
func without(want, got chat.GroupChanged) (rest chat.GroupChanged, ok bool) {
	w, g := &want.Group, &got.Group
	if w.ID != g.ID || want.Event != got.Event || want.Action != got.Action {
		return want, false
	}
	if len(want.Participants) > 0 {
		want.Participants = slices.DeleteFunc(slices.Clone(want.Participants), func(id chat.ID) bool { return slices.Contains(got.Participants, id) })
		return want, len(want.Participants) == 0
	}
	same := func(want, got *bool) bool { return want == nil || got != nil && *want == *got }
	return want, want.Event == chat.EventGroupJoin || want.Undescribed == got.Undescribed &&
		(w.Subject == "" || w.Subject == g.Subject) && (w.Description == "" || w.Description == g.Description) &&
		(w.Invite == "" || w.Invite == g.Invite) && same(w.Announce, g.Announce) && same(w.Locked, g.Locked) &&
		same(w.MembersAdd, g.MembersAdd) && same(w.Approval, g.Approval)
}
