package text

import (
	"strings"
	"unicode"
)

// Line is a stranger's text as one line: a name, a file's name, the beginning of a
// message. Line breaks become spaces. Characters that control devices or the direction of
// what stands around them are left out; so is what is beyond a number of characters.
func Line(s string, most int) string {
	var b strings.Builder
	count, space := 0, false
	for _, r := range s {
		switch {
		case unicode.IsSpace(r):
			space = b.Len() > 0
			continue
		case disturbs(r), r == unicode.ReplacementChar:
			continue
		}
		if count >= most {
			return b.String() + "…"
		}
		if space {
			b.WriteByte(' ')
			space = false
			count++
		}
		b.WriteRune(r)
		count++
	}
	return b.String()
}

// Lines is a stranger's text with its line breaks, without characters that disturb.
func Lines(s string) string {
	clean := func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case disturbs(r), r == unicode.ReplacementChar:
			return -1
		}
		return r
	}
	return strings.Map(clean, strings.ReplaceAll(s, "\r\n", "\n"))
}

// disturbs says whether a character is invisible and changes what others look like.
// Joiners and variation selectors, of which emoji are made, do not, nor do the marks
// that have a direction themselves.
func disturbs(r rune) bool {
	switch {
	case r >= '\u202a' && r <= '\u202e', r >= '\u2066' && r <= '\u2069', r == '\u2028', r == '\u2029', r == '\ufeff':
		return true
	}
	return unicode.IsControl(r)
}

// Clip shortens a text to a number of characters. It says whether it did.
func Clip(s string, most int) (string, bool) {
	count := 0
	for i := range s {
		if count == most {
			return s[:i], true
		}
		count++
	}
	return s, false
}

// Initials are up to two letters that stand for a name without a picture.
func Initials(name string) string {
	var out []rune
	for word := range strings.FieldsSeq(name) {
		for _, r := range word {
			if unicode.IsLetter(r) || unicode.IsNumber(r) {
				out = append(out, unicode.ToUpper(r))
				break
			}
		}
		if len(out) == 2 {
			break
		}
	}
	return string(out)
}

// Number is a phone number as people write it, from the digits of a chat's ID.
func Number(digits string) string {
	for _, r := range digits {
		if r < '0' || r > '9' {
			return digits
		}
	}
	if len(digits) < 5 {
		return digits
	}
	return "+" + digits
}
