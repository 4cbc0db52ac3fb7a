package archive

import (
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	v1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/runtime/chat"
)

// silentChats are n direct chats whose last message is 100 days before the
// present of the test.
func silentChats(n int) []chat.Chat {
	chats := make([]chat.Chat, n)
	for i := range chats {
		chats[i] = chat.Chat{ID: chat.ID(fmt.Sprintf("%d@c.us", i+1)), Timestamp: time.Now().Add(-100 * 24 * time.Hour).Unix()}
	}
	return chats
}

// nightly archives what was silent for 90 days, every day at 03:00 UTC. Time in
// these tests begins at midnight UTC, 2000-01-01.
func nightly(change ...func(*v1.Archive)) func(*Engine) error {
	a := &v1.Archive{Schedule: "0 3 * * *", Policies: []v1.ArchivePolicy{{Name: "zombies", InactiveSeconds: 90 * day}}}
	for _, c := range change {
		c(a)
	}
	return configure(a, v1.Groups{})
}

// configure compiles policies and puts them in force.
func configure(a *v1.Archive, groups v1.Groups) func(*Engine) error {
	return func(e *Engine) error {
		p, err := Compile(a, groups)
		if err == nil {
			e.Configure(p)
		}
		return err
	}
}

func TestRunsOnScheduleInBatches(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAccount(silentChats(5)...)
		e, stop := start(t, a, nightly())
		time.Sleep(3*time.Hour - time.Minute)
		synctest.Wait()
		if len(a.patches) != 0 {
			t.Fatalf("archived before its time: %v", a.patches)
		}
		if next := status(e).NextRunTime; next == nil || next.UTC().Hour() != 3 {
			t.Errorf("next run is %v, want 03:00", next)
		}
		time.Sleep(2 * time.Minute)
		stop()
		if got := len(a.patches); got != 3 {
			t.Errorf("%d patches for 5 chats two at a time, want 3", got)
		}
		if s := status(e); s.Archived != 5 || s.Candidates != 5 || s.LastResult != v1.RunSucceeded {
			t.Errorf("status %+v, want 5 of 5 archived", s)
		}
	})
}

func status(e *Engine) v1.ArchiveStatus { s, _ := e.Status(); return *s }

func TestTheRunAfterFindsNothingToDo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAccount(silentChats(4)...)
		_, stop := start(t, a, nightly())
		time.Sleep(30 * time.Hour)
		stop()
		if len(a.runs) != 2 || a.runs[0].Archived != 0 || a.runs[0].Candidates != 0 || a.runs[1].Archived != 4 {
			t.Errorf("runs %+v, want 4 archived and then none", a.runs)
		}
	})
}

func TestAMissedRunIsMadeUpForOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAccount(silentChats(1)...)
		_, stop := start(t, a, nightly())
		time.Sleep(time.Hour)
		stop()
		time.Sleep(5 * 24 * time.Hour) // nobody is there for five runs
		_, stop = start(t, a, nightly())
		time.Sleep(time.Minute)
		stop()
		if len(a.runs) != 1 {
			t.Errorf("%d runs after five were missed, want 1", len(a.runs))
		}
	})
}

func TestANewOrChangedScheduleMissesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAccount(silentChats(1)...)
		time.Sleep(12 * time.Hour)
		e, stop := start(t, a, nightly())
		time.Sleep(time.Hour)
		if err := nightly(func(a *v1.Archive) { a.Schedule = "0 9 * * *" })(e); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Hour)
		stop()
		if len(a.runs) != 0 {
			t.Errorf("runs %+v, want none before the next 09:00", a.runs)
		}
	})
}

func TestSuspendedTimeIsNotMadeUpFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAccount(silentChats(1)...)
		e, stop := start(t, a, nightly(func(a *v1.Archive) { a.Suspend = true }))
		time.Sleep(12 * time.Hour)
		if next := status(e).NextRunTime; next != nil {
			t.Errorf("next run is %v while suspended", next)
		}
		if err := nightly()(e); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Hour)
		stop()
		if len(a.runs) != 0 {
			t.Errorf("runs %+v, want none", a.runs)
		}
	})
}

func TestADryRunChangesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAccount(silentChats(3)...)
		e, stop := start(t, a, nightly())
		run, err := e.Request(t.Context(), "", true)
		stop()
		if err != nil || run.Result != string(v1.RunDryRun) || run.Candidates != 3 || run.Archived != 0 || len(a.patches) != 0 {
			t.Errorf("run %+v, error %v, patches %v: want 3 candidates and no change", run, err, a.patches)
		}
	})
}

func TestAPolicyChangeCountsInMidRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAccount(silentChats(6)...)
		e, stop := start(t, a, nightly())
		a.onArchive = func() { _ = nightly(func(a *v1.Archive) { a.DryRun = true })(e) }
		if _, err := e.Request(t.Context(), "", false); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		stop()
		if len(a.patches) != 1 || !a.runs[0].FinishedAt.After(a.runs[0].StartedAt.Add(-1)) {
			t.Errorf("%d patches after dryRun was set in the first, want 1", len(a.patches))
		}
	})
}

func TestAChatThatSpokeSinceThePlanIsLeftAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAccount(silentChats(4)...)
		a.onArchive = func() {
			a.mu.Lock()
			defer a.mu.Unlock()
			for id, c := range a.chats {
				if id == "3@c.us" || id == "4@c.us" {
					c.Timestamp = time.Now().Unix()
					a.chats[id] = c
				}
			}
		}
		_, stop := start(t, a, nightly())
		time.Sleep(4 * time.Hour)
		stop()
		if a.chats["4@c.us"].Archived || a.runs[0].Archived != 2 {
			t.Errorf("run %+v and chat %+v: want 2 archived and the chat left", a.runs[0], a.chats["4@c.us"])
		}
	})
}

func TestARequestIsAnsweredOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAccount(silentChats(1)...)
		e, stop := start(t, a, nightly())
		first, err := e.Request(t.Context(), "r1", false)
		if err != nil {
			t.Fatal(err)
		}
		again, err := e.Request(t.Context(), "r1", false)
		stop()
		if err != nil || again.ID != first.ID || len(a.runs) != 1 {
			t.Errorf("the repeated request gave %+v, %v; want the first run", again, err)
		}
		if s := status(e); s.LastRequestID != "r1" {
			t.Errorf("last request is %q, want r1", s.LastRequestID)
		}
	})
}

func TestARunIsGoneOnWithAfterTheProcessEnded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAccount(silentChats(7)...)
		_, stop := start(t, a, nightly())
		time.Sleep(3*time.Hour + 1500*time.Millisecond) // two of four batches
		stop()
		if len(a.patches) != 2 || !a.runs[0].FinishedAt.IsZero() {
			t.Fatalf("%d patches, run %+v: want the run cut off after 2", len(a.patches), a.runs[0])
		}
		_, stop = start(t, a, nightly())
		time.Sleep(time.Minute)
		stop()
		if len(a.runs) != 1 || a.runs[0].Archived != 7 || a.refreshed != 1 {
			t.Errorf("runs %+v, refreshed %d times: want one run of 7", a.runs, a.refreshed)
		}
		seen := map[chat.ID]int{}
		for _, patch := range a.patches {
			for _, item := range patch {
				seen[item.Chat]++
			}
		}
		for id, n := range seen {
			if n != 1 {
				t.Errorf("%s was archived %d times", id, n)
			}
		}
	})
}

func TestAFailedRunSaysSoAndTheNextComesAtItsTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAccount(silentChats(3)...)
		a.fails = errors.New("400: secret detail")
		e, stop := start(t, a, nightly())
		time.Sleep(12 * time.Hour)
		s := status(e)
		if s.LastResult != v1.RunFailed || len(a.runs) != 1 {
			t.Errorf("status %+v after %d runs, want one that failed", s, len(a.runs))
		}
		if want := "The run stopped: WhatsApp did not accept the change, or the session is not connected. Archived 0 chats, of 3 candidates. The next run takes up the rest."; s.LastMessage != want {
			t.Errorf("message %q, want %q", s.LastMessage, want)
		}
		a.mu.Lock()
		a.fails = nil
		a.mu.Unlock()
		time.Sleep(24 * time.Hour)
		stop()
		if got := status(e); got.LastResult != v1.RunSucceeded || got.Archived != 3 {
			t.Errorf("status %+v, want the next run to archive 3", got)
		}
	})
}

func TestAScheduledRunWaitsForTheConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAccount(silentChats(2)...)
		a.connected = make(chan struct{})
		_, stop := start(t, a, nightly())
		time.Sleep(10 * time.Hour)
		close(a.connected)
		time.Sleep(time.Minute)
		stop()
		if len(a.runs) != 1 || a.runs[0].Archived != 2 {
			t.Errorf("runs %+v, want one, late", a.runs)
		}
	})
}

func TestUnknownGroupsAreLeftOnlyWhenAsked(t *testing.T) {
	listed := []string{"1@g.us"}
	for _, c := range []struct {
		groups        v1.UnknownGroups
		allowed       []string
		dryRun        bool
		left, unknown int
	}{
		{v1.UnknownReport, listed, false, 0, 1}, {v1.UnknownLeave, listed, true, 0, 1}, {v1.UnknownLeave, listed, false, 1, 1},
		{v1.UnknownLeave, nil, false, 0, 2}, {v1.UnknownLeaveAll, nil, true, 0, 2}, {v1.UnknownLeaveAll, nil, false, 2, 2},
	} {
		synctest.Test(t, func(t *testing.T) {
			a := newAccount()
			a.joined = []chat.Group{{ID: "1@g.us"}, {ID: "2@g.us"}}
			e, stop := start(t, a, configure(nil, v1.Groups{Unknown: c.groups, Allowed: c.allowed}))
			_, err := e.Request(t.Context(), "", c.dryRun)
			time.Sleep(time.Minute) // groups are left one after the other
			_, unknown := e.Status()
			stop()
			if err != nil || len(a.left) != c.left || len(unknown) != c.unknown || unknown[c.unknown-1] != "2@g.us" {
				t.Errorf("%+v: left %v, unknown %v, error %v", c, a.left, unknown, err)
			}
		})
	}
}

func TestARequestWithoutPoliciesIsRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e, stop := start(t, newAccount(), func(e *Engine) error { return nil })
		_, err := e.Request(t.Context(), "", false)
		stop()
		if !errors.Is(err, chat.ErrNoPolicies) {
			t.Errorf("got %v, want %v", err, chat.ErrNoPolicies)
		}
	})
}

func TestWithoutAScheduleRunsComeOnDemandAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAccount(silentChats(1)...)
		e, stop := start(t, a, nightly(func(a *v1.Archive) { a.Schedule = "" }))
		time.Sleep(48 * time.Hour)
		if next := status(e).NextRunTime; next != nil {
			t.Errorf("next run is %v without a schedule", next)
		}
		_, err := e.Request(t.Context(), "", false)
		synctest.Wait()
		stop()
		if err != nil || len(a.runs) != 1 || a.runs[0].Archived != 1 {
			t.Errorf("runs %+v, error %v: want the one asked for", a.runs, err)
		}
	})
}

func TestAnEndAtAnyMomentIsNoFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, stop := start(t, newAccount(silentChats(1)...), nightly())
		stop() // while the journal is being read: start fails the test if Run does
	})
}
