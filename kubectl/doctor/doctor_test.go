package doctor

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/wasession/wasession/api/v1alpha1"
)

var now = time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)

// session is one with conditions that are an hour old, written as Type=Status/Reason.
func session(conditions ...string) *v1alpha1.WhatsAppSession {
	s := &v1alpha1.WhatsAppSession{ObjectMeta: metav1.ObjectMeta{Namespace: "crm", Name: "support", CreationTimestamp: metav1.NewTime(now.Add(-time.Hour))}}
	for _, c := range conditions {
		kind, rest, _ := strings.Cut(c, "=")
		status, reason, _ := strings.Cut(rest, "/")
		s.Status.Conditions = append(s.Status.Conditions, metav1.Condition{
			Type: kind, Status: metav1.ConditionStatus(status), Reason: reason, Message: "because of " + reason,
			LastTransitionTime: metav1.NewTime(now.Add(-time.Hour)),
		})
	}
	return s
}

func reasons(findings []Finding) (list []string) {
	for _, f := range findings {
		list = append(list, f.Reason)
	}
	return list
}

func TestConditionsAreRead(t *testing.T) {
	for name, c := range map[string]struct {
		conditions []string
		want       []string
	}{
		"all is well": {[]string{"Ready=True/Connected", "Reconciling=False/Settled", "Stalled=False/Settled", "Paired=True/Paired"}, nil},
		"stopped":     {[]string{"Ready=False/Stopped", "Reconciling=False/Settled", "Stalled=False/Settled"}, nil},
		"each once": {[]string{"Paired=False/LoggedOut", "Ready=False/LoggedOut", "Reconciling=False/Settled", "Stalled=True/LoggedOut"},
			[]string{"LoggedOut"}},
		"what stalls it first": {[]string{"KeysValid=False/InvalidKeys", "Ready=False/SecretNotFound", "Stalled=True/SecretNotFound"},
			[]string{"SecretNotFound", "InvalidKeys"}},
		"ready, with a wrong key":      {[]string{"Ready=True/Connected", "KeysValid=False/InvalidKeys", "Stalled=False/Settled"}, []string{"InvalidKeys"}},
		"waiting for the phone":        {[]string{"Ready=False/WaitingForScan", "Paired=False/NotPaired"}, []string{"WaitingForScan"}},
		"a reason of a newer operator": {[]string{"Ready=False/Novel", "Stalled=True/Novel"}, []string{"Novel"}},
		"connecting for an hour":       {[]string{"Ready=False/Connecting", "Reconciling=True/Connecting"}, []string{"Connecting"}},
		"unseen for an hour":           {nil, []string{"OperatorSilent"}},
	} {
		if got := reasons(Examine(Facts{Session: session(c.conditions...), Now: now})); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v", name, got)
		}
	}
	justNow := now.Add(-59 * time.Minute)
	if got := Examine(Facts{Session: session("Ready=False/Connecting"), Now: justNow}); got != nil {
		t.Errorf("connecting for a minute: %v", got)
	}
	if got := Examine(Facts{Session: session(), Now: now.Add(-time.Hour)}); got != nil {
		t.Errorf("new: %v", got)
	}
}

func TestTheAdviceNamesTheSession(t *testing.T) {
	got := Examine(Facts{Session: session("Ready=False/WaitingForScan"), Now: now})
	if len(got) != 1 || got[0] != (Finding{
		Namespace: "crm", Session: "support", Reason: "WaitingForScan", What: "Ready is False: because of WaitingForScan",
		Do: "Scan the code: kubectl wasession qr support -n crm", Link: page + "#it-does-not-pair",
	}) {
		t.Errorf("%+v", got)
	}
}

