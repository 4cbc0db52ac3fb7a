package session

import (
	"slices"
	"strings"
	"testing"
	"time"

	v1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/runtime/volume"
	"github.com/wasession/wasession/runtime/whatsapp"
)

// What the machine does about a full volume and a pinned account, wherever they
// come in.
func TestMachineWithAFullVolumeOrAnotherAccount(t *testing.T) {
	const full, wrong = v1.ReasonStorageFull, v1.ReasonWrongAccount
	started := step{0, startAsked{}, []effect{connect}, v1.PhaseStarting, v1.ReasonConnecting, 0, ""}
	connected := step{time.Second, whatsapp.Connected{}, nil, v1.PhaseWorking, v1.ReasonConnected, 0, ""}
	fills := func(at time.Duration) step {
		return step{at, storageFull{}, []effect{disconnect}, v1.PhaseStarting, full, 0, ""}
	}
	drains := func(at time.Duration) step {
		return step{at, storageRoomy{}, []effect{connect}, v1.PhaseStarting, v1.ReasonConnecting, 0, ""}
	}
	for _, story := range []struct {
		name  string
		steps []step
	}{
		{"it waits for room and connects again", []step{
			started, connected, fills(time.Minute),
			{time.Minute, storageFull{}, nil, v1.PhaseStarting, full, 0, ""},
			{2 * time.Minute, whatsapp.Disconnected{}, nil, v1.PhaseStarting, full, 0, ""},
			{time.Hour, woke{}, nil, v1.PhaseStarting, full, 0, ""},
			drains(2 * time.Hour), {3 * time.Hour, whatsapp.Connected{}, nil, v1.PhaseWorking, v1.ReasonConnected, 0, ""},
		}},
		{"a late answer of the connection that was ended changes nothing", []step{
			started, fills(time.Second),
			{2 * time.Second, whatsapp.Connected{}, nil, v1.PhaseStarting, full, 0, ""},
			{2 * time.Second, dialFailed{}, nil, v1.PhaseStarting, full, 0, ""},
		}},
		{"a ban is waited out first", []step{
			started,
			{time.Second, whatsapp.Banned{For: time.Hour}, []effect{disconnect}, v1.PhaseStarting, v1.ReasonTemporaryBan, time.Hour + time.Second, ""},
			{time.Minute, storageFull{}, nil, v1.PhaseStarting, v1.ReasonTemporaryBan, time.Hour + time.Second, ""},
			{2 * time.Hour, woke{}, []effect{disconnect}, v1.PhaseStarting, full, 0, ""},
			drains(3 * time.Hour),
		}},
		{"a ban of unknown length takes an hour", []step{
			started,
			{0, whatsapp.Banned{}, []effect{disconnect}, v1.PhaseStarting, v1.ReasonTemporaryBan, banUnknown, ""},
		}},
		{"what failed stays failed, and starts once there is room", []step{
			started,
			{time.Second, whatsapp.Outdated{}, []effect{disconnect}, v1.PhaseFailed, v1.ReasonClientOutdated, 0, ""},
			{time.Minute, storageFull{}, nil, v1.PhaseFailed, v1.ReasonClientOutdated, 0, ""},
			{time.Hour, startAsked{}, []effect{disconnect}, v1.PhaseStarting, full, 0, ""},
			drains(2 * time.Hour),
		}},
		{"what is stopped stays stopped", []step{
			{0, storageFull{}, nil, v1.PhaseStopped, "", 0, ""},
			{time.Minute, storageRoomy{}, nil, v1.PhaseStopped, "", 0, ""},
			{time.Hour, startAsked{}, []effect{connect}, v1.PhaseStarting, v1.ReasonConnecting, 0, ""},
		}},
		{"stopping while it is full", []step{
			started, fills(time.Second),
			{time.Minute, stopAsked{}, []effect{disconnect}, v1.PhaseStopped, "", 0, ""},
			{time.Hour, storageRoomy{}, nil, v1.PhaseStopped, "", 0, ""},
		}},
		{"another account is pinned, and the right one again", []step{
			started, connected,
			{time.Minute, pinChanged{true}, []effect{disconnect}, v1.PhaseFailed, wrong, 0, ""},
			{time.Minute, pinChanged{true}, nil, v1.PhaseFailed, wrong, 0, ""},
			{time.Hour, startAsked{}, []effect{disconnect}, v1.PhaseFailed, wrong, 0, ""},
			{time.Hour, pinChanged{false}, []effect{connect}, v1.PhaseStarting, v1.ReasonConnecting, 0, ""},
		}},
		{"another account is pinned while it is stopped", []step{
			{0, pinChanged{true}, nil, v1.PhaseStopped, "", 0, ""},
			{time.Minute, startAsked{}, []effect{disconnect}, v1.PhaseFailed, wrong, 0, ""},
			{time.Hour, whatsapp.LoggedOut{}, []effect{disconnect}, v1.PhaseFailed, v1.ReasonLoggedOut, 0, ""},
			{time.Hour, startAsked{}, []effect{connect}, v1.PhaseStarting, v1.ReasonConnecting, 0, ""},
		}},
		{"a refused phone is told of until another is linked", []step{
			started,
			{time.Second, codes, nil, v1.PhaseScanQRCode, v1.ReasonWaitingForScan, 0, "one"},
			{time.Minute, whatsapp.WrongAccount{Ending: "1111"}, nil, v1.PhaseScanQRCode, v1.ReasonWaitingForScan, 0, "one"},
			{time.Minute, whatsapp.PairFailed{}, nil, v1.PhaseStarting, v1.ReasonConnecting, 0, ""},
			{time.Minute + redialFirst, woke{}, []effect{connect}, v1.PhaseStarting, v1.ReasonConnecting, 0, ""},
			{2 * time.Minute, codes, nil, v1.PhaseScanQRCode, wrong, 0, "one"},
			{3 * time.Minute, whatsapp.Paired{}, nil, v1.PhaseStarting, v1.ReasonConnecting, 0, ""},
			{4 * time.Minute, whatsapp.LoggedOut{}, []effect{disconnect}, v1.PhaseFailed, v1.ReasonLoggedOut, 0, ""},
			{5 * time.Minute, startAsked{}, []effect{connect}, v1.PhaseStarting, v1.ReasonConnecting, 0, ""},
			{6 * time.Minute, codes, nil, v1.PhaseScanQRCode, v1.ReasonWaitingForScan, 0, "one"},
		}},
		{"no codes come", []step{
			started,
			{time.Second, whatsapp.QRCodes{}, nil, v1.PhaseStarting, v1.ReasonConnecting, 0, ""},
			{time.Second + redialFirst, woke{}, []effect{connect}, v1.PhaseStarting, v1.ReasonConnecting, 0, ""},
		}},
		{"WhatsApp stops answering and recovers", []step{
			started, connected,
			{time.Minute, whatsapp.Unresponsive{}, nil, v1.PhaseStarting, v1.ReasonDisconnected, 0, ""},
			{2 * time.Minute, whatsapp.Responsive{}, nil, v1.PhaseWorking, v1.ReasonConnected, 0, ""},
			{3 * time.Minute, whatsapp.Unresponsive{}, nil, v1.PhaseStarting, v1.ReasonDisconnected, 0, ""},
			{3*time.Minute + lostPatience, woke{}, []effect{connect}, v1.PhaseStarting, v1.ReasonDisconnected, 0, ""},
		}},
	} {
		t.Run(story.name, func(t *testing.T) {
			m := newMachine(v1.PairingQRCode, false, noon)
			for i, s := range story.steps {
				effects := m.step(noon.Add(s.at), s.in)
				retry := time.Duration(0)
				if !m.retryAt.IsZero() {
					retry = m.retryAt.Sub(noon)
				}
				if !slices.Equal(effects, s.effects) || m.phase != s.phase || m.reason != s.reason || retry != s.retry || m.code() != s.code {
					t.Fatalf("step %d (%T at %s):\n got %v %s %s retry %s code %q\nwant %v %s %s retry %s code %q", i, s.in, s.at,
						effects, m.phase, m.reason, retry, m.code(), s.effects, s.phase, s.reason, s.retry, s.code)
				}
			}
		})
	}
}

