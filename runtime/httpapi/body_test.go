package httpapi

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"

	"github.com/wasession/wasession/runtime/chat"
)

// A client that accepts gzip gets the same bytes, in less.
func TestLongAnswersAreCompressed(t *testing.T) {
	s := newServer(t)
	s.large(20, 10<<10) // several parts
	for _, target := range []string{
		"/api/default/chats/111/messages?limit=0", "/api/default/chats/111/messages?limit=1", "/api/default/chats",
		"/api/default/chats/overview?limit=0", "/api/default/chats/111/messages/false_111@c.us_B1",
	} {
		plain, packed := s.request("GET", target, ""), s.request("GET", target, "", "Accept-Encoding", "br, gzip")
		if plain.Code != http.StatusOK || plain.Header().Get("Content-Encoding") != "" || packed.Header().Get("Content-Encoding") != "gzip" {
			t.Errorf("%s: %d, encoded as %q and %q", target, plain.Code, plain.Header().Get("Content-Encoding"), packed.Header().Get("Content-Encoding"))
		}
		for _, w := range []*httptest.ResponseRecorder{plain, packed} {
			if got := w.Header().Values("Vary"); !slices.Contains(got, "Accept-Encoding") {
				t.Errorf("%s varies by %q", target, got)
			}
		}
		if packed.Body.Len() > plain.Body.Len()/2 {
			t.Errorf("%s: %d bytes of %d", target, packed.Body.Len(), plain.Body.Len())
		}
		if got := unzip(t, packed.Body); !bytes.Equal(got, plain.Body.Bytes()) {
			t.Errorf("%s: %d bytes instead of %d", target, len(got), plain.Body.Len())
		}
	}
}

// What would not become shorter, or is compressed already, goes out as it is.
func TestOtherAnswersAreNotCompressed(t *testing.T) {
	s := newServer(t)
	s.people(3)
	for _, target := range []string{
		"/api/default/chats?limit=1", "/api/default/chats/999/messages", "/ping", "/api/nobody/chats", "/docs", "/nowhere",
	} {
		w := s.request("GET", target, "", "Accept-Encoding", "gzip")
		if got := w.Header().Get("Content-Encoding"); got != "" {
			t.Errorf("%s is encoded as %q", target, got)
		}
	}
}

// HEAD gives the headers of GET, and nothing else.
func TestHeadOfACompressedAnswer(t *testing.T) {
	s := newServer(t)
	s.people(100)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodHead, "http://"+s.listen()+"/api/default/chats", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("X-Api-Key", testKey)
	r.Header.Set("Accept-Encoding", "gzip")
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil || len(b) > 0 || resp.StatusCode != http.StatusOK || resp.Header.Get("Content-Encoding") != "gzip" {
		t.Errorf("%d %v, %d bytes, %v", resp.StatusCode, resp.Header, len(b), err)
	}
}

// Half a list is no list: what was sent of it does not decompress to an end.
func TestACompressedListThatFailsHasNoEnd(t *testing.T) {
	var list rows[string] = func(yield func(string, error) bool) {
		for i := range 10_000 {
			if !yield(fmt.Sprint("row ", i), nil) {
				return
			}
		}
		yield("", chat.ErrNotFound)
	}
	w, r := httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil)
	r.Header.Set("Accept-Encoding", "gzip")
	func() {
		defer func() {
			if p := recover(); p != http.ErrAbortHandler { //nolint:errorlint // it is panicked as it is
				t.Errorf("panic with %v", p)
			}
		}()
		_ = writeStream(newBody(w, r, http.StatusOK), list)
	}()
	z, err := gzip.NewReader(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(z); !errors.Is(err, io.ErrUnexpectedEOF) || len(got) < chunk {
		t.Errorf("%d bytes, %v", len(got), err)
	}
}

func unzip(t *testing.T, r io.Reader) []byte {
	t.Helper()
	z, err := gzip.NewReader(r)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
