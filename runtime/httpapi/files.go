package httpapi

import (
	"context"
	"errors"
	"io"
	"net/http"
	"regexp"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	v1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/media"
	"github.com/wasession/wasession/runtime/wire"
)

const (
	// pageFetches limits the parallel downloads of one page, and pageTime how long
	// the page waits for them. Downloads continue after that, and the next request
	// finds the file.
	pageFetches = 4
	pageTime    = 20 * time.Second
)

// attach returns the media of messages, downloaded as far as time allows. It never
// fails: media that is not available carries an error.
func (a *API) attach(r *http.Request, messages []chat.Message, until time.Time) []*wire.Media {
	ctx, cancel := context.WithDeadline(r.Context(), until)
	defer cancel()
	out := make([]*wire.Media, len(messages))
	have := a.Files.Ensure
	if a.Live.Status().Phase != v1.PhaseWorking {
		have = a.atHand
	}
	var fetches errgroup.Group
	fetches.SetLimit(pageFetches)
	for i := range messages {
		m := &messages[i]
		if out[i] = wire.NewMedia(m); out[i] == nil {
			continue
		}
		fetches.Go(func() error {
			file, err := have(ctx, *m)
			a.describe(out[i], file, err, a.FileURL(baseURL(r), m))
			return nil
		})
	}
	_ = fetches.Wait()
	return out
}

// atHand returns a file that has already been downloaded.
func (a *API) atHand(ctx context.Context, m chat.Message) (chat.MediaFile, error) {
	file, err := a.Files.Find(ctx, m)
	if errors.Is(err, chat.ErrNotFound) {
		err = chat.ErrNotConnected
	}
	return file, err
}

func (a *API) describe(w *wire.Media, file chat.MediaFile, err error, url string) {
	if err != nil {
		w.Error = &wire.MediaError{Message: a.mediaProblem(err)}
		return
	}
	w.URL = &url
	if file.Bucket != "" {
		w.S3 = &wire.S3Object{Bucket: file.Bucket, Key: file.Path}
	}
}

// mediaProblem explains to the client why a file is not available.
func (a *API) mediaProblem(err error) string {
	switch {
	case errors.Is(err, media.ErrTooLarge), errors.Is(err, chat.ErrNoMedia), errors.Is(err, chat.ErrRefused), errors.Is(err, chat.ErrNotConnected):
		return sentence(err)
	case errors.Is(err, context.DeadlineExceeded):
		return "The download is still in progress; try again later"
	}
	a.Log.Warn("Failed to download a file", "error", err)
	return "The file could not be downloaded from WhatsApp"
}

// hosts is what a Host or X-Forwarded-Host header may be.
var hosts = regexp.MustCompile(`^[A-Za-z0-9.\-_]+(:[0-9]{1,5})?$|^\[[0-9A-Fa-f:.]+\](:[0-9]{1,5})?$`)

// baseURL is the URL by which the client reached the API, possibly through a proxy
// that sets X-Forwarded headers.
func baseURL(r *http.Request) string {
	scheme, host := "http", r.Host
	if r.TLS != nil || r.Header.Get("X-Forwarded-Proto") == "https" {
		scheme = "https"
	}
	if forwarded := r.Header.Get("X-Forwarded-Host"); hosts.MatchString(forwarded) {
		host = forwarded
	}
	if !hosts.MatchString(host) {
		host = "localhost"
	}
	return scheme + "://" + host
}

type fileIn struct {
	File string `path:"file" doc:"{messageId}.{ext}, as in media.url"`
}

// getFile serves the file of a message and downloads it if needed, so that the
// URLs in events work as long as WhatsApp has the file.
func (a *API) getFile(r *http.Request, in fileIn) (file, error) {
	m, err := a.messageOfFile(r.Context(), in.File)
	if errors.Is(err, chat.ErrNotFound) {
		m, err = a.previewed(r.Context(), in.File)
	}
	if errors.Is(err, chat.ErrNotFound) || err == nil && (m.Media == nil || !strings.HasSuffix(in.File, "."+media.Extension(m.Media))) {
		return file{}, errNoFile
	}
	if err != nil {
		return file{}, err
	}
	c, err := a.Files.Read(r.Context(), m)
	if err != nil && !errors.Is(err, chat.ErrNotConnected) {
		return file{}, notFound(a.mediaProblem(err))
	}
	return file{c, m.Media.Filename, in.File}, err
}

// messageOfFile finds the message that a file name belongs to.
func (a *API) messageOfFile(ctx context.Context, name string) (chat.Message, error) {
	id, digest, ok := media.MessageID(name)
	switch {
	case !ok:
		return chat.Message{}, chat.ErrNotFound
	case digest != "":
		return a.Reader.MessageByDigest(ctx, id, digest)
	}
	return a.Reader.MessageByID(ctx, id)
}

var errNoFile = notFound("File not found")

// file is a response with the content of a file.
type file struct {
	media.Content
	original, name string
}

// shown lists the types that browsers may display inline. All others are
// downloads, so that a stranger's document never runs as a page of this host.
var shown = regexp.MustCompile(`^(image/(jpeg|png|gif|webp)|audio/[a-z0-9.+-]+|video/[a-z0-9.+-]+)$`)

func (f file) send(w http.ResponseWriter, r *http.Request) {
	defer f.Body.Close()
	h := w.Header()
	h.Set("Content-Type", f.MIMEType)
	h.Set("Content-Security-Policy", "sandbox; default-src 'none'")
	h.Set("Cache-Control", "private, max-age=86400")
	h.Set("Content-Disposition", disposition(f))
	if seeker, ok := f.Body.(io.ReadSeeker); ok {
		http.ServeContent(w, r, "", time.Unix(f.At, 0), seeker)
		return
	}
	_, _ = io.Copy(w, f.Body)
}
