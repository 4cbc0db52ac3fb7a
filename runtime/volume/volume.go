// Package volume knows how much room the volume of the data directory has, and
// how much of it is held back: what is received may not use the last of it, so
// that the device's keys can always be written.
package volume

import (
	"errors"
	"fmt"
	"syscall"

	"golang.org/x/sys/unix"
)

// ErrFull says that the volume has no room for anything new.
var ErrFull = errors.New("the volume is full")

// Bounds of what is held back.
const (
	leastHeld = 8 << 20
	mostHeld  = 64 << 20
)

// Room is the space on a volume, in bytes.
type Room struct {
	// Free is what this process may still use, Size the whole.
	Free, Size int64
}

// Read asks the file system that holds a directory.
func Read(dir string) (Room, error) {
	var s unix.Statfs_t
	if err := unix.Statfs(dir, &s); err != nil {
		return Room{}, fmt.Errorf("free space of %s: %w", dir, err)
	}
	block := s.Bsize
	return Room{Free: int64(s.Bavail) * block, Size: int64(s.Blocks) * block}, nil
}

// Held is the part of the volume that only the device's keys, deliveries and
// clean-up may use: a thirty-second of it, from 8 to 64 MiB.
func (r Room) Held() int64 { return min(max(r.Size/32, leastHeld), mostHeld) }

// Full says that nothing new may be written.
func (r Room) Full() bool { return r.Free < r.Held() }

// Roomy says that writing can begin again after the volume was full. It takes
// more than what Full asks for, so that the session does not go to and fro.
func (r Room) Roomy() bool { return r.Free >= r.Held()+r.Held()/2 }

// NoRoom says that an error of the operating system is for lack of room.
func NoRoom(err error) bool {
	return errors.Is(err, ErrFull) || errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT)
}
