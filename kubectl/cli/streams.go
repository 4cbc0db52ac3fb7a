// Package cli has what all commands of the plugin share: streams, output formats,
// progress, exit codes.
package cli

import (
	"fmt"
	"io"
	"os"
	"strings"
	"unicode"

	"golang.org/x/term"
)

// Streams are the plugin's input and outputs.
type Streams struct {
	In       io.Reader
	Out, Err io.Writer
}

// Note writes a line to standard error, for people: what the command waits for. The
// values may have foreign text in them.
func (s Streams) Note(format string, values ...any) {
	_, _ = fmt.Fprintln(s.Err, Line(fmt.Sprintf(format, values...)))
}

// IsTerminal says whether a stream is a terminal.
func IsTerminal(stream any) bool {
	file, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(file.Fd()))
}

// Progress writes what a command waits for to standard error, once for each state.
type Progress struct {
	Streams Streams
	last    string
}

// Say writes a line unless it is the last one.
func (p *Progress) Say(format string, values ...any) {
	if line := fmt.Sprintf(format, values...); line != p.last {
		p.last = line
		p.Streams.Note("%s", line)
	}
}

// Line is a foreign text on one line, without what a terminal would take as a command
// or that changes the direction of writing.
func Line(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case invisible(r), r == unicode.ReplacementChar:
			return -1
		default:
			return r
		}
	}, text)
}

// invisible says of a character whether a terminal takes it as a command, or as a change
// of the direction of writing.
func invisible(r rune) bool { return unicode.IsControl(r) || unicode.In(r, unicode.Bidi_Control) }

// Short is a Line of at most that many characters.
func Short(text string, most int) string {
	runes := []rune(Line(text))
	if len(runes) <= most {
		return string(runes)
	}
	return string(runes[:most-1]) + "…"
}
