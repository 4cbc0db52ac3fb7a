package command

import (
	"fmt"
	"strings"
	"time"

	"github.com/wasession/wasession/kubectl/blocks"
	"github.com/wasession/wasession/kubectl/cli"
)

// screen shows codes, one after the other.
type screen struct {
	out cli.Streams
	// redraws: the next code takes the place of the last one.
	redraws bool

	last  string
	lines int
}

// qr draws a QR code, unless it is the last one.
func (s *screen) qr(code string, until time.Time, style blocks.Style) error {
	if code == s.last {
		return nil
	}
	drawn, err := blocks.Draw(code, style)
	if err != nil {
		return err
	}
	if !until.IsZero() {
		drawn += fmt.Sprintf("The code holds until %s\n", until.Local().Format("15:04:05"))
	}
	return s.show(code, drawn)
}

// letters writes a pairing code in large letters, and once more to be copied.
func (s *screen) letters(code string) error {
	if code == s.last {
		return nil
	}
	return s.show(code, "\n"+blocks.Letters(code)+"\n"+cli.Line(code)+"\n")
}

func (s *screen) show(code, drawn string) error {
	lines := strings.Count(drawn, "\n")
	if s.redraws && s.lines > 0 {
		// Up to where the last code began, which may have had another height.
		drawn = fmt.Sprintf("\x1b[%dA\x1b[0J", s.lines) + drawn
	}
	s.last, s.lines = code, lines
	_, err := fmt.Fprint(s.out.Out, drawn)
	return err
}
