package rollout

import (
	"testing"
	"time"
)

func TestDecisions(t *testing.T) {
	noon := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	nights, err := ParseWindow("0 3 * * *", 2*time.Hour, "")
	if err != nil {
		t.Fatal(err)
	}
	opens := time.Date(2026, 1, 2, 3, 0, 0, 0, time.UTC)
	working := func(changes ...func(*Case)) Case {
		c := Case{Now: noon, Running: true, Paired: true, Trials: Trials{Proven: true}, MaxFailures: 1}
		for _, change := range changes {
			change(&c)
		}
		return c
	}
	var (
		byUser   = func(c *Case) { c.ByUser = true }
		notYet   = func(c *Case) { c.Trials.Proven = false }
		fails    = func(c *Case) { c.Trials.Failed = 1 }
		down     = func(c *Case) { c.Running = false }
		worked   = func(c *Case) { c.Worked = true }
		unheard  = func(c *Case) { c.Unheard = true }
		unpaired = func(c *Case) { c.Paired = false }
		two      = func(c *Case) { c.MaxFailures = 2 }
		onDelete = func(c *Case) { c.Strategy = Strategy{OnDelete: true} }
		atNight  = func(c *Case) { c.Strategy = Strategy{Window: nights} }
		isNight  = func(c *Case) { c.Now = opens.Add(time.Hour) }
	)
	for _, c := range []struct {
		name string
		of   Case
		want Decision
	}{
		{"the operator's change takes turns", working(), Decision{Action: TakeTurn}},
		{"a user's change goes first", working(byUser), Decision{Action: TakeTurn, Request: Request{First: true}}},
		{"nothing depends on a pod without a number", working(unpaired), Decision{Action: Replace}},
		{"nothing is lost with a pod that does not run", working(down), Decision{Action: Replace}},

		{"a new template is tried on one first", working(notYet), Decision{Action: TakeTurn, Request: Request{Limit: 1}}},
		{"or on as many as may fail", working(notYet, two), Decision{Action: TakeTurn, Request: Request{Limit: 2}}},
		{"with a user's change too", working(notYet, byUser), Decision{Action: TakeTurn, Request: Request{First: true, Limit: 1}}},

		{"with one whose pod is down, as after a reboot of its node", working(notYet, down, worked), Decision{Action: TakeTurn, Request: Request{Limit: 1}}},
		{"whatever its strategy", working(notYet, down, worked, onDelete), Decision{Action: TakeTurn, Request: Request{Limit: 1}}},
		{"once it works, such a pod is made anew at once", working(down, worked), Decision{Action: Replace}},
		{"a session that its own template took down need not wait", working(notYet, down), Decision{Action: Replace}},
		{"a user's change need not wait to make it run", working(notYet, down, worked, byUser), Decision{Action: Replace}},

		{"a template that fails goes no further", working(fails), Decision{Action: Hold}},
		{"even where others were ready with it, and a number does not depend on it", working(fails, unpaired), Decision{Action: Hold}},
		{"a user's change would bring it along", working(fails, byUser), Decision{Action: Hold}},
		{"one failure of two is accepted", working(fails, two), Decision{Action: TakeTurn}},
		{"nor to a pod that does not run, which its node may start again as it was", working(fails, down), Decision{Action: Hold}},
		{"nor where the strategy would wait too", working(fails, down, onDelete), Decision{Action: Hold}},
		{"a user's change may be what makes it run", working(fails, down, byUser), Decision{Action: Replace}},
		{"with one failure of two it has nothing to lose", working(fails, two, down), Decision{Action: Replace}},
		{"no limit means one", working(fails, func(c *Case) { c.MaxFailures = 0 }), Decision{Action: Hold}},

		{"after a start of the operator it waits until the session is heard of", working(unheard), Decision{Action: AwaitReport}},
		{"so does one that may have no number", working(unheard, unpaired), Decision{Action: AwaitReport}},
		{"so does a user's change", working(unheard, byUser), Decision{Action: AwaitReport}},
		{"a pod that does not run is not heard of", working(unheard, down), Decision{Action: Replace}},
		{"what is known without it is told at once: a hold", working(unheard, fails), Decision{Action: Hold}},
		{"what is known without it is told at once: OnDelete", working(unheard, onDelete), Decision{Action: AwaitDelete}},

		{"OnDelete waits", working(onDelete), Decision{Action: AwaitDelete}},
		{"OnDelete waits without a number too", working(onDelete, unpaired), Decision{Action: AwaitDelete}},
		{"OnDelete does not hold up a user's change", working(onDelete, byUser), Decision{Action: TakeTurn, Request: Request{First: true}}},
		{"OnDelete keeps no pod that does not run", working(onDelete, down), Decision{Action: Replace}},
		{"OnDelete says so, not that others fail", working(onDelete, fails), Decision{Action: AwaitDelete}},

		{"outside its window it waits", working(atNight), Decision{Action: AwaitWindow, Opens: opens}},
		{"in its window it takes turns", working(atNight, isNight), Decision{Action: TakeTurn}},
		{"in its window a template that fails is held", working(atNight, isNight, fails), Decision{Action: Hold}},
		{"a window does not hold up a user's change", working(atNight, byUser), Decision{Action: TakeTurn, Request: Request{First: true}}},
		{"a user's change with a template that fails is held outside the window too", working(atNight, byUser, fails), Decision{Action: Hold}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := Decide(c.of); got != c.want {
				t.Errorf("the decision is %+v, want %+v", got, c.want)
			}
		})
	}
}
