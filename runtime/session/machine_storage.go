package session

import (
	"time"

	v1 "github.com/wasession/wasession/api/runtime/v1"
)

// fullMessage says what to do about a full volume.
const fullMessage = "The volume is full, and WhatsApp keeps new messages until there is room: enlarge spec.storage.size or bound spec.storage.media.maxSize"

// fill ends the connection: what cannot be stored must not be received. A
// session that waits out a ban, or waits for a person, has none to end.
func (m *machine) fill(now time.Time) []effect {
	if m.full {
		return nil
	}
	m.full = true
	if !m.wanted || m.phase == v1.PhaseFailed || m.reason == v1.ReasonTemporaryBan {
		return nil
	}
	return m.awaitRoom(now)
}

func (m *machine) awaitRoom(now time.Time) []effect {
	m.enter(now, v1.PhaseStarting, v1.ReasonStorageFull, fullMessage)
	return []effect{disconnect}
}

// drain connects again: WhatsApp brings what waited.
func (m *machine) drain(now time.Time) []effect {
	m.full = false
	if !m.wanted || m.reason != v1.ReasonStorageFull {
		return nil
	}
	m.dials = 0
	m.enter(now, v1.PhaseStarting, v1.ReasonConnecting, "There is room on the volume again; connecting to WhatsApp")
	m.wake(now.Add(dialPatience), dial)
	return []effect{connect}
}
