package chat

import (
	"strings"
	"testing"
)

func TestMessageIDsOnTheWire(t *testing.T) {
	for text, want := range map[string]MessageID{
		"false_11111111111@c.us_3EB0AAAA":    {Chat: "11111111111@c.us", Stanza: "3EB0AAAA"},
		"true_123@g.us_AAA_456@c.us":         {FromMe: true, Chat: "123@g.us", Stanza: "AAA", Participant: "456@c.us"},
		"false_status@broadcast_A-1.b_9@lid": {Chat: StatusBroadcast, Stanza: "A-1.b", Participant: "9@lid"},
		"true_1203@newsletter_3EB0":          {FromMe: true, Chat: "1203@newsletter", Stanza: "3EB0"},
	} {
		got, full, err := ParseMessageID(text)
		if err != nil || !full || got != want || got.String() != text {
			t.Errorf("%q is %+v, %v, %v, written %q", text, got, full, err, got.String())
		}
	}
	if got, full, err := ParseMessageID("3EB0AAAA"); err != nil || full || got != (MessageID{Stanza: "3EB0AAAA"}) {
		t.Errorf("a bare id is %+v, %v, %v", got, full, err)
	}
	if got, _, err := ParseMessageID("true_123@s.whatsapp.net_A"); err != nil || got.Chat != "123@c.us" {
		t.Errorf("with another server it is %+v, %v", got, err)
	}
}

func TestWhatIsNoMessageID(t *testing.T) {
	for _, in := range []string{
		"", "_", "__", "true_", "true_1@c.us", "true_1@c.us_", "maybe_1@c.us_A", "true_x@c.us_A", "true_1@g.us_A_x", "true_1@g.us_A_1_2",
		"A/B", "..%2f", "A B", "true_1@c.us_A/B", "é", strings.Repeat("A", 129), "true_1@c.us_" + strings.Repeat("A", 129),
	} {
		if got, _, err := ParseMessageID(in); err == nil || got != (MessageID{}) {
			t.Errorf("%q is taken for %+v, %v", in, got, err)
		}
	}
}

func TestComplaintsAreShort(t *testing.T) {
	_, _, err := ParseMessageID("true_" + strings.Repeat("1", 1<<20) + "@c.us_A")
	if err == nil || err.Error() != "must be at most 512 characters long" {
		t.Errorf("a megabyte: %.100v", err)
	}
}

// FuzzParseMessageID holds that an id that is accepted is written as something
// that reads as the same, and that it is safe as the name of a file.
func FuzzParseMessageID(f *testing.F) {
	for _, seed := range []string{"AAA", "true_1@c.us_A", "false_1@g.us_A_2@lid", "true_1_A_", "true__A", "true_1@c.us_../x"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, in string) {
		id, full, err := ParseMessageID(in)
		if err != nil {
			return
		}
		text := id.Stanza
		if full {
			text = id.String()
		}
		again, fullAgain, err := ParseMessageID(text)
		if err != nil || again != id || fullAgain != full {
			t.Errorf("%q is %+v, and %q is %+v, %v", in, id, text, again, err)
		}
		if strings.ContainsAny(text, "/\\\x00 ") {
			t.Errorf("%q is %q", in, text)
		}
	})
}
