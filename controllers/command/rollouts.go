package command

import (
	"errors"
	"flag"
	"fmt"
	"time"

	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/controllers"
	"github.com/wasession/wasession/controllers/rollout"
)

// rolloutOptions are the flags of how pods are replaced over the fleet.
type rolloutOptions struct {
	maxConcurrent int
	perMinute     int
	maxFailures   int
	strategy      string
	window        windowOptions
}

type windowOptions struct {
	schedule, timeZone string
	duration           time.Duration
}

func (o *rolloutOptions) register(flags *flag.FlagSet) {
	flags.IntVar(&o.maxConcurrent, "max-concurrent-rollouts", 10, "How many paired session pods are replaced at the same time.")
	flags.IntVar(&o.perMinute, "rollouts-per-minute", 30, "How many replacements of paired session pods start in a minute, evenly spread.")
	flags.IntVar(&o.maxFailures, "max-rollout-failures", 1, "How many sessions that worked before may fail with a new template of the operator until its rollout stops.")
	flags.StringVar(&o.strategy, "update-strategy", string(v1alpha1.UpdateAutomatic), "When pods from an older template of the operator are replaced, unless the session says: Automatic, OnDelete or Window.")
	flags.StringVar(&o.window.schedule, "update-window-schedule", "", `When the window of --update-strategy=Window opens, in the five fields of cron such as "0 3 * * 6".`)
	flags.DurationVar(&o.window.duration, "update-window-duration", 0, "How long the window stays open, such as 2h.")
	flags.StringVar(&o.window.timeZone, "update-window-time-zone", "Etc/UTC", "The time zone of --update-window-schedule.")
}

// settle checks the flags and adds them to the controller's options.
func (o *rolloutOptions) settle(to *controllers.Options) error {
	if o.maxConcurrent < 1 || o.perMinute < 1 || o.maxFailures < 1 {
		return errors.New("--max-concurrent-rollouts, --rollouts-per-minute and --max-rollout-failures must be at least 1")
	}
	to.Rollouts = rollout.Options{MaxConcurrent: o.maxConcurrent, Interval: time.Minute / time.Duration(o.perMinute)}
	to.MaxRolloutFailures = o.maxFailures

	windowed := o.strategy == string(v1alpha1.UpdateWindow)
	if !windowed && (o.window.schedule != "" || o.window.duration != 0) {
		return errors.New("--update-window-schedule and --update-window-duration go with --update-strategy=Window: set it, or leave them out")
	}
	switch v1alpha1.UpdateStrategyType(o.strategy) {
	case v1alpha1.UpdateAutomatic:
	case v1alpha1.UpdateOnDelete:
		to.UpdateStrategy.OnDelete = true
	case v1alpha1.UpdateWindow:
		window, err := rollout.ParseWindow(o.window.schedule, o.window.duration, o.window.timeZone)
		var wrong *rollout.WindowError
		if errors.As(err, &wrong) {
			return fmt.Errorf("--update-window-%s is %q: %s", flagSuffix(wrong.Field), wrong.Value, wrong.Advice)
		}
		to.UpdateStrategy.Window = window
	default:
		return fmt.Errorf("--update-strategy is %q: use Automatic, OnDelete or Window", o.strategy)
	}
	return nil
}

func flagSuffix(field string) string {
	if field == "timeZone" {
		return "time-zone"
	}
	return field
}
