package archive

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	v1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/runtime/chat"
)

func TestAPlanChangesNothingAndMatchesTheRunAfterIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAccount(silentChats(5)...)
		e, stop := start(t, a, nightly())
		synctest.Wait()
		before, err := e.Plan(t.Context())
		if err != nil || len(before.Items) != 5 || before.Candidates != 5 {
			t.Errorf("the plan is %+v, %v", before, err)
		}
		a.mu.Lock()
		if len(a.patches) != 0 || len(a.runs) != 0 {
			t.Errorf("planning left runs %+v and changes %v", a.runs, a.patches)
		}
		a.mu.Unlock()
		time.Sleep(4 * time.Hour)
		synctest.Wait()
		after, err := e.Plan(t.Context())
		stop()
		if a.runs[0].Archived != len(before.Items) || len(after.Items) != 0 || err != nil {
			t.Errorf("the run is %+v, the plan after it %+v, %v", a.runs[0], after, err)
		}
	})
}

func TestRunsAreListedNewestFirstUpToALimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e, stop := start(t, newAccount(silentChats(1)...), nightly())
		time.Sleep(76 * time.Hour)
		synctest.Wait()
		all, err := e.Runs(t.Context(), 10)
		if err != nil || len(all) != 4 {
			t.Fatalf("%d runs, %v; want 4", len(all), err)
		}
		for i := 1; i < len(all); i++ {
			if !all[i].StartedAt.Before(all[i-1].StartedAt) || all[i].ID >= all[i-1].ID {
				t.Errorf("run %+v is listed before %+v", all[i-1], all[i])
			}
		}
		newest, err := e.Runs(t.Context(), 1)
		stop()
		if err != nil || len(newest) != 1 || newest[0].ID != all[0].ID {
			t.Errorf("the newest is %+v, %v", newest, err)
		}
	})
}

func TestARequestEndsWithItsContext(t *testing.T) {
	e := New(Options{Chats: newAccount(), Journal: newAccount(), Account: newAccount()})
	if err := nightly()(e); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := e.Request(ctx, "r", false); !errors.Is(err, context.Canceled) && !errors.Is(err, chat.ErrArchiveBusy) {
		t.Errorf("%v", err)
	}
}

func TestWithoutPoliciesThereIsNoStatus(t *testing.T) {
	e := New(Options{Chats: newAccount(), Journal: newAccount(), Account: newAccount()})
	if s, unknown := e.Status(); s != nil || unknown != nil {
		t.Errorf("%+v, %v", s, unknown)
	}
	if err := nightly()(e); err != nil {
		t.Fatal(err)
	}
	s, _ := e.Status()
	if s == nil {
		t.Fatal("with policies there is none")
	}
	s.Archived = 99
	if again, _ := e.Status(); again.Archived == 99 {
		t.Error("a caller can change the engine's status")
	}
	p, err := Compile(nil, v1.Groups{})
	if err != nil {
		t.Fatal(err)
	}
	e.Configure(p)
	if s, _ := e.Status(); s != nil {
		t.Errorf("after the policies were removed it is %+v", s)
	}
}
