package dashboard

import (
	"html/template"
	"time"
)

// functions are what templates can call.
func functions(a assets) template.FuncMap {
	return template.FuncMap{
		"asset":    a.url,
		"root":     func() string { return Root },
		"machine":  func(t time.Time) string { return t.UTC().Format(time.RFC3339) },
		"human":    func(t time.Time) string { return t.UTC().Format("2 Jan 2006, 15:04 UTC") },
		"clock":    func(t time.Time) string { return t.UTC().Format("15:04") },
		"number":   formatNumber,
		"tabs":     func() []tab { return tabs },
		"act":      newAct,
		"sections": func() []section { return sections },
		"section":  inSection,
	}
}

// formatNumber is a phone number for people. One that the operator has shortened stays
// as it is.
func formatNumber(digits string) string {
	if digits == "" {
		return ""
	}
	return "+" + digits
}

// act is a button that tells a session what to do.
type act struct{ Path, Verb, Label, Class string }

func newAct(o overview, verb, label, class string) act { return act{o.Frame.Path, verb, label, class} }
