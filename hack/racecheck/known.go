package main

import (
	_ "embed"
	"fmt"
	"strings"
)

//go:embed known.txt
var knownFile string

// knownRaces are pairs of functions of a library that race with each other.
type knownRaces [][2]string

// readKnown parses lines of the form "function | function"; # starts a comment, which
// explains the pair. A function that ends in ** matches all with that prefix.
func readKnown(text string) (knownRaces, error) {
	var known knownRaces
	for line := range strings.Lines(text) {
		line, _, _ = strings.Cut(line, "#")
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		a, b, ok := strings.Cut(line, "|")
		if !ok {
			return nil, fmt.Errorf("known.txt: %q is not of the form FUNCTION | FUNCTION", line)
		}
		known = append(known, [2]string{strings.TrimSpace(a), strings.TrimSpace(b)})
	}
	return known, nil
}

// excuses reports whether both sides of a race are a known pair.
func (k knownRaces) excuses(r report) bool {
	a, b := at(r.stacks[0]), at(r.stacks[1])
	for _, pair := range k {
		if names(pair[0], a) && names(pair[1], b) || names(pair[0], b) && names(pair[1], a) {
			return true
		}
	}
	return false
}

// names reports whether a function of a known pair matches another.
func names(known, function string) bool {
	if prefix, all := strings.CutSuffix(known, "**"); all {
		return strings.HasPrefix(function, prefix)
	}
	return known == function
}
