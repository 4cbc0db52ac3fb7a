package chat

import (
	"strings"
	"testing"
)

func TestStanzaIDsAreSafeAndStable(t *testing.T) {
	for name, c := range map[string]struct {
		wire        string
		plain, kept bool // kept: the id on the wire can still be named
	}{
		"of a phone":             {"3EB0AAAA", true, true},
		"with dots and hyphens":  {"A-1.b", true, true},
		"the longest":            {strings.Repeat("A", 128), true, true},
		"one byte too long":      {strings.Repeat("A", 129), false, true},
		"a path":                 {"../../etc/passwd", false, true},
		"a hidden file":          {".hidden", false, true},
		"a separator":            {"A_B", false, true},
		"a NUL":                  {"A\x00B", false, true},
		"not ASCII":              {"é", false, true},
		"invalid UTF-8":          {"\xff\xfe", false, true},
		"the longest that stays": {strings.Repeat("/", maxWireStanza), false, true},
		"longer":                 {strings.Repeat("/", maxWireStanza+1), false, false},
	} {
		t.Run(name, func(t *testing.T) {
			var m Message
			m.SetStanza(c.wire)
			if PlainStanza(c.wire) != c.plain || (m.Stanza == c.wire) != c.plain {
				t.Errorf("plain is %v, stored as %q", PlainStanza(c.wire), m.Stanza)
			}
			if !PlainStanza(m.Stanza) || SafeStanza(m.Stanza) != m.Stanza {
				t.Errorf("%q is not a plain id", m.Stanza)
			}
			if again := SafeStanza(c.wire); again != m.Stanza {
				t.Errorf("first %q, then %q", m.Stanza, again)
			}
			want := c.wire
			if !c.kept {
				want = m.Stanza
			}
			if m.OnWire() != want {
				t.Errorf("on the wire it is %.40q, want %.40q", m.OnWire(), want)
			}
			m.Chat = "1@c.us"
			if got, full, err := ParseMessageID(m.ID().String()); err != nil || !full || got != m.ID() {
				t.Errorf("its id reads as %+v, %v, %v", got, full, err)
			}
		})
	}
}

func TestDifferentStanzasStayDifferent(t *testing.T) {
	seen := map[string]string{}
	for _, wire := range []string{"A", "a", "A ", " A", "A/B", "A_B", "A\\B", "A\x00", "é", "e\u0301", strings.Repeat("A", 129), strings.Repeat("A", 130)} {
		safe := SafeStanza(wire)
		if other, ok := seen[safe]; ok {
			t.Errorf("%q and %q are both %q", wire, other, safe)
		}
		seen[safe] = wire
	}
}

func TestSettingAStanzaAgainReplacesBothIDs(t *testing.T) {
	var m Message
	m.SetStanza("A/B")
	m.SetStanza("C")
	if m.Stanza != "C" || m.WireStanza != "" || m.OnWire() != "C" {
		t.Errorf("%+v", m)
	}
}

func TestAnEmptyStanzaStaysEmpty(t *testing.T) {
	var m Message
	m.SetStanza("")
	if m.Stanza != "" || m.WireStanza != "" || PlainStanza("") {
		t.Errorf("%+v", m)
	}
}

func TestStanzaDigests(t *testing.T) {
	const empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
	if got := StanzaDigest(""); got != empty {
		t.Errorf("%s", got)
	}
	if a, b := StanzaDigest("A"), StanzaDigest("A/"); len(a) != 64 || a == b {
		t.Errorf("%s and %s", a, b)
	}
}
