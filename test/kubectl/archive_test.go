package kubectl

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/kubectl/chat"
	"github.com/wasession/wasession/kubectl/cli"
)

// report is what archive prints with -o json.
type report struct {
	Plan chat.ArchivePlan
	Run  *chat.ArchiveRun
}

// archive: the plan is shown, a dry run changes nothing, and a run archives exactly what
// was planned, on the phone too.
func (s *stage) archive(t *testing.T, ctx context.Context) {
	if none := s.user.run(ctx, "archive", "sales"); none.code != cli.Failed || !strings.Contains(none.err, "add one to spec.autoArchive.policies") {
		t.Errorf("without policies: %d\n%s%s", none.code, none.out, none.err)
	}
	s.edit(t, `{"spec":{"autoArchive":{"dryRun":true,"policies":[{"name":"silent","inactiveFor":"1440h"}]}}}`)
	before := s.archived(t)
	var planned report
	eventually(t, ctx, func() string { // the history arrives after pairing
		text := s.user.ok(t, "archive", "sales", "--dry-run", "-o", "json")
		planned = report{}
		if err := json.Unmarshal([]byte(text), &planned); err != nil || planned.Run != nil || len(planned.Plan.Items) < 10 || len(s.chatsOfSales(t)) < 50 {
			return text
		}
		return ""
	})
	table := s.user.ok(t, "archive", "sales", "--dry-run")
	for _, item := range planned.Plan.Items {
		row := fmt.Sprintf("policy silent: idle for %d days", *item.InactiveDays)
		if *item.InactiveDays < 60 || !strings.Contains(table, item.ID) || !strings.Contains(table, row) {
			t.Errorf("%+v is planned, and the table is\n%s", item, table)
		}
	}
	if kept := s.user.run(ctx, "archive", "sales"); kept.code != cli.Failed || !strings.Contains(kept.err, "spec.autoArchive.dryRun") {
		t.Errorf("with dryRun: %d\n%s%s", kept.code, kept.out, kept.err)
	}
	s.edit(t, `{"spec":{"autoArchive":{"dryRun":false}}}`)
	if may := userOf(t, s.namespace).run(ctx, "archive", "sales"); may.code != cli.Failed || !strings.Contains(may.err, "the right to patch whatsappsessions") {
		t.Errorf("without the right: %d\n%s%s", may.code, may.out, may.err)
	}
	if now := s.archived(t); !slices.Equal(now, before) {
		t.Fatalf("archived without a run: %v, before %v", now, before)
	}

	var done report
	r := s.user.run(ctx, "archive", "sales", "-o", "json")
	if err := json.Unmarshal([]byte(r.out), &done); err != nil || r.code != cli.Done || done.Run == nil ||
		done.Run.Result != string(v1alpha1.ArchiveSucceeded) || done.Run.Archived != len(done.Plan.Items) {
		t.Fatalf("exit code %d\n%s%s", r.code, r.out, r.err)
	}
	for _, item := range done.Plan.Items {
		before = append(before, item.ID)
	}
	slices.Sort(before)
	if now := s.archived(t); !slices.Equal(now, before) {
		t.Errorf("archived are %v, and by the plan %v", now, before)
	}
	state, err := s.carol.AppState()
	if err != nil {
		t.Fatal(err)
	}
	if on := state.View().Archived(); on != len(before) {
		t.Errorf("%d chats are archived on the phone, not %d", on, len(before))
	}
	if again := s.user.run(ctx, "archive", "sales"); again.code != cli.Done || again.out != "" || !strings.Contains(again.err, "sales has nothing to archive") {
		t.Errorf("again: %d\n%s%s", again.code, again.out, again.err)
	}
	s.edit(t, `{"spec":{"autoArchive":{"policies":[{"name":"silent","inactiveFor":"480h"}]}}}`)
	if more := s.user.run(ctx, "archive", "sales", "--timeout", "1m"); more.code != cli.Done || !strings.Contains(more.out, "policy silent") || !strings.Contains(more.out, "\nArchived ") {
		t.Errorf("with a stricter policy: %d\n%s%s", more.code, more.out, more.err)
	}
}

// edit merges a change into the session sales.
func (s *stage) edit(t *testing.T, change string) {
	t.Helper()
	session := &v1alpha1.WhatsAppSession{}
	session.Namespace, session.Name = s.namespace, "sales"
	if err := lab.K8s.Patch(t.Context(), session, client.RawPatch(types.MergePatchType, []byte(change))); err != nil {
		t.Fatal(err)
	}
}

// chatsOfSales are the chats of the session sales, and whether each is archived.
func (s *stage) chatsOfSales(t *testing.T) map[string]bool {
	t.Helper()
	var list []chat.Chat
	if err := json.Unmarshal([]byte(s.user.ok(t, "chats", "sales", "--limit", "500", "-o", "json")), &list); err != nil {
		t.Fatal(err)
	}
	chats := map[string]bool{}
	for _, c := range list {
		chats[c.ID] = c.Archived
	}
	return chats
}

// archived are the ids of the archived chats of the session sales.
func (s *stage) archived(t *testing.T) []string {
	t.Helper()
	chats := s.chatsOfSales(t)
	maps.DeleteFunc(chats, func(_ string, archived bool) bool { return !archived })
	return slices.Sorted(maps.Keys(chats))
}
