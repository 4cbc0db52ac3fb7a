package appstate

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"go.mau.fi/whatsmeow/proto/waServerSync"
	"google.golang.org/protobuf/proto"
)

// saved is a State as stored in a file: its keys and patches. Replaying them
// gives everything else.
type saved struct {
	Keys    []Key        `json:"keys"`
	Patches []savedPatch `json:"patches"`
	Stats   Stats        `json:"stats"`
}

type savedPatch struct {
	Collection Collection `json:"collection"`
	Author     uint16     `json:"author"`
	At         time.Time  `json:"at"`
	Patch      []byte     `json:"patch"`
}

// Revision increases with each change of what MarshalJSON returns.
func (s *State) Revision() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.keys) + len(s.history) + s.stats.Conflicts + s.stats.Rejected + s.stats.Fetches
}

// MarshalJSON encodes the state for Load.
func (s *State) MarshalJSON() ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := saved{Keys: s.keys, Stats: s.stats}
	for _, link := range s.history {
		content, err := proto.Marshal(link.patch)
		if err != nil {
			return nil, fmt.Errorf("appstate: encode patch: %w", err)
		}
		out.Patches = append(out.Patches, savedPatch{link.collection, link.author, link.at, content})
	}
	return json.Marshal(out)
}

// Load restores a State from the result of MarshalJSON. Each patch is verified
// again.
func Load(data []byte, options Options) (*State, error) {
	var in saved
	if err := json.Unmarshal(data, &in); err != nil {
		return nil, fmt.Errorf("appstate: read saved state: %w", err)
	}
	s := empty(options)
	s.keys = in.Keys
	for i, old := range in.Patches {
		if s.chains[old.Collection] == nil {
			return nil, fmt.Errorf("appstate: saved patch %d is of unknown collection %q", i+1, old.Collection)
		}
		patch := &waServerSync.SyncdPatch{}
		if err := proto.Unmarshal(old.Patch, patch); err != nil {
			return nil, fmt.Errorf("appstate: read saved patch %d: %w", i+1, err)
		}
		next := link{collection: old.Collection, author: old.Author, at: old.At, patch: patch}
		if err := s.apply(context.Background(), next); err != nil {
			return nil, fmt.Errorf("appstate: replay saved patch %d: %w", i+1, err)
		}
	}
	s.stats = in.Stats
	return s, nil
}
