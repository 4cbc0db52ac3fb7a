package volume

import (
	"fmt"
	"syscall"
	"testing"
)

func TestWhatIsHeldBack(t *testing.T) {
	const mib = 1 << 20
	for _, c := range []struct {
		free, size  int64
		held        int64
		full, roomy bool
	}{
		{free: 30 * mib, size: 40 * mib, held: 8 * mib, roomy: true},
		{free: 10 * mib, size: 40 * mib, held: 8 * mib},
		{free: 8*mib - 1, size: 40 * mib, held: 8 * mib, full: true},
		{free: 0, size: 2048 * mib, held: 64 * mib, full: true},
		{free: 96 * mib, size: 1 << 40, held: 64 * mib, roomy: true},
	} {
		r := Room{Free: c.free, Size: c.size}
		if r.Held() != c.held || r.Full() != c.full || r.Roomy() != c.roomy {
			t.Errorf("%+v: held %d, full %v, roomy %v", r, r.Held(), r.Full(), r.Roomy())
		}
	}
}

func TestErrorsForLackOfRoom(t *testing.T) {
	for err, want := range map[error]bool{
		fmt.Errorf("write: %w", syscall.ENOSPC): true, fmt.Errorf("write: %w", syscall.EDQUOT): true,
		fmt.Errorf("store: %w", ErrFull): true, syscall.EIO: false,
	} {
		if NoRoom(err) != want {
			t.Errorf("%v: %v", err, !want)
		}
	}
}