// The status tells a person what to do, and no number but its last digits.
func TestMessagesOfTheMachine(t *testing.T) {
	for want, inputs := range map[string][]any{
		"The phone unlinked this device: restart the session and pair it again":                                                        {whatsapp.Connected{}, whatsapp.LoggedOut{}},
		"The linked number is not the one in pairing.account: log the session out and pair with that phone, or change pairing.account": {whatsapp.Connected{}, pinChanged{true}},
		passkeyAskedMessage: {codes, asked},
		"A phone whose number ends in 1111 was refused: only the number in pairing.account may be linked": {whatsapp.WrongAccount{Ending: "1111"}, codes},
		"WhatsApp rejects this version of the runtime: install a newer image":                             {whatsapp.Outdated{}},
		"WhatsApp refused the connection (503); retrying":                                                 {whatsapp.Refused{Reason: "503"}},
		"Another connection took over this device; retrying later":                                        {whatsapp.Connected{}, whatsapp.Replaced{}},
		"Cannot connect to WhatsApp; retrying":                                                            {dialFailed{}},
		fullMessage:                                                                                       {storageFull{}},
	} {
		m := newMachine(v1.PairingQRCode, false, noon)
		for _, in := range append([]any{startAsked{}}, inputs...) {
			m.step(noon, in)
		}
		if m.message != want || strings.HasSuffix(m.message, ".") {
			t.Errorf("after %T it says %q\nwant %q", inputs[len(inputs)-1], m.message, want)
		}
	}
}

