package volume

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
)

func TestReadingTheSpaceOfAFolder(t *testing.T) {
	r, err := Read(t.TempDir())
	if err != nil || r.Size <= 0 || r.Free < 0 || r.Free > r.Size {
		t.Errorf("%+v, %v", r, err)
	}
	missing := filepath.Join(t.TempDir(), "missing")
	if r, err := Read(missing); !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), missing) || r != (Room{}) {
		t.Errorf("a missing folder: %+v, %v", r, err)
	}
}

// Between full and roomy nothing changes, so that a session does not flap.
func TestFullAndRoomyNeverOverlap(t *testing.T) {
	for _, size := range []int64{0, 1, 100 << 20, 1 << 30, 1 << 40} {
		held := Room{Size: size}.Held()
		for free, want := range map[int64]string{
			0: "full", held - 1: "full", held: "neither", held + held/2 - 1: "neither", held + held/2: "roomy", 1 << 50: "roomy",
		} {
			r, got := Room{Free: free, Size: size}, "neither"
			switch {
			case r.Full() && r.Roomy():
				got = "both"
			case r.Full():
				got = "full"
			case r.Roomy():
				got = "roomy"
			}
			if got != want {
				t.Errorf("%d of %d bytes free: %s, want %s", free, size, got, want)
			}
		}
	}
}

func TestNoErrorIsNoLackOfRoom(t *testing.T) {
	for _, err := range []error{nil, fs.ErrPermission, fmt.Errorf("wrapped: %w", fs.ErrNotExist)} {
		if NoRoom(err) {
			t.Errorf("%v", err)
		}
	}
	if !NoRoom(errors.Join(fs.ErrClosed, fmt.Errorf("a: %w", ErrFull))) {
		t.Error("joined with another error it is not found")
	}
}
