package whatsapp

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"path/filepath"

	"go.mau.fi/whatsmeow/store"
	"go.mau.fi/whatsmeow/store/sqlstore"
	waLog "go.mau.fi/whatsmeow/util/log"

	_ "modernc.org/sqlite" // the driver named "sqlite"
)

// deviceFile holds the keys of the linked device. The chat API does not need it.
const deviceFile = "device.db"

// deviceDB is whatsmeow's database: the keys and everything else it stores.
type deviceDB struct {
	db        *sql.DB
	container *sqlstore.Container
	gate      *historyGate
	// linking is called with a newly linked device before it is saved.
	linking func(*store.Device) error
}

// openDeviceDB opens or creates the database in dir.
//
// _txlock=immediate is required: a decryption reads before it writes, and of two
// concurrent deferred transactions that upgrade to writers one fails with
// SQLITE_BUSY_SNAPSHOT, whatever the busy timeout.
func openDeviceDB(ctx context.Context, dir string, gate *historyGate, log waLog.Logger) (*deviceDB, error) {
	dsn := url.URL{Scheme: "file", Opaque: filepath.Join(dir, deviceFile)}
	q := url.Values{"_txlock": {"immediate"}, "_pragma": {
		"busy_timeout(10000)",
		"journal_mode(WAL)",
		"synchronous(NORMAL)",
		"foreign_keys(1)",
		"journal_size_limit(1048576)",
		"wal_autocheckpoint(250)",
		"cache_size(-512)",
	}}
	dsn.RawQuery = q.Encode()
	db, err := sql.Open("sqlite", dsn.String())
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", deviceFile, err)
	}
	db.SetMaxOpenConns(4)
	db.SetMaxIdleConns(2)
	d := &deviceDB{db: db, container: sqlstore.NewWithDB(db, "sqlite", log), gate: gate}
	if err := d.container.Upgrade(ctx); err != nil {
		_ = db.Close()
		return nil, fmt.Errorf("%s cannot be opened: restore it from a backup, or delete it to pair again: %w", deviceFile, err)
	}
	return d, nil
}

// device returns the linked device, or a new one to be paired.
func (d *deviceDB) device(ctx context.Context) (*store.Device, error) {
	dev, err := d.container.GetFirstDevice(ctx)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", deviceFile, err)
	}
	d.adopt(dev)
	return dev, nil
}

// renew creates a new device. It deletes the previous one itself: whatsmeow
// reports a logout before it has deleted the device.
func (d *deviceDB) renew(ctx context.Context) (*store.Device, error) {
	old, err := d.container.GetAllDevices(ctx)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", deviceFile, err)
	}
	for _, dev := range old {
		if err := d.container.DeleteDevice(ctx, dev); err != nil {
			return nil, fmt.Errorf("delete the device that was logged out: %w", err)
		}
	}
	return d.device(ctx)
}

// adopt puts the history gate between whatsmeow and its stores. It is called
// again when whatsmeow has created the stores of a newly paired device.
func (d *deviceDB) adopt(dev *store.Device) {
	dev.Container = d
	if dev.Initialized && !dev.Deleted {
		dev.EventBuffer = gatedBuffer{EventBuffer: dev.EventBuffer, gate: d.gate, dev: dev}
		dev.Sessions = gatedSessions{SessionStore: dev.Sessions}
	}
}

// PutDevice saves a device. whatsmeow calls it when pairing succeeds. The
// checkpoint makes a new pairing survive a power failure, not only a crash.
func (d *deviceDB) PutDevice(ctx context.Context, dev *store.Device) error {
	isNew := !dev.Initialized
	if isNew {
		if err := d.linking(dev); err != nil {
			return err
		}
	}
	if err := d.container.PutDevice(ctx, dev); err != nil {
		return err
	}
	if isNew {
		d.adopt(dev)
		return d.checkpoint(ctx)
	}
	return nil
}

// DeleteDevice deletes a device and all its keys.
func (d *deviceDB) DeleteDevice(ctx context.Context, dev *store.Device) error {
	return d.container.DeleteDevice(ctx, dev)
}

// checkpoint moves the write-ahead log into the database file and syncs it.
func (d *deviceDB) checkpoint(ctx context.Context) error {
	var busy, pages, moved int
	err := d.db.QueryRowContext(ctx, "PRAGMA wal_checkpoint(FULL)").Scan(&busy, &pages, &moved)
	if err != nil {
		return fmt.Errorf("checkpoint %s: %w", deviceFile, err)
	}
	return nil
}

func (d *deviceDB) close() error { return d.container.Close() }
