package chatapi

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
)

// server serves lists of n chats, page by page.
func server(t *testing.T, n int) *Client {
	t.Helper()
	mux := http.NewServeMux()
	mux.HandleFunc("GET /api/{session}/chats", func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-Api-Key") != "key" || r.PathValue("session") != "my session" {
			http.Error(w, `{"message":"Unauthorized","statusCode":401}`, http.StatusUnauthorized)
			return
		}
		limit, _ := strconv.Atoi(r.URL.Query().Get("limit"))
		offset, _ := strconv.Atoi(r.URL.Query().Get("offset"))
		rows := []Chat{}
		for i := offset; i < min(offset+limit, n); i++ {
			rows = append(rows, Chat{ID: strconv.Itoa(i)})
		}
		_ = json.NewEncoder(w).Encode(rows)
	})
	mux.HandleFunc("GET /api/{session}/auth/qr", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte("<html>"))
	})
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return New(s.URL, "key", "my session")
}

func TestPages(t *testing.T) {
	for _, n := range []int{0, 1, 500, 1001} {
		rows, err := server(t, n).Chats(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if len(rows) != n || n > 0 && rows[n-1].ID != strconv.Itoa(n-1) {
			t.Errorf("%d rows of %d", len(rows), n)
		}
	}
}

func TestErrorsOfTheAPI(t *testing.T) {
	api := server(t, 1)
	if _, err := api.QR(t.Context()); err == nil || !strings.Contains(err.Error(), "<html>") {
		t.Errorf("an answer that is not JSON: %v", err)
	}
	api.key = "wrong"
	if _, err := api.Chats(t.Context()); err == nil || !strings.Contains(err.Error(), "401") {
		t.Errorf("a wrong key: %v, want an error with the status", err)
	}
}
