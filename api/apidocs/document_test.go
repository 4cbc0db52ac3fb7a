package apidocs

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http/httptest"
	"strings"
	"testing"
)

func get(d Document, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest("GET", "/", nil)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	d.ServeHTTP(w, r)
	return w
}

// The large files are stored packed. Whoever cannot unpack them gets them plain.
func TestFilesComeToEveryClient(t *testing.T) {
	for path, file := range Files() {
		plain := get(file)
		if plain.Code != 200 || plain.Header().Get("Content-Encoding") != "" || plain.Body.Len() == 0 {
			t.Fatalf("%s: %d %v", path, plain.Code, plain.Header())
		}
		packed := get(file, "Accept-Encoding", "br, gzip;q=0.8")
		if packed.Header().Get("Content-Encoding") != "gzip" {
			if !bytes.Equal(packed.Body.Bytes(), plain.Body.Bytes()) {
				t.Errorf("%s differs", path)
			}
			continue
		}
		reader, err := gzip.NewReader(packed.Body)
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		unpacked, err := io.ReadAll(reader)
		if err != nil || !bytes.Equal(unpacked, plain.Body.Bytes()) {
			t.Errorf("%s differs: %v", path, err)
		}
		if refused := get(file, "Accept-Encoding", "gzip; q=0, identity"); refused.Header().Get("Content-Encoding") != "" {
			t.Errorf("%s is packed for a client that refuses that", path)
		}
	}
}

func TestADocumentIsSentOnce(t *testing.T) {
	first := get(Page())
	etag := first.Header().Get("ETag")
	if first.Code != 200 || etag == "" {
		t.Fatalf("%d, tag %q", first.Code, etag)
	}
	if again := get(Page(), "If-None-Match", etag); again.Code != 304 || again.Body.Len() != 0 {
		t.Errorf("again: %d with %d bytes", again.Code, again.Body.Len())
	}
}

// What the page asks for is what is served.
func TestThePageNeedsOnlyItsFiles(t *testing.T) {
	files := Files()
	for path := range files {
		if !strings.Contains(string(page), `"`+strings.TrimPrefix(path, "/")+`"`) {
			t.Errorf("%s is served, and not used", path)
		}
	}
	if strings.Contains(string(page), "//") {
		t.Error("the page needs something from elsewhere")
	}
}
