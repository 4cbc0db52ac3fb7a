package main

import (
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/store/sqlstore"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"
	waLog "go.mau.fi/whatsmeow/util/log"

	"github.com/wasession/wasession/test/simulator"
	"github.com/wasession/wasession/test/simulator/simclient"
)

// bareCommand makes this program the client that the runtime is measured against.
const bareCommand = "bare-client"

// bareSettings are those of the runtime's database of keys.
const bareSettings = "?_txlock=immediate&_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=synchronous(NORMAL)" +
	"&_pragma=foreign_keys(1)&_pragma=journal_size_limit(1048576)&_pragma=wal_autocheckpoint(250)&_pragma=cache_size(-512)"

// runBare is a whatsmeow client with the runtime's options and a handler that
// does nothing. It prints its QR code and, once it is linked and has answered the
// first message of a contact, that it is ready; then it receives until SIGTERM.
func runBare(args []string) error {
	if len(args) != 1 {
		return errors.New("the bare client needs its data directory")
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(args[0], "device.db")+bareSettings)
	if err != nil {
		return err
	}
	defer db.Close()
	db.SetMaxOpenConns(4)
	db.SetMaxIdleConns(2)
	c, err := newBare(ctx, db)
	if err != nil {
		return err
	}
	codes, first := make(chan string, 1), make(chan types.JID, 1)
	c.AddEventHandlerWithSuccessStatus(func(evt any) bool {
		switch evt := evt.(type) {
		case *events.QR:
			codes <- evt.Codes[0]
		case *events.Message:
			if !evt.Info.IsFromMe {
				select {
				case first <- evt.Info.Sender:
				default:
				}
			}
		}
		return true
	})
	if err := c.Connect(); err != nil {
		return err
	}
	defer c.Disconnect()
	fmt.Println("qr", <-codes)
	select {
	case contact := <-first:
		// With an answer the Signal session is established in both directions.
		if _, err := c.SendMessage(ctx, contact.ToNonAD(), simulator.TextMessage("hello")); err != nil {
			return err
		}
	case <-ctx.Done():
		return ctx.Err()
	}
	fmt.Println("ready")
	<-ctx.Done()
	return nil
}

func newBare(ctx context.Context, db *sql.DB) (*whatsmeow.Client, error) {
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
	transport, err := simclient.NewTransport(os.Getenv("WHATSAPP_ENDPOINT"))
	if err != nil {
		return nil, err
	}
	c := whatsmeow.NewClient(device, waLog.Noop)
	c.SynchronousAck = true
	c.EnableDecryptedEventBuffer = true
	c.ManualHistorySyncDownload = true
	c.EmitAppStateEventsOnFullSync = true
	c.UseRetryMessageStore = true
	h := &http.Client{Transport: transport}
	c.SetMediaHTTPClient(h)
	c.SetWebsocketHTTPClient(h)
	c.SetPreLoginHTTPClient(h)
	return c, nil
}
