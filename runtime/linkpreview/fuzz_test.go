package linkpreview

import (
	"bytes"
	"image"
	"image/png"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/net/html/charset"

	"github.com/wasession/wasession/runtime/egress"
)

// FuzzReadHead holds what a page may say about itself: whatever its bytes, its
// title and description are text of bounded length.
func FuzzReadHead(f *testing.F) {
	f.Add([]byte("<title>a</title><meta property=og:title content=b>"), "text/html")
	f.Add([]byte("<title>K\xf6ln"), "text/html; charset=iso-8859-1")
	f.Add([]byte("<META PROPERTY=og:description CONTENT='\x00\xff\xfe"), "text/html; charset=utf-16")
	f.Add([]byte("<script><title>"+strings.Repeat("<", 1000)), "text/html; charset=nonsense")
	f.Fuzz(func(t *testing.T, page []byte, said string) {
		text, err := charset.NewReader(bytes.NewReader(page), said)
		if err != nil {
			return
		}
		about := readHead(text)
		for s, most := range map[string]int{about.title: titleLength, about.description: descriptionLength} {
			if n := utf8.RuneCountInString(s); n > most || !utf8.ValidString(s) || strings.ContainsAny(s, "\n\r") {
				t.Errorf("%q has %d characters", s, n)
			}
		}
	})
}

// FuzzLink holds what a link in a text is: part of it, and a URL.
func FuzzLink(f *testing.F) {
	for _, text := range []string{"see https://a.b/c. And http://x.y", "HTTPS://A.B/x", "(https://a.b/c_(d))", "https://[::1", "http://%zz", "https://a.b\x00c"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		link := Link(text)
		if link == "" {
			return
		}
		if _, err := egress.ParseURL(link); err != nil || !strings.Contains(text, link) {
			t.Errorf("%q links to %q, %v", text, link, err)
		}
	})
}

// FuzzThumbnail holds what a page's image may be: anything, and no more is
// decoded of it than a picture of bounded size.
func FuzzThumbnail(f *testing.F) {
	var picture bytes.Buffer
	if err := png.Encode(&picture, image.NewRGBA(image.Rect(0, 0, 4, 4))); err != nil {
		f.Fatal(err)
	}
	f.Add(picture.Bytes())
	f.Add([]byte("GIF89a\xff\xff\xff\xff\x00\x00\x00"))
	f.Add([]byte("\xff\xd8\xff\xc0\x00\x11\x08\xff\xff\xff\xff\x03"))
	f.Fuzz(func(t *testing.T, encoded []byte) {
		New(egress.Policy{}, func(img image.Image) []byte {
			if b := img.Bounds(); b.Dx()*b.Dy() > imagePixels {
				t.Errorf("an image of %v was decoded", b)
			}
			return nil
		}).Thumbnail(encoded)
	})
}
