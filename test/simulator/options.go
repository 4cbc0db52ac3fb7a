package simulator

import (
	"log/slog"
	"time"
)

// DefaultSeed derives the root key of every Server whose Options have no Seed.
// whatsmeow keeps the trusted root in one variable per process, so servers in
// the same process must share it.
const DefaultSeed = "wasession simulator"

// DefaultQRLifetime is how long a client may show QR codes before the server
// closes its connection: 60 seconds for the first of six codes, 20 for each
// of the others.
const DefaultQRLifetime = 160 * time.Second

// Options configure a Server. The zero value is ready to use.
type Options struct {
	// Listen is the TCP address to serve on. Default "127.0.0.1:0".
	Listen string
	// Seed derives the key that signs the Noise certificate chain. Servers
	// with the same seed have the same RootKey. Default DefaultSeed.
	Seed []byte
	// StateFile, if set, is the file of the Server's state: read by New,
	// written on Close and every SnapshotInterval. Without it a Server forgets
	// everything when it is closed.
	StateFile string
	// SnapshotInterval is the pause between two writes of StateFile.
	// Default 3 seconds.
	SnapshotInterval time.Duration
	// MediaDir, if set, is an existing folder for large attachments, which
	// otherwise stay in memory like the small ones.
	MediaDir string
	// QRLifetime bounds how long an unpaired connection stays open.
	// Default DefaultQRLifetime.
	QRLifetime time.Duration
	// Logger receives the Server's log. Default: discarded.
	Logger *slog.Logger
	// Extensions add to the protocol (app state, history, media, ...). They
	// run in order, after StateFile was read and before the first connection
	// is accepted.
	Extensions []Extension
}

// Extension adds handlers to a Server that is about to start.
type Extension func(*Server) error

func (o Options) withDefaults() Options {
	if o.Listen == "" {
		o.Listen = "127.0.0.1:0"
	}
	if len(o.Seed) == 0 {
		o.Seed = []byte(DefaultSeed)
	}
	if o.SnapshotInterval <= 0 {
		o.SnapshotInterval = 3 * time.Second
	}
	if o.QRLifetime <= 0 {
		o.QRLifetime = DefaultQRLifetime
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return o
}
