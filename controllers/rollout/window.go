package rollout

import (
	"fmt"
	"time"

	"github.com/robfig/cron/v3"
)

// Window is a recurring time in which pods may be replaced.
type Window struct {
	schedule cron.Schedule
	duration time.Duration
	location *time.Location
}

// ParseWindow returns the window that opens at each time of a cron schedule, for
// the duration. No time zone means UTC. An error is a *WindowError.
func ParseWindow(schedule string, duration time.Duration, timeZone string) (*Window, error) {
	location, err := time.LoadLocation(timeZone)
	if err != nil {
		return nil, &WindowError{Field: "timeZone", Value: timeZone, Advice: "use a name from the IANA database such as Europe/Berlin"}
	}
	times, err := cron.ParseStandard(schedule)
	if err != nil {
		return nil, &WindowError{Field: "schedule", Value: schedule, Advice: `use the five fields of cron such as "0 3 * * 6"`}
	}
	if duration <= 0 {
		return nil, &WindowError{Field: "duration", Value: duration.String(), Advice: "use a duration such as 2h"}
	}
	return &Window{times, duration, location}, nil
}

// WindowError says which part of a window is wrong and what to write instead.
type WindowError struct{ Field, Value, Advice string }

func (e *WindowError) Error() string {
	return fmt.Sprintf("%s %q is not valid: %s", e.Field, e.Value, e.Advice)
}

// At reports whether the window is open. If it is not, opens is when it opens
// next, and zero if it never does.
func (w *Window) At(now time.Time) (open bool, opens time.Time) {
	// The first start that has not been over for the duration yet.
	start := w.schedule.Next(now.Add(-w.duration).In(w.location))
	if !start.IsZero() && !start.After(now) {
		return true, time.Time{}
	}
	return false, start
}
