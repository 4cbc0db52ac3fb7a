// Command bare is the client that the runtime is compared with: whatsmeow with
// the runtime's options, the runtime's settings for its key database, and a
// handler that does nothing.
package main

import (
	"bufio"
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/store/sqlstore"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"
	waLog "go.mau.fi/whatsmeow/util/log"
	"google.golang.org/protobuf/proto"
	_ "modernc.org/sqlite" // the driver named "sqlite"
)

// settings are those of the runtime's key database.
const settings = "?_txlock=immediate&_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=synchronous(NORMAL)" +
	"&_pragma=foreign_keys(1)&_pragma=journal_size_limit(1048576)&_pragma=wal_autocheckpoint(250)&_pragma=cache_size(-512)"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdin)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bare:", err)
		os.Exit(1)
	}
}

// run receives until SIGTERM. It prints its QR codes as "qr CODE", and carries
// out the commands that it reads: see obey.
func run(ctx context.Context, args []string, commands io.Reader) error {
	if len(args) != 1 {
		return errors.New("usage: bare DIRECTORY")
	}
	db, err := sql.Open("sqlite", "file:"+filepath.Join(args[0], "device.db")+settings)
	if err != nil {
		return err
	}
	defer db.Close()
	db.SetMaxOpenConns(4)
	db.SetMaxIdleConns(2)
	c, err := newClient(ctx, db)
	if err != nil {
		return err
	}
	c.AddEventHandlerWithSuccessStatus(func(evt any) bool {
		if qr, ok := evt.(*events.QR); ok {
			fmt.Println("qr", qr.Codes[0])
		}
		return true
	})
	if err := c.Connect(); err != nil {
		return err
	}
	defer c.Disconnect()
	failed := make(chan error, 1)
	go func() { failed <- obey(c, commands) }()
	select {
	case <-ctx.Done():
		return nil
	case err := <-failed:
		return err
	}
}

// obey carries out commands, one per line, until they end. "send N JID TEXT"
// sends a text N times, one by one, and then prints "sent". The context cannot
// be cancelled, because the driver would start a goroutine for each statement.
func obey(c *whatsmeow.Client, commands io.Reader) error {
	lines := bufio.NewScanner(commands)
	for lines.Scan() {
		var (
			n        int
			to, text string
		)
		if _, err := fmt.Sscanf(lines.Text(), "send %d %s %s", &n, &to, &text); err != nil {
			return fmt.Errorf("command %q: %w", lines.Text(), err)
		}
		jid, err := types.ParseJID(to)
		if err != nil {
			return err
		}
		for range n {
			if _, err := c.SendMessage(context.Background(), jid, &waE2E.Message{Conversation: proto.String(text)}); err != nil {
				return err
			}
		}
		fmt.Println("sent")
	}
	return lines.Err()
}

// newClient returns a client with the options of runtime/whatsapp.
func newClient(ctx context.Context, db *sql.DB) (*whatsmeow.Client, error) {
	container := sqlstore.NewWithDB(db, "sqlite", waLog.Noop)
	if err := container.Upgrade(ctx); err != nil {
		return nil, err
	}
	device, err := container.GetFirstDevice(ctx)
	if err != nil {
		return nil, err
	}
	key, err := hex.DecodeString(os.Getenv("WHATSAPP_ROOT_KEY"))
	if err != nil || len(key) != len(whatsmeow.WACertPubKey) {
		return nil, errors.New("WHATSAPP_ROOT_KEY is no key")
	}
	copy(whatsmeow.WACertPubKey[:], key)
	endpoint, err := url.Parse(os.Getenv("WHATSAPP_ENDPOINT"))
	if err != nil || endpoint.Host == "" {
		return nil, errors.New("WHATSAPP_ENDPOINT is no URL")
	}
	c := whatsmeow.NewClient(device, waLog.Noop)
	c.SynchronousAck = true
	c.EnableDecryptedEventBuffer = true
	c.ManualHistorySyncDownload = true
	c.DisableManualHistorySyncReceipt = true
	c.EmitAppStateEventsOnFullSync = true
	c.AutomaticMessageRerequestFromPhone = true
	c.UseRetryMessageStore = true
	c.InitialAutoReconnect = true
	c.SetMaxParallelRetryReceiptHandling(2)
	h := &http.Client{Transport: simulated{endpoint}}
	c.SetMediaHTTPClient(h)
	c.SetWebsocketHTTPClient(h)
	c.SetPreLoginHTTPClient(h)
	return c, nil
}

// simulated sends all requests to the simulator, with WhatsApp's Host header.
type simulated struct{ endpoint *url.URL }

// RoundTrip implements http.RoundTripper.
func (s simulated) RoundTrip(r *http.Request) (*http.Response, error) {
	out := r.Clone(r.Context())
	if out.Host == "" {
		out.Host = r.URL.Host
	}
	out.URL.Scheme, out.URL.Host = s.endpoint.Scheme, s.endpoint.Host
	return http.DefaultTransport.RoundTrip(out)
}
