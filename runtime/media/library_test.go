package media

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	v1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/runtime/chat"
)

func TestFileIsFetchedOnce(t *testing.T) {
	b := newBench(t)
	m := message("AAA")
	f := b.ensure(t, m)
	if f.Path != "false_111@c.us_AAA.oga" || f.MIMEType != "audio/ogg" || f.Size != 100 || f.Bucket != "" || f.At != 1_700_000_000 {
		t.Errorf("file is %+v", f)
	}
	b.ensure(t, m)
	b.assertServed(t, m)
	if n := b.fetched.Load(); n != 1 {
		t.Errorf("fetched %d times", n)
	}
	b.assertFiles(t, "AAA")
}

func TestManyAtOnceShareOneDownload(t *testing.T) {
	b := newBench(t)
	release := make(chan struct{})
	b.download = func(_ context.Context, m chat.Message, w io.Writer) error {
		<-release
		_, err := w.Write(content(m))
		return err
	}
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			if _, err := b.Ensure(t.Context(), message("AAA")); err != nil {
				t.Error(err)
			}
		})
	}
	close(release)
	all.Wait()
	if n := b.fetched.Load(); n != 1 {
		t.Errorf("fetched %d times", n)
	}
}

// A download that ends between another's look at the index and its fetch is not
// repeated.
func TestADownloadThatHasJustEndedIsNotRepeated(t *testing.T) {
	b := newBench(t)
	late := &lateIndex{Index: b.Index}
	late.between = sync.OnceFunc(func() { b.ensure(t, message("AAA")) })
	b.Library.Index = late
	b.ensure(t, message("AAA"))
	if n := b.fetched.Load(); n != 1 {
		t.Errorf("fetched %d times", n)
	}
}

// lateIndex has something happen after it was asked and before it answers.
type lateIndex struct {
	Index
	nested  atomic.Bool
	between func()
}

func (i *lateIndex) Media(ctx context.Context, key string) (chat.MediaFile, error) {
	f, err := i.Index.Media(ctx, key)
	if i.nested.CompareAndSwap(false, true) {
		i.between()
	}
	return f, err
}

func TestDownloadOutlivesItsCaller(t *testing.T) {
	b := newBench(t)
	begun, release := make(chan struct{}), make(chan struct{})
	b.download = func(_ context.Context, m chat.Message, w io.Writer) error {
		close(begun)
		<-release
		_, err := w.Write(content(m))
		return err
	}
	ctx, cancel := context.WithCancel(t.Context())
	go func() { <-begun; cancel() }()
	if _, err := b.Ensure(ctx, message("AAA")); !errors.Is(err, context.Canceled) {
		t.Fatalf("error %v", err)
	}
	close(release)
	b.assertServed(t, message("AAA"))
	if n := b.fetched.Load(); n != 1 {
		t.Errorf("fetched %d times", n)
	}
}

func TestDownloadsAtOnceAreBounded(t *testing.T) {
	b := newBench(t)
	var now, most atomic.Int32
	full := make(chan struct{})
	fill := sync.OnceFunc(func() { close(full) })
	b.download = func(_ context.Context, m chat.Message, w io.Writer) error {
		n := now.Add(1)
		defer now.Add(-1)
		for {
			seen := most.Load()
			if n <= seen || most.CompareAndSwap(seen, n) {
				break
			}
		}
		if n == parallel {
			fill()
		}
		<-full
		_, err := w.Write(content(m))
		return err
	}
	var all sync.WaitGroup
	for i := range 3 * parallel {
		all.Go(func() { _, _ = b.Ensure(t.Context(), message(strings.Repeat("A", i+1))) })
	}
	all.Wait()
	if most.Load() != parallel {
		t.Errorf("%d downloads at once", most.Load())
	}
}