func TestWhenAVolumeIsFull(t *testing.T) {
	const mib = 1 << 20
	size := int64(1024 * mib) // of which 32 MiB are held
	roomy, tight, none := volume.Room{Free: 500 * mib, Size: size}, volume.Room{Free: 40 * mib, Size: size}, volume.Room{Free: 10 * mib, Size: size}
	type look struct {
		at      time.Duration
		room    volume.Room
		refused bool
		full    bool
	}
	for name, looks := range map[string][]look{
		"it fills and drains":       {{0, roomy, false, false}, {1, none, false, true}, {2, roomy, false, false}},
		"it does not go to and fro": {{0, none, false, true}, {1, tight, false, true}, {2, roomy, false, false}, {3, tight, false, false}},
		"a quota is waited for":     {{0, roomy, true, true}, {quotaFirst - 1, roomy, false, true}, {quotaFirst, roomy, false, false}},
		"a quota is waited for ever longer": {
			{0, roomy, true, true}, {quotaFirst, roomy, false, false}, {quotaFirst, roomy, true, true},
			{2*quotaFirst + quotaFirst - 1, roomy, false, true}, {3 * quotaFirst, roomy, false, false},
		},
		"a quota after a long time is a new one": {
			{0, roomy, true, true}, {quotaFirst, roomy, false, false},
			{time.Hour, roomy, true, true}, {time.Hour + quotaFirst, roomy, false, false},
		},
		"another refusal while it is full": {{0, none, true, true}, {1, none, true, true}, {2, roomy, false, false}},
	} {
		t.Run(name, func(t *testing.T) {
			var f fullness
			for i, l := range looks {
				if f.look(noon.Add(l.at), l.room, l.refused); f.full != l.full {
					t.Fatalf("look %d: full %t, want %t", i, f.full, l.full)
				}
			}
		})
	}
	var f fullness
	for i, c := range []struct {
		at   time.Duration
		want bool
	}{{0, true}, {1, false}, {relieveEvery - 1, false}, {relieveEvery, true}, {relieveEvery + 1, false}} {
		if got := f.relieve(noon.Add(c.at)); got != c.want {
			t.Errorf("relief %d: %t, want %t", i, got, c.want)
		}
	}
}

// The inbox keeps everything, in order, whoever is slow.
func TestInbox(t *testing.T) {
	b := newInbox()
	if got := b.take(); len(got) != 0 {
		t.Errorf("an empty inbox holds %v", got)
	}
	const n = 1000
	go func() {
		for i := range n {
			b.put(i)
		}
	}()
	var got []any
	for len(got) < n {
		<-b.ready
		got = append(got, b.take()...)
	}
	for i, v := range got {
		if v != i {
			t.Fatalf("input %d is %v", i, v)
		}
	}
}
