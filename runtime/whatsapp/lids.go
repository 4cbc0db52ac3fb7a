package whatsapp

import (
	"context"
	"sync"

	"go.mau.fi/util/dbutil"
	"go.mau.fi/whatsmeow/store"
	"go.mau.fi/whatsmeow/store/sqlstore"
	"go.mau.fi/whatsmeow/types"
)

// lids are the LIDs of people. whatsmeow's store of them remembers all it has seen or
// was asked for: at every login, those of all members of groups. It can forget them.
type lids struct {
	db *dbutil.Database
	// using is held by users of known, and exclusively while it is replaced: the next
	// one must not miss what this one is writing.
	using sync.RWMutex
	known store.LIDStore
}

func newLIDs(db *dbutil.Database) *lids {
	return &lids{db: db, known: sqlstore.NewCachedLIDMap(db)}
}

// forget frees the memory of what is known, unless it is in use. The database has it.
func (l *lids) forget() {
	if !l.using.TryLock() { // a waiting one would stop users within a transaction
		return
	}
	defer l.using.Unlock()
	l.known = sqlstore.NewCachedLIDMap(l.db)
}

// PutManyLIDMappings implements store.LIDStore.
func (l *lids) PutManyLIDMappings(ctx context.Context, mappings []store.LIDMapping) error {
	own, all := copies{}, make([]store.LIDMapping, len(mappings))
	for i, m := range mappings {
		all[i] = store.LIDMapping{LID: own.jid(m.LID), PN: own.jid(m.PN)}
	}
	l.using.RLock()
	defer l.using.RUnlock()
	return l.known.PutManyLIDMappings(ctx, all)
}

// PutLIDMapping implements store.LIDStore.
func (l *lids) PutLIDMapping(ctx context.Context, lid, pn types.JID) error {
	l.using.RLock()
	defer l.using.RUnlock()
	return l.known.PutLIDMapping(ctx, lid, pn)
}

// GetPNForLID implements store.LIDStore.
func (l *lids) GetPNForLID(ctx context.Context, lid types.JID) (types.JID, error) {
	l.using.RLock()
	defer l.using.RUnlock()
	return l.known.GetPNForLID(ctx, lid)
}

// GetLIDForPN implements store.LIDStore.
func (l *lids) GetLIDForPN(ctx context.Context, pn types.JID) (types.JID, error) {
	l.using.RLock()
	defer l.using.RUnlock()
	return l.known.GetLIDForPN(ctx, pn)
}

// GetManyLIDsForPNs implements store.LIDStore.
func (l *lids) GetManyLIDsForPNs(ctx context.Context, pns []types.JID) (map[types.JID]types.JID, error) {
	l.using.RLock()
	defer l.using.RUnlock()
	return l.known.GetManyLIDsForPNs(ctx, pns)
}
