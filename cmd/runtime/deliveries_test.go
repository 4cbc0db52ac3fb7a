package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"

	v1 "github.com/wasession/wasession/api/runtime/v1"
)

type deadLetter struct {
	ID                           *int64
	State, Event, Webhook, Error string
	EventID, RequestID           string
	Attempts                     int
}

// Events that a receiver refused for good are listed, and reach it once
// somebody has them sent again, under the request ids they had before.
func TestDeadLettersAreLookedAtAndSentAgain(t *testing.T) {
	w := newWorld(t)
	var healthy atomic.Bool
	var mu sync.Mutex
	taken := map[string]int{}
	receiver := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		if !healthy.Load() {
			rw.WriteHeader(http.StatusInternalServerError)
			return
		}
		mu.Lock()
		defer mu.Unlock()
		taken[r.Header.Get("X-Webhook-Request-Id")]++
	}))
	defer receiver.Close()
	c := w.start("--config", w.config(v1.Config{Session: "test", Webhooks: []v1.Webhook{{
		URL: receiver.URL, Events: []string{"message"}, Retries: v1.Retries{Policy: v1.RetryConstant, DelaySeconds: 1, Attempts: 1},
	}}}))
	c.pair()
	const messages = 3
	for i := range messages {
		if _, err := w.bob.SendText(w.ctx, w.alice, fmt.Sprint("message ", i)); err != nil {
			t.Fatal(err)
		}
	}
	var failed []deadLetter
	c.await("the dead letters", func() bool {
		c.get("/api/test/webhooks/deliveries?state=failed", &failed)
		return len(failed) == messages
	})
	for _, d := range failed {
		if d.ID == nil || d.State != "failed" || d.Event != "message" || d.Attempts != 1 || d.Error == "" || d.RequestID == "" || d.EventID == "" {
			t.Errorf("dead letter %+v", d)
		}
	}
	var page []deadLetter
	c.get("/api/test/webhooks/deliveries?limit=1&offset=1&webhook="+failed[0].Webhook, &page)
	if len(page) != 1 || page[0].EventID != failed[1].EventID {
		t.Errorf("a page of one: %+v", page)
	}
	var pending []deadLetter
	c.get("/api/test/webhooks/deliveries?state=pending", &pending)
	if len(pending) != 0 {
		t.Errorf("pending %+v", pending)
	}

	healthy.Store(true)
	for _, step := range []struct{ path, body, want string }{
		{"/api/test/webhooks/deliveries/replay", `{"ids":[]}`, `{"replayed":0}`},
		{"/api/test/webhooks/deliveries/replay", `{"ids":[99999]}`, `{"replayed":0}`},
		{"/api/test/webhooks/deliveries/replay", fmt.Sprintf(`{"ids":[%d]}`, *failed[0].ID), `{"replayed":1}`},
		{"/api/test/webhooks/replay", ``, fmt.Sprintf(`{"replayed":%d}`, messages-1)},
	} {
		if status, answer := c.try(step.path, step.body); status != http.StatusCreated || string(answer) != step.want {
			t.Errorf("%s %s: %d %s, want %s", step.path, step.body, status, answer, step.want)
		}
	}
	c.await("the receiver", func() bool {
		mu.Lock()
		defer mu.Unlock()
		return len(taken) == messages
	})
	mu.Lock()
	for _, d := range failed {
		if taken[d.RequestID] != 1 {
			t.Errorf("%s arrived %d times", d.RequestID, taken[d.RequestID])
		}
	}
	mu.Unlock()
	c.await("an empty list", func() bool {
		var left []deadLetter
		c.get("/api/test/webhooks/deliveries", &left)
		return len(left) == 0
	})
}
