package api

import (
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	v1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/runtime/wire"
)

// What a webhook refused for good is listed, and is sent again when asked for,
// by either of the two paths.
func TestDeadLettersAreReplayed(t *testing.T) {
	var refuse atomic.Bool
	refuse.Store(true)
	got := make(chan struct{}, 16)
	receiver := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
		if refuse.Load() {
			rw.WriteHeader(http.StatusInternalServerError)
			return
		}
		got <- struct{}{}
	}))
	t.Cleanup(receiver.Close)
	w := newWorld(t)
	w.config.Webhooks = []v1.Webhook{{URL: receiver.URL, Events: []string{"message"}, Retries: v1.Retries{Attempts: 1}}}
	w.run()
	w.scan()
	var failed []wire.Delivery
	for n, path := range []string{"/api/sales/webhooks/deliveries/replay", "/api/sales/webhooks/replay"} {
		refuse.Store(true)
		_, err := w.bob.SendText(w.ctx, w.alice, "hello")
		w.ok(err)
		w.await("a dead letter", func() bool {
			w.get("/api/sales/webhooks/deliveries", &failed)
			return len(failed) == 1
		})
		if d := failed[0]; d.Event != "message" || d.Attempts != 1 || d.Error == nil || d.ID == nil {
			t.Fatalf("round %d: the dead letter is %+v", n, d)
		}
		refuse.Store(false)
		var replayed wire.Replayed
		w.do(201, "POST", path, m{}, &replayed)
		if replayed.Replayed != 1 {
			t.Errorf("%s: %d are sent again, want 1", path, replayed.Replayed)
		}
		select {
		case <-got:
		case <-w.ctx.Done():
			t.Fatalf("%s: it was not sent again", path)
		}
		w.await("an empty list", func() bool {
			w.get("/api/sales/webhooks/deliveries", &failed)
			return len(failed) == 0
		})
	}
}
