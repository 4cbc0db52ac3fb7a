package command

import (
	"fmt"
	"strings"
	"time"

	"github.com/wasession/wasession/kubectl/blocks"
	"github.com/wasession/wasession/kubectl/cli"
)

// screen draws QR codes, one after the other.
type screen struct {
	out   cli.Streams
	style blocks.Style
	// redraws: the next code takes the place of the last one.
	redraws bool

	last  string
	lines int
}

// code draws a code, unless it is the last one.
func (s *screen) code(text string, until time.Time) error {
	if text == s.last {
		return nil
	}
	drawn, err := blocks.Draw(text, s.style)
	if err != nil {
		return err
	}
	if s.redraws && s.lines > 0 {
		// Up to where the last code began, which may have had another height.
		drawn = fmt.Sprintf("\x1b[%dA\x1b[0J", s.lines) + drawn
	}
	if !until.IsZero() {
		drawn += fmt.Sprintf("The code holds until %s\n", until.Local().Format("15:04:05"))
	}
	s.last, s.lines = text, strings.Count(drawn, "\n")
	_, err = fmt.Fprint(s.out.Out, drawn)
	return err
}
