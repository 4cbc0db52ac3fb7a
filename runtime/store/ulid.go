package store

import (
	"crypto/rand"
	"strings"

	"github.com/oklog/ulid/v2"
)

// eventPrefix precedes an event's ULID.
const eventPrefix = "evt_"

// ulidSource makes increasing ids, even when the clock goes back. The writer's
// turn guards it.
type ulidSource struct {
	last    ulid.ULID
	entropy *ulid.MonotonicEntropy
}

// next returns a new id for the time ms, greater than all before.
func (u *ulidSource) next(ms uint64) (string, error) {
	if u.entropy == nil {
		u.entropy = ulid.Monotonic(rand.Reader, 0)
	}
	ms = max(ms, u.last.Time())
	id, err := ulid.New(ms, u.entropy)
	if err == nil && id.Compare(u.last) <= 0 {
		// After a restart within the millisecond, or when the clock went back.
		id, err = ulid.New(u.last.Time()+1, u.entropy)
	}
	if err != nil {
		return "", err
	}
	u.last = id
	return eventPrefix + strings.ToLower(id.String()), nil
}

// after makes the next id greater than one stored earlier.
func (u *ulidSource) after(id string) {
	if last, err := ulid.Parse(strings.TrimPrefix(id, eventPrefix)); err == nil {
		u.last = last
	}
}