func TestObjectsAreRead(t *testing.T) {
	broken := func() *v1alpha1.WhatsAppSession { return session("Ready=False/Progressing") }
	event := func(kind, reason string, age time.Duration) corev1.Event {
		return corev1.Event{Type: kind, Reason: reason, Message: "the node says so", LastTimestamp: metav1.NewTime(now.Add(-age))}
	}
	killed := session("Ready=True/Connected")
	killed.Status.LastTermination = &v1alpha1.TerminationStatus{Reason: v1alpha1.TerminationOOMKilled, Time: metav1.NewTime(now.Add(-time.Hour))}
	deleted := metav1.NewTime(now)
	for name, c := range map[string]struct {
		facts Facts
		want  []string
	}{
		"killed, and up again": {Facts{Session: killed}, []string{"OOMKilled"}},
		"a claim that goes":    {Facts{Session: session("Ready=True/Connected"), Claim: &corev1.PersistentVolumeClaim{ObjectMeta: metav1.ObjectMeta{DeletionTimestamp: &deleted}}}, []string{"ClaimDeleted"}},
		"a claim without its volume": {Facts{Session: broken(), Claim: &corev1.PersistentVolumeClaim{Status: corev1.PersistentVolumeClaimStatus{Phase: corev1.ClaimLost}}},
			[]string{"StorageLost"}},
		"a container that waits": {Facts{Session: broken(), Pod: &corev1.Pod{Status: corev1.PodStatus{ContainerStatuses: []corev1.ContainerStatus{
			{Name: "runtime", State: corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: "ErrImagePull", Message: "no such image"}}}}}}},
			[]string{"ErrImagePull"}},
		"events": {Facts{Session: broken(), Events: []corev1.Event{
			event(corev1.EventTypeWarning, "FailedMount", time.Minute), event(corev1.EventTypeWarning, "FailedMount", 0),
			event(corev1.EventTypeWarning, "FailedScheduling", time.Hour), event(corev1.EventTypeNormal, "FailedAttachVolume", 0), event(corev1.EventTypeWarning, "Other", 0),
		}}, []string{"FailedMount"}},
		"events of the past": {Facts{Session: session("Ready=True/Connected"), Events: []corev1.Event{event(corev1.EventTypeWarning, "FailedMount", 0)}}, nil},
		"a queue":            {Facts{Session: session("Ready=True/Connected"), Queue: &Queue{Pending: 100, Failed: 1}}, []string{"EventsFailed", "EventsWaiting"}},
		"a short queue":      {Facts{Session: session("Ready=True/Connected"), Queue: &Queue{Pending: 99}}, nil},
	} {
		c.facts.Now = now
		if got := reasons(Examine(c.facts)); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// TestEveryReasonThatNeedsSomebodyHasAdvice reads the reference, which is made from the
// API's constants.
func TestEveryReasonThatNeedsSomebodyHasAdvice(t *testing.T) {
	reference, err := os.ReadFile("../../docs/reference/conditions.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, found := strings.Cut(string(reference), "\n## Reasons for a session that needs intervention\n")
	section, _, _ = strings.Cut(section, "\n## ")
	all := regexp.MustCompile("(?m)^\\| `(\\w+)`").FindAllStringSubmatch(section, -1)
	if !found || len(all) < 20 {
		t.Fatalf("%d reasons were found in the reference", len(all))
	}
	for _, reason := range all {
		if advices[reason[1]].do == "" {
			t.Errorf("there is no advice for %s", reason[1])
		}
	}
}

// TestLinksLeadToTheirHeading: and the reason is explained below it.
func TestLinksLeadToTheirHeading(t *testing.T) {
	text, err := os.ReadFile("../../docs/troubleshooting.md")
	if err != nil {
		t.Fatal(err)
	}
	sections := map[string]string{}
	for _, section := range strings.Split(string(text), "\n## ")[1:] {
		heading, body, _ := strings.Cut(section, "\n")
		slug := regexp.MustCompile(`[^a-z0-9 -]`).ReplaceAllString(strings.ToLower(heading), "")
		sections["#"+strings.ReplaceAll(slug, " ", "-")] = body
	}
	for reason, a := range advices {
		if body, found := sections[a.section]; !found {
			t.Errorf("%s: the page has no heading %s", reason, a.section)
		} else if a.after == 0 && !strings.Contains(body, "`"+reason+"`") {
			t.Errorf("%s is not explained below %s", reason, a.section)
		}
	}
	if _, found := sections[working]; !found {
		t.Errorf("the page has no heading %s, only %v", working, sections)
	}
	for reason, a := range warnings {
		if _, found := sections[a.section]; !found {
			t.Errorf("%s: the page has no heading %s", reason, a.section)
		}
	}
}
