package appstate

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	waAppState "go.mau.fi/whatsmeow/appstate"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/proto/waServerSync"
	waLog "go.mau.fi/whatsmeow/util/log"
	"google.golang.org/protobuf/proto"
)

// Phone is the device number of the phone as the author of a patch. Companions
// are numbered from 1.
const Phone uint16 = 0

// State is the app state of one account. It is safe for concurrent use.
type State struct {
	canonical func(string) string
	now       func() time.Time

	mu        sync.Mutex
	keys      []Key // newest last
	chains    map[Collection]*chain
	processor *waAppState.Processor
	history   []link // all patches of all chains, in the order of acceptance
	view      View
	log       []Patch
	stats     Stats
}

// Options of a State. The zero value is usable.
type Options struct {
	// Canonical maps the JID of a chat to the one that the phone uses, so that
	// changes addressed to a phone number and to its LID go to the same chat.
	Canonical func(jid string) string
	// Now is the phone's clock; default time.Now.
	Now func() time.Time
}

// New returns the state of a phone whose owner's push name is pushName. Each
// collection is at version 1, as on a phone that has been in use: clients take
// version 0 for "never synced" and hide its changes from their users.
func New(pushName string, options Options) (*State, error) {
	s := empty(options)
	if err := s.addKey(); err != nil {
		return nil, err
	}
	seeds := map[Collection]Change{
		waAppState.WAPatchCriticalBlock: PushName(pushName),
		waAppState.WAPatchCriticalUnblockLow: {
			Collection: waAppState.WAPatchCriticalUnblockLow,
			Index:      []string{waAppState.IndexLIDContact}, Version: 1,
		},
		waAppState.WAPatchRegularHigh: {
			Collection: waAppState.WAPatchRegularHigh, Index: []string{waAppState.IndexFavorites}, Version: 1,
		},
		waAppState.WAPatchRegular: {
			Collection: waAppState.WAPatchRegular, Index: []string{waAppState.IndexPrimaryFeature}, Version: 7,
		},
		waAppState.WAPatchRegularLow: UnarchiveChats(true),
	}
	for _, name := range Collections {
		if _, err := s.Push(context.Background(), seeds[name]); err != nil {
			return nil, fmt.Errorf("appstate: seed %s: %w", name, err)
		}
	}
	return s, nil
}

func empty(options Options) *State {
	if options.Canonical == nil {
		options.Canonical = func(jid string) string { return jid }
	}
	if options.Now == nil {
		options.Now = time.Now
	}
	s := &State{
		canonical: options.Canonical, now: options.Now,
		chains: make(map[Collection]*chain), view: newView(),
	}
	for _, name := range Collections {
		s.chains[name] = newChain()
	}
	s.processor = waAppState.NewProcessor(device{s}.asStore(), waLog.Noop)
	return s
}

// KeyShare returns the phone's message that gives a companion the keys with the
// given ids, or all keys if there are none. Unknown ids are left out.
func (s *State) KeyShare(ids ...[]byte) *waE2E.Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	share := &waE2E.AppStateSyncKeyShare{}
	for _, key := range s.keys {
		named := slices.ContainsFunc(ids, func(id []byte) bool { return string(id) == string(key.ID) })
		if len(ids) == 0 || named {
			share.Keys = append(share.Keys, key.share())
		}
	}
	return &waE2E.Message{ProtocolMessage: &waE2E.ProtocolMessage{
		Type:                 waE2E.ProtocolMessage_APP_STATE_SYNC_KEY_SHARE.Enum(),
		AppStateSyncKeyShare: share,
	}}
}

// RotateKey makes the phone encrypt later patches with a new key. Companions
// that did not get it from KeyShare ask for it.
func (s *State) RotateKey() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.addKey()
}

func (s *State) addKey() error {
	key, err := newKey(uint32(len(s.keys)+1), s.now().UnixMilli())
	if err != nil {
		return err
	}
	s.keys = append(s.keys, key)
	return nil
}

func (s *State) newestKey() Key { return s.keys[len(s.keys)-1] }

// Version returns the number of patches in a collection.
func (s *State) Version(name Collection) uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.chains[name].version()
}

// Push makes changes on the phone: one patch for each collection they touch, in
// the order of Collections. It returns the new versions, which companions must
// be notified of.
func (s *State) Push(ctx context.Context, changes ...Change) (map[Collection]uint64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	versions := make(map[Collection]uint64)
	for _, name := range Collections {
		mine := slices.DeleteFunc(slices.Clone(changes), func(c Change) bool { return c.Collection != name })
		if len(mine) == 0 {
			continue
		}
		patch, err := s.chains[name].encode(s.newestKey(), name, mine, s.now())
		if err != nil {
			return versions, err
		}
		if err := s.apply(ctx, link{collection: name, author: Phone, at: s.now(), patch: patch}); err != nil {
			return versions, err
		}
		versions[name] = s.chains[name].version()
	}
	return versions, nil
}

// link is a patch with what the server stores about it.
type link struct {
	collection Collection
	author     uint16
	at         time.Time
	patch      *waServerSync.SyncdPatch
}

// apply verifies a patch with the next version, reads it, and appends it.
func (s *State) apply(ctx context.Context, next link) error {
	if err := wellFormed(next.patch); err != nil {
		return err
	}
	chain, name := s.chains[next.collection], next.collection
	// The Processor modifies what it decodes.
	list := &waAppState.PatchList{Name: name, Patches: []*waServerSync.SyncdPatch{proto.CloneOf(next.patch)}}
	mutations, state, err := s.processor.DecodePatches(ctx, list,
		waAppState.HashState{Version: chain.version(), Hash: chain.ltHash}, true)
	if err != nil {
		return fmt.Errorf("appstate: patch %d of %s: %w", chain.version()+1, name, err)
	}
	chain.append(next.patch, state.Hash)
	s.history = append(s.history, next)
	s.record(next, mutations)
	return nil
}

// wellFormed protects the Processor, which trusts the lengths in its input.
func wellFormed(patch *waServerSync.SyncdPatch) error {
	const shortest = 16 + 16 + 32 // IV, one block, MAC
	if len(patch.GetMutations()) == 0 {
		return fmt.Errorf("appstate: the patch has no mutations")
	}
	for i, mutation := range patch.GetMutations() {
		record := mutation.GetRecord()
		if len(record.GetValue().GetBlob()) < shortest || len(record.GetIndex().GetBlob()) != 32 {
			return fmt.Errorf("appstate: mutation %d is cut short", i+1)
		}
	}
	return nil
}
