package chat

import (
	"strings"
	"testing"
)

func TestParseID(t *testing.T) {
	for in, want := range map[string]ID{
		"123":                      "123@c.us",
		"123@c.us":                 "123@c.us",
		"123@s.whatsapp.net":       "123@c.us",
		"123@whatever":             "123@c.us",
		"+15551234567":             "15551234567@c.us",
		" 123 ":                    "123@c.us",
		"123:45@s.whatsapp.net":    "123@c.us",
		"9876@lid":                 "9876@lid",
		"9876:12@lid":              "9876@lid",
		"120363025246125016@g.us":  "120363025246125016@g.us",
		"15551234567-1400000@g.us": "15551234567-1400000@g.us",
		"status@broadcast":         "status@broadcast",
		"1400000@broadcast":        "1400000@broadcast",
		"120363@newsletter":        "120363@newsletter",
	} {
		if got, err := ParseID(in); err != nil || got != want {
			t.Errorf("%q is %q, %v; want %q", in, got, err, want)
		}
	}
	for _, in := range []string{
		"", "@", "@c.us", "abc", "abc@c.us", "12 3", "-@g.us", "1-@g.us", "-1@g.us", "1-2-3@g.us", "a@g.us", "x@broadcast",
		"x@newsletter", "@lid", "a@lid", "١٢٣", "1\x002", "../1", "++1", strings.Repeat("1", maxIDLength+1),
		strings.Repeat("1", maxUserLength+1), strings.Repeat("1", maxUserLength) + "-1@g.us",
	} {
		if got, err := ParseID(in); err == nil {
			t.Errorf("%q is taken for %q", in, got)
		}
	}
}

func TestKindsOfIDs(t *testing.T) {
	for id, want := range map[ID]struct {
		kind    Kind
		lid, in bool
	}{
		"1@c.us":          {KindDirect, false, false},
		"1@lid":           {KindDirect, true, false},
		"1@g.us":          {KindGroup, false, true},
		StatusBroadcast:   {KindBroadcast, false, true},
		"1400@broadcast":  {KindBroadcast, false, true},
		"1203@newsletter": {KindNewsletter, false, false},
	} {
		if id.Kind() != want.kind || id.IsLID() != want.lid || id.HasParticipants() != want.in {
			t.Errorf("%s is %s, lid %v, participants %v", id, id.Kind(), id.IsLID(), id.HasParticipants())
		}
	}
	if id := ID("15@g.us"); id.User() != "15" || id.Server() != ServerGroup {
		t.Errorf("parts are %q and %q", id.User(), id.Server())
	}
}

// FuzzParseID holds that an id that is accepted is plain, stays what it is when
// it is read again, and is never the empty one.
func FuzzParseID(f *testing.F) {
	for _, seed := range []string{"123", "1:2@s.whatsapp.net", "1-2@g.us", "status@broadcast", "+1@lid", "%40", "\x00@c.us", "1@@g.us"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, in string) {
		id, err := ParseID(in)
		if err != nil {
			if id != "" {
				t.Errorf("%q gives an error and %q", in, id)
			}
			return
		}
		if again, err := ParseID(string(id)); err != nil || again != id {
			t.Errorf("%q is %q, and that is %q, %v", in, id, again, err)
		}
		if strings.Trim(string(id), "0123456789-@.abcdefghijklmnopqrstuvwxyz") != "" || strings.Count(string(id), "@") != 1 {
			t.Errorf("%q is %q", in, id)
		}
	})
}
