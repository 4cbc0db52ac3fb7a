package simclient

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"sync"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/store"
	"go.mau.fi/whatsmeow/store/sqlstore"
	"go.mau.fi/whatsmeow/types/events"
	waLog "go.mau.fi/whatsmeow/util/log"
	_ "modernc.org/sqlite" // the driver of the client's key database

	"github.com/wasession/wasession/test/simulator"
)

// pragmas are those of the production runtime. Without _txlock=immediate,
// simultaneous messages fail with SQLITE_BUSY.
const pragmas = "?_pragma=foreign_keys(1)&_pragma=journal_mode(WAL)&_pragma=synchronous(NORMAL)" +
	"&_pragma=busy_timeout(10000)&_txlock=immediate"

// Options configure a Client.
type Options struct {
	// Dir is the directory of the client's database. A Client created in the
	// directory of a closed one is the same device after a restart.
	Dir string
	// Log receives whatsmeow's log. Default: discarded.
	Log waLog.Logger
	// Setup, if set, changes the client before its first connection.
	Setup func(*whatsmeow.Client)
}

// Client is a whatsmeow client with a log of its events.
type Client struct {
	*whatsmeow.Client
	// Events are all past and future events.
	Events *Events

	db        *sql.DB
	transport *Transport
}

var trustMu sync.Mutex

// trust makes whatsmeow accept the simulator. The root is global to the
// process: all simulators of a process must have the same seed.
func trust(root [32]byte) {
	trustMu.Lock()
	defer trustMu.Unlock()
	if whatsmeow.WACertPubKey != root {
		whatsmeow.WACertPubKey = root
	}
}

// New returns a client of the simulator. It does not connect.
func New(ctx context.Context, srv *simulator.Server, opts Options) (*Client, error) {
	if opts.Log == nil {
		opts.Log = waLog.Noop
	}
	trust(srv.RootKey())
	transport, err := NewTransport(srv.URL())
	if err != nil {
		return nil, err
	}
	db, err := sql.Open("sqlite", "file:"+filepath.Join(opts.Dir, "device.db")+pragmas)
	if err != nil {
		return nil, fmt.Errorf("open the client's database: %w", err)
	}
	device, err := openDevice(ctx, db, opts.Log)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	c := &Client{
		Client: whatsmeow.NewClient(device, opts.Log.Sub("Client")),
		Events: newEvents(), db: db, transport: transport,
	}
	redirect := &http.Client{Transport: transport}
	c.SetPreLoginHTTPClient(redirect)
	c.SetWebsocketHTTPClient(redirect)
	c.SetMediaHTTPClient(redirect)
	c.AddEventHandler(c.Events.add)
	if opts.Setup != nil {
		opts.Setup(c.Client)
	}
	return c, nil
}

func openDevice(ctx context.Context, db *sql.DB, log waLog.Logger) (*store.Device, error) {
	container := sqlstore.NewWithDB(db, "sqlite3", log.Sub("Store"))
	if err := container.Upgrade(ctx); err != nil {
		return nil, fmt.Errorf("prepare the client's database: %w", err)
	}
	return container.GetFirstDevice(ctx)
}

// Close disconnects the client and closes its database.
func (c *Client) Close() error {
	c.Disconnect()
	c.transport.CloseIdleConnections()
	return c.db.Close()
}

// Link connects the client for the first time, and makes the user's phone scan
// the QR code that it shows. It returns once the client has logged in.
func (c *Client) Link(ctx context.Context, user *simulator.User) (*simulator.Companion, error) {
	if err := c.Connect(); err != nil {
		return nil, fmt.Errorf("connect: %w", err)
	}
	qr, err := Wait[*events.QR](ctx, c.Events)
	if err != nil {
		return nil, err
	}
	comp, err := user.ScanQR(ctx, qr.Codes[0])
	if err != nil {
		return nil, fmt.Errorf("scan: %w", err)
	}
	if _, err = Wait[*events.Connected](ctx, c.Events); err != nil {
		return nil, err
	}
	return comp, comp.WaitConnected(ctx)
}
