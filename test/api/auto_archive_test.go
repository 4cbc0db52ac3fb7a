package api

import (
	"strings"
	"testing"
	"time"

	"go.mau.fi/whatsmeow/types"

	v1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/runtime/wire"
	"github.com/wasession/wasession/test/simulator/appstate"
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

// Chats with the labels of a policy, which is as the operator writes it, are never
// archived, whether the label is from the phone or from the API.
func TestAutoArchiveKeepsLabelledChats(t *testing.T) {
	w := newWorld(t)
	account := history.NewAccount(history.DemoSpec(time.Now()))
	w.ok(w.alice.Populate(w.ctx, account))
	w.ok(w.alice.PushLabel(w.ctx, "6", appstate.Label{Name: "Lead"}))
	w.config.Archive = &v1.Archive{Policies: []v1.ArchivePolicy{
		{
			Name: "silent", Action: v1.Keep, InactiveSeconds: 60 * 24 * 3600,
			Labels: &v1.ArchiveLabels{Exclude: []string{"vip", "6"}, Action: v1.ArchiveChat},
		},
		{Name: "ancient", InactiveSeconds: 61 * 24 * 3600},
	}}
	w.run()
	w.scan()
	w.await("the history", func() bool { return len(w.chats("")) >= account.Len() })
	var before, after wire.ArchivePlan
	w.get("/api/sales/auto-archive/plan", &before)
	if before.Candidates < 3 {
		t.Fatalf("the plan is %+v", before)
	}

	w.do(201, "POST", labels, m{"name": "VIP"}, nil)
	w.do(200, "PUT", labels+"/chats/"+string(before.Items[0].ID), m{"labels": []m{{"id": "7"}}}, nil)
	second, err := types.ParseJID(strings.Replace(string(before.Items[1].ID), "@c.us", "@s.whatsapp.net", 1))
	w.ok(err)
	w.ok(w.alice.PushLabelled(w.ctx, "6", second, true))
	w.await("the phone's label", func() bool { return len(w.labelsOf(string(before.Items[1].ID))) == 1 })
	w.get("/api/sales/auto-archive/plan", &after)
	if after.Candidates != before.Candidates-2 {
		t.Errorf("%d candidates, before two chats had labels %d", after.Candidates, before.Candidates)
	}
	w.do(201, "POST", "/api/sales/auto-archive/run", nil, nil)
	w.await("the other chats in the archive", func() bool {
		var plan wire.ArchivePlan
		w.get("/api/sales/auto-archive/plan", &plan)
		return plan.Candidates == 0
	})
	all := w.chats("")
	for i, item := range before.Items {
		if archived := all[string(item.ID)].Archived; archived != (i > 1) {
			t.Errorf("chat %d, %s: archived %t", i, item.ID, archived)
		}
	}
}

func TestWithoutPoliciesNothingRuns(t *testing.T) {
	w := paired(t)
	if status, answer := w.call("POST", "/api/sales/auto-archive/run", nil); status != 422 {
		t.Errorf("%d %s", status, answer)
	}
}
