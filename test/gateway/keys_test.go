package gateway

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"

	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/gateway/access"
)

func TestKeysOverTheAPI(t *testing.T) {
	// A change is in force at another replica too.
	first, second := open(t), open(t)
	space := namespace(t)
	session(t, space, "sales", v1alpha1.PhaseWorking)
	session(t, space, "support", v1alpha1.PhaseWorking)
	root := first.key(admin)
	first.await("the session", func() reply { return first.do(root, "GET", "/api/sessions/"+space+".support", "") }, is(200))
	type shown struct {
		ID, Key           string
		IsActive, IsAdmin bool
		Session           *string
		Actions           map[string]bool
	}
	read := func(r reply) (k shown) {
		t.Helper()
		if err := json.Unmarshal([]byte(r.body), &k); err != nil {
			t.Fatalf("%d %s", r.status, r.body)
		}
		return k
	}
	made := first.do(root, "POST", "/api/keys", `{"isAdmin":false,"session":"`+space+`.sales","isActive":true,"actions":{"read":true,"send":false}}`)
	key := read(made)
	if made.status != http.StatusCreated || len(key.Key) < 20 || key.Session == nil || *key.Session != space+".sales" || !key.Actions["read"] || key.Actions["send"] {
		t.Fatalf("made: %d %s", made.status, made.body)
	}
	second.await("the key", func() reply { return second.do(key.Key, "GET", "/api/sessions/sales", "") }, is(200))
	if got := second.do(key.Key, "POST", "/api/sendText", `{"session":"sales"}`); got.status != 403 {
		t.Errorf("it sends: %d %s", got.status, got.body)
	}
	if got := second.do(key.Key, "GET", "/api/sessions/support", ""); got.status != 404 {
		t.Errorf("it reaches another session: %d %s", got.status, got.body)
	}
	secret := get(t, own, key.ID, &corev1.Secret{})
	for name, value := range secret.Data {
		if strings.Contains(string(value), key.Key) {
			t.Errorf("the entry %s has the key", name)
		}
	}
	list := first.do(root, "GET", "/api/keys", "")
	if !strings.Contains(list.body, key.ID) || strings.Contains(list.body, key.Key) {
		t.Errorf("the list: %s", list.body)
	}
	if got := first.do(root, "PUT", "/api/keys/"+key.ID, `{"isAdmin":false,"session":"`+space+`.sales","isActive":false}`); got.status != 200 {
		t.Errorf("put: %d %s", got.status, got.body)
	}
	second.await("the key off", func() reply { return second.do(key.Key, "GET", "/api/sessions/sales", "") }, is(401))
	control := read(first.do(root, "POST", "/api/keys/control", `{"session":"`+space+`.sales"}`))
	second.await("the key", func() reply { return second.do(control.Key, "POST", "/api/sessions/sales/stop", "") }, is(201))
	if got := second.do(control.Key, "GET", "/api/sessions/sales", ""); got.status != 403 {
		t.Errorf("a key for control reads: %d %s", got.status, got.body)
	}
	for range 2 {
		if got := first.do(root, "DELETE", "/api/keys/"+control.ID, ""); got.status != 200 && got.status != 404 {
			t.Errorf("delete: %d %s", got.status, got.body)
		}
	}
	second.await("the key gone", func() reply { return second.do(control.Key, "POST", "/api/sessions/sales/stop", "") }, is(401))

	tenant := first.key(map[string]string{access.EntryNamespaces: space})
	for what, c := range map[string]struct {
		key, method, path, body string
		status                  int
	}{
		"by a tenant":            {tenant, "POST", "/api/keys", `{"isAdmin":true}`, 403},
		"listed by a tenant":     {tenant, "GET", "/api/keys", "", 403},
		"its settings":           {tenant, "GET", "/api/server/environment", "", 403},
		"stopped by a tenant":    {tenant, "POST", "/api/server/stop", `{}`, 403},
		"profiled by a tenant":   {tenant, "GET", "/api/server/debug/heapsnapshot", "", 403},
		"profiled for ever":      {root, "GET", "/api/server/debug/cpu?seconds=3600", "", 400},
		"profiled":               {root, "GET", "/api/server/debug/cpu?seconds=1", "", 200},
		"memory":                 {root, "GET", "/api/server/debug/heapsnapshot", "", 200},
		"settings":               {root, "GET", "/api/server/environment", "", 200},
		"an app":                 {root, "POST", "/api/apps", `{"session":"sales"}`, 501},
		"removed by a tenant":    {tenant, "DELETE", "/api/keys/" + key.ID, "", 403},
		"for nothing":            {root, "POST", "/api/keys", `{"isAdmin":false}`, 400},
		"for no session":         {root, "POST", "/api/keys", `{"session":"nobody"}`, 422},
		"of an unknown action":   {root, "POST", "/api/keys", `{"isAdmin":true,"actions":{"fly":true}}`, 400},
		"that is another Secret": {root, "DELETE", "/api/keys/wasession-gateway-token-key", "", 404},
		"that is not there":      {root, "PUT", "/api/keys/none", `{"isAdmin":true}`, 404},
	} {
		if got := first.do(c.key, c.method, c.path, c.body); got.status != c.status {
			t.Errorf("%s: %d %s, want %d", what, got.status, got.body, c.status)
		}
	}
}

func TestTheDescriptionHasTheGatewaysCalls(t *testing.T) {
	d := open(t)
	var document struct {
		Info  struct{ Title, Version string }
		Paths map[string]map[string]any
	}
	got := d.do("", "GET", "/openapi.json", "")
	if err := json.Unmarshal([]byte(got.body), &document); err != nil || got.status != 200 {
		t.Fatalf("%d %v", got.status, err)
	}
	if document.Info.Title != "wasession gateway" || document.Info.Version != "test" {
		t.Errorf("it describes %+v", document.Info)
	}
	root, tenant := d.key(admin), d.key(map[string]string{access.EntryNamespaces: "elsewhere"})
	for path, methods := range document.Paths {
		for method := range methods {
			path := strings.NewReplacer("{session}", "nobody", "{id}", "none").Replace(path)
			// The least of each: a short profile, and no stop but that of a key that may not.
			key, query := root, ""
			switch path {
			case "/api/server/stop":
				key = tenant
			case "/api/server/debug/cpu":
				query = "?seconds=1"
			}
			if answer := d.do(key, strings.ToUpper(method), path+query, ""); strings.Contains(answer.body, "Cannot ") {
				t.Errorf("%s %s is described, and is not there: %s", method, path, answer.body)
			}
		}
	}
	for _, path := range []string{"/api/keys", "/api/keys/{id}", "/api/sessions/start", "/api/sendText", "/v2/chats"} {
		if document.Paths[path] == nil {
			t.Errorf("%s is not described", path)
		}
	}
}
