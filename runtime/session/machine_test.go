package session

import (
	"slices"
	"testing"
	"time"

	v1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/runtime/whatsapp"
)

// noon is when every story of these tests begins.
var noon = time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)

// step is one input at a time after noon, and what follows from it.
type step struct {
	at      time.Duration
	in      any
	effects []effect
	phase   v1.Phase
	reason  v1.Reason
	retry   time.Duration // after noon; 0 is none
	code    string
}

var codes = whatsapp.QRCodes{Codes: []string{"one", "two", "three"}}

func TestMachine(t *testing.T) {
	started := step{0, startAsked{}, []effect{connect}, v1.PhaseStarting, v1.ReasonConnecting, 0, ""}
	connected := step{time.Second, whatsapp.Connected{}, nil, v1.PhaseWorking, v1.ReasonConnected, 0, ""}
	for _, story := range []struct {
		name   string
		method v1.PairingMethod
		paired bool
		steps  []step
	}{
		{"codes are shown in turn, and renewed for ever", v1.PairingQRCode, false, []step{
			started,
			{1 * time.Second, codes, nil, v1.PhaseScanQRCode, v1.ReasonWaitingForScan, 0, "one"},
			{60 * time.Second, woke{}, nil, v1.PhaseScanQRCode, v1.ReasonWaitingForScan, 0, "one"},
			{61 * time.Second, woke{}, nil, v1.PhaseScanQRCode, v1.ReasonWaitingForScan, 0, "two"},
			{81 * time.Second, woke{}, nil, v1.PhaseScanQRCode, v1.ReasonWaitingForScan, 0, "three"},
			{101 * time.Second, woke{}, []effect{connect}, v1.PhaseScanQRCode, v1.ReasonWaitingForScan, 0, ""},
			{102 * time.Second, codes, nil, v1.PhaseScanQRCode, v1.ReasonWaitingForScan, 0, "one"},
		}},
		{"the server ends a connection whose codes ran out", v1.PairingQRCode, false, []step{
			started,
			{1 * time.Second, codes, nil, v1.PhaseScanQRCode, v1.ReasonWaitingForScan, 0, "one"},
			{50 * time.Second, whatsapp.Disconnected{}, nil, v1.PhaseScanQRCode, v1.ReasonWaitingForScan, 0, ""},
			{52 * time.Second, woke{}, []effect{connect}, v1.PhaseScanQRCode, v1.ReasonWaitingForScan, 0, ""},
			{53 * time.Second, codes, nil, v1.PhaseScanQRCode, v1.ReasonWaitingForScan, 0, "one"},
		}},
		{"a scan leads to a login", v1.PairingQRCode, false, []step{
			started,
			{1 * time.Second, codes, nil, v1.PhaseScanQRCode, v1.ReasonWaitingForScan, 0, "one"},
			{9 * time.Second, whatsapp.Paired{}, nil, v1.PhaseStarting, v1.ReasonConnecting, 0, ""},
			{10 * time.Second, whatsapp.Connected{}, nil, v1.PhaseWorking, v1.ReasonConnected, 0, ""},
		}},
		{"a login that does not come is tried anew", v1.PairingQRCode, false, []step{
			started,
			{1 * time.Second, whatsapp.Paired{}, nil, v1.PhaseStarting, v1.ReasonConnecting, 0, ""},
			{92 * time.Second, woke{}, []effect{connect}, v1.PhaseStarting, v1.ReasonConnecting, 0, ""},
		}},
		{"a scan that fails brings a new code", v1.PairingQRCode, false, []step{
			started,
			{1 * time.Second, codes, nil, v1.PhaseScanQRCode, v1.ReasonWaitingForScan, 0, "one"},
			{5 * time.Second, whatsapp.PairFailed{}, nil, v1.PhaseStarting, v1.ReasonConnecting, 0, ""},
			{7 * time.Second, woke{}, []effect{connect}, v1.PhaseStarting, v1.ReasonConnecting, 0, ""},
		}},
		{"pairing by code asks for one on each connection", v1.PairingPhoneCode, false, []step{
			started,
			{1 * time.Second, codes, []effect{askPhoneCode}, v1.PhaseScanQRCode, v1.ReasonWaitingForCode, 0, "one"},
		}},
		{"a paired device reconnects by itself, and is helped if it does not", v1.PairingQRCode, true, []step{
			started, connected,
			{2 * time.Second, whatsapp.Disconnected{}, nil, v1.PhaseStarting, v1.ReasonDisconnected, 0, ""},
			{60 * time.Second, woke{}, nil, v1.PhaseStarting, v1.ReasonDisconnected, 0, ""},
			{303 * time.Second, woke{}, []effect{connect}, v1.PhaseStarting, v1.ReasonDisconnected, 0, ""},
			{304 * time.Second, whatsapp.Connected{}, nil, v1.PhaseWorking, v1.ReasonConnected, 0, ""},
		}},
		{"a full volume ends the connection, room brings it back", v1.PairingQRCode, true, []step{
			started, connected,
			{2 * time.Second, storageFull{}, []effect{disconnect}, v1.PhaseStarting, v1.ReasonStorageFull, 0, ""},
			{3 * time.Second, whatsapp.Disconnected{}, nil, v1.PhaseStarting, v1.ReasonStorageFull, 0, ""},
			{4 * time.Second, whatsapp.Connected{}, nil, v1.PhaseStarting, v1.ReasonStorageFull, 0, ""},
			{600 * time.Second, woke{}, nil, v1.PhaseStarting, v1.ReasonStorageFull, 0, ""},
			{601 * time.Second, storageRoomy{}, []effect{connect}, v1.PhaseStarting, v1.ReasonConnecting, 0, ""},
			{602 * time.Second, whatsapp.Connected{}, nil, v1.PhaseWorking, v1.ReasonConnected, 0, ""},
		}},
		{"a session that is stopped stays so on a full volume", v1.PairingQRCode, true, []step{
			{0, storageFull{}, nil, v1.PhaseStopped, "", 0, ""},
			{1 * time.Second, startAsked{}, []effect{disconnect}, v1.PhaseStarting, v1.ReasonStorageFull, 0, ""},
			{2 * time.Second, stopAsked{}, []effect{disconnect}, v1.PhaseStopped, "", 0, ""},
			{3 * time.Second, storageRoomy{}, nil, v1.PhaseStopped, "", 0, ""},
		}},
		{"WORKING only while WhatsApp answers", v1.PairingQRCode, true, []step{
			started, connected,
			{30 * time.Second, whatsapp.Unresponsive{}, nil, v1.PhaseStarting, v1.ReasonDisconnected, 0, ""},
			{40 * time.Second, whatsapp.Responsive{}, nil, v1.PhaseWorking, v1.ReasonConnected, 0, ""},
		}},
		{"a code to scan outlives a pause in WhatsApp's answers", v1.PairingQRCode, false, []step{
			started,
			{1 * time.Second, codes, nil, v1.PhaseScanQRCode, v1.ReasonWaitingForScan, 0, "one"},
			{30 * time.Second, whatsapp.Unresponsive{}, nil, v1.PhaseScanQRCode, v1.ReasonWaitingForScan, 0, "one"},
			{40 * time.Second, whatsapp.Responsive{}, nil, v1.PhaseScanQRCode, v1.ReasonWaitingForScan, 0, "one"},
		}},
		{"a session that was unlinked is not WORKING because of a late answer", v1.PairingQRCode, true, []step{
			started, connected,
			{2 * time.Second, whatsapp.LoggedOut{}, []effect{disconnect}, v1.PhaseFailed, v1.ReasonLoggedOut, 0, ""},
			{3 * time.Second, whatsapp.Responsive{}, nil, v1.PhaseFailed, v1.ReasonLoggedOut, 0, ""},
		}},
		{"dials that fail grow rarer", v1.PairingQRCode, true, []step{
			started,
			{0, dialFailed{}, nil, v1.PhaseStarting, v1.ReasonDisconnected, 0, ""},
			{2 * time.Second, woke{}, []effect{connect}, v1.PhaseStarting, v1.ReasonDisconnected, 0, ""},
			{2 * time.Second, dialFailed{}, nil, v1.PhaseStarting, v1.ReasonDisconnected, 0, ""},
			{4 * time.Second, woke{}, nil, v1.PhaseStarting, v1.ReasonDisconnected, 0, ""},
			{6 * time.Second, woke{}, []effect{connect}, v1.PhaseStarting, v1.ReasonDisconnected, 0, ""},
		}},
		{"another connection is given way, longer each time", v1.PairingQRCode, true, []step{
			started, connected,
			{10 * time.Second, whatsapp.Replaced{}, []effect{disconnect}, v1.PhaseStarting, v1.ReasonStreamReplaced, 40 * time.Second, ""},
			{40 * time.Second, woke{}, []effect{connect}, v1.PhaseStarting, v1.ReasonStreamReplaced, 0, ""},
			{41 * time.Second, whatsapp.Connected{}, nil, v1.PhaseWorking, v1.ReasonConnected, 0, ""},
			{42 * time.Second, whatsapp.Replaced{}, []effect{disconnect}, v1.PhaseStarting, v1.ReasonStreamReplaced, 102 * time.Second, ""},
			{102 * time.Second, woke{}, []effect{connect}, v1.PhaseStarting, v1.ReasonStreamReplaced, 0, ""},
			{103 * time.Second, whatsapp.Connected{}, nil, v1.PhaseWorking, v1.ReasonConnected, 0, ""},
			{1003 * time.Second, whatsapp.Replaced{}, []effect{disconnect}, v1.PhaseStarting, v1.ReasonStreamReplaced, 1033 * time.Second, ""},
		}},
		{"a ban is waited out", v1.PairingQRCode, true, []step{
			started,
			{time.Second, whatsapp.Banned{For: time.Hour}, []effect{disconnect}, v1.PhaseStarting, v1.ReasonTemporaryBan, time.Hour + time.Second, ""},
			{time.Minute, woke{}, nil, v1.PhaseStarting, v1.ReasonTemporaryBan, time.Hour + time.Second, ""},
			{time.Hour + time.Second, woke{}, []effect{connect}, v1.PhaseStarting, v1.ReasonTemporaryBan, 0, ""},
		}},
		{"a limit on logins is waited out, longer each time", v1.PairingQRCode, true, []step{
			started,
			{time.Second, whatsapp.Throttled{}, []effect{disconnect}, v1.PhaseStarting, v1.ReasonRateLimited, 61 * time.Second, ""},
			{2 * time.Second, whatsapp.Disconnected{}, nil, v1.PhaseStarting, v1.ReasonRateLimited, 61 * time.Second, ""},
			{61 * time.Second, woke{}, []effect{connect}, v1.PhaseStarting, v1.ReasonRateLimited, 0, ""},
			{62 * time.Second, whatsapp.Throttled{}, []effect{disconnect}, v1.PhaseStarting, v1.ReasonRateLimited, 182 * time.Second, ""},
			{182 * time.Second, woke{}, []effect{connect}, v1.PhaseStarting, v1.ReasonRateLimited, 0, ""},
			{183 * time.Second, whatsapp.Connected{}, nil, v1.PhaseWorking, v1.ReasonConnected, 0, ""},
			{190 * time.Second, whatsapp.Throttled{}, []effect{disconnect}, v1.PhaseStarting, v1.ReasonRateLimited, 430 * time.Second, ""},
			{430 * time.Second, woke{}, []effect{connect}, v1.PhaseStarting, v1.ReasonRateLimited, 0, ""},
			{431 * time.Second, whatsapp.Connected{}, nil, v1.PhaseWorking, v1.ReasonConnected, 0, ""},
			{time.Hour, whatsapp.Throttled{}, []effect{disconnect}, v1.PhaseStarting, v1.ReasonRateLimited, time.Hour + time.Minute, ""},
		}},
		{"streams that end with an error at once do not make it connect without a pause", v1.PairingQRCode, true, []step{
			started, connected,
			{2 * time.Second, whatsapp.Refused{}, []effect{disconnect}, v1.PhaseStarting, v1.ReasonDisconnected, 32 * time.Second, ""},
			{2 * time.Second, whatsapp.Connected{}, nil, v1.PhaseStarting, v1.ReasonDisconnected, 32 * time.Second, ""},
			{32 * time.Second, woke{}, []effect{connect}, v1.PhaseStarting, v1.ReasonDisconnected, 0, ""},
			{33 * time.Second, whatsapp.Connected{}, nil, v1.PhaseWorking, v1.ReasonConnected, 0, ""},
			{34 * time.Second, whatsapp.Refused{}, []effect{disconnect}, v1.PhaseStarting, v1.ReasonDisconnected, 94 * time.Second, ""},
		}},
		{"connections that end soon, one after the other, get rarer", v1.PairingQRCode, true, slices.Concat(
			[]step{started}, slices.Repeat([]step{
				connected, {2 * time.Second, whatsapp.Disconnected{}, nil, v1.PhaseStarting, v1.ReasonDisconnected, 0, ""},
			}, flapsFree), []step{
				connected,
				{2 * time.Second, whatsapp.Disconnected{}, []effect{disconnect}, v1.PhaseStarting, v1.ReasonDisconnected, 4 * time.Second, ""},
				{4 * time.Second, woke{}, []effect{connect}, v1.PhaseStarting, v1.ReasonDisconnected, 0, ""},
				{5 * time.Second, whatsapp.Connected{}, nil, v1.PhaseWorking, v1.ReasonConnected, 0, ""},
				{6 * time.Second, whatsapp.Disconnected{}, []effect{disconnect}, v1.PhaseStarting, v1.ReasonDisconnected, 10 * time.Second, ""},
				{10 * time.Second, woke{}, []effect{connect}, v1.PhaseStarting, v1.ReasonDisconnected, 0, ""},
				{11 * time.Second, whatsapp.Connected{}, nil, v1.PhaseWorking, v1.ReasonConnected, 0, ""},
				{time.Hour, whatsapp.Disconnected{}, nil, v1.PhaseStarting, v1.ReasonDisconnected, 0, ""},
			})},
		{"a logout fails until somebody restarts", v1.PairingQRCode, true, []step{
			started, connected,
			{time.Minute, whatsapp.LoggedOut{}, []effect{disconnect}, v1.PhaseFailed, v1.ReasonLoggedOut, 0, ""},
			{24 * time.Hour, woke{}, nil, v1.PhaseFailed, v1.ReasonLoggedOut, 0, ""},
			{25 * time.Hour, startAsked{}, []effect{connect}, v1.PhaseStarting, v1.ReasonConnecting, 0, ""},
		}},
		{"an outdated client fails", v1.PairingQRCode, true, []step{
			started,
			{time.Second, whatsapp.Outdated{}, []effect{disconnect}, v1.PhaseFailed, v1.ReasonClientOutdated, 0, ""},
		}},
		{"what happens after a stop does not start it", v1.PairingQRCode, true, []step{
			started, connected,
			{time.Minute, stopAsked{}, []effect{disconnect}, v1.PhaseStopped, "", 0, ""},
			{time.Minute, whatsapp.Disconnected{}, nil, v1.PhaseStopped, "", 0, ""},
			{time.Minute, whatsapp.Connected{}, nil, v1.PhaseStopped, "", 0, ""},
			{time.Hour, woke{}, nil, v1.PhaseStopped, "", 0, ""},
			{time.Hour, startAsked{}, []effect{connect}, v1.PhaseStarting, v1.ReasonConnecting, 0, ""},
		}},
		{"a second start changes nothing", v1.PairingQRCode, true, []step{
			started, connected,
			{time.Minute, startAsked{}, nil, v1.PhaseWorking, v1.ReasonConnected, 0, ""},
		}},
	} {
		t.Run(story.name, func(t *testing.T) {
			m := newMachine(story.method, story.paired, noon)
			for i, s := range story.steps {
				effects := m.step(noon.Add(s.at), s.in)
				retry := time.Duration(0)
				if !m.retryAt.IsZero() {
					retry = m.retryAt.Sub(noon)
				}
				got := step{s.at, s.in, effects, m.phase, m.reason, retry, m.code()}
				if !slices.Equal(got.effects, s.effects) || got.phase != s.phase || got.reason != s.reason || got.retry != s.retry || got.code != s.code {
					t.Fatalf("step %d (%T at %s):\n got %v %s %s retry %s code %q\nwant %v %s %s retry %s code %q", i, s.in, s.at,
						got.effects, got.phase, got.reason, got.retry, got.code, s.effects, s.phase, s.reason, s.retry, s.code)
				}
			}
		})
	}
}

func TestSinceStaysWhileNothingChanges(t *testing.T) {
	m := newMachine(v1.PairingQRCode, false, noon)
	m.step(noon, startAsked{})
	m.step(noon.Add(time.Second), codes)
	m.step(noon.Add(time.Minute), whatsapp.Disconnected{})
	m.step(noon.Add(2*time.Minute), codes)
	if want := noon.Add(time.Second); !m.since.Equal(want) {
		t.Errorf("since %s, want %s: a renewed code is no change", m.since, want)
	}
}

func TestLogoutWhileStoppedIsRemembered(t *testing.T) {
	m := newMachine(v1.PairingQRCode, true, noon)
	if effects := m.step(noon, whatsapp.LoggedOut{}); len(effects) != 0 || m.paired || m.phase != v1.PhaseStopped {
		t.Errorf("effects %v, paired %t, phase %s", effects, m.paired, m.phase)
	}
}

func TestGrow(t *testing.T) {
	for n, want := range []time.Duration{2, 4, 8, 10, 10} {
		if got := grow(2, 10, n); got != want {
			t.Errorf("grow(2, 10, %d) = %d, want %d", n, got, want)
		}
	}
}
