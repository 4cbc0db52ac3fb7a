package chat

import (
	"strings"
	"testing"
)

func TestVCards(t *testing.T) {
	for _, c := range []struct {
		name, org, phone, id string
		want                 string
	}{
		{"Jane Doe", "", "+91 11111", "", "BEGIN:VCARD\nVERSION:3.0\nFN:Jane Doe\nTEL;type=CELL;type=VOICE:+91 11111\nEND:VCARD"},
		{"Jane", "Acme", "+91", "9111", "BEGIN:VCARD\nVERSION:3.0\nFN:Jane\nORG:Acme;\nTEL;type=CELL;type=VOICE;waid=9111:+91\nEND:VCARD"},
		{"Doe, Jane; \\o/", "", "1", "", "BEGIN:VCARD\nVERSION:3.0\nFN:Doe\\, Jane\\; \\\\o/\nTEL;type=CELL;type=VOICE:1\nEND:VCARD"},
		{"Jane\nTEL:666", "", "1\r\nNOTE:x", "", "BEGIN:VCARD\nVERSION:3.0\nFN:Jane\\nTEL:666\nTEL;type=CELL;type=VOICE:1\\nNOTE:x\nEND:VCARD"},
	} {
		got := NewVCard(c.name, c.org, c.phone, c.id)
		if got.Text != c.want || got.Name != c.name {
			t.Errorf("the card of %q is %q, want %q", c.name, got.Text, c.want)
		}
	}
}

func TestReadVCard(t *testing.T) {
	for text, want := range map[string]string{
		"BEGIN:VCARD\nVERSION:3.0\nFN:Jane Doe\nEND:VCARD":  "Jane Doe",
		"BEGIN:VCARD\r\nfn;CHARSET=UTF-8:Jane\r\nEND:VCARD": "Jane",
		"BEGIN:VCARD\nFN:Doe\\, Jane\nFN:Other\nEND:VCARD":  "Doe, Jane",
		"BEGIN:VCARD\nN:Doe;Jane\nEND:VCARD":                "",
		"":                                                  "",
		NewVCard("A, b; \\c", "", "1", "").Text:             "A, b; \\c",
	} {
		if got := ReadVCard(text); got.Name != want || got.Text != text {
			t.Errorf("%q gives %q, want %q", text, got.Name, want)
		}
	}
	if got := ReadVCard(strings.Repeat("x", 1<<16)); got.Name != "" {
		t.Errorf("no card gives %q", got.Name)
	}
}
