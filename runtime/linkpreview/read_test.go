package linkpreview

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/wasession/wasession/runtime/egress/egresstest"
)

// small is a thumbnail that tells the size of its image.
func small(img image.Image) []byte {
	return fmt.Appendf(nil, "%dx%d", img.Bounds().Dx(), img.Bounds().Dy())
}

func TestThumbnail(t *testing.T) {
	encode := func(encode func(*bytes.Buffer, image.Image) error, width, height int) []byte {
		var b bytes.Buffer
		if err := encode(&b, image.NewPaletted(image.Rect(0, 0, width, height), color.Palette{color.Black})); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	asPNG := func(b *bytes.Buffer, i image.Image) error { return png.Encode(b, i) }
	asJPEG := func(b *bytes.Buffer, i image.Image) error { return jpeg.Encode(b, i, nil) }
	asGIF := func(b *bytes.Buffer, i image.Image) error { return gif.Encode(b, i, nil) }
	r := New(egresstest.Loopback(t).Callers(), small)
	whole := encode(asPNG, 30, 20)
	for what, c := range map[string]struct {
		encoded []byte
		want    string
	}{
		"PNG":                {whole, "30x20"},
		"JPEG":               {encode(asJPEG, 30, 20), "30x20"},
		"GIF":                {encode(asGIF, 30, 20), "30x20"},
		"as large as may":    {encode(asPNG, imagePixels/1024, 1024), "8192x1024"},
		"too large":          {encode(asPNG, imagePixels/1024+1, 1024), ""},
		"half an image":      {whole[:len(whole)/2], ""},
		"no image":           {[]byte("<svg/>"), ""},
		"nothing":            {nil, ""},
		"a header that lies": {append(bytes.Clone(whole[:16]), "\x7f\xff\xff\xff\x7f\xff\xff\xff\x08\x06\x00\x00\x00"...), ""},
	} {
		if got := string(r.Thumbnail(c.encoded)); got != c.want {
			t.Errorf("%s: %q, want %q", what, got, c.want)
		}
	}
}

// What is written for previews goes before what is written for the page.
func TestPrecedence(t *testing.T) {
	tag := func(name, content string) string { return fmt.Sprintf(`<meta property=%q content=%q>`, name, content) }
	for _, c := range []struct {
		page string
		want about
	}{
		{"<title>t</title>" + tag("twitter:title", "tw") + tag("og:title", "og"), about{title: "og"}},
		{"<title>t</title>" + tag("twitter:title", "tw"), about{title: "tw"}},
		{"<title>t</title>" + tag("og:title", "   "), about{title: "t"}},
		{tag("description", "d") + tag("twitter:description", "tw") + tag("og:description", "og"), about{description: "og"}},
		{tag("description", "d") + tag("twitter:description", "tw"), about{description: "tw"}},
		{tag("twitter:image", "tw") + tag("og:image", "og") + tag("og:image:secure_url", "s"), about{image: "s"}},
		{tag("twitter:image", "tw") + tag("og:image", "og"), about{image: "og"}},
		{tag("og:title", "") + tag("og:title", "second"), about{title: "second"}},
		{"<title></title>" + tag("og:title", "og"), about{title: "og"}},
		{`<meta content="og" property="og:title"/>`, about{title: "og"}},
		{"<!-- <title>c</title> --><title>t</title>", about{title: "t"}},
	} {
		if got := readHead(strings.NewReader(c.page)); got != c.want {
			t.Errorf("%s says %+v, want %+v", c.page, got, c.want)
		}
	}
}

func TestTextsAreCut(t *testing.T) {
	for n, cut := range map[int]bool{descriptionLength - 1: false, descriptionLength: false, descriptionLength + 1: true} {
		page := fmt.Sprintf(`<meta name=description content=%q>`, strings.Repeat("ü", n))
		got := []rune(readHead(strings.NewReader(page)).description)
		if len(got) > descriptionLength || (got[len(got)-1] == '…') != cut {
			t.Errorf("of %d characters %d are left, the last %q", n, len(got), got[len(got)-1])
		}
	}
}

// The caller's deadline ends the wait for a page that hangs, and for its image:
// a page is then shown without it.
func TestReadIsCancelled(t *testing.T) {
	asked := make(chan struct{}, 2)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/page" {
			w.Header().Set("Content-Type", "text/html")
			fmt.Fprint(w, "<title>T</title><meta property=og:image content=/hangs>")
			return
		}
		asked <- struct{}{}
		<-r.Context().Done()
	}))
	defer srv.Close()
	r := New(egresstest.Loopback(t).Callers(), small)
	for path, title := range map[string]string{"/hangs": "", "/page": "T"} {
		ctx, cancel := context.WithCancel(t.Context())
		go func() {
			<-asked
			cancel()
		}()
		p, err := r.Read(ctx, srv.URL+path)
		cancel()
		if p.Title != title || p.Thumbnail != nil || (title == "") != (err != nil) {
			t.Errorf("%s: %+v, %v", path, p, err)
		}
	}
}

// Images on other hosts, relative ones and refused ones.
func TestImageAddresses(t *testing.T) {
	var picture bytes.Buffer
	if err := png.Encode(&picture, image.NewGray(image.Rect(0, 0, 7, 5))); err != nil {
		t.Fatal(err)
	}
	serve := func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, ".png") {
			_, _ = w.Write(picture.Bytes())
			return
		}
		w.Header().Set("Content-Type", "application/xhtml+xml")
		fmt.Fprintf(w, `<title>T</title><meta property="og:image" content="%s"/>`, r.URL.Query().Get("image"))
	}
	srv, other := httptest.NewServer(http.HandlerFunc(serve)), httptest.NewServer(http.HandlerFunc(serve))
	defer srv.Close()
	defer other.Close()
	r := New(egresstest.Loopback(t).Callers(), small)
	for at, want := range map[string]string{
		"i.png": "7x5", "/i.png": "7x5", "../i.png": "7x5", other.URL + "/i.png": "7x5", strings.TrimPrefix(other.URL, "http:") + "/i.png": "7x5",
		"file:///etc/i.png": "", "data:image/png;base64,AAAA": "", "http://169.254.169.254/i.png": "", "": "", "%zz": "", "page": "",
	} {
		p, err := r.Read(t.Context(), srv.URL+"/a/b?image="+strings.ReplaceAll(at, "%", "%25"))
		if err != nil || p.Title != "T" || string(p.Thumbnail) != want {
			t.Errorf("%q: %q of %q, %v; want %q", at, p.Thumbnail, p.Title, err, want)
		}
	}
}

func TestConcurrentReads(t *testing.T) {
	srv := site(t)
	r := New(egresstest.Loopback(t).Callers(), small)
	var all sync.WaitGroup
	for range 12 {
		all.Go(func() {
			if p, err := r.Read(t.Context(), srv.URL+"/page"); err != nil || p.Title != "Köln" || string(p.Thumbnail) != "10x10" {
				t.Errorf("%+v, %v", p, err)
			}
		})
	}
	all.Wait()
}
