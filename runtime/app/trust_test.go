package app

import (
	"encoding/pem"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	v1 "github.com/wasession/wasession/api/runtime/v1"
)

// A webhook whose certificate nobody knows gets its events once the bundle is
// there; until then the status says what is missing.
func TestTheCABundleIsTrustedOnceItIsThere(t *testing.T) {
	events := make(chan struct{}, 100)
	receiver := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { events <- struct{}{} }))
	receiver.Config.ErrorLog = log.New(io.Discard, "", 0) // handshakes fail at first
	receiver.StartTLS()
	defer receiver.Close()

	w := newWorld(t, v1.Config{Webhooks: []v1.Webhook{{
		URL: receiver.URL, Events: []string{"message"}, Retries: v1.Retries{Policy: v1.RetryConstant, DelaySeconds: 1, Attempts: 100},
	}}})
	w.opts.CABundle = filepath.Join(t.TempDir(), "ca.crt")
	a := w.open()
	w.pair(w.alice)
	if got := a.Session.Status().ConfigError; !strings.Contains(got, "caBundle") || !strings.Contains(got, "does not exist") {
		t.Errorf("without the file the status says %q", got)
	}
	if _, err := w.bob.SendText(w.ctx, w.alice, "hello"); err != nil {
		t.Fatal(err)
	}
	put := func(content []byte) {
		t.Helper()
		fresh := filepath.Join(t.TempDir(), "new")
		if err := os.WriteFile(fresh, content, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(fresh, w.opts.CABundle); err != nil {
			t.Fatal(err)
		}
	}
	put([]byte("no certificate"))
	w.await("a complaint", func() bool { return strings.Contains(a.Session.Status().ConfigError, "no certificates in PEM") })
	select {
	case <-events:
		t.Fatal("a receiver was trusted whose certificate is not known")
	default:
	}

	put(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: receiver.Certificate().Raw}))
	select {
	case <-events:
	case <-w.ctx.Done():
		t.Fatal("the receiver is not trusted")
	}
	w.await("no complaint", func() bool { return a.Session.Status().ConfigError == "" })
}
