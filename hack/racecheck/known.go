package main

import (
	_ "embed"
	"fmt"
	"strings"
)

//go:embed known.txt
var knownFile string

// knownRaces are pairs of functions of a library that race with each other.
type knownRaces map[[2]string]bool

// readKnown reads lines "function | function"; # begins a comment, which is how
// a pair is explained.
func readKnown(text string) (knownRaces, error) {
	known := knownRaces{}
	for line := range strings.Lines(text) {
		line, _, _ = strings.Cut(line, "#")
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		a, b, ok := strings.Cut(line, "|")
		if !ok {
			return nil, fmt.Errorf("known.txt: %q is not of the form FUNCTION | FUNCTION", line)
		}
		a, b = strings.TrimSpace(a), strings.TrimSpace(b)
		known[[2]string{a, b}], known[[2]string{b, a}] = true, true
	}
	return known, nil
}

// excuses says whether both sides of a race are a known pair.
func (k knownRaces) excuses(r report) bool {
	return k[[2]string{at(r.stacks[0]), at(r.stacks[1])}]
}
