package rollout

import (
	"errors"
	"testing"
	"time"
)

func TestWindows(t *testing.T) {
	at := func(text string) time.Time {
		t.Helper()
		moment, err := time.Parse(time.RFC3339, text)
		if err != nil {
			t.Fatal(err)
		}
		return moment
	}
	for _, c := range []struct {
		name, schedule string
		duration       time.Duration
		timeZone       string
		now            string
		opens          string // empty: it is open
	}{
		{"before it", "0 3 * * *", 2 * time.Hour, "", "2026-01-01T02:59:59Z", "2026-01-01T03:00:00Z"},
		{"at its start", "0 3 * * *", 2 * time.Hour, "", "2026-01-01T03:00:00Z", ""},
		{"within it", "0 3 * * *", 2 * time.Hour, "", "2026-01-01T04:59:59Z", ""},
		{"at its end", "0 3 * * *", 2 * time.Hour, "", "2026-01-01T05:00:00Z", "2026-01-02T03:00:00Z"},
		{"over midnight", "0 23 * * *", 3 * time.Hour, "", "2026-01-02T01:30:00Z", ""},
		{"on Saturdays only", "0 3 * * 6", time.Hour, "", "2026-01-01T03:30:00Z", "2026-01-03T03:00:00Z"},
		{"in a time zone", "0 3 * * *", time.Hour, "America/Sao_Paulo", "2026-01-01T06:30:00Z", ""},
		{"in a time zone, before it", "0 3 * * *", time.Hour, "America/Sao_Paulo", "2026-01-01T03:30:00Z", "2026-01-01T06:00:00Z"},
		{"longer than its period", "0 * * * *", 2 * time.Hour, "", "2026-01-01T03:30:00Z", ""},
		{"by a name", "@daily", time.Hour, "", "2026-01-01T12:00:00Z", "2026-01-02T00:00:00Z"},
		{"never", "0 3 30 2 *", time.Hour, "", "2026-01-01T12:00:00Z", "0001-01-01T00:00:00Z"},
		{"where the clock was set back, once more", "30 2 * * *", time.Hour, "Europe/Berlin", "2026-10-25T01:45:00Z", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			window, err := ParseWindow(c.schedule, c.duration, c.timeZone)
			if err != nil {
				t.Fatal(err)
			}
			open, opens := window.At(at(c.now))
			if open != (c.opens == "") {
				t.Errorf("open is %t", open)
			}
			if c.opens != "" && !opens.Equal(at(c.opens)) {
				t.Errorf("it opens at %s, want %s", opens, c.opens)
			}
		})
	}
}

func TestWindowsThatAreNone(t *testing.T) {
	for _, c := range []struct {
		schedule string
		duration time.Duration
		timeZone string
		field    string
	}{
		{"soon", time.Hour, "", "schedule"},
		{"0 3 * * *", 0, "", "duration"},
		{"0 3 * * *", time.Hour, "Berlin", "timeZone"},
	} {
		_, err := ParseWindow(c.schedule, c.duration, c.timeZone)
		var wrong *WindowError
		if !errors.As(err, &wrong) || wrong.Field != c.field || wrong.Advice == "" {
			t.Errorf("%+v is answered with %v, want advice for %s", c, err, c.field)
		}
	}
}
