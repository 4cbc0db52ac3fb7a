package simulator

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"

	"github.com/wasession/wasession/test/simulator/appstate"
	"github.com/wasession/wasession/test/simulator/history"
	"github.com/wasession/wasession/test/simulator/media"
)

// features are what phones and servers do besides messages: attachments, app
// state and history. They only use the extension points.
type features struct {
	srv   *Server
	media *media.Service

	mu     sync.Mutex
	phones map[*User]*phone
	// saved holds the app states from the state file, by number, until they are
	// needed.
	saved map[string]json.RawMessage
}

// phone is what the features store for an account's phone.
type phone struct {
	state   *appstate.State
	history history.Source
	// saved is the encoded state at its revision, for the next write of the
	// state file.
	saved    json.RawMessage
	revision int
}

func (s *Server) registerFeatures() error {
	store := media.NewStore()
	if s.opts.MediaDir != "" {
		store = media.NewSpillingStore(s.opts.MediaDir, mediaSpillSize)
	}
	f := &features{
		srv: s, media: media.NewService(store),
		phones: make(map[*User]*phone), saved: make(map[string]json.RawMessage),
	}
	s.features = f
	f.media.Register(s.mux)
	s.HandleIQ("w:sync:app:state", "set", "sync", f.syncAppState)
	s.HandlePeer(f.shareKeys)
	s.HandlePeer(f.recoverAppState)
	s.HandlePeer(f.sendOlder)
	s.HandleReceipt("server-error", f.uploadAgain)
	s.OnLinked(f.welcome)
	return s.Persist("appState", f)
}

// welcome sends a new companion what it cannot ask for: the keys of the app
// state, and the history.
func (f *features) welcome(ctx context.Context, u *User, c *Companion) {
	state, err := u.AppState()
	if err == nil {
		_, err = c.SendPeer(ctx, state.KeyShare().GetProtocolMessage())
	}
	if err != nil {
		f.srv.log.Error("Failed to share the app state keys", "phone", u.pn, "error", err)
		return
	}
	source := u.History()
	if source == nil {
		return
	}
	// A long history must not keep the phone from sending and receiving.
	f.srv.all.start(func() {
		for chunk := range source.Chunks() {
			if err := c.SendHistory(f.srv.ctx, chunk); err != nil {
				if f.srv.ctx.Err() == nil {
					f.srv.log.Error("Failed to send history", "phone", u.pn, "chunk", chunk.Order, "error", err)
				}
				return
			}
		}
	})
}

// of returns what the features store for an account. The caller holds f.mu.
func (f *features) of(u *User) *phone {
	p, ok := f.phones[u]
	if !ok {
		p = &phone{}
		f.phones[u] = p
	}
	return p
}

// Snapshot returns the app states in use, and those restored but not needed
// yet.
func (f *features) Snapshot() (json.RawMessage, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	out := make(map[string]json.RawMessage, len(f.saved)+len(f.phones))
	for number, state := range f.saved {
		out[number] = state
	}
	for u, p := range f.phones {
		if p.state == nil {
			continue
		}
		if revision := p.state.Revision(); p.saved == nil || revision != p.revision {
			encoded, err := json.Marshal(p.state)
			if err != nil {
				return nil, fmt.Errorf("app state of %s: %w", u.pn, err)
			}
			p.saved, p.revision = encoded, revision
		}
		out[u.pn.User] = p.saved
	}
	return json.Marshal(out)
}

// Restore restores what Snapshot returned.
func (f *features) Restore(data json.RawMessage) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return json.Unmarshal(data, &f.saved)
}
