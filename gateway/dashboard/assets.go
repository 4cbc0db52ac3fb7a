package dashboard

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"mime"
	"net/http"
	"path"
	"strings"

	"github.com/klauspost/compress/gzip"

	"github.com/wasession/wasession/api/chathttp"
)

//go:embed assets/*.js assets/*.css assets/*.svg
var files embed.FS

// asset is a file that pages need.
type asset struct {
	mimetype, version string
	plain, packed     []byte
}

// assets are the files by their names. They never change while the program runs.
type assets map[string]asset

func newAssets() (assets, error) {
	all := assets{}
	list, err := files.ReadDir("assets")
	if err != nil {
		return nil, fmt.Errorf("listing the dashboard's files: %w", err)
	}
	for _, file := range list {
		plain, err := files.ReadFile(path.Join("assets", file.Name()))
		if err != nil {
			return nil, fmt.Errorf("reading the dashboard's files: %w", err)
		}
		packed, err := pack(plain)
		if err != nil {
			return nil, err
		}
		sum := sha256.Sum256(plain)
		all[file.Name()] = asset{typeOf(file.Name()), hex.EncodeToString(sum[:6]), plain, packed}
	}
	return all, nil
}

// typeOf does not depend on the system's list of types.
func typeOf(name string) string {
	switch path.Ext(name) {
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	}
	return mime.TypeByExtension(path.Ext(name))
}

func pack(plain []byte) ([]byte, error) {
	var out bytes.Buffer
	w, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		return nil, fmt.Errorf("compressing a file: %w", err)
	}
	if _, err := w.Write(plain); err != nil {
		return nil, fmt.Errorf("compressing a file: %w", err)
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("compressing a file: %w", err)
	}
	return out.Bytes(), nil
}

// url is the address of a file, which changes with what is in it.
func (a assets) url(name string) (string, error) {
	file, ok := a[name]
	if !ok {
		return "", fmt.Errorf("there is no file %s", name)
	}
	return Root + "assets/" + name + "?v=" + file.version, nil
}

// ServeHTTP implements http.Handler. The files are open to everybody: the login needs
// them.
func (a assets) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	file, ok := a[r.PathValue("name")]
	if !ok {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	h.Set("Content-Type", file.mimetype)
	h.Set("Vary", "Accept-Encoding")
	h.Set("Cache-Control", "no-cache")
	if r.URL.Query().Get("v") == file.version {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	body := file.plain
	if chathttp.AcceptsGzip(r.Header) && !strings.HasPrefix(file.mimetype, "image/png") {
		h.Set("Content-Encoding", "gzip")
		body = file.packed
	}
	_, _ = w.Write(body) // the client may leave
}
