package server

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/gateway/waha"
)

// What the gateway answers itself has the members that the runtime's answers have,
// which are tested against WAHA's schemas.
func TestAnswersHaveTheRuntimesShapes(t *testing.T) {
	s := &Server{Options: Options{Ready: func() bool { return true }, Now: time.Now}}
	session := func(w http.ResponseWriter, _ *http.Request, _ caller) error {
		return writeJSON(w, http.StatusOK, waha.NewSession(&v1alpha1.WhatsAppSession{}))
	}
	for golden, c := range map[string]struct {
		handle func(http.ResponseWriter, *http.Request, caller) error
		beyond []string
	}{
		"pong": {s.ping, nil}, "health": {s.health, nil}, "server-version": {s.version, nil}, "server-status": {s.serverStatus, nil},
		"session-unpaired": {session, []string{"namespace"}},
	} {
		w := httptest.NewRecorder()
		if err := c.handle(w, httptest.NewRequest("GET", "/", nil), nil); err != nil {
			t.Fatal(err)
		}
		want, err := os.ReadFile("../../runtime/wire/testdata/" + golden + ".json")
		if err != nil {
			t.Fatal(err)
		}
		got, wanted := members(t, w.Body.Bytes()), members(t, want)
		got = slices.DeleteFunc(got, func(name string) bool { return slices.Contains(c.beyond, name) })
		if !slices.Equal(got, wanted) {
			t.Errorf("%s has %v, want %v", golden, got, wanted)
		}
	}
}

// members are the names of an object's members.
func members(t *testing.T, raw []byte) []string {
	t.Helper()
	var object map[string]json.RawMessage
	if err := json.Unmarshal(raw, &object); err != nil {
		t.Fatal(err)
	}
	return slices.Sorted(maps.Keys(object))
}
