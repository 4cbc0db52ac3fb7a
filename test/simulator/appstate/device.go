package appstate

import (
	"bytes"
	"context"

	"go.mau.fi/whatsmeow/store"
)

// device exposes a State's keys and chains to whatsmeow's Processor as the
// stores it expects. The Processor only reads through it: a State writes its
// chains itself, after the Processor has accepted a patch. The State's lock is
// held during all calls.
type device struct{ state *State }

func (d device) asStore() *store.Device {
	return &store.Device{AppState: d, AppStateKeys: d}
}

func (d device) PutAppStateSyncKey(context.Context, []byte, store.AppStateSyncKey) error { return nil }

func (d device) GetAppStateSyncKey(_ context.Context, id []byte) (*store.AppStateSyncKey, error) {
	for _, key := range d.state.keys {
		if bytes.Equal(key.ID, id) {
			return &store.AppStateSyncKey{Data: key.Data, Timestamp: key.Timestamp}, nil
		}
	}
	return nil, nil
}

func (d device) GetLatestAppStateSyncKeyID(context.Context) ([]byte, error) {
	return d.state.newestKey().ID, nil
}

func (d device) GetAllAppStateSyncKeys(context.Context) ([]*store.AppStateSyncKey, error) {
	keys := make([]*store.AppStateSyncKey, len(d.state.keys))
	for i, key := range d.state.keys {
		keys[i] = &store.AppStateSyncKey{Data: key.Data, Timestamp: key.Timestamp}
	}
	return keys, nil
}

func (d device) PutAppStateVersion(context.Context, string, uint64, [128]byte) error { return nil }

func (d device) GetAppStateVersion(_ context.Context, name string) (uint64, [128]byte, error) {
	chain := d.state.chains[Collection(name)]
	return chain.version(), chain.ltHash, nil
}

func (d device) DeleteAppStateVersion(context.Context, string) error { return nil }

func (d device) PutAppStateMutationMACs(context.Context, string, uint64, []store.AppStateMutationMAC) error {
	return nil
}

func (d device) DeleteAppStateMutationMACs(context.Context, string, [][]byte) error { return nil }

func (d device) GetAppStateMutationMAC(_ context.Context, name string, indexMAC []byte) ([]byte, error) {
	return d.state.chains[Collection(name)].valueMAC(indexMAC), nil
}
