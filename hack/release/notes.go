package main

import (
	"context"
	"fmt"
	"os"
	"strings"
)

// notes writes the section of CHANGELOG.md.
func (r *release) notes(context.Context) error {
	section, err := r.section()
	if err != nil {
		return err
	}
	return os.WriteFile(r.file("release-notes.md"), []byte(section), 0o644)
}

func (r *release) section() (string, error) {
	log, err := os.ReadFile(r.at("CHANGELOG.md"))
	if err != nil {
		return "", err
	}
	return sectionOf(string(log), r.number())
}

// sectionOf returns what a changelog in the form of Keep a Changelog says of a version,
// without the heading.
func sectionOf(log, number string) (string, error) {
	var section strings.Builder
	inside := false
	for line := range strings.Lines(log) {
		if strings.HasPrefix(line, "## ") {
			inside = strings.HasPrefix(line, "## ["+number+"]")
			continue
		}
		if inside && !strings.HasPrefix(line, "[") { // links stand last
			section.WriteString(line)
		}
	}
	text := strings.TrimSpace(section.String())
	if text == "" {
		return "", fmt.Errorf("CHANGELOG.md says nothing of %s: add a section \"## [%s] - DATE\" with what is under \"## [Unreleased]\"", number, number)
	}
	return text + "\n", nil
}

// change is an entry of a section.
type change struct{ kind, text string }

// changesOf returns the entries of a section, in one line each.
func changesOf(section string) []change {
	var changes []change
	kind := ""
	for line := range strings.Lines(section) {
		line = strings.TrimSpace(line)
		if heading, ok := strings.CutPrefix(line, "### "); ok {
			kind = strings.ToLower(heading)
		} else if entry, ok := strings.CutPrefix(line, "- "); ok {
			changes = append(changes, change{kind, entry})
		} else if line != "" && len(changes) > 0 {
			changes[len(changes)-1].text += " " + line
		}
	}
	return changes
}
