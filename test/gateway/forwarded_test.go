package gateway

import (
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	runtimev1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/gateway/access"
)

func TestACallGoesToTheSessionThatItNames(t *testing.T) {
	d := open(t)
	space := namespace(t)
	key := d.key(map[string]string{access.EntryNamespaces: space})
	a, b := session(t, space, "sales", v1alpha1.PhaseWorking), session(t, space, "default", v1alpha1.PhaseWorking)
	podA, podB := serve(t, a, http.HandlerFunc(echo)), serve(t, b, http.HandlerFunc(echo))
	long := strings.Repeat("A", 300<<10)
	for what, c := range map[string]struct {
		method, path, body string
		to                 *pod
		wantPath, wantBody string
		action             string
	}{
		"in the path":             {"GET", "/api/sales/chats?limit=5", "", podA, "/api/sales/chats", "", "read"},
		"in the path, slash":      {"GET", "/api/sales/chats/", "", podA, "/api/sales/chats", "", "read"},
		"in the path of sessions": {"GET", "/api/sessions/sales/me", "", podA, "/api/sessions/sales/me", "", "read"},
		"in the path of files":    {"GET", "/api/files/sales/x.oga", "", podA, "/api/files/sales/x.oga", "", "read"},
		"qualified in the path":   {"POST", "/api/" + space + ".sales/chats/1%40c.us/archive", "", podA, "/api/sales/chats/1@c.us/archive", "", "send"},
		"before a link in it":     {"GET", "/api/sales/channels/https%3A%2F%2Fwww.whatsapp.com%2Fchannel%2Fx", "", podA, "/api/sales/channels/https://www.whatsapp.com/channel/x", "", "read"},
		"in the query":            {"GET", "/api/contacts/all?session=sales", "", podA, "/api/contacts/all", "", "read"},
		"in no query":             {"GET", "/api/contacts/all", "", podB, "/api/contacts/all", "", "read"},
		"first in the body":       {"POST", "/api/sendText", `{"session":"sales","text":"x"}`, podA, "/api/sendText", `{"session":"sales","text":"x"}`, "send"},
		"last in the body":        {"POST", "/api/sendFile", `{"file":{"session":"default","data":"` + long + `"},"session":"sales"}`, podA, "/api/sendFile", `{"file":{"session":"default","data":"` + long + `"},"session":"sales"}`, "send"},
		"qualified in the body":   {"POST", "/api/sendFile", `{"a":"` + long + `", "session" : "` + space + `.sales" , "b":1}`, podA, "/api/sendFile", `{"a":"` + long + `", "session" : "sales" , "b":1}`, "send"},
		"in no body":              {"POST", "/api/sendText", `{"text":"x"}`, podB, "/api/sendText", `{"text":"x"}`, "send"},
		"in Wawp's query":         {"GET", "/v2/chats?instance_id=sales", "", podA, "/v2/chats", "", "read"},
		"in Wawp's body":          {"POST", "/v2/chats", `{"instance_id":"sales","limit":3}`, podA, "/v2/chats", `{"limit":3}`, "read"},
	} {
		t.Run(what, func(t *testing.T) {
			answer := d.await("the pod", func() reply { return d.do(key, c.method, c.path, c.body) }, is(http.StatusOK))
			got := answer.heard(t)
			if got.Path != c.wantPath || got.Body != c.wantBody || got.Method != c.method {
				t.Errorf("the pod got %s %s with %.100q", got.Method, got.Path, got.Body)
			}
			granted, err := runtimev1.VerifyAccessToken([]ed25519.PublicKey{tokenKey}, strings.TrimPrefix(got.Header.Get("Authorization"), "Bearer "), string(c.to.uid), time.Now())
			if err != nil || granted.Admin || !slices.Equal(granted.Actions, []string{c.action}) || !strings.HasPrefix(granted.Caller, "key:key-") {
				t.Errorf("the token gives %+v, %v; want %s", granted, err, c.action)
			}
			if strings.Contains(answer.body, key) {
				t.Error("the pod was told the caller's key")
			}
			if host := strings.TrimPrefix(d.url, "http://"); got.Host != host {
				t.Errorf("the host is %q, want %q", got.Host, host)
			}
		})
	}
}

