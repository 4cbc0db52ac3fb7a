package api

import (
	"testing"
	"time"

	v1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/runtime/wire"
	"github.com/wasession/wasession/test/simulator/history"
)

// A plan says what a run would do; a dry run changes nothing; a run does it, and
// is then in the list of runs.
func TestAutoArchive(t *testing.T) {
	w := newWorld(t)
	account := history.NewAccount(history.DemoSpec(time.Now()))
	w.ok(w.alice.Populate(w.ctx, account))
	w.config.Archive = &v1.Archive{Policies: []v1.ArchivePolicy{{Name: "silent", InactiveSeconds: 90 * 24 * 3600}}}
	w.run()
	w.scan()
	w.await("the history", func() bool { return len(w.chats("")) >= account.Len() })

	var plan wire.ArchivePlan
	w.get("/api/sales/auto-archive/plan", &plan)
	if plan.Candidates == 0 || len(plan.Items) != plan.Candidates || plan.Items[0].Policy != "silent" || plan.Items[0].Action != "archive" {
		t.Fatalf("the plan is %+v", plan)
	}
	archived := func() (n int) {
		for _, c := range w.chats("") {
			if c.Archived {
				n++
			}
		}
		return n
	}
	before := archived()
	finished := func(id, result string) {
		t.Helper()
		w.await("the end of the run", func() bool {
			var runs []wire.ArchiveRun
			w.get("/api/sales/auto-archive/runs", &runs)
			return len(runs) > 0 && runs[0].ID == id && runs[0].Result == result
		})
	}
	var run wire.ArchiveRun
	w.do(201, "POST", "/api/sales/auto-archive/run?dryRun=true", nil, &run)
	finished(run.ID, "DryRun")
	if got := archived(); got != before {
		t.Errorf("a dry run archived %d chats", got-before)
	}
	w.do(201, "POST", "/api/sales/auto-archive/run", nil, &run)
	finished(run.ID, "Succeeded")
	if got := archived(); got != before+plan.Candidates {
		t.Errorf("%d chats were archived, planned were %d", got-before, plan.Candidates)
	}
}

func TestWithoutPoliciesNothingRuns(t *testing.T) {
	w := paired(t)
	if status, answer := w.call("POST", "/api/sales/auto-archive/run", nil); status != 422 {
		t.Errorf("%d %s", status, answer)
	}
}
