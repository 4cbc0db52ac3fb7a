package simulator

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/proto/waE2E"
)

// IQ is an info query from a client.
type IQ struct {
	// User is the account and Companion the device that asks; both are nil on a
	// connection that has not logged in.
	User      *User
	Companion *Companion
	// Node is the whole <iq>; Child its first child, or an empty node.
	Node  waBinary.Node
	Child waBinary.Node

	conn *conn
}

// IQHandler answers an info query with the children of the result. An
// *IQError becomes <iq type="error">, any other error an internal-error 500.
// Handlers run on the connection's reader: they may lock the account but must
// not wait for the client.
type IQHandler func(context.Context, *IQ) ([]waBinary.Node, error)

// IQError is an error result, e.g. IQError{404, "item-not-found"}.
type IQError struct {
	Code int
	Text string
}

func (e *IQError) Error() string { return fmt.Sprintf("%d %s", e.Code, e.Text) }

// errNoReply makes the Server not answer, as if the answer were lost.
var errNoReply = errors.New("no reply")

type iqKey struct{ xmlns, typ, child string }

// HandleIQ registers a handler for <iq xmlns type> whose first child is named
// child; child "" is the fallback for that xmlns and type. A later registration
// replaces an earlier one.
func (s *Server) HandleIQ(xmlns, typ, child string, h IQHandler) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.iqHandlers[iqKey{xmlns, typ, child}] = h
}

func (s *Server) iqHandler(xmlns, typ, child string) IQHandler {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if h, ok := s.iqHandlers[iqKey{xmlns, typ, child}]; ok {
		return h
	}
	return s.iqHandlers[iqKey{xmlns, typ, ""}]
}

// PeerMessage is a message that a companion sent to its own phone.
type PeerMessage struct {
	User      *User
	Companion *Companion
	// ID is the stanza id, which answers refer to.
	ID      string
	Message *waE2E.Message
}

// PeerHandler handles a peer message on the phone and reports whether it did.
// Handlers run on the phone's worker, in the order of arrival; the first one
// that returns true ends the chain. A handler that makes the same phone send
// must pass on its context, which marks the worker as its own.
type PeerHandler func(context.Context, *PeerMessage) bool

// HandlePeer adds a handler of peer messages (app state key requests, history
// requests, ...).
func (s *Server) HandlePeer(h PeerHandler) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.peerHandlers = append(s.peerHandlers, h)
}

// OnLinked adds a function that runs on the phone's worker when a newly linked
// companion has logged in for the first time: this is when a phone shares its
// app state keys and its history. Like a PeerHandler it must pass on its
// context.
func (s *Server) OnLinked(f func(context.Context, *User, *Companion)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.linkedHooks = append(s.linkedHooks, f)
}

// Persister is a part of the state that an Extension owns.
type Persister interface {
	// Snapshot returns the state as JSON, and Restore restores it.
	Snapshot() (json.RawMessage, error)
	Restore(json.RawMessage) error
}

// Persist registers a part of the state file under a unique name. If the state file
// contains that part, it is restored immediately.
func (s *Server) Persist(name string, p Persister) error {
	s.mu.Lock()
	s.persisters[name] = p
	raw, ok := s.restored[name]
	s.mu.Unlock()
	if !ok {
		return nil
	}
	if err := p.Restore(raw); err != nil {
		return fmt.Errorf("restore %s: %w", name, err)
	}
	return nil
}
