package command

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/wasession/wasession/kubectl/chat"
)

// A session of an earlier version has no count, which is no error; any other failure is.
func TestMessagesThatWaitAreCounted(t *testing.T) {
	for name, c := range map[string]struct {
		status int
		answer string
		want   string
	}{
		"two wait":           {http.StatusOK, `{"limits":null,"waiting":[{"id":"a"},{"id":"b"}]}`, "2 <nil>"},
		"none waits":         {http.StatusOK, `{"limits":null,"waiting":[]}`, "0 <nil>"},
		"an earlier version": {http.StatusNotFound, `{"message":"no such path"}`, "none <nil>"},
		"an error":           {http.StatusServiceUnavailable, `{"message":"starting"}`, "none starting (503)"},
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path != "/api/support/sending" {
				t.Errorf("%s: asked for %s", name, r.URL.Path)
			}
			w.WriteHeader(c.status)
			_, _ = w.Write([]byte(c.answer))
		}))
		n, err := unsent(t.Context(), chat.New(server.URL, "support", "secret", http.DefaultTransport))
		server.Close()
		got := "none"
		if n != nil {
			got = fmt.Sprint(*n)
		}
		if got = fmt.Sprint(got, " ", err); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}
