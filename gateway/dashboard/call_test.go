package dashboard

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/wasession/wasession/gateway/access"
	"github.com/wasession/wasession/gateway/waha"
)

// visitor is a visit of somebody with a key, to a dashboard in front of this API.
func visitor(t *testing.T, api http.HandlerFunc) *visit {
	t.Helper()
	d := newPages(t)
	d.API = api
	r := httptest.NewRequest("GET", "/dashboard/", nil)
	r.RemoteAddr = "192.0.2.7:1234"
	return &visit{d: d, w: httptest.NewRecorder(), r: r, identity: identity{access.Key{ID: "k"}, "X-Api-Key", "key-of-the-visitor"}}
}

// A call is made as the visitor, from where the visitor is: so the API decides and
// writes its audit log as for any client.
func TestACallIsTheVisitors(t *testing.T) {
	v := visitor(t, func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil || r.Method != "POST" || r.URL.Path != "/api/sessions/crm.sales/stop" || r.Header.Get("X-Api-Key") != "key-of-the-visitor" ||
			r.RemoteAddr != "192.0.2.7:1234" || r.Header.Get("Cookie") != "" || string(body) != `{"a":1}` {
			t.Errorf("the API was asked %s %s %s: %v from %s, %v", r.Method, r.URL, body, r.Header, r.RemoteAddr, err)
		}
		_, _ = io.WriteString(w, `{"name":"sales"}`)
	})
	v.r.Header.Set("Cookie", "x=y")
	var got struct{ Name string }
	if err := v.call("POST", "/api/sessions/crm.sales/stop", map[string]int{"a": 1}, &got); err != nil || got.Name != "sales" {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestWhatTheAPIRefuses(t *testing.T) {
	for body, want := range map[string]string{
		`{"message":"Session 'sales' is managed by Argo CD","statusCode":409}`: "Session 'sales' is managed by Argo CD",
		`{"message":["a must be b","c must be d"],"error":"Bad Request"}`:      "a must be b; c must be d",
		`{"error":"Session \"x\" does not exist","session":"x"}`:               `Session "x" does not exist`,
		`<html>`: "Conflict", `{}`: "Conflict", ``: "Conflict",
	} {
		v := visitor(t, func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusConflict)
			_, _ = io.WriteString(w, body)
		})
		var told waha.Failure
		if err := v.call("DELETE", "/api/sessions/x", nil, nil); !errors.As(err, &told) || told.Status != 409 || told.Text != want {
			t.Errorf("%s is told as %v, want %s", body, err, want)
		}
	}
}

// An answer that breaks off, or that has no end, ends the call and not the gateway.
func TestAnswersThatNobodyCanUse(t *testing.T) {
	v := visitor(t, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"name":`)
		panic(http.ErrAbortHandler)
	})
	if err := v.call("GET", "/api/sessions", nil, nil); !errors.Is(err, errBroken) {
		t.Errorf("an answer that broke off: %v", err)
	}
	v = visitor(t, func(w http.ResponseWriter, _ *http.Request) {
		for part := strings.Repeat("x", 1<<20); ; {
			if _, err := io.WriteString(w, part); err != nil {
				panic(http.ErrAbortHandler)
			}
		}
	})
	if err := v.call("GET", "/api/sessions", nil, nil); err == nil {
		t.Error("an answer without an end is taken")
	}
	v = visitor(t, func(http.ResponseWriter, *http.Request) { panic("a fault") })
	defer func() {
		if recover() == nil {
			t.Error("a fault of the API is hidden")
		}
	}()
	_ = v.call("GET", "/api/sessions", nil, nil)
}
