package kubectl

import (
	"context"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/kubectl/cli"
	"github.com/wasession/wasession/test/controlplane"
)

// fleetUser is a plugin with all rights.
func fleetUser(t *testing.T, namespace string) plugin {
	t.Helper()
	path := t.TempDir() + "/kubeconfig"
	if err := controlplane.WriteKubeconfig(lab.Plane.Config, path); err != nil {
		t.Fatal(err)
	}
	return plugin{flags: []string{"--kubeconfig", path, "-n", namespace}}
}

// setUpdated writes the condition Updated as the operator does.
func setUpdated(t *testing.T, s *v1alpha1.WhatsAppSession, reason, message string) {
	t.Helper()
	status := metav1.ConditionFalse
	if reason == v1alpha1.ReasonUpToDate {
		status = metav1.ConditionTrue
	}
	read(t, client.ObjectKeyFromObject(s), s)
	meta.SetStatusCondition(&s.Status.Conditions, metav1.Condition{
		Type: v1alpha1.ConditionUpdated, Status: status, Reason: reason, Message: message, ObservedGeneration: s.Generation,
	})
	if err := lab.K8s.Status().Update(t.Context(), s); err != nil {
		t.Fatal(err)
	}
}

func TestRolloutOfAFleet(t *testing.T) {
	namespace := lab.Namespace(t)
	sessions := map[string]*v1alpha1.WhatsAppSession{}
	for name, reason := range map[string]string{
		"current": v1alpha1.ReasonUpToDate, "queued": v1alpha1.ReasonRolloutQueued, "held": v1alpha1.ReasonRolloutHeld,
		"failing": v1alpha1.ReasonUpdateFailed, "kept": v1alpha1.ReasonPaused,
	} {
		s := lab.Session(t, namespace, name, v1alpha1.PhaseWorking, func(s *v1alpha1.WhatsAppSession) {
			if reason == v1alpha1.ReasonPaused {
				s.Annotations = map[string]string{v1alpha1.AnnotationPaused: "true"}
			}
		})
		setUpdated(t, s, reason, "It fails with session "+namespace+"/failing")
		sessions[name] = s
	}
	p := fleetUser(t, namespace)

	r := p.run(t.Context(), "rollout", "status", "--watch=false")
	if r.code != cli.Done || !strings.Contains(r.out, "UpToDate") || !strings.Contains(r.out, namespace+"/held") {
		t.Errorf("it ended with %d\n%s%s", r.code, r.out, r.err)
	}
	if r := p.run(t.Context(), "rollout", "now"); r.code != cli.Usage {
		t.Errorf("a command that does not exist ended with %d\n%s%s", r.code, r.out, r.err)
	}

	// It follows the one that goes on, and then says what does not.
	command := p.start(t.Context(), "rollout", "status", "-o", "json")
	command.await(t, t.Context(), &command.err, func(text string) bool {
		return strings.Contains(text, "1 of 5 up to date, 1 UpdateFailed, 1 RolloutHeld, 1 Paused, 1 RolloutQueued")
	})
	setUpdated(t, sessions["queued"], v1alpha1.ReasonUpToDate, "")
	if end := <-command.ended; end.code != cli.Unhealthy || !strings.Contains(end.out, `"upToDate": 2`) || !strings.Contains(end.out, "RolloutHeld") {
		t.Errorf("it ended with %d\n%s%s", end.code, end.out, end.err)
	}

	// Only what waits is paused, and only what was paused here is resumed.
	setUpdated(t, sessions["queued"], v1alpha1.ReasonRolloutQueued, "")
	if out := p.ok(t, "rollout", "pause"); strings.Count(out, " paused\n") != 2 || paused(t, namespace) != "held kept queued" {
		t.Errorf("paused are %s\n%s", paused(t, namespace), out)
	}
	if out := p.ok(t, "rollout", "pause", "--all"); strings.Count(out, " paused\n") != 2 {
		t.Errorf("paused are %s\n%s", paused(t, namespace), out)
	}
	if out := p.ok(t, "rollout", "resume"); strings.Count(out, " resumed\n") != 4 || paused(t, namespace) != "kept" {
		t.Errorf("paused are %s\n%s", paused(t, namespace), out)
	}
}

// paused are the names of the sessions that are paused.
func paused(t *testing.T, namespace string) string {
	t.Helper()
	list := &v1alpha1.WhatsAppSessionList{}
	if err := lab.K8s.List(t.Context(), list, client.InNamespace(namespace)); err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, s := range list.Items {
		if s.Annotations[v1alpha1.AnnotationPaused] == "true" {
			names = append(names, s.Name)
		}
	}
	return strings.Join(names, " ")
}

// rollout: the operator keeps the pod of a session that is paused, and replaces it once
// it is resumed.
func (s *stage) rollout(t *testing.T, ctx context.Context) {
	if out := s.user.ok(t, "rollout", "status"); !strings.Contains(out, "UpToDate") {
		t.Errorf("it says %s", out)
	}
	if out := s.user.ok(t, "rollout", "pause", "--all"); strings.Count(out, " paused\n") != 2 || !strings.Contains(out, s.namespace+"/support paused\n") {
		t.Errorf("it says %s", out)
	}
	session := &v1alpha1.WhatsAppSession{}
	read(t, types.NamespacedName{Namespace: s.namespace, Name: "support"}, session)
	before := session.DeepCopy()
	session.Spec.Pod = &v1alpha1.PodSpec{Labels: map[string]v1alpha1.LabelValue{"tier": "gold"}}
	if err := lab.K8s.Patch(ctx, session, client.MergeFrom(before)); err != nil {
		t.Fatal(err)
	}
	if r := s.user.run(ctx, "rollout", "status"); r.code != cli.Unhealthy || !strings.Contains(r.out, "Paused") {
		t.Errorf("while it is paused: %d\n%s%s", r.code, r.out, r.err)
	}
	s.user.ok(t, "rollout", "resume")
	if out := s.user.ok(t, "rollout", "status", "--timeout", "1m"); !strings.Contains(out, "UpToDate   2") {
		t.Errorf("after it was resumed: %s", out)
	}
}
