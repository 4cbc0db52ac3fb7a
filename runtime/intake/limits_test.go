package intake

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/iotest"

	"github.com/wasession/wasession/runtime/egress/egresstest"
)

// A file of exactly the limit passes, one more byte does not, whether or not its
// server announces the size.
func TestFetchLimitIsExact(t *testing.T) {
	const limit = 100_000
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		size := limit
		if strings.HasSuffix(r.URL.Path, "more") {
			size++
		}
		if strings.HasPrefix(r.URL.Path, "/announced") {
			w.Header().Set("Content-Length", fmt.Sprint(size))
		} else {
			w.(http.Flusher).Flush() // sent in chunks, without a length
		}
		_, _ = w.Write(noise(size))
	}))
	defer srv.Close()
	i := open(t, Options{MaxSize: limit, Egress: egresstest.Loopback(t).Callers()})
	for path, fits := range map[string]bool{"/announced": true, "/chunked": true, "/announced-more": false, "/chunked-more": false} {
		f, err := i.Fetch(t.Context(), srv.URL+path)
		if fits && (err != nil || f.Size != limit) {
			t.Errorf("%s: %d bytes, %v", path, f.Size, err)
		}
		if !fits && (!errors.Is(err, ErrTooLarge) || !strings.Contains(err.Error(), "100000 bytes")) {
			t.Errorf("%s: %v, want ErrTooLarge with the limit", path, err)
		}
		f.Remove()
	}
	assertEmpty(t, i)
}

func TestDecodeLimitIsExact(t *testing.T) {
	const limit = 3*decoded + 1
	i := open(t, Options{MaxSize: limit})
	f, err := i.Decode(base64.StdEncoding.EncodeToString(noise(limit)))
	if err != nil || f.Size != limit {
		t.Errorf("a file of the limit: %d bytes, %v", f.Size, err)
	}
	f.Remove()
	if _, err := i.Decode(base64.StdEncoding.EncodeToString(noise(limit + 1))); !errors.Is(err, ErrTooLarge) {
		t.Errorf("a byte more: %v", err)
	}
	assertEmpty(t, i)
}

// A client that hangs up in the middle of a download ends it, and nothing stays
// on the disk.
func TestFetchIsCancelled(t *testing.T) {
	begun := make(chan struct{})
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = w.Write(noise(1000))
		w.(http.Flusher).Flush()
		close(begun)
		<-r.Context().Done()
	}))
	defer srv.Close()
	i := open(t, Options{Egress: egresstest.Loopback(t).Callers()})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	ended := make(chan error, 1)
	go func() {
		_, err := i.Fetch(ctx, srv.URL)
		ended <- err
	}()
	<-begun
	cancel()
	if err := <-ended; !errors.Is(err, ErrNotFetched) {
		t.Errorf("%v, want ErrNotFetched", err)
	}
	assertEmpty(t, i)
}

func TestFetchTellsTheStatus(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var status int
		_, _ = fmt.Sscanf(r.URL.Path, "/%d", &status)
		w.WriteHeader(status)
	}))
	defer srv.Close()
	i := open(t, Options{Egress: egresstest.Loopback(t).Callers()})
	for _, status := range []int{201, 204, 206, 304, 400, 401, 403, 404, 410, 429, 500, 503} {
		_, err := i.Fetch(t.Context(), fmt.Sprintf("%s/%d", srv.URL, status))
		if want := fmt.Sprintf("the file could not be fetched: the server responded with status %d", status); err == nil || err.Error() != want {
			t.Errorf("%d: %v, want %q", status, err, want)
		}
	}
	assertEmpty(t, i)
}

// A name comes from Content-Disposition, else from the URL, and never has a
// directory in it.
func TestFileNames(t *testing.T) {
	var disposition string
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if disposition != "" {
			w.Header().Set("Content-Disposition", disposition)
		}
		_, _ = w.Write([]byte("x"))
	}))
	defer srv.Close()
	i := open(t, Options{Egress: egresstest.Loopback(t).Callers()})
	for _, c := range []struct{ path, disposition, want string }{
		{"/a/b.pdf", "", "b.pdf"},
		{"/a/b.pdf?x=c.png#d.gif", "", "b.pdf"},
		{"/a/with%20space.pdf", "", "with space.pdf"},
		{"/", "", ""},
		{"/download", "", ""},
		{"/b.pdf", `attachment; filename="c.png"`, "c.png"},
		{"/b.pdf", `attachment; filename*=UTF-8''%C3%A4%20b.png`, "ä b.png"},
		{"/b.pdf", `attachment; filename="/etc/passwd.txt"`, "passwd.txt"},
		{"/b.pdf", `attachment; filename="C:\\temp\\c.png"`, "c.png"},
		{"/b.pdf", `attachment; filename=""`, "b.pdf"},
		{"/b.pdf", `attachment; filename`, "b.pdf"},
		{"/b.pdf", `attachment`, "b.pdf"},
		{"/b.pdf", `attachment; filename="noextension"`, ""},
	} {
		disposition = c.disposition
		f, err := i.Fetch(t.Context(), srv.URL+c.path)
		if err != nil || f.Name != c.want {
			t.Errorf("%s with %q is named %q, %v; want %q", c.path, c.disposition, f.Name, err, c.want)
		}
		f.Remove()
	}
}

