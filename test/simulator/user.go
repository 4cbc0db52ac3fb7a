package simulator

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"go.mau.fi/whatsmeow/types"

	"github.com/wasession/wasession/test/simulator/signal"
)

// ErrNotLinked is returned if an account has no companion.
var ErrNotLinked = errors.New("no companion is linked to this account")

// User is an account with its simulated phone. Its methods may be called
// concurrently; the phone sends in the order of the calls.
type User struct {
	srv    *Server
	pn     types.JID
	lid    types.JID
	worker worker
	// device holds the phone's keys. Only the worker uses it, except for
	// Bundle, Identity and State.
	device atomic.Pointer[signal.Device]

	mu           sync.Mutex
	changed      broadcast
	dirty        bool // since the last snapshot
	saved        []byte
	name         string
	about        string
	picture      *Picture
	addressing   Addressing
	autoReceipts bool
	failDecrypt  int
	companions   map[uint16]*Companion
	nextDevice   uint16
	inbox        []Received
	seq          int
	sent         map[string]*sentMessage
	sentOrder    []string
	skdmSent     map[string]struct{} // "group device" of those that have our sender key
	privacy      map[string]string
	blocked      map[string]struct{}
	tokens       map[string]string // PN -> time a privacy token was given
	terms        map[string]bool   // notices of terms that a client accepted
	available    bool
	lastSeen     time.Time
	watchers     map[*User]string // subscribers to this presence, with the server of the JID they named
	loginFailure *LoginFailure
	limits       limits
}

func (s *Server) newUser(pn, lid, name string, device *signal.Device) *User {
	u := &User{
		srv:          s,
		pn:           types.NewJID(pn, types.DefaultUserServer),
		lid:          types.NewJID(lid, types.HiddenUserServer),
		worker:       worker{ctx: s.ctx, all: &s.all},
		dirty:        true,
		name:         name,
		autoReceipts: true,
		companions:   make(map[uint16]*Companion),
		nextDevice:   1,
		sent:         make(map[string]*sentMessage),
		skdmSent:     make(map[string]struct{}),
		privacy:      defaultPrivacy(),
		blocked:      make(map[string]struct{}),
		tokens:       make(map[string]string),
		terms:        make(map[string]bool),
		watchers:     make(map[*User]string),
		lastSeen:     time.Now(),
	}
	u.device.Store(device)
	return u
}

// PN returns the account's JID by phone number.
func (u *User) PN() types.JID { return u.pn }

// LID returns the account's hidden JID.
func (u *User) LID() types.JID { return u.lid }

// phone returns the keys of the account's phone.
func (u *User) phone() *signal.Device { return u.device.Load() }

// Server returns the Server of the account.
func (u *User) Server() *Server { return u.srv }

// Name returns the account's push name.
func (u *User) Name() string {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.name
}

// SetName changes the push name in messages from now on.
func (u *User) SetName(name string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.name = name
	u.touch()
}

// touch marks the account as changed, for the snapshot and for waiting callers.
// The caller holds u.mu.
func (u *User) touch() {
	u.dirty = true
	u.changed.signal()
}

// Companions returns the linked companions by their device number.
func (u *User) Companions() []*Companion {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.sortedCompanions()
}

func (u *User) sortedCompanions() []*Companion {
	out := make([]*Companion, 0, len(u.companions))
	for _, id := range slices.Sorted(maps.Keys(u.companions)) {
		out = append(out, u.companions[id])
	}
	return out
}

// Companion returns the companion that was linked last, or nil.
func (u *User) Companion() *Companion {
	all := u.Companions()
	if len(all) == 0 {
		return nil
	}
	return all[len(all)-1]
}

// devices returns the JIDs of all devices of the account, the phone first, in
// the form (number or LID) of the given server.
func (u *User) devices(server string) []types.JID {
	base := u.on(server)
	u.mu.Lock()
	defer u.mu.Unlock()
	out := []types.JID{base}
	for _, c := range u.sortedCompanions() {
		out = append(out, withDevice(base, c.device))
	}
	return out
}

// on returns the account's JID in the form of the given server.
func (u *User) on(server string) types.JID {
	if server == types.HiddenUserServer {
		return u.lid
	}
	return u.pn
}

func withDevice(jid types.JID, device uint16) types.JID {
	jid.Device = device
	return jid
}

// await calls check under the lock of the account, now and after each change,
// until it returns true.
func (u *User) await(ctx context.Context, check func() bool) error {
	for {
		u.mu.Lock()
		if check() {
			u.mu.Unlock()
			return nil
		}
		changed := u.changed.wait()
		u.mu.Unlock()
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		case <-u.srv.ctx.Done():
			return ErrClosed
		}
	}
}

// broadcast wakes all waiting callers. Its user's lock guards it.
type broadcast struct{ ch chan struct{} }

func (b *broadcast) wait() <-chan struct{} {
	if b.ch == nil {
		b.ch = make(chan struct{})
	}
	return b.ch
}

func (b *broadcast) signal() {
	if b.ch != nil {
		close(b.ch)
		b.ch = nil
	}
}
