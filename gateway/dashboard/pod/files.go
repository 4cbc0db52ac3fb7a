package pod

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"path"
	"regexp"
	"time"
)

// shown lists the types that browsers may show in a page. All others are downloads, so
// that a stranger's document never runs as a page of this host.
var shown = regexp.MustCompile(`^(image/(jpeg|png|gif|webp)|audio/[a-z0-9.+-]+(; ?codecs=[a-z0-9.]+)?|video/[a-z0-9.+-]+)$`)

// passed are the headers of a file that go on to the browser.
var passed = []string{"Content-Type", "Content-Length", "Content-Range", "Accept-Ranges", "Content-Disposition", "Last-Modified"}

// File sends the file of a message to a browser, downloading it from WhatsApp first
// where that was not done yet.
func (c Client) File(w http.ResponseWriter, r *http.Request, chat, id string, asDownload bool) error {
	ctx, cancel := context.WithTimeout(r.Context(), writeTime)
	defer cancel()
	var m Message
	if err := c.get(ctx, c.api("chats", chat, "messages", id), nil, maxList, &m); err != nil {
		return err
	}
	switch {
	case m.Media == nil:
		return Problem{Status: http.StatusNotFound, Text: "This message has no file"}
	case m.Media.URL == nil && m.Media.Error != nil:
		return Problem{Status: http.StatusNotFound, Text: clip(m.Media.Error.Message)}
	case m.Media.URL == nil:
		return Problem{Status: http.StatusNotFound, Text: "The file is not available"}
	}
	// The address is what an outsider would use. What matters is its last part.
	from, err := url.Parse(*m.Media.URL)
	if err != nil {
		return Problem{Status: http.StatusNotFound, Text: "The file is not available"}
	}
	header := http.Header{}
	if v := r.Header.Get("Range"); v != "" {
		header.Set("Range", v)
	}
	a, err := c.ask(ctx, request{
		method: http.MethodGet, header: header,
		path: "/api/files/" + url.PathEscape(c.Session) + "/" + url.PathEscape(path.Base(from.Path)),
	})
	if err != nil {
		return err
	}
	defer a.Close()
	h := w.Header()
	for _, name := range passed {
		if v := a.header.Get(name); v != "" {
			h.Set(name, v)
		}
	}
	contain(h, asDownload)
	w.WriteHeader(a.status)
	_, err = io.Copy(paced{w, http.NewResponseController(w)}, a)
	if err != nil {
		panic(http.ErrAbortHandler) // the browser must not take a part for the whole
	}
	return nil
}

// contain makes sure that a file cannot act as a page of this host.
func contain(h http.Header, asDownload bool) {
	if kind := h.Get("Content-Type"); asDownload || !shown.MatchString(kind) {
		h.Set("Content-Type", "application/octet-stream")
		h.Set("Content-Disposition", attachment(h.Get("Content-Disposition")))
	}
	h.Set("Content-Security-Policy", "sandbox; default-src 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cache-Control", "private, max-age=3600")
}

// paced gives a browser a time for each part of a file.
type paced struct {
	http.ResponseWriter
	conn *http.ResponseController
}

// partTime is how long a browser may take for a part of a file.
const partTime = 30 * time.Second

// Write implements io.Writer.
func (p paced) Write(b []byte) (int, error) {
	_ = p.conn.SetWriteDeadline(time.Now().Add(partTime)) // recorders of tests have none
	return p.ResponseWriter.Write(b)
}
