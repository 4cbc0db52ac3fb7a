package archive

import (
	"strings"
	"testing"
	"time"
)

func TestScheduleOverDaylightSaving(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	cases := map[string]struct {
		expression  string
		after, want time.Time
	}{
		"an ordinary day":             {"0 3 * * *", time.Date(2026, 6, 1, 12, 0, 0, 0, berlin), time.Date(2026, 6, 2, 3, 0, 0, 0, berlin)},
		"same wall time after spring": {"0 3 * * *", time.Date(2026, 3, 28, 12, 0, 0, 0, berlin), time.Date(2026, 3, 29, 3, 0, 0, 0, berlin)},
		"a time that spring skips":    {"30 2 * * *", time.Date(2026, 3, 28, 12, 0, 0, 0, berlin), time.Date(2026, 3, 30, 2, 30, 0, 0, berlin)},
		"a time that autumn repeats":  {"30 2 * * *", time.Date(2026, 10, 24, 12, 0, 0, 0, berlin), time.Date(2026, 10, 25, 0, 30, 0, 0, time.UTC)},
		"a descriptor":                {"@daily", time.Date(2026, 6, 1, 12, 0, 0, 0, berlin), time.Date(2026, 6, 2, 0, 0, 0, 0, berlin)},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			s, err := ParseSchedule(c.expression, "Europe/Berlin")
			if err != nil {
				t.Fatal(err)
			}
			if got := s.Next(c.after); !got.Equal(c.want) {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

func TestParseScheduleNamesTheField(t *testing.T) {
	cases := []struct{ expression, zone, want string }{
		{"0 3 * *", "", "autoArchive.schedule: "},
		{"61 3 * * *", "", "autoArchive.schedule: "},
		{"TZ=UTC 0 3 * * *", "", "autoArchive.schedule: "},
		{"0 3 * * *", "Europe/Atlantis", "autoArchive.timeZone: "},
		{"0 3 * * *", "Local", "autoArchive.timeZone: "},
	}
	for _, c := range cases {
		if _, err := ParseSchedule(c.expression, c.zone); err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%q in %q: got %v, want an error that begins with %q", c.expression, c.zone, err, c.want)
		}
	}
}
