// Package linkpreview reads the metadata of web pages for link previews in messages.
package linkpreview

import (
	"bytes"
	"context"
	"errors"
	"image"
	_ "image/gif" // the formats of images that pages show
	_ "image/jpeg"
	_ "image/png"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"golang.org/x/net/html/charset"

	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/egress"
)

// Limits of a preview: the head is at the beginning of a page, and a preview must
// not delay a message for long.
const (
	patience  = 5 * time.Second
	pageSize  = 512 << 10
	imageSize = 5 << 20
	// imagePixels limits the images that are decoded.
	imagePixels = 8 << 20
)

// Reader reads previews.
type Reader struct {
	client    *http.Client
	thumbnail func(image.Image) []byte
}

// New returns a Reader. thumbnail makes a small JPEG of an image.
func New(policy egress.Policy, thumbnail func(image.Image) []byte) *Reader {
	return &Reader{client: policy.Fetcher(patience), thumbnail: thumbnail}
}

// ErrNone says that there is nothing to show.
var ErrNone = errors.New("the page has no title or description")

// links finds URLs in text.
var links = regexp.MustCompile(`(?i)\bhttps?://[^\s<>"]+`)

// Link returns the first URL in a text; empty if there is none.
func Link(text string) string {
	link := links.FindString(text)
	// Trailing punctuation and closing brackets are not part of the URL.
	ends := ".,;:!?'*_~"
	if !strings.Contains(link, "(") {
		ends += ")"
	}
	link = strings.TrimRight(link, ends)
	if _, err := egress.ParseURL(link); err != nil {
		return ""
	}
	return link
}

// Read returns the preview of a page; ErrNone if it has none.
func (r *Reader) Read(ctx context.Context, link string) (chat.LinkPreview, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	resp, err := r.get(ctx, link, "text/html")
	if err != nil {
		return chat.LinkPreview{}, err
	}
	defer resp.Body.Close()
	said := resp.Header.Get("Content-Type")
	if !strings.HasPrefix(said, "text/html") && !strings.HasPrefix(said, "application/xhtml") {
		return chat.LinkPreview{}, ErrNone
	}
	text, err := charset.NewReader(io.LimitReader(resp.Body, pageSize), said)
	if err != nil {
		return chat.LinkPreview{}, ErrNone
	}
	about := readHead(text)
	if about.title == "" {
		return chat.LinkPreview{}, ErrNone
	}
	p := chat.LinkPreview{URL: link, Title: about.title, Description: about.description}
	if at, err := resp.Request.URL.Parse(about.image); err == nil && about.image != "" {
		p.Thumbnail = r.Image(ctx, at)
	}
	return p, nil
}

// Image returns a thumbnail of the image at a URL; nil if there is none.
func (r *Reader) Image(ctx context.Context, at *url.URL) []byte {
	resp, err := r.get(ctx, at.String(), "image/jpeg,image/png,image/gif")
	if err != nil {
		return nil
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(io.LimitReader(resp.Body, imageSize))
	if err != nil {
		return nil
	}
	return r.Thumbnail(b)
}

// Thumbnail returns a small JPEG of an image; nil if that fails.
func (r *Reader) Thumbnail(encoded []byte) []byte {
	size, _, err := image.DecodeConfig(bytes.NewReader(encoded))
	if err != nil || int64(size.Width)*int64(size.Height) > imagePixels {
		return nil
	}
	img, _, err := image.Decode(bytes.NewReader(encoded))
	if err != nil {
		return nil
	}
	return r.thumbnail(img)
}

func (r *Reader) get(ctx context.Context, address, accept string) (*http.Response, error) {
	if _, err := egress.ParseURL(address); err != nil {
		return nil, err
	}
	q, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	q.Header.Set("Accept", accept)
	q.Header.Set("User-Agent", "wasession (link preview)")
	resp, err := r.client.Do(q)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode != http.StatusOK {
		_ = resp.Body.Close()
		return nil, ErrNone
	}
	return resp, nil
}
