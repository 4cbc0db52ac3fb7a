// Package volume knows how much room the volume of the data directory has, and
// how much of it is reserved. Incoming data may not use the reserve, so that the
// device's keys can always be written.
package volume

import (
	"errors"
	"fmt"
	"syscall"

	"golang.org/x/sys/unix"
)

// ErrFull means that the volume has no room for new data.
var ErrFull = errors.New("the volume is full")

// Bounds of the reserve.
const (
	leastHeld = 8 << 20
	mostHeld  = 64 << 20
)

// Room is the space on a volume, in bytes.
type Room struct {
	// Free is available to this process, Size is the total.
	Free, Size int64
}

// Read returns the space of the file system that holds dir.
func Read(dir string) (Room, error) {
	var s unix.Statfs_t
	if err := unix.Statfs(dir, &s); err != nil {
		return Room{}, fmt.Errorf("free space of %s: %w", dir, err)
	}
	block := s.Bsize
	return Room{Free: int64(s.Bavail) * block, Size: int64(s.Blocks) * block}, nil
}

// Held returns the reserve for the device's keys, deliveries and clean-up: 1/32
// of the volume, between 8 and 64 MiB.
func (r Room) Held() int64 { return min(max(r.Size/32, leastHeld), mostHeld) }

// Full reports whether new data must not be written.
func (r Room) Full() bool { return r.Free < r.Held() }

// Roomy reports whether writing may resume after the volume was full. Its
// threshold is higher than that of Full, so that the session does not flap.
func (r Room) Roomy() bool { return r.Free >= r.Held()+r.Held()/2 }

// NoRoom reports whether err means that the disk or the quota is full.
func NoRoom(err error) bool {
	return errors.Is(err, ErrFull) || errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT)
}
