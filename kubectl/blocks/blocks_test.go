package blocks

import (
	"strings"
	"testing"

	"github.com/wasession/wasession/test/terminal"
)

// TestADrawingIsReadInItsTerminal scans what a terminal shows: a style on a background
// that it is for.
func TestADrawingIsReadInItsTerminal(t *testing.T) {
	code := "2@" + strings.Repeat("Zb3+/", 43) + "==,1" // like one of WhatsApp's
	for name, c := range map[string]struct {
		style   Style
		colours terminal.Colours
	}{
		"colours on a dark terminal":   {Coloured, terminal.Dark},
		"colours on a light terminal":  {Coloured, terminal.Light},
		"light text on a dark ground":  {LightText, terminal.Dark},
		"dark text on a bright ground": {DarkText, terminal.Light},
	} {
		drawn, err := Draw(code, c.style)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := terminal.Scan(drawn, c.colours); err != nil || got != code {
			t.Errorf("%s: read %q, %v", name, got, err)
		}
	}
}

func TestATextThatIsTooLongHasNoCode(t *testing.T) {
	if drawn, err := Draw(strings.Repeat("x", 5000), Coloured); err == nil {
		t.Errorf("drawn as %q", drawn)
	}
}
