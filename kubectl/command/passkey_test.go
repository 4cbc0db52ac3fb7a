package command

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/wasession/wasession/kubectl/chat"
	"github.com/wasession/wasession/kubectl/cli"
)

// withPasskey is a session that asks for a passkey, and then for a comparison of codes.
func withPasskey(t *testing.T) *chat.Client {
	status := "PASSKEY_REQUIRED"
	mux := http.NewServeMux()
	mux.HandleFunc("GET /api/sessions/sales", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = fmt.Fprintf(w, `{"status": %q, "me": {"id": "15550003333@c.us"}}`, status)
	})
	mux.HandleFunc("GET /api/sales/auth/passkey/challenge", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = fmt.Fprint(w, `{"challenge": "c2lnbiBtZQ", "rpId": "whatsapp.com"}`)
	})
	mux.HandleFunc("POST /api/sales/auth/passkey", func(http.ResponseWriter, *http.Request) { status = "PASSKEY_CONFIRMATION_REQUIRED" })
	confirmed := false
	mux.HandleFunc("GET /api/sales/auth/passkey/confirmation", func(w http.ResponseWriter, _ *http.Request) {
		if confirmed { // it takes WhatsApp a while
			status = "WORKING"
			w.WriteHeader(http.StatusUnprocessableEntity)
			return
		}
		_, _ = fmt.Fprint(w, `{"code": "ABCD-EFGH"}`)
	})
	mux.HandleFunc("POST /api/sales/auth/passkey/confirm", func(http.ResponseWriter, *http.Request) { confirmed = true })
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return chat.New(server.URL, "sales", "key", http.DefaultTransport)
}

func TestOnlyEqualCodesAreConfirmed(t *testing.T) {
	const assertion = `{"id": "a2V5"}` + "\n"
	for typed, wrong := range map[string]string{
		assertion + "yes\n": "",
		assertion + "no\n":  "the session was not linked",
		assertion:           "standard input ended",
		"":                  "standard input ended",
	} {
		var out, said strings.Builder
		env := &Env{Streams: cli.Streams{In: strings.NewReader(typed), Out: &out, Err: &said}}
		link := passkeyLink{env: env, name: "sales", lines: linesOf(env.In), progress: &cli.Progress{Streams: env.Streams}}
		s, err := link.follow(t.Context(), withPasskey(t))
		if wrong == "" && (err != nil || s.Status != "WORKING") || wrong != "" && (err == nil || !strings.Contains(err.Error(), wrong)) {
			t.Errorf("%q: the session is %s, %v", typed, s.Status, err)
		}
		if codes := strings.Count(out.String(), "ABCD-EFGH\n"); codes != strings.Count(typed, assertion) {
			t.Errorf("%q: it printed %s", typed, out.String())
		}
	}
}
