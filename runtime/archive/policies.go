package archive

import v1 "github.com/wasession/wasession/api/runtime/v1"

// Policies are the compiled archive policies of a configuration.
type Policies struct {
	rules    *Rules
	schedule *Schedule // nil where none is set
	config   *v1.Archive
}

// Compile checks policies and their schedule. The error names the field.
func Compile(a *v1.Archive, groups v1.Groups) (Policies, error) {
	p := Policies{config: a}
	var err error
	if p.rules, err = CompileRules(a, groups); err != nil {
		return p, err
	}
	if a != nil && a.Schedule != "" {
		p.schedule, err = ParseSchedule(a.Schedule, a.TimeZone)
	}
	return p, err
}
