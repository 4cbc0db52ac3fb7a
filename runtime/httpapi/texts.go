package httpapi

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// textOf checks a text of at most so many characters, which may have several lines.
func textOf(text []byte, most int) (string, error) {
	if utf8.RuneCount(text) > most {
		return "", fmt.Errorf("must be shorter than or equal to %d characters", most)
	}
	return string(text), nil
}

// lineOf checks a text of one line, without the space around it. It may be empty.
func lineOf(text []byte, most int) (string, error) {
	line := strings.TrimSpace(string(text))
	if strings.ContainsFunc(line, unicode.IsControl) {
		return "", errors.New("must not contain control characters")
	}
	return textOf([]byte(line), most)
}

// nameOf checks a line that is not empty.
func nameOf(text []byte, most int) (string, error) {
	name, err := lineOf(text, most)
	if err == nil && name == "" {
		err = errors.New("should not be empty")
	}
	return name, err
}
