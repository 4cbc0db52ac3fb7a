package command

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/wasession/wasession/kubectl/chat"
	"github.com/wasession/wasession/kubectl/cli"
)

// sessionOf is a session that answers with these codes, one after the other, and then
// has that status.
func sessionOf(t *testing.T, status string, codes ...string) *chat.Client {
	asked := 0
	mux := http.NewServeMux()
	mux.HandleFunc("POST /api/sales/auth/request-code", func(w http.ResponseWriter, _ *http.Request) {
		if asked == len(codes) {
			w.WriteHeader(http.StatusUnprocessableEntity)
			_, _ = fmt.Fprintf(w, `{"message": "no code now", "status": %q}`, status)
			return
		}
		_, _ = fmt.Fprintf(w, `{"code": %q}`, codes[asked])
		asked++
	})
	mux.HandleFunc("GET /api/sessions/sales", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = fmt.Fprintf(w, `{"status": %q, "me": {"id": "15550003333@c.us", "pushName": "Carol"}}`, status)
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return chat.New(server.URL, "sales", "key", http.DefaultTransport)
}

// followCodes follows the codes of a session, and returns what was shown.
func followCodes(t *testing.T, session *chat.Client) (shown string, s chat.Session, err error) {
	var out, said strings.Builder
	streams := cli.Streams{Out: &out, Err: &said}
	show := &screen{out: streams}
	s, err = follow(t.Context(), session, func(ctx context.Context, session *chat.Client) (string, error) {
		code, err := session.RequestCode(ctx, "+15550003333")
		if err != nil {
			return "", err
		}
		return codeHint, show.letters(code)
	}, &cli.Progress{Streams: streams})
	return out.String(), s, err
}

func TestACodeThatIsRenewedIsShownOnce(t *testing.T) {
	shown, s, err := followCodes(t, sessionOf(t, "WORKING", "9DPH-7NK8", "9DPH-7NK8", "ABCD-EFGH"))
	if err != nil || account(&s) != "+15550003333 (Carol)" {
		t.Errorf("paired with %s, %v", account(&s), err)
	}
	if strings.Count(shown, "9DPH-7NK8\n") != 1 || strings.Count(shown, "ABCD-EFGH\n") != 1 {
		t.Errorf("shown was\n%s", shown)
	}
}

func TestPairingEndsWithASessionThatFails(t *testing.T) {
	if _, _, err := followCodes(t, sessionOf(t, "FAILED")); err == nil || chat.Lost(err) || !strings.Contains(err.Error(), "doctor") {
		t.Errorf("it ended with %v", err)
	}
}