func TestFailedDownloadLeavesNothing(t *testing.T) {
	b := newBench(t)
	b.download = func(_ context.Context, m chat.Message, w io.Writer) error {
		_, _ = w.Write(content(m)[:50])
		return errFault
	}
	if _, err := b.Ensure(t.Context(), message("AAA")); !errors.Is(err, errFault) {
		t.Fatalf("error %v", err)
	}
	b.assertFiles(t)
}

func TestFileBeyondTheLimitIsRefused(t *testing.T) {
	b := newBench(t)
	b.config.Store(&v1.Media{MaxBytes: 99})
	if _, err := b.Ensure(t.Context(), message("AAA")); !errors.Is(err, ErrTooLarge) {
		t.Errorf("announced as too large: %v", err)
	}
	if b.fetched.Load() != 0 {
		t.Error("was fetched all the same")
	}
	liar := message("BBB")
	liar.Media.Size = 1
	if _, err := b.Ensure(t.Context(), liar); !errors.Is(err, ErrTooLarge) {
		t.Errorf("announced as small: %v", err)
	}
	b.assertFiles(t)
}

func TestFileThatWentMissingIsFetchedAgain(t *testing.T) {
	b := newBench(t)
	f := b.ensure(t, message("AAA"))
	if err := os.Remove(filepath.Join(b.Dir, f.Path)); err != nil {
		t.Fatal(err)
	}
	b.assertServed(t, message("AAA"))
	if n := b.fetched.Load(); n != 2 {
		t.Errorf("fetched %d times", n)
	}
}

func TestFileSurvivesTheMergeOfItsChat(t *testing.T) {
	b := newBench(t)
	m := message("AAA")
	m.Chat, m.Arrived = "987@lid", "987@lid"
	b.ensure(t, m)
	m.Chat = "111@c.us"
	b.assertServed(t, m)
	if n := b.fetched.Load(); n != 1 {
		t.Errorf("fetched %d times", n)
	}
}

// What a stranger sent must not end the process, whatever it does to a decoder.
func TestPanicWhileFetchingIsAnError(t *testing.T) {
	b := newBench(t)
	b.download = func(context.Context, chat.Message, io.Writer) error { panic("out of range") }
	if _, err := b.Ensure(t.Context(), message("AAA")); err == nil {
		t.Error("no error")
	}
	b.assertFiles(t)
}

func TestMessageWithoutMedia(t *testing.T) {
	b := newBench(t)
	m := message("AAA")
	m.Media = nil
	if _, err := b.Read(t.Context(), m); !errors.Is(err, chat.ErrNoMedia) {
		t.Errorf("error %v", err)
	}
}

func TestOpenRemovesWhatWasHalfDone(t *testing.T) {
	dir := t.TempDir()
	old := filepath.Join(dir, partial, "123")
	if err := os.MkdirAll(filepath.Dir(old), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(old, []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	l, err := Open(Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if _, err := os.Stat(old); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the partial file is there: %v", err)
	}
}

func TestCloseEndsDownloads(t *testing.T) {
	b := newBench(t)
	begun := make(chan struct{})
	b.download = func(ctx context.Context, _ chat.Message, _ io.Writer) error {
		close(begun)
		<-ctx.Done()
		return ctx.Err()
	}
	result := make(chan error, 1)
	go func() {
		_, err := b.Ensure(context.Background(), message("AAA"))
		result <- err
	}()
	<-begun
	b.Close()
	if err := <-result; !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	if _, err := b.Ensure(t.Context(), message("BBB")); !errors.Is(err, context.Canceled) {
		t.Errorf("after closing: %v", err)
	}
}

// A file never takes the last of the volume.
func TestFilesLeaveRoomOnTheVolume(t *testing.T) {
	b := newBench(t)
	b.Room = func() int64 { return 100*parallel - 1 }
	if _, err := b.Ensure(t.Context(), message("TOOBIG")); !errors.Is(err, ErrTooLarge) {
		t.Errorf("with little room: %v, want ErrTooLarge", err)
	}
	b.Room = func() int64 { return 1000 * parallel }
	b.ensure(t, message("FITS"))
}
