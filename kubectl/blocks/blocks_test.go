package blocks

import (
	"image"
	"image/color"
	"strings"
	"testing"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"
)

// code is like one of WhatsApp's.
var code = "2@" + strings.Repeat("Zb3+/", 43) + "==,1"

// TestADrawingIsReadInItsTerminal scans what a terminal shows: a style on a background
// that it is for.
func TestADrawingIsReadInItsTerminal(t *testing.T) {
	white, black := color.Gray{255}, color.Gray{}
	for name, c := range map[string]struct {
		style            Style
		text, background color.Gray
	}{
		"colours on a dark terminal":   {Coloured, white, black},
		"colours on a light terminal":  {Coloured, black, white},
		"light text on a dark ground":  {LightText, white, black},
		"dark text on a bright ground": {DarkText, black, white},
	} {
		drawn, err := Draw(code, c.style)
		if err != nil {
			t.Fatal(err)
		}
		if got := scan(t, screenshot(drawn, c.text, c.background)); got != code {
			t.Errorf("%s: read %q", name, got)
		}
	}
}

func TestATextThatIsTooLongHasNoCode(t *testing.T) {
	if drawn, err := Draw(strings.Repeat("x", 5000), Coloured); err == nil {
		t.Errorf("drawn as %q", drawn)
	}
}

// screenshot is what a terminal of these colours shows, the surroundings included.
func screenshot(drawn string, text, background color.Gray) image.Image {
	const scale, around = 6, 8
	lines := strings.Split(strings.TrimSuffix(drawn, "\n"), "\n")
	width := len([]rune(strings.NewReplacer(blackOnWhite, "", reset, "").Replace(lines[0])))
	shot := image.NewGray(image.Rect(0, 0, (width+2*around)*scale, (2*len(lines)+2*around)*scale))
	for i := range shot.Pix {
		shot.Pix[i] = background.Y
	}
	for row, line := range lines {
		ink, paper := text, background
		if rest, coloured := strings.CutPrefix(line, blackOnWhite); coloured {
			line, ink, paper = strings.TrimSuffix(rest, reset), color.Gray{}, color.Gray{255}
		}
		for column, r := range []rune(line) {
			for half, inked := range []bool{r == '█' || r == '▀', r == '█' || r == '▄'} {
				c := paper
				if inked {
					c = ink
				}
				square(shot, (column+around)*scale, (2*row+half+around)*scale, scale, c)
			}
		}
	}
	return shot
}

func square(shot *image.Gray, x, y, size int, c color.Gray) {
	for dy := range size {
		for dx := range size {
			shot.SetGray(x+dx, y+dy, c)
		}
	}
}

func scan(t *testing.T, shot image.Image) string {
	t.Helper()
	bitmap, err := gozxing.NewBinaryBitmapFromImage(shot)
	if err != nil {
		t.Fatal(err)
	}
	found, err := qrcode.NewQRCodeReader().Decode(bitmap, nil)
	if err != nil {
		t.Fatalf("the phone reads nothing: %v", err)
	}
	return found.GetText()
}
