package media

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	v1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/store"
)

// bench is a library over a real index, with a stand-in for WhatsApp.
type bench struct {
	*Library
	config  atomic.Pointer[v1.Media]
	now     atomic.Int64
	fetched atomic.Int32
	// download is what fetching does; content by default.
	download func(ctx context.Context, m chat.Message, w io.Writer) error
}

func newBench(t *testing.T) *bench {
	t.Helper()
	index, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "chats.db"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = index.Close() })
	b := &bench{download: func(_ context.Context, m chat.Message, w io.Writer) error {
		_, err := w.Write(content(m))
		return err
	}}
	b.config.Store(&v1.Media{})
	b.now.Store(1_700_000_000)
	b.Library, err = Open(Options{
		Dir: t.TempDir(), Session: "default", Index: index,
		Config: func() v1.Media { return *b.config.Load() },
		Fetch: func(ctx context.Context, m chat.Message, w chat.File) error {
			b.fetched.Add(1)
			return b.download(ctx, m, w)
		},
		Now: func() time.Time { return time.Unix(b.now.Load(), 0) },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	return b
}

func message(stanza string) chat.Message {
	return chat.Message{
		Chat: "111@c.us", Arrived: "111@c.us", Stanza: stanza, Type: chat.TypeVoice,
		Media: &chat.Media{MIMEType: "audio/ogg; codecs=opus", Size: 100},
	}
}

// content is 100 bytes of a message's own.
func content(m chat.Message) []byte {
	return []byte((m.Stanza + strings.Repeat(".", 100))[:100])
}

func (b *bench) ensure(t *testing.T, m chat.Message) chat.MediaFile {
	t.Helper()
	f, err := b.Ensure(t.Context(), m)
	if err != nil {
		t.Fatalf("fetching %s: %v", m.Stanza, err)
	}
	return f
}

// assertServed reads a message's file whole.
func (b *bench) assertServed(t *testing.T, m chat.Message) {
	t.Helper()
	c, err := b.Read(t.Context(), m)
	if err != nil {
		t.Fatalf("reading %s: %v", m.Stanza, err)
	}
	defer c.Body.Close()
	got, err := io.ReadAll(c.Body)
	if err != nil || !bytes.Equal(got, content(m)) {
		t.Errorf("%s holds %q, error %v", m.Stanza, got, err)
	}
}

// assertFiles are the stanzas whose files are on the volume.
func (b *bench) assertFiles(t *testing.T, want ...string) {
	t.Helper()
	for _, stanza := range want {
		if _, err := os.Stat(filepath.Join(b.Dir, Name(ref(message(stanza))))); err != nil {
			t.Errorf("%s is gone: %v", stanza, err)
		}
		if _, err := b.Find(t.Context(), message(stanza)); err != nil {
			t.Errorf("%s is not in the index: %v", stanza, err)
		}
	}
	entries, err := os.ReadDir(b.Dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) != len(want)+1 { // and the folder of partial files
		t.Errorf("%d entries on the volume, want %d files", len(entries)-1, len(want))
	}
	totals, err := b.Index.MediaTotals(t.Context())
	if err != nil || totals.Files != len(want) {
		t.Errorf("the index has %d files, want %d; error %v", totals.Files, len(want), err)
	}
	if partials, err := os.ReadDir(filepath.Join(b.Dir, partial)); err != nil || len(partials) != 0 {
		t.Errorf("%d partial files are left, error %v", len(partials), err)
	}
}

func ref[T any](v T) *T { return &v }

var errFault = errors.New("fault")
