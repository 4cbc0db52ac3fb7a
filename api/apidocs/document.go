package apidocs

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"time"

	"github.com/wasession/wasession/api/chathttp"
)

// Document is a file that never changes while the program runs. Anybody may ask for
// it, so it has an ETag and is made only once.
type Document struct {
	mimetype, policy, etag string
	body                   []byte
	gzipped                bool
}

// New returns a document.
func New(mimetype string, body []byte) Document {
	sum := sha256.Sum256(body)
	return Document{mimetype: mimetype, etag: `"` + hex.EncodeToString(sum[:8]) + `"`, body: body}
}

// ServeHTTP implements http.Handler.
func (d Document) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Type", d.mimetype)
	h.Set("Cache-Control", "no-cache")
	h.Set("ETag", d.etag)
	if d.policy != "" {
		h.Set("Content-Security-Policy", d.policy)
	}
	if d.gzipped {
		h.Set("Vary", "Accept-Encoding")
		if !chathttp.AcceptsGzip(r.Header) {
			d.plain(w, r)
			return
		}
		h.Set("Content-Encoding", "gzip")
	}
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(d.body))
}

// plain unpacks the file for the rare client that cannot.
func (d Document) plain(w http.ResponseWriter, r *http.Request) {
	body, err := gzip.NewReader(bytes.NewReader(d.body))
	if err != nil {
		http.Error(w, "the file is damaged", http.StatusInternalServerError)
		return
	}
	w.Header().Del("ETag") // that of the packed file
	if r.Method != http.MethodHead {
		_, _ = io.Copy(w, body) // the client may leave
	}
}
