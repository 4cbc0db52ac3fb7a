package appstate

import (
	"slices"
	"time"

	waAppState "go.mau.fi/whatsmeow/appstate"
	"go.mau.fi/whatsmeow/proto/waServerSync"
	"go.mau.fi/whatsmeow/proto/waSyncAction"
)

// Patch is one accepted patch, decoded.
type Patch struct {
	Collection Collection `json:"collection"`
	Version    uint64     `json:"version"`
	Author     uint16     `json:"author"` // device number; Phone or a companion's
	At         time.Time  `json:"at"`
	Mutations  []Mutation `json:"mutations"`
}

// Mutation is one decoded change of a patch.
type Mutation struct {
	Index   []string                      `json:"index"`
	Removed bool                          `json:"removed,omitempty"`
	Value   *waSyncAction.SyncActionValue `json:"-"`
}

// Stats counts what happened to an account's app state.
type Stats struct {
	PhonePatches     int `json:"phonePatches"`
	ClientPatches    int `json:"clientPatches"`
	ClientMutations  int `json:"clientMutations"`
	Conflicts        int `json:"conflicts"` // patches refused because there was a newer one
	Rejected         int `json:"rejected"`  // patches refused because verification failed
	RepeatedArchives int `json:"repeatedArchives"`
	Fetches          int `json:"fetches"`
	Snapshots        int `json:"snapshots"`
}

// Patches returns the accepted patches of companions, oldest first.
func (s *State) Patches() []Patch {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.log)
}

// Stats returns the counters.
func (s *State) Stats() Stats {
	s.mu.Lock()
	defer s.mu.Unlock()
	stats := s.stats
	for _, chat := range s.view.Chats {
		stats.RepeatedArchives += chat.RepeatedArchives
	}
	return stats
}

// record adds an accepted patch to the view, the log and the counters.
func (s *State) record(accepted link, mutations []waAppState.Mutation) {
	author, name := accepted.author, accepted.collection
	patch := Patch{Collection: name, Version: s.chains[name].version(), Author: author, At: accepted.at}
	for _, mutation := range mutations {
		if len(mutation.Index) == 0 {
			continue
		}
		s.see(author, mutation)
		patch.Mutations = append(patch.Mutations, Mutation{
			Index:   mutation.Index,
			Removed: mutation.Operation == waServerSync.SyncdMutation_REMOVE,
			Value:   mutation.Action,
		})
	}
	if author == Phone {
		s.stats.PhonePatches++
		return
	}
	s.log = append(s.log, patch)
	s.stats.ClientPatches++
	s.stats.ClientMutations += len(mutations)
}
