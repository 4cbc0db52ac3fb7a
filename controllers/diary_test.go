package controllers

import (
	"reflect"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/controllers/ssa"
)

func ended(reason v1alpha1.TerminationReason, at time.Time) v1alpha1.WhatsAppSessionStatus {
	s := statusWith(is("Ready", "False", "PodReplacing"))
	s.LastTermination = &v1alpha1.TerminationStatus{Reason: reason, Time: metav1.NewTime(at)}
	return s
}

func TestWhyAPodIsCreated(t *testing.T) {
	now := time.Date(2026, 1, 1, 3, 0, 0, 0, time.UTC)
	ran := func(s v1alpha1.WhatsAppSessionStatus) v1alpha1.WhatsAppSessionStatus {
		s.RuntimeVersion = "v1"
		return s
	}
	for _, c := range []struct {
		name   string
		before v1alpha1.WhatsAppSessionStatus
		want   string
	}{
		{"a new session", statusWith(), sessionIsNew},
		{"one whose first pod has not run", statusWith(is("Ready", "False", "Progressing")), sessionIsNew},
		{"one that was stopped", ran(statusWith(is("Ready", "False", "Stopped"))), "spec.state is Running again"},
		{"one whose pod was evicted", ended(v1alpha1.TerminationEvicted, now.Add(-time.Minute)), "The pod was evicted from its node"},
		{"one whose pod was evicted long ago", ended(v1alpha1.TerminationEvicted, now.Add(-time.Hour)), "there was none"},
		{"one whose pod was deleted", ran(statusWith(is("Ready", "True", "Connected"))), "there was none"},
	} {
		if got := podCause(c.before, now); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestWhyAnObjectIsApplied(t *testing.T) {
	wanted := &unstructured.Unstructured{}
	wanted.SetAnnotations(map[string]string{ssa.AnnotationApplied: "new"})
	applied := func(hash string) client.Object {
		return &corev1.Service{ObjectMeta: metav1.ObjectMeta{Annotations: map[string]string{ssa.AnnotationApplied: hash}}}
	}
	for _, c := range []struct {
		name    string
		live    client.Object
		settled bool
		want    string
	}{
		{"not there yet", nil, false, objectNew},
		{"missing beside a pod", nil, true, objectMissing},
		{"another wish", applied("old"), true, objectUpdated},
		{"the same wish", applied("new"), true, objectChanged},
	} {
		if got := applyCause(wanted, c.live, c.settled); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestTransitionsOfWhatEnded(t *testing.T) {
	at := time.Date(2026, 1, 1, 3, 0, 0, 0, time.UTC)
	warning := []transition{{corev1.EventTypeWarning, "OOMKilled", "Run",
		"The runtime was killed because it exceeded its memory limit at 2026-01-01T03:00:00Z"}}
	none, first, second := statusWith(), ended(v1alpha1.TerminationEvicted, at.Add(-time.Hour)), ended(v1alpha1.TerminationOOMKilled, at)
	for _, c := range []struct {
		name          string
		before, after v1alpha1.WhatsAppSessionStatus
		want          []transition
	}{
		{"nothing", none, none, nil},
		{"the first", none, second, warning},
		{"another", first, second, warning},
		{"the same", second, second, nil},
	} {
		if got := terminationTransition(c.before, c.after); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %+v, want %+v", c.name, got, c.want)
		}
	}
}

func TestReasonsOfTheMetricAreBounded(t *testing.T) {
	for reason, want := range map[string]string{
		v1alpha1.ReasonNodeLost: "NodeLost", v1alpha1.ReasonClaimInUse: "ClaimInUse", v1alpha1.ReasonSessionNameInUse: "SessionNameInUse", v1alpha1.ReasonDataSourceIgnored: "DataSourceIgnored",
		v1alpha1.ReasonGatewayAPIMissing: "GatewayAPIMissing", "Nonsense4711": "Other",
	} {
		if got := stalledReason(reason); got != want {
			t.Errorf("%s is counted as %s", reason, got)
		}
	}
}
