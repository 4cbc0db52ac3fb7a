package dashboard

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"

	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/gateway/access"
)

// manifest is a session's resource and what its conditions mean.
type manifest struct {
	Frame      frame
	YAML       string
	Conditions []condition
	// Seen says whether the operator has seen the newest version.
	Seen bool
}

// condition is a condition for people.
type condition struct {
	Type, Reason, Message string
	// Label and Tone are for its badge.
	Label, Tone string
	// Meaning is what the type stands for, and Advice what to do.
	Meaning, Advice string
	Since           time.Time
}

// meanings are what the types of conditions stand for, in the order in which they are
// shown, and which status of them is the good one.
var meanings = []struct {
	kind, meaning string
	good          metav1.ConditionStatus
}{
	{v1alpha1.ConditionReady, "The session can do its job: connected, its API serving, its configuration applied.", metav1.ConditionTrue},
	{v1alpha1.ConditionReconciling, "The operator or the session is on its way to what the manifest says.", metav1.ConditionFalse},
	{v1alpha1.ConditionStalled, "Nothing goes on until somebody changes something.", metav1.ConditionFalse},
	{v1alpha1.ConditionPaired, "The session is linked to a number.", metav1.ConditionTrue},
	{v1alpha1.ConditionConnected, "There is a connection to WhatsApp.", metav1.ConditionTrue},
	{v1alpha1.ConditionStorageReady, "The volume is there, large enough, and has free space.", metav1.ConditionTrue},
	{v1alpha1.ConditionUpdated, "The pod was made by the operator's current version.", metav1.ConditionTrue},
	{v1alpha1.ConditionArchiveHealthy, "The last run of auto-archive succeeded.", metav1.ConditionTrue},
	{v1alpha1.ConditionKeysValid, "All entries of the session's API keys are valid.", metav1.ConditionTrue},
	{v1alpha1.ConditionExposed, "The chat API is reachable from outside, as the manifest asks.", metav1.ConditionTrue},
}

// explain tells what the conditions of a session mean.
func explain(conditions []metav1.Condition) []condition {
	var all []condition
	place := func(kind string) int {
		for i, m := range meanings {
			if m.kind == kind {
				return i
			}
		}
		return len(meanings)
	}
	told := map[string]bool{} // several conditions can have one reason
	sorted := slices.Clone(conditions)
	slices.SortStableFunc(sorted, func(a, b metav1.Condition) int { return place(a.Type) - place(b.Type) })
	for _, c := range sorted {
		shown := condition{Type: c.Type, Reason: c.Reason, Message: c.Message, Label: string(c.Status), Tone: "off", Since: c.LastTransitionTime.Time}
		if i := place(c.Type); i < len(meanings) {
			m := meanings[i]
			shown.Meaning = m.meaning
			switch {
			case c.Status == m.good:
				shown.Tone = "good"
			case c.Status == metav1.ConditionUnknown:
				shown.Tone = "wait"
			case c.Type == v1alpha1.ConditionStalled:
				shown.Tone = "bad"
			case c.Type == v1alpha1.ConditionReconciling:
				shown.Tone = "busy"
			default:
				shown.Tone = "wait"
			}
			if c.Status != m.good && !told[c.Reason] {
				shown.Advice, told[c.Reason] = advice[c.Reason], true
			}
		}
		all = append(all, shown)
	}
	return all
}

// manifestPage shows the resource as it is written, which refers to Secrets and never
// contains one.
func (d *Dashboard) manifestPage(v *visit) error {
	s, err := v.resource()
	if err == nil {
		err = v.mustMay(s, access.See)
	}
	if err != nil {
		return err
	}
	text, err := manifestOf(s.WhatsAppSession)
	if err != nil {
		return err
	}
	return v.show(http.StatusOK, "manifest", manifest{
		Frame: v.frame(s, "manifest"), YAML: text, Conditions: explain(s.Status.Conditions),
		Seen: s.Status.ObservedGeneration == s.Generation,
	})
}

// manifestOf is a session's manifest, as it can be kept in Git: what the API server has
// added is left out.
func manifestOf(s *v1alpha1.WhatsAppSession) (string, error) {
	plain := &v1alpha1.WhatsAppSession{
		TypeMeta:   metav1.TypeMeta{APIVersion: v1alpha1.GroupVersion.String(), Kind: v1alpha1.Kind},
		ObjectMeta: metav1.ObjectMeta{Name: s.Name, Namespace: s.Namespace, Labels: s.Labels, Annotations: map[string]string{}},
		Spec:       *s.Spec.DeepCopy(),
	}
	for name, value := range s.Annotations {
		if name != corev1.LastAppliedConfigAnnotation && !strings.HasPrefix(name, "argocd.argoproj.io/") {
			plain.Annotations[name] = value
		}
	}
	raw, err := yaml.Marshal(plain)
	if err != nil {
		return "", fmt.Errorf("writing a manifest: %w", err)
	}
	return strings.Replace(string(raw), "status: {}\n", "", 1), nil
}
