package controllers

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/wasession/wasession/api/v1alpha1"
)

func TestConclude(t *testing.T) {
	transient := errors.New("connection refused")
	conflicted := conflict("Pod", "sales", "")
	cases := []struct {
		name    string
		err     error
		again   time.Duration
		problem string
		trouble bool
		wantErr error
	}{
		{"done", nil, 0, "", false, nil},
		{"a person must act: no retry", stall("SecretNotFound", "x"), 0, "SecretNotFound", false, nil},
		{"wrapped", fmt.Errorf("phase: %w", stall("SecretNotFound", "x")), 0, "SecretNotFound", false, nil},
		{"what cannot be watched is looked at again", conflicted, time.Minute, "NameConflict", false, nil},
		{"waiting for an event", waitFor("x", 0), 0, "", false, nil},
		{"waiting for a time", waitFor("x", time.Second), time.Second, "", false, nil},
		{"transient", transient, 0, "", true, transient},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s := &scope{}
			result, err := s.conclude(c.err)
			if !errors.Is(err, c.wantErr) || result.RequeueAfter != c.again || s.trouble != c.trouble {
				t.Errorf("conclude = %+v, %v; trouble %v", result, err, s.trouble)
			}
			if got := s.problem; (got == nil) != (c.problem == "") || got != nil && got.Reason != c.problem {
				t.Errorf("problem is %+v, want %q", got, c.problem)
			}
		})
	}
}

func TestTheFirstProblemAndTheEarliestLookCount(t *testing.T) {
	s := &scope{}
	s.comeBack(time.Minute)
	s.stall(stall("First", "x"))
	s.comeBack(time.Second)
	s.comeBack(time.Hour)
	s.comeBack(0)
	s.comeBack(-time.Second)
	result, err := s.conclude(stall("Second", "x"))
	if err != nil || result.RequeueAfter != time.Second || s.problem.Reason != "First" {
		t.Errorf("conclude = %+v, %v; problem %+v", result, err, s.problem)
	}
}

// silent records the notes of Events.
type silent struct{ notes []string }

func (r *silent) Eventf(_ runtime.Object, _ runtime.Object, _, _, _, note string, args ...any) {
	r.notes = append(r.notes, fmt.Sprintf(note, args...))
}

func TestRefusals(t *testing.T) {
	resource := schema.GroupResource{Resource: "pods"}
	quota := apierrors.NewForbidden(resource, "sales", errors.New("exceeded quota: tight"))
	terminating := apierrors.NewForbidden(resource, "sales", errors.New("namespace is terminating"))
	terminating.ErrStatus.Details.Causes = []metav1.StatusCause{{Type: corev1.NamespaceTerminatingCause}}
	invalid := apierrors.NewInvalid(schema.GroupKind{Kind: "Pod"}, "sales", field.ErrorList{
		field.Invalid(field.NewPath("spec", "tolerations").Index(0).Child("key"), "a b", "raw words"),
		field.Required(field.NewPath("spec", "tolerations").Index(0).Child("key"), "raw words"),
	})

	cases := []struct {
		name, reason, message string
		err                   error
		events                int
	}{
		{"quota", v1alpha1.ReasonForbidden, "quota", quota, 1},
		{"invalid", v1alpha1.ReasonInvalidConfiguration, "in spec.tolerations[0].key: correct", invalid, 1},
		{"namespace on its way out", "", "", terminating, 0},
		{"conflict", "", "", apierrors.NewConflict(resource, "sales", errors.New("x")), 0},
		{"timeout", "", "", apierrors.NewTimeoutError("x", 1), 0},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			recorder := &silent{}
			r := &Reconciler{Recorder: recorder}
			err := r.refusal(&scope{session: &v1alpha1.WhatsAppSession{}}, "Pod", "sales", c.err)
			var stalled *stallError
			if errors.As(err, &stalled) != (c.reason != "") {
				t.Fatalf("error is %v", err)
			}
			if len(recorder.notes) != c.events {
				t.Errorf("events are %q", recorder.notes)
			}
			if stalled == nil {
				return
			}
			if stalled.Reason != c.reason || !strings.Contains(stalled.Message, c.message) || stalled.recheck == 0 {
				t.Errorf("stall is %+v", stalled)
			}
			if strings.Contains(stalled.Message, "raw words") || strings.Contains(stalled.Message, "tight") {
				t.Errorf("the cluster's raw words are in %q", stalled.Message)
			}
			if !errors.Is(err, c.err) {
				t.Error("the log does not get the cause")
			}
		})
	}
	if r := (&Reconciler{}); r.refusal(nil, "Pod", "sales", nil) != nil {
		t.Error("no error became one")
	}
}

func TestEventsAreShort(t *testing.T) {
	if got := shorten(strings.Repeat("ü", 1000)); len(got) > 810 || strings.ContainsRune(got, '\uFFFD') {
		t.Errorf("%d bytes are left", len(got))
	}
}
