package dashboard

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"net/http"
	"path"
	"strings"

	"github.com/klauspost/compress/gzip"

	"github.com/wasession/wasession/api/chathttp"
)

//go:embed templates/*.html
var templates embed.FS

// shared are the templates that every page has.
var shared = []string{"templates/layout.html", "templates/parts.html"}

// view is what templates are given.
type view struct {
	// Caller is who has logged in; empty for nobody.
	Caller string
	// CSRF is the token for forms.
	CSRF string
	// Path is that of the request.
	Path string
	// Data is the page's own.
	Data any
}

// parsePages reads the template of each page, by its name.
func parsePages(a assets) (map[string]*template.Template, error) {
	base, err := template.New("").Funcs(functions(a)).ParseFS(templates, shared...)
	if err != nil {
		return nil, fmt.Errorf("reading the layout: %w", err)
	}
	files, err := templates.ReadDir("templates")
	if err != nil {
		return nil, fmt.Errorf("listing the pages: %w", err)
	}
	pages := map[string]*template.Template{}
	for _, file := range files {
		page, err := base.Clone()
		if err == nil {
			page, err = page.ParseFS(templates, path.Join("templates", file.Name()))
		}
		if err != nil {
			return nil, fmt.Errorf("reading a page: %w", err)
		}
		pages[strings.TrimSuffix(file.Name(), ".html")] = page
	}
	return pages, nil
}

// html makes a part of a page.
func (d *Dashboard) html(page, part string, data view) ([]byte, error) {
	var out bytes.Buffer
	t, ok := d.pages[page]
	if !ok {
		return nil, fmt.Errorf("there is no page %s", page)
	}
	if err := t.ExecuteTemplate(&out, part, data); err != nil {
		return nil, fmt.Errorf("making the page %s: %w", page, err)
	}
	return out.Bytes(), nil
}

// packedFrom is the length from which answers are compressed, in bytes.
const packedFrom = 1024

// write answers with a page, or a part of one.
func (d *Dashboard) write(w http.ResponseWriter, r *http.Request, status int, page, part string, data view) error {
	body, err := d.html(page, part, data)
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Vary", "Accept-Encoding, HX-Request")
	if len(body) < packedFrom || !chathttp.AcceptsGzip(r.Header) {
		w.WriteHeader(status)
		_, _ = w.Write(body) // the client may leave
		return nil
	}
	h.Set("Content-Encoding", "gzip")
	w.WriteHeader(status)
	packed, err := gzip.NewWriterLevel(w, gzip.StatelessCompression)
	if err != nil {
		return fmt.Errorf("compressing a page: %w", err)
	}
	_, _ = packed.Write(body)
	_ = packed.Close()
	return nil
}

// open is write for pages that are shown when nothing else can be.
func (d *Dashboard) open(w http.ResponseWriter, r *http.Request, status int, page, part string, data view) {
	if err := d.write(w, r, status, page, part, data); err != nil {
		d.Log.Error("Page failed", "page", page, "error", err)
		http.Error(w, "Something went wrong here. The gateway's log says what.", http.StatusInternalServerError)
	}
}
