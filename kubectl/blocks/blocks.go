// Package blocks draws QR codes and pairing codes with half blocks: two dots to a
// character, one above the other.
package blocks

import (
	"fmt"
	"strings"

	"rsc.io/qr"
)

// quiet is the width of the border around a code, in modules.
const quiet = 2

// Style is how a code is drawn.
type Style int

// The styles.
const (
	// Coloured is black on white, whatever the terminal's colours are.
	Coloured Style = iota
	// LightText draws the light modules: for terminals with light text on a dark
	// background.
	LightText
	// DarkText draws the dark modules: for dark text on a light background.
	DarkText
)

const (
	// blackOnWhite are colours of the fixed part of the palette of 256, which themes
	// leave alone.
	blackOnWhite = "\x1b[38;5;16;48;5;231m"
	reset        = "\x1b[0m"
)

// Draw returns the code for a text as lines that end with a newline.
func Draw(text string, style Style) (string, error) {
	code, err := qr.Encode(text, qr.L) // the least redundancy has the fewest modules
	if err != nil {
		return "", fmt.Errorf("drawing the QR code: %w", err)
	}
	inked := func(x, y int) bool { return code.Black(x, y) != (style == LightText) }
	var out strings.Builder
	for y := -quiet; y < code.Size+quiet; y += 2 {
		if style == Coloured {
			out.WriteString(blackOnWhite)
		}
		for x := -quiet; x < code.Size+quiet; x++ {
			out.WriteRune(block(inked(x, y), inked(x, y+1)))
		}
		if style == Coloured {
			out.WriteString(reset)
		}
		out.WriteByte('\n')
	}
	return out.String(), nil
}

// block is the character with these halves in the colour of the text.
func block(upper, lower bool) rune {
	switch {
	case upper && lower:
		return '█'
	case upper:
		return '▀'
	case lower:
		return '▄'
	default:
		return ' '
	}
}
