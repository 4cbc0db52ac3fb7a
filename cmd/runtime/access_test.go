package main

import (
	"crypto/ed25519"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	v1 "github.com/wasession/wasession/api/runtime/v1"
)

// withGateway is a configuration that names the keys of an operator and a gateway.
func withGateway(key ed25519.PrivateKey) string {
	public := v1.EncodePublicKey(ed25519.PublicKey(key[ed25519.SeedSize:]))
	return withOperator(operator, fmt.Sprintf(`{"session":"test","gateway":{"keys":[%q]}}`, public))
}

func accessToken(by ed25519.PrivateKey, pod string, actions ...string) string {
	return "Bearer " + v1.SignAccessToken(by, pod, v1.Access{Caller: "crm", Actions: actions}, time.Now())
}

// What the gateway signs opens the API as far as it says, over HTTP and a socket,
// until the gateway has another key; the operator's endpoints it never opens.
func TestAccessTokensOpenTheAPI(t *testing.T) {
	seed := make([]byte, ed25519.SeedSize)
	seed[0] = 2
	gateway := ed25519.NewKeyFromSeed(seed)
	seed[0] = 3
	next := ed25519.NewKeyFromSeed(seed)

	w := newWorld(t)
	m := newMounts(t, withGateway(gateway))
	c := w.start(m.args()...)
	const session, pairing = "/api/sessions/test", "/api/test/auth/qr?format=raw"
	for what, call := range map[string]struct {
		path, bearer string
		want         int
	}{
		"read":                     {session, accessToken(gateway, podUID, "read"), http.StatusOK},
		"what is not granted":      {pairing, accessToken(gateway, podUID, "read"), http.StatusForbidden},
		"nothing is granted":       {session, accessToken(gateway, podUID), http.StatusForbidden},
		"at another pod":           {session, accessToken(gateway, "pod-b", "read"), http.StatusUnauthorized},
		"by a stranger":            {session, accessToken(next, podUID, "read"), http.StatusUnauthorized},
		"the operator's token":     {session, "Bearer " + v1.SignToken(operator, podUID, time.Now()), http.StatusUnauthorized},
		"signed by the operator":   {session, accessToken(operator, podUID, "read"), http.StatusUnauthorized},
		"the operator's endpoints": {v1.StatusPath, accessToken(gateway, podUID, "read", "control"), http.StatusUnauthorized},
		"an operator's by its key": {v1.StatusPath, "Bearer " + v1.SignToken(gateway, podUID, time.Now()), http.StatusUnauthorized},
	} {
		if code := c.get(call.path, nil, "X-Api-Key", "", "Authorization", call.bearer); code != call.want {
			t.Errorf("%s: %d, want %d", what, code, call.want)
		}
	}

	dial := func(bearer string) *websocket.Conn {
		t.Helper()
		conn, _, err := websocket.Dial(w.ctx, strings.Replace(c.url, "http", "ws", 1)+"/ws", &websocket.DialOptions{
			HTTPHeader: http.Header{"Authorization": {bearer}},
		})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = conn.CloseNow() })
		return conn
	}
	closed := func(conn *websocket.Conn) {
		t.Helper()
		var err error
		for err == nil {
			_, _, err = conn.Read(w.ctx)
		}
		if websocket.CloseStatus(err) != websocket.StatusPolicyViolation {
			t.Errorf("the socket: %v", err)
		}
	}
	closed(dial(accessToken(gateway, podUID, "send")))
	open := dial(accessToken(gateway, podUID, "read"))
	if err := open.Ping(open.CloseRead(w.ctx)); err != nil {
		t.Fatalf("the socket of a reader: %v", err)
	}

	open = dial(accessToken(gateway, podUID, "read"))
	m.configure(withGateway(next))
	closed(open)
	if code := c.get(session, nil, "X-Api-Key", "", "Authorization", accessToken(next, podUID, "read")); code != http.StatusOK {
		t.Errorf("with the gateway's other key: %d", code)
	}
	if code := c.get(session, nil, "X-Api-Key", "", "Authorization", accessToken(gateway, podUID, "read")); code != http.StatusUnauthorized {
		t.Errorf("with the gateway's key before: %d, want 401", code)
	}
}
