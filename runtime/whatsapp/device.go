package whatsapp

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"sync"
	"sync/atomic"

	"go.mau.fi/util/dbutil"
	"go.mau.fi/whatsmeow/store"
	"go.mau.fi/whatsmeow/store/sqlstore"
	"go.mau.fi/whatsmeow/store/sqlstore/upgrades"
	waLog "go.mau.fi/whatsmeow/util/log"

	"github.com/wasession/wasession/runtime/sqlite"
)

// deviceFile holds the keys of the linked device. The chat API does not need it.
const deviceFile = "device.db"

// deviceDB is whatsmeow's database: the keys and everything else it stores.
type deviceDB struct {
	db        *dbutil.Database
	container *sqlstore.Container
	gate      *historyGate
	lids      *lids
	// buffer is that of the linked device; nil while none is linked.
	buffer atomic.Pointer[eventBuffer]
	// linking is called with a newly linked device before it is saved.
	linking func(*store.Device) error

	// mu is held while a device is saved or deleted. current is the only one that is
	// saved: what whatsmeow still does for the device before it, or for one that was
	// deleted, would bring its keys back.
	mu      sync.Mutex
	current *store.Device
}

// openDeviceDB opens or creates the database in dir.
//
// _txlock=immediate is required: a decryption reads before it writes, and of two
// concurrent deferred transactions that upgrade to writers one fails with
// SQLITE_BUSY_SNAPSHOT, whatever the busy timeout.
func openDeviceDB(ctx context.Context, dir string, gate *historyGate, log waLog.Logger) (*deviceDB, error) {
	pool := sqlite.Open(sqlite.DSN(filepath.Join(dir, deviceFile), url.Values{"_txlock": {"immediate"}, "_pragma": {
		"busy_timeout(10000)",
		"journal_mode(WAL)",
		"synchronous(NORMAL)",
		"foreign_keys(1)",
		"journal_size_limit(1048576)",
		"wal_autocheckpoint(250)",
		"cache_size(-512)",
	}}))
	pool.SetMaxOpenConns(4)
	pool.SetMaxIdleConns(2)
	db, err := dbutil.NewWithDB(pool, "sqlite")
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open %s: %w", deviceFile, err), pool.Close())
	}
	db.UpgradeTable, db.VersionTable = upgrades.Table, "whatsmeow_version"
	d := &deviceDB{db: db, container: sqlstore.NewWithWrappedDB(db, log), gate: gate, lids: newLIDs(db)}
	err = d.container.Upgrade(ctx)
	if err == nil {
		err = createEventBuffer(ctx, db)
	}
	if err != nil {
		_ = db.Close()
		return nil, fmt.Errorf("%s cannot be opened: restore it from a backup, or delete it to pair again: %w", deviceFile, err)
	}
	return d, nil
}

// device returns the linked device, or a new one to be paired.
func (d *deviceDB) device(ctx context.Context) (*store.Device, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.read(ctx)
}

// read makes the device that is stored the current one, or a new one; the caller
// holds mu.
func (d *deviceDB) read(ctx context.Context) (*store.Device, error) {
	dev, err := d.container.GetFirstDevice(ctx)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", deviceFile, err)
	}
	if err := d.adopt(ctx, dev); err != nil {
		return nil, fmt.Errorf("read %s: %w", deviceFile, err)
	}
	d.current = dev
	return dev, nil
}

// renew creates a new device. It deletes the previous one itself: whatsmeow
// reports a logout before it has deleted the device.
func (d *deviceDB) renew(ctx context.Context) (*store.Device, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	old, err := d.container.GetAllDevices(ctx)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", deviceFile, err)
	}
	for _, dev := range old {
		if err := d.container.DeleteDevice(ctx, dev); err != nil {
			return nil, fmt.Errorf("delete the device that was logged out: %w", err)
		}
	}
	return d.read(ctx)
}

// adopt puts our stores between whatsmeow and its own. It is called again when
// whatsmeow has created the stores of a newly paired device.
func (d *deviceDB) adopt(ctx context.Context, dev *store.Device) error {
	dev.Container = d
	dev.LIDs = d.lids
	if !dev.Initialized || dev.Deleted {
		return nil
	}
	buffer, err := newEventBuffer(ctx, d.db, d.gate, dev)
	if err != nil {
		return err
	}
	d.buffer.Store(buffer)
	dev.EventBuffer = buffer
	dev.Sessions = sessions{SessionStore: dev.Sessions, db: d.db}
	dev.MsgSecrets = secrets{dev.MsgSecrets}
	dev.Contacts = audience{dev.Contacts}
	dev.Identities = identities{IdentityStore: dev.Identities, db: d.db, device: dev.GetJID()}
	return nil
}

// PutDevice saves a device. whatsmeow calls it when pairing succeeds, and when
// something of the device changes.
func (d *deviceDB) PutDevice(ctx context.Context, dev *store.Device) error {
	if !d.isCurrent(dev) {
		return store.ErrDeviceDeleted
	}
	if !dev.Initialized {
		// Without mu, because it locks the account, which locks this when it connects.
		if err := d.linking(dev); err != nil {
			return err
		}
	}
	return d.save(ctx, dev)
}

func (d *deviceDB) isCurrent(dev *store.Device) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return dev == d.current
}

// save saves the current device. The checkpoint makes a new pairing survive a
// power failure, not only a crash.
func (d *deviceDB) save(ctx context.Context, dev *store.Device) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if dev != d.current {
		return store.ErrDeviceDeleted
	}
	isNew := !dev.Initialized
	if err := d.container.PutDevice(ctx, dev); err != nil || !isNew {
		return err
	}
	if err := d.adopt(ctx, dev); err != nil {
		return err
	}
	return d.checkpoint(ctx)
}

// DeleteDevice deletes a device and all its keys, also if the connection that it
// is deleted for is closed meanwhile.
func (d *deviceDB) DeleteDevice(ctx context.Context, dev *store.Device) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if dev == d.current {
		d.current = nil
	}
	return d.container.DeleteDevice(context.WithoutCancel(ctx), dev)
}

// checkpoint moves the write-ahead log into the database file and syncs it.
func (d *deviceDB) checkpoint(ctx context.Context) error {
	var busy, pages, moved int
	err := d.db.QueryRow(ctx, "PRAGMA wal_checkpoint(FULL)").Scan(&busy, &pages, &moved)
	if err != nil {
		return fmt.Errorf("checkpoint %s: %w", deviceFile, err)
	}
	return nil
}

// flush deletes what is left of handled events.
func (d *deviceDB) flush(ctx context.Context) error {
	if buffer := d.buffer.Load(); buffer != nil {
		return buffer.flush(ctx)
	}
	return nil
}

func (d *deviceDB) close() error { return d.container.Close() }
