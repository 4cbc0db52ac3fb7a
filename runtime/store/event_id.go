package store

import (
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/oklog/ulid/v2"
)

// eventPrefix goes before an event's ULID.
const eventPrefix = "evt_"

// saltBytes of an id tell the ids of databases apart; its place in the outbox takes
// as many.
const saltBytes = 5

// eventSalt is what the ids of a database have in common.
type eventSalt [saltBytes]byte

func parseSalt(text string) (salt eventSalt, err error) {
	raw, err := hex.DecodeString(text)
	if err != nil || len(raw) != saltBytes {
		return salt, fmt.Errorf("%w: salt of event ids %q", ErrDamaged, text)
	}
	return eventSalt(raw), nil
}

// id is the id of the event at a place. Those of one millisecond sort by their place.
func (salt eventSalt) id(ms, seq int64) string {
	var id ulid.ULID
	// The time is one that ulid.Now could give, and the places have room.
	_ = id.SetTime(uint64(ms))
	copy(id[6:], salt[:])
	for i := range saltBytes {
		id[len(id)-1-i] = byte(seq >> (8 * i))
	}
	return eventPrefix + strings.ToLower(id.String())
}

// idTime is the time in an id; 0 where there is none.
func idTime(id string) int64 {
	parsed, err := ulid.Parse(strings.TrimPrefix(id, eventPrefix))
	if err != nil {
		return 0
	}
	return int64(parsed.Time())
}
