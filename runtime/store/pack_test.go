package store

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/wasession/wasession/runtime/chat"
)

func FuzzPack(f *testing.F) {
	text := randomText(3000)
	for _, payload := range []string{
		"", "{}", text, text + text, `{"a":"` + text + `","b":"` + text + `","c":["` + text + `"]}`,
		strings.Repeat("x", 5000), strings.Repeat("ab", 2000) + text, "\x01\x05" + strings.Repeat("\x00", 2000),
	} {
		f.Add([]byte(payload))
	}
	f.Fuzz(func(t *testing.T, payload []byte) {
		if len(payload) > 0 && payload[0] == packed {
			return // not JSON: see unpack
		}
		stored := pack(payload)
		if len(stored) > len(payload) {
			t.Errorf("%d bytes are packed into %d", len(payload), len(stored))
		}
		if got, err := unpack(stored); err != nil || !bytes.Equal(got, payload) {
			t.Errorf("%q comes back as %q, %v", payload, got, err)
		}
	})
}

// Damaged input is reported as such; it neither crashes the process nor
// exhausts its memory.
func FuzzUnpack(f *testing.F) {
	f.Add(pack([]byte(strings.Repeat(randomText(500), 5))))
	f.Add([]byte{packed})
	f.Add([]byte{packed, 0xff, 0xff, 0xff, 0xff, 0x03, 1, 'x', 0xff, 0xff, 0xff, 0xff, 0x03, 0})
	f.Fuzz(func(t *testing.T, stored []byte) {
		if len(stored) > 1 && stored[0] == packed {
			r := unpacker{left: stored[1:]}
			if r.number() > 16<<20 {
				return // large, but allowed
			}
		}
		if _, err := unpack(stored); err != nil && !errors.Is(err, ErrDamaged) {
			t.Errorf("error %v", err)
		}
	})
}

// A text that is edited or revoked is stored once in each event that shows it,
// not three times.
func TestWhatAPayloadRepeatsIsStoredOnce(t *testing.T) {
	s := open(t, Options{Encode: whole})
	must(s.Webhook(t.Context(), "a"))(t)
	const long = 64 << 10
	m := chat.Message{Chat: bob, Stanza: "A", Timestamp: 1, Type: chat.TypeText, Body: randomText(long)}
	m.Raw = []byte("raw: " + m.Body)
	taken := m
	taken.Stanza, taken.Body, taken.Raw, taken.Timestamp = "R", "", nil, 2
	apply(t, s, chat.MessageReceived{Message: m})
	showed := must(s.EventsFrom(t.Context(), 0, 0))(t)
	apply(t, s, chat.Revoked{Message: taken, Target: "A"})
	events := must(s.EventsFrom(t.Context(), 0, 0))(t)
	if len(events) != 3 || string(events[0].Payload) != string(showed[0].Payload) || !strings.Contains(string(events[2].Payload), m.Body) {
		t.Fatalf("%d events", len(events))
	}
	if taken := s.bytes.Load(); taken > 3*(long+2000) {
		t.Errorf("three events that show a text of %d bytes take %d", long, taken)
	}
	if err := s.Deadletter(t.Context(), chat.Cursor{Webhook: "a"}, 1); err != nil {
		t.Fatal(err)
	}
	if letters := lettersOf(t, s); len(letters) != 1 || string(letters[0].Event.Payload) != string(showed[0].Payload) {
		t.Error("the dead letter's payload differs")
	}
}
