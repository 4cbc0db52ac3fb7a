package chat

import (
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestAKeyStaysWhereItWasMeantToGo(t *testing.T) {
	elsewhere := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("%s was called with the key %q", r.URL, r.Header.Get("X-Api-Key"))
	}))
	defer elsewhere.Close()
	server := httptest.NewServer(http.RedirectHandler(elsewhere.URL, http.StatusTemporaryRedirect))
	defer server.Close()
	_, err := New(server.URL, "support", "secret", http.DefaultTransport).Chats(t.Context(), 1, 0)
	if failed := AsFailure(err); failed == nil || failed.Status != http.StatusTemporaryRedirect {
		t.Errorf("the redirect is %v", err)
	}
}

func TestACertificateThatIsNotTrustedIsNotTriedAgain(t *testing.T) {
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // the handshake fails on purpose
	server.StartTLS()
	defer server.Close()
	_, err := New(server.URL, "support", "secret", http.DefaultTransport).Chats(t.Context(), 1, 0)
	if err == nil || Lost(err) || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("the error is %v", err)
	}
	server.Close()
	if _, err = New(server.URL, "support", "secret", http.DefaultTransport).Chats(t.Context(), 1, 0); !Lost(err) {
		t.Errorf("without a server it is %v", err)
	}
}
