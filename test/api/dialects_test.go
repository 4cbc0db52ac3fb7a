package api

import (
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/wasession/wasession/test/simulator/history"
	simmedia "github.com/wasession/wasession/test/simulator/media"
)

// One conversation, asked for in the words of the three services.
func TestThreeDialects(t *testing.T) {
	w := paired(t)
	id, err := w.bob.SendText(w.ctx, w.alice, "hello")
	w.ok(err)
	w.arrived(bobChat, id)
	bodies := map[string]string{}
	for _, c := range []struct{ dialect, path, header string }{
		{"WAHA", "/api/sales/chats", "X-Api-Key"},
		{"WAHA, in the query", "/api/sales/chats?x-api-key=" + key, ""},
		{"Wappfy", "/api/sales/chats", "apikey"},
		{"Wawp", "/v2/chats?access_token=" + key + "&instance_id=sales&limit=20&offset=0&sortBy=id&sortOrder=DESC", ""},
	} {
		r, err := http.NewRequestWithContext(w.ctx, "GET", w.url+c.path, nil)
		w.ok(err)
		if c.header != "" {
			r.Header.Set(c.header, key)
		}
		calls.made(r)
		resp, err := http.DefaultClient.Do(r)
		w.ok(err)
		body, err := io.ReadAll(resp.Body)
		w.ok(err)
		_ = resp.Body.Close()
		if resp.StatusCode != 200 {
			t.Errorf("%s: %d %s", c.dialect, resp.StatusCode, body)
		}
		bodies[string(body)] = c.dialect
	}
	if len(bodies) != 1 {
		t.Errorf("the rows differ: %v", bodies)
	}
	// Wawp's lists are asked for by POST as well, with everything in the body.
	for _, path := range []string{"/v2/chats", "/v2/chats/overview"} {
		var rows []struct{ ID string }
		w.do(200, "POST", path, m{"instance_id": name, "access_token": key, "limit": 20}, &rows)
		if len(rows) != 1 || rows[0].ID != bobChat {
			t.Errorf("POST %s: %v", path, rows)
		}
	}
}

// While the history is on its way and nothing is stored, Wawp's clients are
// asked to come again; then they have it.
func TestColdBoot(t *testing.T) {
	w := newWorld(t)
	account := history.NewAccount(history.DemoSpec(time.Now()))
	w.ok(w.alice.Populate(w.ctx, account))
	w.sim.Media().Faults.Add(simmedia.Fault{Method: "GET", PathPrefix: "/v/md-msg-hist", Status: 503})
	w.run()
	w.scan()
	w.await("history that waits", func() bool { return w.session.Status().History.Pending > 0 })
	status, body := w.call("GET", "/v2/chats?instance_id=sales", nil)
	if n := len(w.chats("")); n == 0 && (status != 202 || string(body) != "[]") {
		t.Errorf("nothing is stored and the answer is %d %s", status, body)
	} else if n > 0 {
		t.Fatalf("%d chats came without the history", n)
	}
	w.sim.Media().Faults.Clear()
	w.await("the history", func() bool {
		status, _ := w.call("GET", "/v2/chats?instance_id=sales", nil)
		return status == 200 && len(w.chats("")) >= account.Len()
	})
}