// The type is the server's, unless that says nothing: then it is detected.
func TestFileTypes(t *testing.T) {
	var declared string
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header()["Content-Type"] = []string{declared}
		_, _ = w.Write([]byte("\x89PNG\r\n\x1a\n"))
	}))
	defer srv.Close()
	i := open(t, Options{Egress: egresstest.Loopback(t).Callers()})
	for given, want := range map[string]string{
		"image/webp":                       "image/webp",
		"text/plain; charset=iso-8859-1":   "text/plain; charset=iso-8859-1",
		"application/octet-stream":         "image/png",
		"application/octet-stream; a=b":    "image/png",
		"binary/octet-stream":              "image/png",
		"":                                 "image/png",
		"not a type/":                      "image/png",
		"APPLICATION/OCTET-STREAM":         "image/png",
		"application/vnd.ms-excel.x-y+xml": "application/vnd.ms-excel.x-y+xml",
	} {
		declared = given
		f, err := i.Fetch(t.Context(), srv.URL)
		if err != nil || f.MIMEType != want {
			t.Errorf("%q gives %q, %v; want %q", given, f.MIMEType, err, want)
		}
		f.Remove()
	}
}

// Clients send at the same time: each gets its own file.
func TestConcurrentFiles(t *testing.T) {
	i := open(t, Options{})
	var all sync.WaitGroup
	for n := range 16 {
		all.Go(func() {
			want := noise(inline + n)
			body := `{"data":"` + base64.StdEncoding.EncodeToString(want) + `"}`
			left, parts, err := i.Strip(iotest.OneByteReader(strings.NewReader(body)))
			if err != nil || len(parts) != 1 {
				t.Errorf("%d: %d parts, %v", n, len(parts), err)
				return
			}
			for name, f := range parts {
				if got, err := os.ReadFile(f.Path); err != nil || !bytes.Equal(got, want) || !bytes.Contains(left, []byte(name)) {
					t.Errorf("%d: %d bytes for %d, %v", n, len(got), len(want), err)
				}
			}
			parts.Remove()
		})
	}
	all.Wait()
	assertEmpty(t, i)
}

// A second file that is refused takes the first along.
func TestStripKeepsNothingOfARefusedBody(t *testing.T) {
	i := open(t, Options{})
	good := base64.StdEncoding.EncodeToString(noise(inline))
	for what, body := range map[string]string{
		"no base64":      `{"a":"` + good + `","b":"` + strings.Repeat("!", 2*inline) + `"}`,
		"without an end": `{"a":"` + good + `","b":"` + good,
	} {
		if _, _, err := i.Strip(strings.NewReader(body)); !errors.Is(err, ErrNotBase64) {
			t.Errorf("%s: %v", what, err)
		}
	}
	assertEmpty(t, i)
}

// The same file twice is two parts with the same sum, so that each can be removed.
func TestSameFileTwice(t *testing.T) {
	i := open(t, Options{})
	text := base64.StdEncoding.EncodeToString(noise(inline))
	_, parts, err := i.Strip(strings.NewReader(`["` + text + `","` + text + `"]`))
	if err != nil || len(parts) != 2 {
		t.Fatalf("%d parts, %v", len(parts), err)
	}
	sums, paths := map[string]bool{}, map[string]bool{}
	for _, f := range parts {
		sums[f.Sum], paths[f.Path] = true, true
	}
	if len(sums) != 1 || len(paths) != 2 {
		t.Errorf("%d sums, %d files", len(sums), len(paths))
	}
	parts.Remove()
	parts.Remove() // a second time does no harm
	File{}.Remove()
	assertEmpty(t, i)
}

// A fault of our own disk is not blamed on the server that holds the file.
func TestADirectoryThatIsGone(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("x")) }))
	defer srv.Close()
	i := open(t, Options{Egress: egresstest.Loopback(t).Callers()})
	if err := os.RemoveAll(i.dir); err != nil {
		t.Fatal(err)
	}
	_, fetched := i.Fetch(t.Context(), srv.URL)
	_, given := i.Decode("QUJD")
	_, _, stripped := i.Strip(strings.NewReader(`"` + strings.Repeat("QUJD", inline) + `"`))
	for what, err := range map[string]error{"fetched": fetched, "decoded": given, "stripped": stripped} {
		if !errors.Is(err, fs.ErrNotExist) || errors.Is(err, ErrNotFetched) || errors.Is(err, ErrNotBase64) {
			t.Errorf("%s: %v", what, err)
		}
	}
	file := t.TempDir() + "/file"
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(Options{Dir: file + "/below"}); err == nil {
		t.Error("a directory below a file can be opened")
	}
}
