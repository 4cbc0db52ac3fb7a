package whatsapp

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"

	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/whatsapp/jid"
)

// How many calls are remembered, in all and of one caller, who may call as often as they
// like; and the longest ID that is, in bytes.
const (
	maxCalls        = 1000
	maxCallsOfOne   = 20
	maxCallID       = 256
	callsRemembered = time.Hour
)

// ringing remembers the last calls: a call is rejected under the address that it came from,
// and what it is, only its offer says.
type ringing struct {
	mu   sync.Mutex
	last []ring // oldest first
}

// ring is a call that was offered.
type ring struct {
	id, wire       string
	caller         types.JID
	from           chat.ID
	video, group   bool
	at             time.Time
	told, finished bool
}

// by reports whether a person called.
func (c ring) by(id chat.ID) bool { return c.from == id || jid.ChatID(c.caller) == id }

// understood completes a call's event with what its offer said. It returns false for what
// is no event: what was told before, since WhatsApp says some things twice, and what
// others than the caller and the own devices say.
func (r *ringing) understood(c *chat.Called, meta types.BasicCallMeta, own bool, now time.Time) bool {
	caller, _ := callerOf(meta)
	caller = caller.ToNonAD()
	if c.Event != chat.EventCallReceived && !own && meta.From.ToNonAD() != caller {
		return false
	}
	if len(meta.CallID) > maxCallID {
		return true // told, but not to be rejected
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	known := r.find(c.ID, func(o ring) bool { return o.caller == caller || o.from == c.From })
	if known == nil {
		r.add(ring{id: c.ID, wire: meta.CallID, caller: caller, from: c.From, video: c.IsVideo, group: c.Group, at: now})
		return true
	}
	c.From, c.IsVideo, c.Group = known.from, known.video || c.IsVideo, known.group || c.Group
	if c.Event == chat.EventCallReceived {
		return !known.told
	}
	return !known.finished
}

// find returns a call with an ID that matches.
func (r *ringing) find(id string, match func(ring) bool) *ring {
	i := slices.IndexFunc(r.last, func(c ring) bool { return c.id == id && match(c) })
	if i < 0 {
		return nil
	}
	return &r.last[i]
}

func (r *ringing) add(call ring) {
	r.last = slices.DeleteFunc(r.last, func(o ring) bool { return call.at.Sub(o.at) > callsRemembered })
	same := func(o ring) bool { return o.caller == call.caller }
	count := 0
	for _, o := range r.last {
		if same(o) {
			count++
		}
	}
	if count >= maxCallsOfOne {
		i := slices.IndexFunc(r.last, same)
		r.last = slices.Delete(r.last, i, i+1)
	} else if len(r.last) >= maxCalls {
		r.last = slices.Delete(r.last, 0, 1)
	}
	r.last = append(r.last, call)
}

// stored notes which events of calls are in the store.
func (r *ringing) stored(changes []chat.Change) {
	for _, change := range changes {
		c, ok := change.(chat.Called)
		if !ok {
			continue
		}
		r.mu.Lock()
		if known := r.find(c.ID, func(o ring) bool { return o.from == c.From }); known != nil {
			known.told = known.told || c.Event == chat.EventCallReceived
			known.finished = known.finished || c.Event != chat.EventCallReceived
		}
		r.mu.Unlock()
	}
}

// get returns the call of a person, or of another if only that has the ID.
func (r *ringing) get(id string, from chat.ID) (ring, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	known := r.find(id, func(c ring) bool { return c.by(from) })
	if known == nil {
		known = r.find(id, func(ring) bool { return true })
	}
	if known != nil {
		return *known, true
	}
	return ring{}, false
}

// callChanges translates what is said of a call.
func (a *Account) callChanges(m mapper, evt any) []chat.Change {
	meta, ok := callMeta(evt)
	if !ok {
		return nil
	}
	c, ok := m.called(evt)
	if !ok || !a.calls.understood(&c, meta, m.isOwn(meta.From), time.Now()) {
		return nil
	}
	return []chat.Change{c}
}

func callMeta(evt any) (types.BasicCallMeta, bool) {
	switch evt := evt.(type) {
	case *events.CallOffer:
		return evt.BasicCallMeta, true
	case *events.CallOfferNotice:
		return evt.BasicCallMeta, true
	case *events.CallAccept:
		return evt.BasicCallMeta, true
	case *events.CallReject:
		return evt.BasicCallMeta, true
	case *events.CallTerminate:
		return evt.BasicCallMeta, true
	}
	return types.BasicCallMeta{}, false
}

// isOwn reports whether an address is of the account.
func (m mapper) isOwn(j types.JID) bool {
	return jid.IsPhone(j) && j.User == m.me.User || jid.IsLID(j) && j.User == m.myLID.User
}

// RejectCall rejects a call by its ID. From counts only for a call that is not remembered,
// for example because the process was started again while it rang.
func (a *Account) RejectCall(ctx context.Context, from chat.ID, id string) error {
	c, err := a.online()
	if err != nil {
		return err
	}
	call, known := a.calls.get(id, from)
	switch {
	case !known:
		call = ring{id: id, wire: id, caller: lidOf(ctx, c, jid.Of(from)), from: from}
	case call.finished:
		return chat.Impossible("the call was accepted or rejected already")
	case !call.by(from):
		return chat.Impossiblef("the call is from %s", call.from)
	}
	if err := c.RejectCall(ctx, call.caller, call.wire); err != nil {
		return fmt.Errorf("rejecting a call: %w", failure(err))
	}
	rejected := chat.Called{Event: chat.EventCallRejected, ID: call.id, From: call.from, Timestamp: time.Now().Unix(), IsVideo: call.video, Group: call.group}
	rejected.Data.Creator = addressText(call.caller)
	if err := a.apply(context.WithoutCancel(ctx), rejected); err != nil {
		return err
	}
	a.calls.stored([]chat.Change{rejected})
	return nil
}

// lidOf returns the LID of a number, under which most calls arrive; the address itself if
// none is known.
func lidOf(ctx context.Context, c *whatsmeow.Client, j types.JID) types.JID {
	if !jid.IsPhone(j) {
		return j
	}
	if lid, err := c.Store.LIDs.GetLIDForPN(ctx, j); err == nil && !lid.IsEmpty() {
		return lid
	}
	info, err := c.GetUserInfo(ctx, []types.JID{j})
	if lid := info[j].LID; err == nil && !lid.IsEmpty() {
		return lid
	}
	return j
}
