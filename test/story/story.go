package story

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"
)

// Story prints what happens, line by line, with the time of each step.
type Story struct {
	mutex sync.Mutex
	out   io.Writer
	began time.Time
	// zero is the start of the times of steps.
	zero time.Time
}

func New(out io.Writer) *Story {
	now := time.Now()
	return &Story{out: out, began: now, zero: now}
}

// Say prints a line without a time.
func (s *Story) Say(format string, args ...any) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	_, _ = fmt.Fprintf(s.out, format+"\n", args...)
}

// Chapter prints a heading.
func (s *Story) Chapter(title string) { s.Say("\n%s", title) }

// RestartClock makes the times of the following steps count from now.
func (s *Story) RestartClock() { s.zero = time.Now() }

// Step prints what has just been done, and when.
func (s *Story) Step(format string, args ...any) {
	s.Say("  %6.2f s  %s", time.Since(s.zero).Seconds(), fmt.Sprintf(format, args...))
}

// Block prints another program's text, indented.
func (s *Story) Block(text string) {
	for line := range strings.Lines(text) {
		s.Say("    %s", strings.TrimRight(line, "\n"))
	}
}

func (s *Story) SinceStart() string {
	return fmt.Sprintf("%.0f s", time.Since(s.began).Seconds())
}
