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

// deviceFile holds the keys of the linked device: small, precious, and of no
// use to the chat API.
const deviceFile = "device.db"

// deviceDB is the database of keys and what whatsmeow keeps beside them.
type deviceDB struct {
	db        *sql.DB
	container *sqlstore.Container
	gate      *historyGate
	// linking is told of a device that was linked before it is saved.
	linking func(*store.Device) error
}

// openDeviceDB opens or creates the database in dir.
//
// _txlock=immediate is not a matter of taste: a decryption reads before it
// writes, and a deferred transaction that turns into a writer fails with
// SQLITE_BUSY_SNAPSHOT as soon as two of them meet, whatever the busy timeout.
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
		return nil, fmt.Errorf("%s cannot be opened: restore it from a backup, or remove it to pair again: %w", deviceFile, err)
	}
	return d, nil
}

// device is the linked device, or a new one that waits to be linked.
func (d *deviceDB) device(ctx context.Context) (*store.Device, error) {
	dev, err := d.container.GetFirstDevice(ctx)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", deviceFile, err)
	}
	d.adopt(dev)
	return dev, nil
}

// renew makes a new device. It forgets the one before itself: whatsmeow says
// that a device was logged out before it has deleted it.
func (d *deviceDB) renew(ctx context.Context) (*store.Device, error) {
	old, err := d.container.GetAllDevices(ctx)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", deviceFile, err)
	}
	for _, dev := range old {
		if err := d.container.DeleteDevice(ctx, dev); err != nil {
			return nil, fmt.Errorf("forget a device that was logged out: %w", err)
		}
	}
	return d.device(ctx)
}

// adopt puts the history gate between whatsmeow and its stores, now and when
// whatsmeow makes the stores of a device that was just paired.
func (d *deviceDB) adopt(dev *store.Device) {
	dev.Container = d
	if dev.Initialized && !dev.Deleted {
		dev.EventBuffer = gatedBuffer{EventBuffer: dev.EventBuffer, gate: d.gate, dev: dev}
		dev.Sessions = gatedSessions{SessionStore: dev.Sessions}
	}
}

// PutDevice saves a device: whatsmeow calls it when pairing succeeds. The
// checkpoint makes the new pairing survive a power cut, not only a crash.
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

// DeleteDevice forgets a device and all its keys.
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
