package gateway

import (
	"net/http"
	"testing"

	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/gateway/access"
)

// A gateway that is told to stop lets the calls end that it has taken.
func TestCallsEndBeforeTheGatewayDoes(t *testing.T) {
	d := open(t)
	space := namespace(t)
	key := d.key(map[string]string{access.EntryNamespaces: space})
	const calls = 20
	entered, release := make(chan struct{}, calls), make(chan struct{})
	serve(t, session(t, space, "sales", v1alpha1.PhaseWorking), http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/api/sales/chats" {
			return
		}
		entered <- struct{}{}
		<-release
		_, _ = w.Write([]byte("done"))
	}))
	d.await("the pod", func() reply { return d.do(key, "GET", "/api/sales/chats", "") }, is(200))
	answers := make(chan reply, calls)
	for range calls {
		go func() { answers <- d.do(key, "POST", "/api/sales/chats/1@c.us/archive", "{}") }()
	}
	for range calls {
		<-entered
	}
	stopped := make(chan error, 1)
	go func() { stopped <- d.stop() }()
	// It takes no more calls: a new connection is refused once it drains.
	for {
		r, err := http.NewRequestWithContext(t.Context(), "GET", d.url+"/ping", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Close = true
		response, err := http.DefaultClient.Do(r)
		if err != nil {
			break
		}
		_ = response.Body.Close()
	}
	close(release)
	for range calls {
		if got := <-answers; got.status != 200 || got.body != "done" {
			t.Errorf("a call that was under way: %d %s", got.status, got.body)
		}
	}
	if err := <-stopped; err != nil {
		t.Errorf("the gateway ended with %v", err)
	}
}
