package session

import (
	"time"

	v1 "github.com/wasession/wasession/api/runtime/v1"
)

// fullMessage tells what to do about a full volume.
const fullMessage = "The volume is full; WhatsApp keeps new messages until there is free space: increase spec.storage.claim.size, or set spec.history.retention or spec.storage.media.volume.maxSize"

// fill closes the connection: what cannot be stored must not be received. A
// session that waits for a ban or a limit to end, or has failed, has none to close.
func (m *machine) fill(now time.Time) []effect {
	if m.full {
		return nil
	}
	m.full = true
	if !m.wanted || m.phase == v1.PhaseFailed || m.reason == v1.ReasonTemporaryBan || m.reason == v1.ReasonRateLimited {
		return nil
	}
	return m.awaitRoom(now)
}

func (m *machine) awaitRoom(now time.Time) []effect {
	m.enter(now, v1.PhaseStarting, v1.ReasonStorageFull, fullMessage)
	return []effect{disconnect}
}

// drain reconnects: WhatsApp then delivers what it kept.
func (m *machine) drain(now time.Time) []effect {
	m.full = false
	if !m.wanted || m.reason != v1.ReasonStorageFull {
		return nil
	}
	m.dials = 0
	m.enter(now, v1.PhaseStarting, v1.ReasonConnecting, "The volume has free space again; connecting to WhatsApp")
	m.wake(now.Add(dialPatience), dial)
	return []effect{connect}
}
