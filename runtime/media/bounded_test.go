package media

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	v1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/runtime/chat"
)

// endless is content without end.
type endless struct{}

func (endless) Read(b []byte) (int, error) { return len(b), nil }

// A sender announces a small file and sends one without end: no more than the
// limit is ever on the disk, and the download does not begin anew elsewhere.
func TestFileThatOutgrowsItsAnnouncementIsCut(t *testing.T) {
	const limit = 64 << 10
	b := newBench(t)
	b.config.Store(&v1.Media{MaxBytes: limit})
	var largest int64
	b.download = func(ctx context.Context, _ chat.Message, w io.Writer) error {
		for range 3 { // WhatsApp's servers, one after the other
			_, err := io.Copy(w, endless{})
			if info, statErr := w.(chat.File).Stat(); statErr == nil {
				largest = max(largest, info.Size())
			}
			if !errors.Is(err, ErrTooLarge) || ctx.Err() == nil {
				t.Errorf("error %v, context %v", err, ctx.Err())
			}
		}
		return errFault
	}
	m := message("AAA")
	m.Media.Size = 1
	if _, err := b.Ensure(t.Context(), m); !errors.Is(err, ErrTooLarge) {
		t.Errorf("error %v", err)
	}
	if largest == 0 || largest > limit+overhead {
		t.Errorf("%d bytes were on the disk", largest)
	}
	b.assertFiles(t)
}

func TestBoundedFileHoldsItsLimitEverywhere(t *testing.T) {
	file, err := os.Create(filepath.Join(t.TempDir(), "f"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	exceeded := 0
	f := &boundedFile{file: file, limit: 10, exceeded: func() { exceeded++ }}
	for _, step := range []func() error{
		func() error { return second(f.Write(make([]byte, 10))) },
		func() error { return second(f.Seek(0, io.SeekStart)) },
		func() error { return second(f.Write(make([]byte, 4))) },
		func() error { return second(io.ReadFull(f, make([]byte, 6))) },
		func() error { return second(f.WriteAt(make([]byte, 5), 5)) },
		func() error { return second(f.ReadAt(make([]byte, 10), 0)) },
	} {
		if err := step(); err != nil {
			t.Error(err)
		}
	}
	if exceeded != 0 {
		t.Fatal("within the limit it was exceeded")
	}
	for what, err := range map[string]error{
		"append":       second(f.Write([]byte{1})),
		"beyond":       second(f.WriteAt([]byte{1}, 10)),
		"very far":     second(f.WriteAt([]byte{1}, 1<<62)),
		"made longer":  f.Truncate(11),
		"sought ahead": seekWrite(f, 1<<40),
	} {
		if !errors.Is(err, ErrTooLarge) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if info, err := f.Stat(); err != nil || info.Size() > 10 {
		t.Errorf("size %v, %v", info, err)
	}
}

func second[T any](_ T, err error) error { return err }

func seekWrite(f *boundedFile, at int64) error {
	if _, err := f.Seek(at, io.SeekStart); err != nil {
		return err
	}
	_, err := f.Write([]byte{1})
	return err
}
