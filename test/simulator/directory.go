package simulator

import (
	"crypto/sha256"
	"encoding/binary"
	"maps"
	"slices"
	"strconv"
	"strings"

	"go.mau.fi/whatsmeow/types"

	"github.com/wasession/wasession/test/simulator/signal"
)

// AddUser adds an account with a phone. pn is the number in digits (a leading
// "+" is ignored), lid the user part of its hidden id (derived from the number
// if empty) and name its push name. If the number is already known, for
// instance from the state file, the account keeps its keys and gets the new
// name.
func (s *Server) AddUser(pn, lid, name string) *User {
	pn = strings.TrimPrefix(pn, "+")
	if lid == "" {
		lid = deriveLID(pn)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if u, ok := s.users[pn]; ok {
		u.SetName(name)
		return u
	}
	u := s.newUser(pn, lid, name, signal.NewDevice())
	s.putUser(u)
	return u
}

// GiveNumber gives an account's number to a new account with another LID, as
// mobile operators do with abandoned numbers.
func (s *Server) GiveNumber(pn, lid, name string) *User {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.newUser(strings.TrimPrefix(pn, "+"), lid, name, signal.NewDevice())
	s.putUser(u)
	return u
}

func (s *Server) putUser(u *User) {
	s.users[u.pn.User] = u
	s.usersByLID[u.lid.User] = u
}

// deriveLID derives 15 digits from a number, the form of WhatsApp's hidden ids.
func deriveLID(pn string) string {
	sum := sha256.Sum256([]byte("lid " + pn))
	return strconv.FormatUint(1e14+binary.BigEndian.Uint64(sum[:])%9e14, 10)
}

// User returns the account with a phone number, or nil.
func (s *Server) User(pn string) *User {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.users[strings.TrimPrefix(pn, "+")]
}

// Users returns all accounts, sorted by number.
func (s *Server) Users() []*User {
	s.mu.RLock()
	defer s.mu.RUnlock()
	keys := slices.Sorted(maps.Keys(s.users))
	out := make([]*User, len(keys))
	for i, key := range keys {
		out[i] = s.users[key]
	}
	return out
}

// UserByJID returns the account with a JID in either form, or nil.
func (s *Server) UserByJID(jid types.JID) *User {
	s.mu.RLock()
	defer s.mu.RUnlock()
	switch jid.Server {
	case types.DefaultUserServer, types.LegacyUserServer:
		return s.users[jid.User]
	case types.HiddenUserServer:
		return s.usersByLID[jid.User]
	default:
		return nil
	}
}

// Group returns the group with a JID, or nil.
func (s *Server) Group(jid types.JID) *Group {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if jid.Server != types.GroupServer {
		return nil
	}
	return s.groups[jid.User]
}

// Groups returns all groups, oldest first.
func (s *Server) Groups() []*Group {
	s.mu.RLock()
	defer s.mu.RUnlock()
	keys := slices.Sorted(maps.Keys(s.groups))
	out := make([]*Group, len(keys))
	for i, key := range keys {
		out[i] = s.groups[key]
	}
	return out
}
