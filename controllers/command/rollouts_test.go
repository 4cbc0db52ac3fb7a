package command

import (
	"strings"
	"testing"
	"time"

	"github.com/wasession/wasession/controllers/rollout"
)

func TestRolloutFlagsThatMakeNoSenseAreNamed(t *testing.T) {
	for name, c := range map[string]struct {
		args []string
		want string
	}{
		"no slots":            {[]string{"--max-concurrent-rollouts=0"}, "--max-concurrent-rollouts"},
		"no pace":             {[]string{"--rollouts-per-minute=0"}, "--rollouts-per-minute"},
		"no failures":         {[]string{"--max-rollout-failures=0"}, "--max-rollout-failures"},
		"strategy":            {[]string{"--update-strategy=Sometimes"}, "use Automatic, OnDelete or Window"},
		"window alone":        {[]string{"--update-window-schedule=0 3 * * *"}, "go with --update-strategy=Window"},
		"no window":           {[]string{"--update-strategy=Window"}, `--update-window-schedule is ""`},
		"window of no length": {[]string{"--update-strategy=Window", "--update-window-schedule=0 3 * * *"}, "--update-window-duration"},
		"window nowhere": {[]string{"--update-strategy=Window", "--update-window-schedule=0 3 * * *", "--update-window-duration=1h", "--update-window-time-zone=Mars"},
			`--update-window-time-zone is "Mars"`},
	} {
		t.Run(name, func(t *testing.T) {
			if _, _, err := parse(t, append(c.args, "--runtime-image=x")...); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error is %v, want …%s…", err, c.want)
			}
		})
	}
}

func TestRolloutFlagsReachTheController(t *testing.T) {
	_, c, err := parse(t, "--runtime-image=x")
	if err != nil {
		t.Fatal(err)
	}
	if want := (rollout.Options{MaxConcurrent: 10, Interval: 2 * time.Second}); c.Rollouts.MaxConcurrent != want.MaxConcurrent || c.Rollouts.Interval != want.Interval {
		t.Errorf("by default rollouts are %+v, want %+v", c.Rollouts, want)
	}
	if c.MaxRolloutFailures != 1 || c.UpdateStrategy != (rollout.Strategy{}) {
		t.Errorf("by default %d may fail and the strategy is %+v", c.MaxRolloutFailures, c.UpdateStrategy)
	}
	_, c, err = parse(t, "--runtime-image=x", "--max-concurrent-rollouts=7", "--rollouts-per-minute=20", "--max-rollout-failures=3", "--update-strategy=OnDelete")
	if err != nil {
		t.Fatal(err)
	}
	if c.Rollouts.MaxConcurrent != 7 || c.Rollouts.Interval != 3*time.Second || c.MaxRolloutFailures != 3 || !c.UpdateStrategy.OnDelete {
		t.Errorf("rollouts are %+v, %d may fail, the strategy is %+v", c.Rollouts, c.MaxRolloutFailures, c.UpdateStrategy)
	}
	_, c, err = parse(t, "--runtime-image=x", "--update-strategy=Window", "--update-window-schedule=0 3 * * *", "--update-window-duration=2h", "--update-window-time-zone=Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	if open, opens := c.UpdateStrategy.Window.At(time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)); open || !opens.Equal(time.Date(2026, 7, 2, 1, 0, 0, 0, time.UTC)) {
		t.Errorf("at noon it is open: %t, else opens at %s", open, opens)
	}
}
