package blocks

import (
	"strings"
	"testing"
)

func TestLettersAreLarge(t *testing.T) {
	want := "" +
		" ▄▀▄    ▄█           ▀▀▀▀█\n" +
		"█   █    █     ▄▄▄     ▄▀\n" +
		"█▀▀▀█    █           ▄▀\n" +
		"▀   ▀   ▀▀▀          ▀▀▀▀▀\n"
	if got := Letters("A1-Z"); got != want {
		t.Errorf("drawn as\n%s", got)
	}
}

// TestEachCharacterOfACodeIsItsOwn: whatever WhatsApp puts into a code can be told from
// all else.
func TestEachCharacterOfACodeIsItsOwn(t *testing.T) {
	drawn := map[string]rune{}
	for _, r := range "123456789ABCDEFGHJKLMNPQRSTVWXYZ-" {
		text := Letters(string(r))
		if strings.TrimSpace(text) == "" {
			t.Errorf("%c is not drawn", r)
		}
		if other, taken := drawn[text]; taken {
			t.Errorf("%c looks like %c", r, other)
		}
		drawn[text] = r
	}
}
