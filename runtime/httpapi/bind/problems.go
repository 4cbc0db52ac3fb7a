package bind

import (
	"fmt"
	"reflect"
	"strings"
	"unicode/utf8"
)

// Problems is everything that is wrong with a request, a sentence each that
// begins with the field's name.
type Problems []string

// Error joins the sentences.
func (p Problems) Error() string { return strings.Join(p, "; ") }

func (p *Problems) add(name, format string, args ...any) {
	*p = append(*p, name+" "+fmt.Sprintf(format, args...))
}

// err is nil where nothing is wrong.
func (p Problems) err() error {
	if len(p) == 0 {
		return nil
	}
	return p
}

// checkNumber holds a number to its bounds.
func (p *Problems) checkNumber(name string, n int64, r Rule) {
	if r.Min != nil && n < *r.Min {
		p.add(name, "must not be less than %d", *r.Min)
	}
	if r.Max != nil && n > *r.Max {
		p.add(name, "must not be greater than %d", *r.Max)
	}
	if len(r.Enum) > 0 && !contains(r.Enum, fmt.Sprint(n)) {
		p.add(name, "must be one of the following values: %s", strings.Join(r.Enum, ", "))
	}
}

// checkFloat holds a number with a fraction to its bounds.
func (p *Problems) checkFloat(name string, f float64, r Rule) {
	if r.Min != nil && !(f >= float64(*r.Min)) {
		p.add(name, "must not be less than %d", *r.Min)
	}
	if r.Max != nil && !(f <= float64(*r.Max)) {
		p.add(name, "must not be greater than %d", *r.Max)
	}
}

// checkText holds a text to its words and its length; it returns the word as
// the rule spells it.
func (p *Problems) checkText(name, s string, r Rule) string {
	if len(r.Enum) > 0 {
		for _, word := range r.Enum {
			if s == word || r.Fold && strings.EqualFold(s, word) {
				return word
			}
		}
		p.add(name, "must be one of the following values: %s", strings.Join(r.Enum, ", "))
		return s
	}
	if r.Required && s == "" {
		p.add(name, "should not be empty")
	}
	n := int64(utf8.RuneCountInString(s))
	if r.Min != nil && n < *r.Min && s != "" {
		p.add(name, "must be longer than or equal to %d characters", *r.Min)
	}
	if r.Max != nil && n > *r.Max {
		p.add(name, "must be shorter than or equal to %d characters", *r.Max)
	}
	return s
}

// checkList holds a list to its length.
func (p *Problems) checkList(name string, n int, r Rule) bool {
	if r.Max != nil && int64(n) > *r.Max {
		p.add(name, "must contain no more than %d elements", *r.Max)
		return false
	}
	return true
}

func contains(list []string, s string) bool {
	for _, l := range list {
		if l == s {
			return true
		}
	}
	return false
}

// mustBe says what a value of the type looks like.
func mustBe(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Int, reflect.Int64, reflect.Float64:
		return "must be a number"
	case reflect.Bool:
		return "must be a boolean value"
	case reflect.Slice:
		return "must be an array"
	case reflect.Struct:
		if !isText(t) {
			return "must be an object"
		}
	}
	return "must be a string"
}
