package controllers

import (
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/wasession/wasession/api/v1alpha1"
)

func TestWhichStatusesCanWait(t *testing.T) {
	const yes, no = metav1.ConditionTrue, metav1.ConditionFalse
	on := func(reason string) v1alpha1.WhatsAppSessionStatus {
		return statusWith(is("Ready", no, reason), is("Reconciling", yes, reason), is("Stalled", no, reason))
	}
	at := func(reason string) v1alpha1.WhatsAppSessionStatus {
		return statusWith(is("Ready", yes, reason), is("Reconciling", no, reason), is("Stalled", no, reason))
	}
	stalled := statusWith(is("Ready", no, "LoggedOut"), is("Reconciling", no, "LoggedOut"), is("Stalled", yes, "LoggedOut"))
	with := func(s v1alpha1.WhatsAppSessionStatus, change func(*v1alpha1.WhatsAppSessionStatus)) v1alpha1.WhatsAppSessionStatus {
		change(&s)
		return s
	}
	cases := []struct {
		name          string
		before, after v1alpha1.WhatsAppSessionStatus
		want          bool
	}{
		{"a new session is on its way", statusWith(), on("PodPending"), true},
		{"the next step", on("PodPending"), on("Starting"), true},
		{"its claim is bound", on("PodPending"), with(on("PodPending"), func(s *v1alpha1.WhatsAppSessionStatus) {
			s.Volume = &v1alpha1.VolumeStatus{Claim: "sales-data"}
		}), true},
		{"it has a node", on("PodPending"), with(on("PodStarting"), func(s *v1alpha1.WhatsAppSessionStatus) { s.NodeName = "node-1" }), true},
		{"its runtime counts its chats", on("PodPending"), with(on("Starting"), func(s *v1alpha1.WhatsAppSessionStatus) {
			s.RuntimeVersion, s.Chats = "v1", &v1alpha1.ChatsStatus{}
		}), true},
		{"another generation is on its way", on("Starting"), with(on("Starting"), func(s *v1alpha1.WhatsAppSessionStatus) { s.ObservedGeneration = 2 }), true},
		{"arrived", on("Starting"), at("Connected"), false},
		{"a person must act", on("Starting"), stalled, false},
		{"a person must act at once", statusWith(), stalled, false},
		{"ready no more", at("Connected"), on("PodReplacing"), false},
		{"it goes on after a person acted", stalled, on("Starting"), false},
		{"paired on the way", on("Starting"), with(on("Starting"), func(s *v1alpha1.WhatsAppSessionStatus) {
			s.Conditions = append(s.Conditions, is("Paired", yes, "Paired"))
		}), false},
		{"what a user asked for was handled", on("Starting"), with(on("Starting"), func(s *v1alpha1.WhatsAppSessionStatus) {
			s.LastHandledReconcileAt = "now"
		}), false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := onlyProgress(c.before, c.after); got != c.want {
				t.Errorf("only progress: %v, want %v", got, c.want)
			}
		})
	}
}

func TestAStatusIsHeldBackOnlyForAWhile(t *testing.T) {
	var p progress
	key, other := types.NamespacedName{Name: "sales"}, types.NamespacedName{Name: "other"}
	begin := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	expect := func(what string, key types.NamespacedName, after, want time.Duration) {
		t.Helper()
		if got := p.hold(key, begin.Add(after), 5*time.Second); got != want {
			t.Errorf("%s: held back for %s, want %s", what, got, want)
		}
	}
	expect("first", key, 0, 5*time.Second)
	expect("another step", key, 3*time.Second, 2*time.Second)
	expect("another session", other, 3*time.Second, 5*time.Second)
	expect("time is up", key, 5*time.Second, 0)
	p.done(key)
	expect("after it was written", key, 6*time.Second, 5*time.Second)
	p.done(key)
	p.done(other)
	if len(p.held) != 0 {
		t.Errorf("left over: %v", p.held)
	}
}
