package dashboard

import (
	"fmt"
	"net/url"
	"reflect"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/gateway/fleet"
)

func rowOf(namespace, name string, phase v1alpha1.SessionPhase, change ...func(*v1alpha1.WhatsAppSession)) row {
	s := &v1alpha1.WhatsAppSession{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name}, Status: v1alpha1.WhatsAppSessionStatus{Phase: phase}}
	for _, f := range change {
		f(s)
	}
	of := fleet.Session{WhatsAppSession: s, Called: name}
	return newRow(of, factsOf(of))
}

func keysOf(rows []row) (keys []string) {
	for _, r := range rows {
		keys = append(keys, r.Key)
	}
	return keys
}

func TestWhatAFilterShows(t *testing.T) {
	rows := []row{
		rowOf("crm", "orders", v1alpha1.PhaseFailed),
		rowOf("crm", "sales", v1alpha1.PhaseWorking, func(s *v1alpha1.WhatsAppSession) {
			s.Status.Me = &v1alpha1.AccountStatus{ID: "4915112345678@c.us", PushName: "Müller Shop"}
		}),
		rowOf("hr", "sales", v1alpha1.PhaseWorking),
	}
	for query, want := range map[string][]string{
		"": {"crm/orders", "crm/sales", "hr/sales"}, "q=SALES": {"crm/sales", "hr/sales"}, "q=crm": {"crm/orders", "crm/sales"},
		"q=crm.sales": {"crm/sales"}, "q=%2B49+151-1234": {"crm/sales"}, "q=m%C3%BCller": {"crm/sales"}, "q=nobody": nil, "q=%2B": nil, "namespace=hr": {"hr/sales"},
		"status=FAILED": {"crm/orders"}, "status=WORKING&namespace=crm": {"crm/sales"}, "status=STOPPED": nil,
	} {
		values, err := url.ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		if got := keysOf(newList(rows, filterOf(values), "").Rows); !reflect.DeepEqual(got, want) {
			t.Errorf("%q shows %v, want %v", query, got, want)
		}
	}
	// The counts are those of each status, whichever is shown.
	l := newList(rows, filter{Status: "FAILED", Namespace: "crm"}, "")
	if l.Found != 1 || l.Counts[0].Count != 2 || l.Counts[1].Count != 1 || !reflect.DeepEqual(l.Namespaces, []string{"crm", "hr"}) {
		t.Errorf("%+v", l)
	}
}

// Page after page shows each session once, also where one goes in between.
func TestPagesOfTheList(t *testing.T) {
	var rows []row
	for i := range 2*pageRows + 7 {
		rows = append(rows, rowOf("crm", fmt.Sprintf("s-%03d", i), v1alpha1.PhaseWorking))
	}
	seen, pages := map[string]int{}, 0
	for after := ""; ; pages++ {
		l := newList(rows, filter{Query: "s-"}, after)
		for _, r := range l.Rows {
			seen[r.Key]++
		}
		if l.More == "" {
			break
		}
		next, err := url.Parse(l.More)
		if err != nil || next.Query().Get("q") != "s-" {
			t.Fatalf("%s: %v", l.More, err)
		}
		after = next.Query().Get("after")
		for i, r := range rows { // the last one that was shown goes
			if r.Key == after {
				rows = append(rows[:i:i], rows[i+1:]...)
				break
			}
		}
	}
	if len(seen) != 2*pageRows+7 || pages != 2 {
		t.Errorf("%d sessions on %d further pages", len(seen), pages)
	}
	for key, times := range seen {
		if times != 1 {
			t.Errorf("%s is shown %d times", key, times)
		}
	}
}

func TestWhatChanges(t *testing.T) {
	rows := []row{rowOf("crm", "a", v1alpha1.PhaseWorking), rowOf("crm", "b", v1alpha1.PhaseFailed)}
	key := func(name string) types.NamespacedName { return types.NamespacedName{Namespace: "crm", Name: name} }
	c := changesOf(rows, filter{Status: "WORKING"}, []types.NamespacedName{key("a"), key("b"), key("gone")})
	if got := keysOf(c.Rows); !reflect.DeepEqual(got, []string{"crm/a"}) {
		t.Errorf("shown: %v", got)
	}
	if want := []string{"session-crm.b", "session-crm.gone"}; !reflect.DeepEqual(c.Gone, want) || c.Found != 1 {
		t.Errorf("gone: %v of %d, want %v", c.Gone, c.Found, want)
	}
}

func TestWhatAResourceTells(t *testing.T) {
	created := time.Date(2026, 11, 28, 9, 0, 0, 0, time.UTC)
	ready := func(status metav1.ConditionStatus, message string) func(*v1alpha1.WhatsAppSession) {
		return func(s *v1alpha1.WhatsAppSession) {
			s.CreationTimestamp = metav1.NewTime(created)
			s.Status.Conditions = []metav1.Condition{{Type: v1alpha1.ConditionReady, Status: status, Reason: "Why", Message: message, LastTransitionTime: metav1.NewTime(created.Add(time.Hour))}}
		}
	}
	for what, c := range map[string]struct {
		row                  row
		label, tone, problem string
	}{
		"working":      {rowOf("crm", "a", v1alpha1.PhaseWorking, ready("True", "fine")), "Working", "good", ""},
		"degraded":     {rowOf("crm", "a", v1alpha1.PhaseWorking, ready("False", "The volume is full")), "Working", "good", "The volume is full"},
		"no message":   {rowOf("crm", "a", v1alpha1.PhaseFailed, ready("False", "")), "Failed", "bad", "Why"},
		"not seen yet": {rowOf("crm", "a", v1alpha1.PhaseFailed, ready("False", "old"), func(s *v1alpha1.WhatsAppSession) { s.Generation = 2 }), "Failed", "bad", ""},
		"stopped":      {rowOf("crm", "a", v1alpha1.PhaseStopped, ready("False", "The session is stopped"), func(s *v1alpha1.WhatsAppSession) { s.Spec.State = v1alpha1.SessionStopped }), "Stopped", "off", ""},
		"new":          {rowOf("crm", "a", ""), "Starting", "busy", ""},
		"being deleted": {rowOf("crm", "a", v1alpha1.PhaseWorking, ready("False", "x"), func(s *v1alpha1.WhatsAppSession) {
			now := metav1.NewTime(created.Add(2 * time.Hour))
			s.DeletionTimestamp = &now
		}), "Deleting", "off", ""},
	} {
		if c.row.Label != c.label || c.row.Tone != c.tone || c.row.Problem != c.problem {
			t.Errorf("%s: %q %q %q", what, c.row.Label, c.row.Tone, c.row.Problem)
		}
	}
}
