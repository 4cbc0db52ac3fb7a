package httpapi

import (
	"bytes"
	"net/http"
	"sync"

	"github.com/klauspost/compress/gzip"

	"github.com/wasession/wasession/api/chathttp"
)

const (
	// chunk is the size of the parts in which a long body is sent, in bytes. Each is
	// compressed for itself, so that no memory is kept from one to the next.
	chunk = 32 << 10
	// shortestGzip is the length in bytes from which a body is worth compressing: a
	// shorter one fits into one packet as it is.
	shortestGzip = 1400
)

// buffers are those in which parts of lists are put together. A row can be larger than
// a part: a buffer that has grown for one is not kept.
var buffers = sync.Pool{New: func() any { return &bytes.Buffer{} }}

func recycle(b *bytes.Buffer) {
	if b.Cap() <= 2*chunk {
		b.Reset()
		buffers.Put(b)
	}
}

// body is the JSON of a response on its way to the client, sent in parts, and
// compressed for clients that accept that.
type body struct {
	w      http.ResponseWriter
	status int
	gzip   bool
	// begun is set once something has been sent.
	begun bool
	zip   *gzip.Writer // nil unless the body is compressed
	// packed is a part in its compressed form. A slow client holds it, but not the
	// memory that compressing takes.
	packed bytes.Buffer
}

func newBody(w http.ResponseWriter, r *http.Request, status int) *body {
	return &body{w: w, status: status, gzip: chathttp.AcceptsGzip(r.Header)}
}

// send sends the next part of the body; last says that it is the end.
func (b *body) send(part []byte, last bool) error {
	if !b.begun {
		b.begin(last && len(part) < shortestGzip)
	}
	if b.zip == nil {
		_, err := b.w.Write(part)
		return err
	}
	_, err := b.zip.Write(part)
	if err == nil && last {
		err = b.zip.Close()
	}
	if err != nil {
		return err
	}
	_, err = b.packed.WriteTo(b.w)
	return err
}

// begin sends the status and the headers.
func (b *body) begin(short bool) {
	b.begun = true
	h := b.w.Header()
	h.Set("Content-Type", "application/json; charset=utf-8")
	h.Add("Vary", "Accept-Encoding")
	if b.gzip && !short {
		h.Set("Content-Encoding", "gzip")
		b.zip, _ = gzip.NewWriterLevel(&b.packed, gzip.StatelessCompression) // the level is valid
	}
	b.w.WriteHeader(b.status)
}
