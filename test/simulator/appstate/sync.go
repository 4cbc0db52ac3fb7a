package appstate

import (
	"context"
	"fmt"
	"slices"

	"go.mau.fi/whatsmeow/proto/waServerSync"
	"google.golang.org/protobuf/proto"
)

// pageSize is the maximum number of patches in an answer; a client requests the
// rest separately.
const pageSize = 100

// Request is a client's request for one collection: its changes since Version,
// or, with Patch, to append a patch to exactly that version.
type Request struct {
	Collection   Collection
	Version      uint64
	WantSnapshot bool
	Patch        []byte
}

// Answer is the answer to a Request.
type Answer struct {
	Collection Collection
	Version    uint64
	Patches    []*waServerSync.SyncdPatch
	Snapshot   *waServerSync.SyncdSnapshot
	More       bool
	// Code is 0, 409 if the patch did not build on the newest version, or 400
	// if its verification failed; Reason explains a 400.
	Code   int
	Reason string
	// Accepted reports that the patch of the request is now the newest version.
	Accepted bool
}

// Sync answers a request of the companion with the given device number.
func (s *State) Sync(ctx context.Context, author uint16, request Request) Answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	chain, ok := s.chains[request.Collection]
	if !ok {
		return Answer{Collection: request.Collection, Code: 400, Reason: "unknown collection"}
	}
	if request.Patch != nil {
		return s.accept(ctx, author, chain, request)
	}
	s.stats.Fetches++
	answer := Answer{Collection: request.Collection, Version: chain.version()}
	// A chain of one patch is shorter than its snapshot.
	if request.WantSnapshot && request.Version == 0 && chain.version() > 1 {
		s.stats.Snapshots++
		answer.Snapshot = chain.snapshot()
		return answer
	}
	answer.Patches = chain.since(request.Version)
	if len(answer.Patches) > pageSize {
		answer.Patches, answer.More = answer.Patches[:pageSize], true
	}
	return answer
}

// accept appends a client's patch, or refuses it.
func (s *State) accept(ctx context.Context, author uint16, chain *chain, request Request) Answer {
	answer := Answer{Collection: request.Collection, Version: chain.version()}
	if request.Version < chain.version() {
		s.stats.Conflicts++
		answer.Code, answer.Patches = 409, chain.since(request.Version)
		return answer
	}
	patch := &waServerSync.SyncdPatch{}
	err := proto.Unmarshal(request.Patch, patch)
	if err == nil && request.Version > chain.version() {
		err = fmt.Errorf("the collection is at version %d only", chain.version())
	}
	if err == nil {
		patch.Version = &waServerSync.SyncdVersion{Version: proto.Uint64(chain.version() + 1)}
		patch.DeviceIndex = proto.Uint32(uint32(author))
		err = s.apply(ctx, link{collection: request.Collection, author: author, at: s.now(), patch: patch})
	}
	if err != nil {
		s.stats.Rejected++
		answer.Code, answer.Reason = 400, err.Error()
		return answer
	}
	answer.Version, answer.Accepted = chain.version(), true
	return answer
}

// since returns copies of the patches after a version.
func (c *chain) since(version uint64) []*waServerSync.SyncdPatch {
	if version >= c.version() {
		return nil
	}
	patches := make([]*waServerSync.SyncdPatch, 0, c.version()-version)
	for _, patch := range c.patches[version:] {
		patches = append(patches, proto.CloneOf(patch))
	}
	return patches
}

// snapshot returns the whole collection as of its newest patch, whose MAC it
// shares.
func (c *chain) snapshot() *waServerSync.SyncdSnapshot {
	newest := c.patches[len(c.patches)-1]
	records := make([]record, 0, len(c.records))
	for _, record := range c.records {
		records = append(records, record)
	}
	slices.SortFunc(records, func(a, b record) int { return a.order - b.order })
	snapshot := &waServerSync.SyncdSnapshot{
		Version: &waServerSync.SyncdVersion{Version: proto.Uint64(c.version())},
		Mac:     newest.GetSnapshotMAC(),
		KeyID:   newest.GetKeyID(),
	}
	for _, record := range records {
		snapshot.Records = append(snapshot.Records, proto.CloneOf(record.content))
	}
	return snapshot
}
