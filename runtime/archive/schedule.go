package archive

import (
	"fmt"
	"strings"
	"time"
	_ "time/tzdata" // do not depend on time zones of the system

	"github.com/robfig/cron/v3"
)

// Schedule says when runs are due. It interprets cron expressions like Kubernetes
// CronJobs, including daylight saving time: a time that the clock skips is not run,
// and a time that occurs twice is run the first time.
type Schedule struct {
	// spec identifies the schedule: a changed one starts over.
	spec string
	cron cron.Schedule
}

// ParseSchedule parses a cron expression of five fields, or a descriptor such as
// @daily, in a time zone, by default Etc/UTC. Errors name the field.
func ParseSchedule(expression, zone string) (*Schedule, error) {
	if zone == "" {
		zone = "Etc/UTC"
	}
	if _, err := time.LoadLocation(zone); err != nil || zone == "Local" {
		return nil, fmt.Errorf("autoArchive.timeZone: %q is not a valid time zone: use an IANA name such as Europe/Berlin", zone)
	}
	if strings.Contains(expression, "TZ=") {
		return nil, fmt.Errorf("autoArchive.schedule: must not contain a time zone: use autoArchive.timeZone")
	}
	parsed, err := cron.ParseStandard("TZ=" + zone + " " + expression)
	if err != nil {
		return nil, fmt.Errorf("autoArchive.schedule: %q is not a five-field cron expression such as \"0 3 * * *\"", expression)
	}
	return &Schedule{spec: zone + " " + expression, cron: parsed}, nil
}

// Next returns the first due time after t; zero if there is none within five years.
func (s *Schedule) Next(t time.Time) time.Time { return s.cron.Next(t) }
