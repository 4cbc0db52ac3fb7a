package gateway

import (
	"encoding/json"
	"testing"
	"time"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/wasession/wasession/gateway/access"
)

// The last use of a key is written down once, however often it is used.
func TestTheLastUseOfAKey(t *testing.T) {
	d := open(t)
	root := d.key(admin)
	key := rawKey(t, map[string]string{access.EntryNamespaces: "crm"})
	secret := secretOf(t, key)
	var lastUsed *time.Time
	shown := func() reply {
		answer := d.do(root, "GET", "/api/keys", "")
		var all []struct {
			ID         string     `json:"id"`
			LastUsedAt *time.Time `json:"lastUsedAt"`
		}
		if err := json.Unmarshal([]byte(answer.body), &all); err != nil {
			t.Fatalf("%v: %s", err, answer.body)
		}
		answer.status = 404
		for _, k := range all {
			if k.ID == secret.Name {
				answer.status, lastUsed = 200, k.LastUsedAt
			}
		}
		return answer
	}
	d.await("the key", shown, is(200))
	if lastUsed != nil {
		t.Errorf("used at %v, before it was", lastUsed)
	}
	l := d.listen(key, "")
	began := time.Now().Add(-time.Second)
	d.await("its use", shown, func(reply) bool { return lastUsed != nil })
	if lastUsed.Before(began.Add(-time.Minute)) || lastUsed.After(time.Now()) {
		t.Errorf("used at %v, and it is %v", lastUsed, time.Now())
	}
	written := secretOf(t, key).ResourceVersion
	for range 50 {
		if got := d.do(key, "GET", "/api/sessions", ""); got.status != 200 {
			t.Fatalf("a call: %d %s", got.status, got.body)
		}
	}
	if got := secretOf(t, key).ResourceVersion; got != written {
		t.Errorf("it was written again: %s, before %s", got, written)
	}
	// What it allows can be changed at any time, and its websocket ends only with it.
	if got := d.do(root, "PUT", "/api/keys/"+secret.Name, `{"namespaces":["crm"],"isActive":false}`); got.status != 200 {
		t.Fatalf("change the key: %d %s", got.status, got.body)
	}
	if end := l.closed(); end.Reason != "Unauthorized" {
		t.Errorf("the websocket is closed with %+v", end)
	}
	changed := secretOf(t, key)
	if changed.Annotations[access.AnnotationLastUsed] != lastUsed.UTC().Format(time.RFC3339) {
		t.Errorf("after the change, it has %v", changed.Annotations)
	}
	if err := k8s.Delete(t.Context(), changed, client.Preconditions{UID: &secret.UID}); err != nil {
		t.Errorf("it is another Secret: %v", err)
	}
}
