// Package terminal looks at what a terminal shows, as a phone's camera does.
package terminal

import (
	"errors"
	"fmt"
	"image"
	"image/color"
	"strings"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"
)

// Colours are those of a terminal's text and background.
type Colours struct{ Text, Background color.Gray }

// The usual colours.
var (
	Dark  = Colours{Text: color.Gray{255}, Background: color.Gray{}}
	Light = Colours{Text: color.Gray{}, Background: color.Gray{255}}
)

// blackOnWhite are the colours that a line may set for itself.
const (
	blackOnWhite = "\x1b[38;5;16;48;5;231m"
	reset        = "\x1b[0m"
)

// blocks are the characters of a drawing.
const blocks = " ▀▄█"

// Drawing is the last drawing in half blocks that is complete in an output: the lines
// between other text. ok is false if there is none yet.
func Drawing(output string) (drawn string, ok bool) {
	var current []string
	for _, line := range strings.SplitAfter(output, "\n") {
		plain := strings.TrimSuffix(strings.NewReplacer(blackOnWhite, "", reset, "").Replace(line), "\n")
		switch {
		case strings.HasSuffix(line, "\n") && plain != "" && strings.Trim(plain, blocks) == "":
			current = append(current, line)
		case len(current) > 0:
			drawn, ok, current = strings.Join(current, ""), line != "", nil
		}
	}
	return drawn, ok
}

// Scan reads the QR code of a drawing in half blocks off a terminal of these colours.
func Scan(drawn string, terminal Colours) (string, error) {
	bitmap, err := gozxing.NewBinaryBitmapFromImage(screenshot(drawn, terminal))
	if err != nil {
		return "", err
	}
	found, err := qrcode.NewQRCodeReader().Decode(bitmap, nil)
	if err != nil {
		return "", errors.New("the phone finds no code: " + fmt.Sprint(err))
	}
	return found.GetText(), nil
}

// screenshot is what the terminal shows, with some of what is around.
func screenshot(drawn string, terminal Colours) image.Image {
	const scale, around = 6, 8
	lines := strings.Split(strings.TrimSuffix(drawn, "\n"), "\n")
	width := len([]rune(strings.NewReplacer(blackOnWhite, "", reset, "").Replace(lines[0])))
	shot := image.NewGray(image.Rect(0, 0, (width+2*around)*scale, (2*len(lines)+2*around)*scale))
	for i := range shot.Pix {
		shot.Pix[i] = terminal.Background.Y
	}
	for row, line := range lines {
		colours := terminal
		if rest, coloured := strings.CutPrefix(line, blackOnWhite); coloured {
			line, colours = strings.TrimSuffix(rest, reset), Light
		}
		for column, r := range []rune(line) {
			for half, inked := range []bool{r == '█' || r == '▀', r == '█' || r == '▄'} {
				c := colours.Background
				if inked {
					c = colours.Text
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
