package main

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"
)

// story prints what happens, line by line, with the time of each step.
type story struct {
	mutex sync.Mutex
	out   io.Writer
	began time.Time
	// zero is the start of the times of steps.
	zero time.Time
}

func newStory(out io.Writer) *story {
	now := time.Now()
	return &story{out: out, began: now, zero: now}
}

// say prints a line without a time.
func (s *story) say(format string, args ...any) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	_, _ = fmt.Fprintf(s.out, format+"\n", args...)
}

// chapter prints a heading.
func (s *story) chapter(title string) { s.say("\n%s", title) }

// restartClock makes the times of the following steps count from now.
func (s *story) restartClock() { s.zero = time.Now() }

// step prints what has just been done, and when.
func (s *story) step(format string, args ...any) {
	s.say("  %6.2f s  %s", time.Since(s.zero).Seconds(), fmt.Sprintf(format, args...))
}

// block prints another program's text, indented.
func (s *story) block(text string) {
	for line := range strings.Lines(text) {
		s.say("    %s", strings.TrimRight(line, "\n"))
	}
}

func (s *story) sinceStart() string {
	return fmt.Sprintf("%.0f s", time.Since(s.began).Seconds())
}
