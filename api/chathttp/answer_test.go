package chathttp

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

func TestTheStatusThatWasSent(t *testing.T) {
	for what, c := range map[string]struct {
		handle func(http.ResponseWriter)
		want   int
	}{
		"nothing":               {func(http.ResponseWriter) {}, 0},
		"a body":                {func(w http.ResponseWriter) { _, _ = w.Write([]byte("x")) }, 200},
		"a status":              {func(w http.ResponseWriter) { w.WriteHeader(404); _, _ = w.Write([]byte("x")) }, 404},
		"a hint before it":      {func(w http.ResponseWriter) { w.WriteHeader(103); w.WriteHeader(404) }, 404},
		"another protocol":      {func(w http.ResponseWriter) { w.WriteHeader(101) }, 101},
		"a second one, refused": {func(w http.ResponseWriter) { w.WriteHeader(404); w.WriteHeader(200) }, 404},
	} {
		a := &Answer{ResponseWriter: httptest.NewRecorder()}
		c.handle(a)
		if a.Status != c.want {
			t.Errorf("%s: %d, want %d", what, a.Status, c.want)
		}
	}
}