func TestWhatIsAnsweredWithoutAPod(t *testing.T) {
	d := open(t)
	space, other := namespace(t), namespace(t)
	key := d.key(map[string]string{access.EntryNamespaces: space})
	reader := d.key(map[string]string{access.EntryNamespaces: space, access.EntryActions: "read"})
	both := d.key(map[string]string{access.EntryNamespaces: space + "," + other})
	session(t, space, "stopped", v1alpha1.PhaseStarting)
	session(t, space, "gone", v1alpha1.PhaseWorking)
	session(t, space, "twice", v1alpha1.PhaseWorking)
	session(t, other, "twice", v1alpha1.PhaseWorking)
	d.await("the sessions", func() reply { return d.do(both, "GET", "/api/sessions/twice", "") }, is(http.StatusConflict))
	for what, c := range map[string]struct {
		key, method, path, body string
		status                  int
		want                    string
	}{
		"no key":              {"", "GET", "/api/stopped/chats", "", 401, `{"message":"Unauthorized","statusCode":401}`},
		"a wrong key":         {"wrong", "GET", "/api/sessions", "", 401, `{"message":"Unauthorized","statusCode":401}`},
		"no such session":     {key, "GET", "/api/nobody/chats", "", 422, `{"error":"Session \"nobody\" does not exist","session":"nobody"}`},
		"looked up":           {key, "GET", "/api/sessions/nobody", "", 404, `{"message":"Session not found","error":"Not Found","statusCode":404}`},
		"not working":         {key, "GET", "/api/stopped/chats", "", 422, `{"error":"Session status is not as expected. Try again later or restart the session","session":"stopped","status":"STARTING","expected":["WORKING"]}`},
		"pod not there":       {key, "GET", "/api/gone/chats", "", 502, `{"message":"The session's pod is not reachable. Try again in a few seconds","error":"Bad Gateway","statusCode":502}`},
		"may not":             {reader, "POST", "/api/sendText", `{"session":"gone"}`, 403, `{"message":"Forbidden resource","error":"Forbidden","statusCode":403}`},
		"ambiguous":           {both, "GET", "/api/twice/chats", "", 409, fmt.Sprintf(`{"message":"Several sessions are called \"twice\": use %s or %s","error":"Conflict","statusCode":409}`, min(space, other)+".twice", max(space, other)+".twice")},
		"no route":            {key, "GET", "/api/gone/nothing", "", 404, `{"message":"Cannot GET /api/gone/nothing","error":"Not Found","statusCode":404}`},
		"a bad query":         {key, "GET", "/api/gone/chats?a=%zz", "", 400, `{"message":["query must be encoded as in a URL"],"error":"Bad Request","statusCode":400}`},
		"Wawp: no session":    {key, "GET", "/v2/chats?instance_id=nobody", "", 404, `{"success":false,"message":"Session \"nobody\" does not exist","code":"NOT_FOUND"}` + "\n"},
		"Wawp: no parameter":  {key, "GET", "/v2/chats", "", 400, `{"success":false,"message":"instance_id is required","code":"BAD_REQUEST"}` + "\n"},
		"Wawp: not connected": {key, "GET", "/v2/chats?instance_id=stopped", "", 502, `{"success":false,"message":"Session status is not as expected. Try again later or restart the session","code":"BAD_GATEWAY"}` + "\n"},
		"ping":                {"", "GET", "/ping", "", 200, `{"message":"pong"}`},
		"metrics of a tenant": {key, "GET", "/metrics", "", 403, `{"message":"Forbidden resource","error":"Forbidden","statusCode":403}`},
	} {
		t.Run(what, func(t *testing.T) {
			if got := d.do(c.key, c.method, c.path, c.body); got.status != c.status || got.body != c.want {
				t.Errorf("got %d %s\nwant %d %s", got.status, got.body, c.status, c.want)
			}
		})
	}
}

func TestSessionsAsClientsListThem(t *testing.T) {
	d := open(t)
	space, other := namespace(t), namespace(t)
	tenant := d.key(map[string]string{access.EntryNamespaces: space})
	one := d.key(map[string]string{access.EntrySession: space + "/b"})
	session(t, space, "a", v1alpha1.PhaseWorking)
	session(t, space, "b", v1alpha1.PhaseScanQRCode)
	stopped := session(t, space, "c", v1alpha1.PhaseStopped)
	stopped.Spec.State = v1alpha1.SessionStopped
	if err := k8s.Update(t.Context(), stopped); err != nil {
		t.Fatal(err)
	}
	session(t, other, "d", v1alpha1.PhaseWorking)
	names := func(key, path string) string {
		answer := d.do(key, "GET", path, "")
		var list []struct{ Name, Status string }
		if err := json.Unmarshal([]byte(answer.body), &list); err != nil {
			t.Fatalf("%d %s", answer.status, answer.body)
		}
		text := ""
		for _, s := range list {
			text += s.Name + ":" + s.Status + " "
		}
		return text
	}
	want := "a:WORKING b:SCAN_QR_CODE c:STOPPED "
	d.await(want, func() reply { return reply{body: names(tenant, "/api/sessions?all=true")} }, func(r reply) bool { return r.body == want })
	if got := names(tenant, "/api/sessions"); got != "a:WORKING b:SCAN_QR_CODE " {
		t.Errorf("without all: %s", got)
	}
	if got := names(one, "/api/sessions/"); got != "b:SCAN_QR_CODE " {
		t.Errorf("with the key of one session: %s", got)
	}
	got := d.do(tenant, "GET", "/api/sessions/a", "")
	for _, part := range []string{`"name":"a"`, `"status":"WORKING"`, `"me":{"id":"111@c.us","lid":"123@lid"`, `"pushName":"Bob"`, `"engine":{"engine":"GOWS"}`, `"config":{"client":{},"debug":false,"ignore":{},"metadata":{},"proxy":null,"webhooks":[]}`} {
		if !strings.Contains(got.body, part) {
			t.Errorf("the session lacks %s: %s", part, got.body)
		}
	}
}

// A pod whose token the gateway signs with another key, or whose address another pod
// has now, is not the caller's fault.
func TestAPodThatRefusesTheGatewayIsNotReachable(t *testing.T) {
	d := open(t)
	space := namespace(t)
	key := d.key(map[string]string{access.EntryNamespaces: space})
	serve(t, session(t, space, "sales", v1alpha1.PhaseWorking), http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusUnauthorized)
	}))
	answer := d.await("the pod", func() reply { return d.do(key, "GET", "/api/sales/chats", "") }, func(r reply) bool { return r.status != 422 && r.status != 502 || strings.Contains(r.body, "pod") })
	if answer.status != http.StatusBadGateway {
		t.Errorf("got %d %s", answer.status, answer.body)
	}
}
