package main

import (
	"fmt"
	"regexp"
	"strings"
)

// report is one data race: two accesses that nothing orders.
type report struct {
	// stacks are the call stacks of the two accesses, innermost function first.
	stacks [2][]string
	text   string
}

// access matches the line before the stack of one of the two accesses. The
// other stacks of a report say where the goroutines were created.
var access = regexp.MustCompile(`^(Previous )?(atomic )?(read|write|Read|Write) at 0x`)

// parseReports parses the output of the race detector.
func parseReports(log string) []report {
	var all []report
	for _, block := range strings.Split(log, "==================\n") {
		if !strings.Contains(block, "WARNING: DATA RACE") {
			continue
		}
		r, n := report{text: block}, -1
		reading := false
		for line := range strings.Lines(block) {
			switch {
			case access.MatchString(line) && n < 1:
				n++
				reading = true
			case strings.TrimSpace(line) == "":
				reading = false
			case reading && strings.HasPrefix(line, "  ") && !strings.HasPrefix(line, "      "):
				r.stacks[n] = append(r.stacks[n], strings.TrimSuffix(strings.TrimSpace(line), "()"))
			}
		}
		all = append(all, r)
	}
	return all
}

// at returns the innermost function of a stack outside the standard library:
// the code that made the access.
func at(stack []string) string {
	for _, f := range stack {
		if first, _, slash := strings.Cut(f, "/"); slash && strings.Contains(first, ".") {
			return f
		}
	}
	return "?"
}

// String names the two functions that race.
func (r report) String() string { return fmt.Sprintf("%s | %s", at(r.stacks[0]), at(r.stacks[1])) }
