package simulator

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"go.mau.fi/whatsmeow/types"
)

// stateVersion is the format version of the state file.
const stateVersion = 1

// stateFile is the whole state of a Server.
type stateFile struct {
	Version     int                        `json:"version"`
	Users       []json.RawMessage          `json:"users"`
	Groups      map[string]groupInfo       `json:"groups"`
	Newsletters map[string]newsletterInfo  `json:"newsletters,omitempty"`
	Extensions  map[string]json.RawMessage `json:"extensions,omitempty"`
}

// load reads the state file, if there is one.
func (s *Server) load() error {
	if s.opts.StateFile == "" {
		return nil
	}
	raw, err := os.ReadFile(s.opts.StateFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read state: %w", err)
	}
	var state stateFile
	if err = json.Unmarshal(raw, &state); err != nil {
		return fmt.Errorf("parse state file %s: %w", s.opts.StateFile, err)
	}
	if state.Version != stateVersion {
		return fmt.Errorf("state file %s has version %d, not %d", s.opts.StateFile, state.Version, stateVersion)
	}
	for _, each := range state.Users {
		u, err := s.restoreUser(each)
		if err != nil {
			return err
		}
		s.putUser(u)
	}
	for id, info := range state.Groups {
		s.restoreGroup(id, info)
	}
	for id, info := range state.Newsletters {
		s.newsletters[id] = &Newsletter{srv: s, jid: types.NewJID(id, types.NewsletterServer), info: info}
	}
	for name, part := range state.Extensions {
		s.restored[name] = part
	}
	return nil
}

// Save writes the state file now.
func (s *Server) Save() error {
	if s.opts.StateFile == "" {
		return errors.New("the simulator has no state file")
	}
	state := stateFile{
		Version: stateVersion, Groups: make(map[string]groupInfo), Newsletters: make(map[string]newsletterInfo),
		Extensions: make(map[string]json.RawMessage),
	}
	for _, u := range s.Users() {
		raw, err := u.save()
		if err != nil {
			return fmt.Errorf("save %s: %w", u.pn, err)
		}
		state.Users = append(state.Users, raw)
	}
	for _, g := range s.Groups() {
		state.Groups[g.jid.User] = g.snapshot()
	}
	for _, n := range s.Newsletters() {
		state.Newsletters[n.jid.User] = n.snapshot()
	}
	s.mu.RLock()
	persisters := make(map[string]Persister, len(s.persisters))
	for name, p := range s.persisters {
		persisters[name] = p
	}
	s.mu.RUnlock()
	for name, p := range persisters {
		raw, err := p.Snapshot()
		if err != nil {
			return fmt.Errorf("save %s: %w", name, err)
		}
		state.Extensions[name] = raw
	}
	raw, err := json.Marshal(state)
	if err != nil {
		return fmt.Errorf("marshal state: %w", err)
	}
	return writeFile(s.opts.StateFile, raw)
}

// writeFile replaces a file so that a crash leaves either the old or the new
// one.
func writeFile(path string, raw []byte) error {
	tmp, err := os.CreateTemp(filepath.Dir(path), ".state-*")
	if err != nil {
		return fmt.Errorf("write state: %w", err)
	}
	_, err = tmp.Write(raw)
	err = errors.Join(err, tmp.Close())
	if err == nil {
		err = os.Rename(tmp.Name(), path)
	}
	if err != nil {
		_ = os.Remove(tmp.Name())
		return fmt.Errorf("write state: %w", err)
	}
	return nil
}

func (s *Server) snapshotLoop() {
	tick := time.NewTicker(s.opts.SnapshotInterval)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			if err := s.Save(); err != nil {
				s.log.Error("Failed to write a snapshot", "error", err)
			}
		case <-s.ctx.Done():
			return
		}
	}
}
