package gateway

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/wasession/wasession/gateway/access"
	"github.com/wasession/wasession/test/simulator"
)

// What a client of WAHA does with a new installation: create a session, scan it, send
// and receive, stop it and start it again, and delete it. One URL and one key do.
func TestASessionsWholeStory(t *testing.T) {
	sim, err := simulator.New(simulator.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = sim.Close() }()
	alice, bob := sim.AddUser("15550001111", "", "Alice"), sim.AddUser("15550002222", "", "Bob")
	space := namespace(t)
	lab.Cluster(t, space, sim)
	d := open(t)
	key := d.key(map[string]string{access.EntryNamespaces: space})
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
	defer cancel()

	if got := d.do(key, "POST", "/api/sessions", `{"name":"Sales_EU"}`); got.status != 201 || !strings.Contains(got.body, `"name":"Sales_EU","status":"STARTING"`) {
		t.Fatalf("create: %d %s", got.status, got.body)
	}
	status := func(want string) {
		t.Helper()
		d.await("the status "+want, func() reply { return d.do(key, "GET", "/api/sessions/Sales_EU", "") }, func(r reply) bool {
			return strings.Contains(r.body, `"status":"`+want+`"`)
		})
	}
	status("SCAN_QR_CODE")
	var code struct{ Value string }
	d.await("a QR code", func() reply { return d.do(key, "GET", "/api/Sales_EU/auth/qr?format=raw", "") }, func(r reply) bool {
		return r.status == 200 && json.Unmarshal([]byte(r.body), &code) == nil && code.Value != ""
	})
	if _, err := alice.ScanQR(ctx, code.Value); err != nil {
		t.Fatal(err)
	}
	status("WORKING")
	sent := d.await("a send", func() reply {
		return d.do(key, "POST", "/api/sendText", `{"chatId":"15550002222@c.us","text":"hello from the gateway","session":"Sales_EU"}`)
	}, is(201))
	if !strings.Contains(sent.body, `"id":"true_15550002222@c.us_`) {
		t.Errorf("sent: %s", sent.body)
	}
	if _, err := bob.Expect(ctx, func(r simulator.Received) bool {
		return r.Message.GetConversation() == "hello from the gateway" || r.Message.GetExtendedTextMessage().GetText() == "hello from the gateway"
	}); err != nil {
		t.Errorf("Bob's phone: %v", err)
	}
	if _, err := bob.SendText(ctx, alice, "hello back"); err != nil {
		t.Fatal(err)
	}
	d.await("the answer", func() reply {
		return d.do(key, "GET", "/api/Sales_EU/chats/15550002222@c.us/messages?limit=5", "")
	}, func(r reply) bool { return r.status == 200 && strings.Contains(r.body, "hello back") })
	if got := d.do(key, "GET", "/api/sessions/Sales_EU/me", ""); got.status != 200 || !strings.Contains(got.body, "15550001111@c.us") {
		t.Errorf("me: %d %s", got.status, got.body)
	}

	if got := d.do(key, "POST", "/api/sessions/Sales_EU/stop", ""); got.status != 201 {
		t.Errorf("stop: %d %s", got.status, got.body)
	}
	d.await("the pod gone", func() reply { return d.do(key, "GET", "/api/Sales_EU/chats", "") }, func(r reply) bool {
		return r.status == 422 && strings.Contains(r.body, `"status":"STOPPED"`)
	})
	if got := d.do(key, "POST", "/api/sessions/Sales_EU/start", ""); got.status != 201 {
		t.Errorf("start: %d %s", got.status, got.body)
	}
	status("WORKING") // without another scan
	if got := d.do(key, "DELETE", "/api/sessions/Sales_EU", ""); got.status != 200 {
		t.Errorf("delete: %d %s", got.status, got.body)
	}
	d.await("the session gone", func() reply { return d.do(key, "GET", "/api/sessions/Sales_EU", "") }, is(404))
}
