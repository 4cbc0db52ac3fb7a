package gateway

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/coder/websocket"

	"github.com/wasession/wasession/gateway/access"
	"github.com/wasession/wasession/gateway/app"
)

// An address that tries keys is slowed down, and those that were let in from there, or
// that call from another one, are not.
func TestAnAddressCannotTryManyKeys(t *testing.T) {
	// One a minute: the next is allowed long after the test.
	d := open(t, func(o *app.Options) { o.WrongKeysPerMinute, o.TrustedProxies = 1, []string{"127.0.0.0/8"} })
	space := namespace(t)
	const thief, friend = "198.51.100.1", "198.51.100.2"
	good := rawKey(t, map[string]string{access.EntryNamespaces: space})
	from := func(address, key string) reply {
		return d.do(key, "GET", "/api/version", "", "X-Forwarded-For", address)
	}
	n := 0
	d.await("the key", func() reply {
		n++
		return from(fmt.Sprintf("2001:db8:%x::1", n), good) // each is another address
	}, is(200))
	if got := from(thief, good); got.status != 200 {
		t.Fatalf("a good key: %d", got.status)
	}
	late := rawKey(t, map[string]string{access.EntryNamespaces: space})
	d.await("the other key", func() reply {
		n++
		return from(fmt.Sprintf("2001:db8:%x::1", n), late)
	}, is(200))
	if got := from(thief, "guess"); got.status != http.StatusUnauthorized {
		t.Fatalf("the first guess: %d", got.status)
	}
	for what, key := range map[string]string{"a guess": "one-more", "a key that was not used from there": late} {
		if got := from(thief, key); got.status != http.StatusTooManyRequests || got.header.Get("Retry-After") == "" {
			t.Errorf("%s: %d, %q", what, got.status, got.header.Get("Retry-After"))
		}
	}
	header := http.Header{"X-Api-Key": {"one-more"}, "X-Forwarded-For": {thief}}
	if _, answer, err := websocket.Dial(t.Context(), d.url+"/ws", &websocket.DialOptions{HTTPHeader: header}); err == nil || answer == nil || answer.StatusCode != http.StatusTooManyRequests {
		t.Errorf("a guess at the websocket: %v", err)
	}
	if got := from(thief, good); got.status != 200 {
		t.Errorf("a key that was let in before: %d", got.status)
	}
	for _, address := range []string{friend, thief + ", " + friend} {
		if got := from(address, late); got.status != 200 {
			t.Errorf("from %s: %d", address, got.status)
		}
	}
	if got := from(thief, ""); got.status != http.StatusUnauthorized {
		t.Errorf("no key: %d", got.status)
	}
}
