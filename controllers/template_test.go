package controllers

import (
	"testing"

	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/controllers/desired"
)

func TestWhyAPodIsOutdated(t *testing.T) {
	of := func(inputs string) map[string]string {
		return map[string]string{desired.AnnotationInputs: inputs}
	}
	for _, c := range []struct {
		name       string
		have, want map[string]string
		text       string
		byUser     bool
	}{
		{"a field", of("spec.pod.labels=a"), of("spec.pod.labels=b"), "The session's spec.pod.labels changed", true},
		{"a field that is no longer set", of("spec.pod.image=a,spec.pod.labels=b"), of("spec.pod.labels=b"), "The session's spec.pod.image changed", true},
		{"a flag", of("--runtime-image=a"), of("--runtime-image=b"), "The operator's --runtime-image changed", false},
		{"several of both", of("--runtime-image=a,spec.pod.labels=a"), of("--runtime-image=b,spec.pod.image=c"),
			"The session's spec.pod.image, spec.pod.labels and the operator's --runtime-image changed", true},
		{"none of both", of("--runtime-image=a"), of("--runtime-image=a"), "This version of the operator makes pods differently", false},
		{"a pod that does not say", nil, of("spec.pod.labels=b"), "The pod was made by an earlier version of the operator", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := causeOf(c.have, c.want)
			if got.String() != c.text || got.byUser() != c.byUser {
				t.Errorf("it is %q, by the user: %t; want %q, %t", got, got.byUser(), c.text, c.byUser)
			}
		})
	}
}

func TestWhatIsATrial(t *testing.T) {
	made := map[string]string{desired.AnnotationOperatorTemplate: "new", desired.AnnotationInputs: "--runtime-image=b,spec.pod.labels=a"}
	own := desired.ParseInputs(made[desired.AnnotationInputs]).Session()
	for _, c := range []struct {
		name   string
		worked *v1alpha1.TemplateStatus
		made   map[string]string
		want   string
	}{
		{"it worked with another template", &v1alpha1.TemplateStatus{Operator: "old", Session: own}, made, "old"},
		{"it worked with a pod that did not say more", &v1alpha1.TemplateStatus{Operator: "old"}, made, "old"},
		{"it worked with this one", &v1alpha1.TemplateStatus{Operator: "new", Session: own}, made, ""},
		{"it has changed itself too", &v1alpha1.TemplateStatus{Operator: "old", Session: "other"}, made, ""},
		{"it has never worked", nil, made, ""},
		{"it worked with an image of its own", &v1alpha1.TemplateStatus{Session: own}, made, ""},
		{"it has an image of its own now", &v1alpha1.TemplateStatus{Operator: "old", Session: own},
			map[string]string{desired.AnnotationInputs: made[desired.AnnotationInputs]}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := trialOf(c.worked, c.made)[desired.AnnotationUpdatedFrom]; got != c.want {
				t.Errorf("it is a trial after %q, want %q", got, c.want)
			}
		})
	}
}

func TestAHeldSessionNamesTheOneThatFails(t *testing.T) {
	const advice = ". Correct the operator's flags or version, or repair, stop or delete what fails; the rollout then goes on by itself"
	for _, c := range []struct {
		failing []string
		why     cause
		want    string
	}{
		{[]string{"crm/sales"}, cause{}, "The rollout of the operator's template has stopped: it fails with session crm/sales" + advice},
		{[]string{"crm/a", "crm/b", "crm/c"}, cause{}, "The rollout of the operator's template has stopped: it fails with session crm/a and 2 more" + advice},
		{[]string{"crm/sales"}, cause{fields: []string{"spec.pod.labels"}, known: true}, "The rollout of the operator's template has stopped: it fails with session crm/sales" + advice +
			". The session's own change waits too, as its new pod would be made from that template"},
	} {
		if got := heldMessage(c.failing, c.why); got != c.want {
			t.Errorf("it says %q, want %q", got, c.want)
		}
	}
}
