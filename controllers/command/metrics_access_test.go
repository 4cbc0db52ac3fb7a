package command

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/go-logr/logr"
	"k8s.io/client-go/rest"
)

// Without a good token, or an API server to judge it, there are no metrics. What a good
// one gets is tested with the installed operator.
func TestMetricsAreNotServedUnjudged(t *testing.T) {
	reviews := 0
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		reviews++
		http.Error(w, "out of order", http.StatusInternalServerError)
	}))
	defer api.Close()
	filter, err := onlyReaders(&rest.Config{Host: api.URL}, api.Client())
	if err != nil {
		t.Fatal(err)
	}
	handler, err := filter(logr.Discard(), http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		t.Error("the metrics are served")
	}))
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		authorization string
		code, reviews int
	}{
		"no token":            {"", http.StatusUnauthorized, 0},
		"an empty token":      {"Bearer ", http.StatusUnauthorized, 0},
		"a password":          {"Basic YTpi", http.StatusUnauthorized, 0},
		"a token too long":    {"Bearer " + strings.Repeat("a", maxToken+1), http.StatusUnauthorized, 0},
		"nobody who can tell": {"Bearer token", http.StatusInternalServerError, 1},
	} {
		t.Run(name, func(t *testing.T) {
			reviews = 0
			request := httptest.NewRequest(http.MethodGet, "/metrics", nil)
			request.Header.Set("Authorization", c.authorization)
			answer := httptest.NewRecorder()
			handler.ServeHTTP(answer, request)
			if answer.Code != c.code || reviews != c.reviews {
				t.Errorf("it gets %d after %d reviews", answer.Code, reviews)
			}
			if asks := answer.Header().Get("WWW-Authenticate") == "Bearer"; asks != (c.code == http.StatusUnauthorized) {
				t.Errorf("%d has the headers %v", answer.Code, answer.Header())
			}
			if strings.Contains(answer.Body.String(), "out of order") {
				t.Errorf("it is told %s", answer.Body)
			}
		})
	}
}
