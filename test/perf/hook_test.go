package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestTheHookTakesEachEventOnce(t *testing.T) {
	h := newHook()
	defer h.close()
	for _, n := range []int{0, 1, 1, 2} {
		deliver(t, h, n)
	}
	got, err := h.wait(t.Context(), 3)
	if err != nil || !slices.Equal(bodies(got), []string{"text 0", "text 1", "text 2"}) {
		t.Errorf("%v, %v", got, err)
	}
	if !got[0].stored.Equal(time.UnixMilli(7)) || got[0].bytes == 0 {
		t.Errorf("%+v", got[0])
	}
}

func TestTheHookHoldsItsAnswer(t *testing.T) {
	h := newHook()
	defer h.close()
	release := h.hold()
	answered := make(chan struct{})
	go func() { defer close(answered); deliver(t, h, 0) }()
	if _, err := h.wait(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	select {
	case <-answered:
		t.Error("answered while it was held")
	default:
	}
	release()
	<-answered
}

func TestWaitingForTheHookEnds(t *testing.T) {
	h := newHook()
	defer h.close()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := h.wait(ctx, 1); !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "0 of 1") {
		t.Errorf("got %v", err)
	}
}

func deliver(t *testing.T, h *hook, n int) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, h.srv.URL, strings.NewReader(fmt.Sprintf(`{"timestamp": 7, "payload": {"body": "text %d"}}`, n)))
	if err != nil {
		t.Error(err)
		return
	}
	req.Header.Set("X-Webhook-Request-Id", fmt.Sprint(n))
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Error(err)
		return
	}
	_ = resp.Body.Close()
}
