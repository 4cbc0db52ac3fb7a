package pacing

import (
	"errors"
	"time"

	v1 "github.com/wasession/wasession/api/runtime/v1"
)

// Limits are how much may be sent. A limit of 0 is none.
type Limits struct {
	// PerMinute limits the messages in any minute, PerContact those to one chat.
	PerMinute, PerContact int
	// NewPerDay limits the first messages of chats in any 24 hours.
	NewPerDay int
	// WarmUp is how long after an account was linked the limits grow to their full
	// size; 0 for not at all.
	WarmUp time.Duration
}

// The largest values of a configuration.
const (
	MaxPerMinute = 600
	MaxNewPerDay = 10_000
	maxWarmUp    = 90 * 24 * time.Hour
)

// Compile validates the configuration of sends. It returns nil without one.
func Compile(c *v1.Sending) (*Limits, error) {
	if c == nil {
		return nil, nil
	}
	l := &Limits{PerMinute: c.PerMinute, PerContact: c.PerContactPerMinute, NewPerDay: c.NewContactsPerDay, WarmUp: time.Duration(c.WarmUpSeconds) * time.Second}
	switch {
	case l.PerMinute < 0 || l.PerMinute > MaxPerMinute:
		return nil, errors.New("sending.perMinute must be 0 to 600")
	case l.PerContact < 0 || l.PerContact > MaxPerMinute:
		return nil, errors.New("sending.perContactPerMinute must be 0 to 600")
	case l.NewPerDay < 0 || l.NewPerDay > MaxNewPerDay:
		return nil, errors.New("sending.newContactsPerDay must be 0 to 10000")
	case c.WarmUpSeconds < 0 || l.WarmUp > maxWarmUp:
		return nil, errors.New("sending.warmUpSeconds must be 0 to 7776000")
	}
	return l, nil
}

// firstShare is the share of the limits with which a warm-up begins.
const firstShare = 0.1

// At returns the limits of an account that was linked since a time: during the warm-up
// they grow evenly, from a tenth, and each allows one message at least.
func (l Limits) At(now, since time.Time) Limits {
	if l.WarmUp <= 0 {
		return l
	}
	share := firstShare
	if !since.IsZero() && now.After(since) {
		share = max(share, min(1, float64(now.Sub(since))/float64(l.WarmUp)))
	}
	for _, limit := range []*int{&l.PerMinute, &l.PerContact, &l.NewPerDay} {
		if *limit > 0 {
			*limit = max(1, int(float64(*limit)*share))
		}
	}
	return l
}
