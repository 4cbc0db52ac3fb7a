package server

import (
	"errors"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/wasession/wasession/gateway/waha"
)

// A body that cannot be read is refused with the member that is wrong.
func TestWhatIsWrongWithABody(t *testing.T) {
	for body, want := range map[string]string{
		`{"session":"x","actions":["read"]}`: "actions must not be array",
		`{"isAdmin":"yes"}`:                  "isAdmin must not be string",
		`{"session":`:                        "body must be a JSON object",
		`[]`:                                 "body must be a JSON object",
	} {
		var told waha.Failure
		err := input(httptest.NewRecorder(), httptest.NewRequest("POST", "/api/keys", strings.NewReader(body)), &wantedKey{})
		if !errors.As(err, &told) || told.Status != 400 || told.Text != want {
			t.Errorf("%s: %v, want %q", body, err, want)
		}
	}
}
