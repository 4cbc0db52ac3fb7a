package appstate

import (
	"context"
	"testing"

	waAppState "go.mau.fi/whatsmeow/appstate"
	"go.mau.fi/whatsmeow/proto/waServerSync"
	"go.mau.fi/whatsmeow/store"
	waLog "go.mau.fi/whatsmeow/util/log"
	"google.golang.org/protobuf/proto"
)

// client is a companion as whatsmeow implements it: its Processor, and a store
// in maps.
type client struct {
	t         *testing.T
	state     *State
	device    uint16
	processor *waAppState.Processor
	store     *clientStore
}

type clientStore struct {
	keys   map[string]store.AppStateSyncKey
	newest []byte
	hashes map[string]waAppState.HashState
	macs   map[string][]byte
}

// newClient makes a companion and gives it the phone's keys.
func newClient(t *testing.T, state *State, device uint16) *client {
	t.Helper()
	c := &client{t: t, state: state, device: device, store: &clientStore{
		keys:   make(map[string]store.AppStateSyncKey),
		hashes: make(map[string]waAppState.HashState),
		macs:   make(map[string][]byte),
	}}
	c.processor = waAppState.NewProcessor(&store.Device{AppState: c.store, AppStateKeys: c.store}, waLog.Noop)
	c.takeKeys()
	return c
}

func (c *client) takeKeys(ids ...[]byte) {
	for _, key := range c.state.KeyShare(ids...).GetProtocolMessage().GetAppStateSyncKeyShare().GetKeys() {
		c.store.keys[string(key.GetKeyID().GetKeyID())] = store.AppStateSyncKey{Data: key.GetKeyData().GetKeyData()}
		c.store.newest = key.GetKeyID().GetKeyID()
	}
}

// fetch syncs a collection and returns the new mutations.
func (c *client) fetch(name Collection) []waAppState.Mutation {
	c.t.Helper()
	var all []waAppState.Mutation
	for more := true; more; {
		state := c.store.hashes[string(name)]
		answer := c.state.Sync(c.t.Context(), c.device, Request{
			Collection: name, Version: state.Version, WantSnapshot: state.Version == 0 && len(all) == 0,
		})
		if answer.Code != 0 {
			c.t.Fatalf("fetch %s: %d %s", name, answer.Code, answer.Reason)
		}
		all = append(all, c.decode(name, answer)...)
		more = answer.More
	}
	return all
}

func (c *client) decode(name Collection, answer Answer) []waAppState.Mutation {
	c.t.Helper()
	mutations, state, err := c.processor.DecodePatches(c.t.Context(), &waAppState.PatchList{
		Name: name, Patches: answer.Patches, Snapshot: answer.Snapshot,
	}, c.store.hashes[string(name)], true)
	if err != nil {
		c.t.Fatalf("a client cannot read %s: %v", name, err)
	}
	c.store.hashes[string(name)] = state
	return mutations
}

// send makes a patch like whatsmeow and requests that it be appended.
func (c *client) send(patch waAppState.PatchInfo) Answer {
	c.t.Helper()
	state := c.store.hashes[string(patch.Type)]
	encoded, err := c.processor.EncodePatch(c.t.Context(), c.store.newest, state, patch)
	if err != nil {
		c.t.Fatal(err)
	}
	return c.state.Sync(c.t.Context(), c.device, Request{Collection: patch.Type, Version: state.Version, Patch: encoded})
}

// tampered makes a patch and lets damage change it before it is sent.
func (c *client) tampered(patch waAppState.PatchInfo, damage func(*waServerSync.SyncdPatch)) Answer {
	c.t.Helper()
	state := c.store.hashes[string(patch.Type)]
	encoded, err := c.processor.EncodePatch(c.t.Context(), c.store.newest, state, patch)
	if err != nil {
		c.t.Fatal(err)
	}
	var parsed waServerSync.SyncdPatch
	if err := proto.Unmarshal(encoded, &parsed); err != nil {
		c.t.Fatal(err)
	}
	damage(&parsed)
	if encoded, err = proto.Marshal(&parsed); err != nil {
		c.t.Fatal(err)
	}
	return c.state.Sync(c.t.Context(), c.device, Request{Collection: patch.Type, Version: state.Version, Patch: encoded})
}

func (s *clientStore) PutAppStateSyncKey(_ context.Context, id []byte, key store.AppStateSyncKey) error {
	s.keys[string(id)] = key
	return nil
}

func (s *clientStore) GetAppStateSyncKey(_ context.Context, id []byte) (*store.AppStateSyncKey, error) {
	key, ok := s.keys[string(id)]
	if !ok {
		return nil, nil
	}
	return &key, nil
}

func (s *clientStore) GetLatestAppStateSyncKeyID(context.Context) ([]byte, error) {
	return s.newest, nil
}

func (s *clientStore) GetAllAppStateSyncKeys(context.Context) ([]*store.AppStateSyncKey, error) {
	return nil, nil
}

func (s *clientStore) PutAppStateVersion(_ context.Context, name string, version uint64, hash [128]byte) error {
	s.hashes[name] = waAppState.HashState{Version: version, Hash: hash}
	return nil
}

func (s *clientStore) GetAppStateVersion(_ context.Context, name string) (uint64, [128]byte, error) {
	return s.hashes[name].Version, s.hashes[name].Hash, nil
}

func (s *clientStore) DeleteAppStateVersion(_ context.Context, name string) error {
	delete(s.hashes, name)
	return nil
}

func (s *clientStore) PutAppStateMutationMACs(_ context.Context, name string, _ uint64, macs []store.AppStateMutationMAC) error {
	for _, mac := range macs {
		s.macs[name+string(mac.IndexMAC)] = mac.ValueMAC
	}
	return nil
}

func (s *clientStore) DeleteAppStateMutationMACs(_ context.Context, name string, indexes [][]byte) error {
	for _, index := range indexes {
		delete(s.macs, name+string(index))
	}
	return nil
}

func (s *clientStore) GetAppStateMutationMAC(_ context.Context, name string, index []byte) ([]byte, error) {
	return s.macs[name+string(index)], nil
}
