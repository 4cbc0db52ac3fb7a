package command

import (
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/kubectl/chat"
)

// archiving is a session that can archive.
func archiving() *v1alpha1.WhatsAppSession {
	return &v1alpha1.WhatsAppSession{
		ObjectMeta: metav1.ObjectMeta{Namespace: "crm", Name: "support", Generation: 2},
		Spec: v1alpha1.WhatsAppSessionSpec{
			AutoArchive: &v1alpha1.AutoArchiveSpec{Policies: []v1alpha1.ArchivePolicy{{Name: "silent"}}},
		},
		Status: v1alpha1.WhatsAppSessionStatus{
			ObservedGeneration: 2, Phase: v1alpha1.PhaseWorking,
			Conditions: []metav1.Condition{{Type: v1alpha1.ConditionReady, Status: "True", ObservedGeneration: 2}},
		},
	}
}

func TestWhyASessionCannotArchive(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*v1alpha1.WhatsAppSession)
		// says is the error of a run, and dry that of --dry-run; empty for none.
		says, dry string
	}{
		"it can":         {func(*v1alpha1.WhatsAppSession) {}, "", ""},
		"no spec":        {func(s *v1alpha1.WhatsAppSession) { s.Spec.AutoArchive = nil }, "spec.autoArchive.policies", "spec.autoArchive.policies"},
		"no policies":    {func(s *v1alpha1.WhatsAppSession) { s.Spec.AutoArchive.Policies = nil }, "kubectl edit was support -n crm", "kubectl edit"},
		"only groups":    {func(s *v1alpha1.WhatsAppSession) { groupsOnly(s, v1alpha1.GroupReport) }, "", ""},
		"groups to keep": {func(s *v1alpha1.WhatsAppSession) { groupsOnly(s, v1alpha1.GroupKeep) }, "no archive policies", "no archive policies"},
		"stopped":        {func(s *v1alpha1.WhatsAppSession) { s.Spec.State = v1alpha1.SessionStopped }, "is stopped", "is stopped"},
		"not paired":     {func(s *v1alpha1.WhatsAppSession) { s.Status.Phase = v1alpha1.PhaseScanQRCode }, "kubectl wasession qr support -n crm", "wasession qr"},
		"dry by spec":    {func(s *v1alpha1.WhatsAppSession) { s.Spec.AutoArchive.DryRun = true }, "spec.autoArchive.dryRun", ""},
		"suspended":      {func(s *v1alpha1.WhatsAppSession) { s.Spec.AutoArchive.Suspend = true }, "", ""},
		"paused": {func(s *v1alpha1.WhatsAppSession) {
			s.Annotations = map[string]string{v1alpha1.AnnotationPaused: "true"}
		}, "wasession.dev/paused-", ""},
	} {
		s := archiving()
		c.change(s)
		for dryRun, says := range map[bool]string{false: c.says, true: c.dry} {
			err := cannotArchive(s, dryRun)
			if (err != nil) != (says != "") || err != nil && !strings.Contains(err.Error(), says) {
				t.Errorf("%s, dry run %v: %v", name, dryRun, err)
			}
		}
	}
}

func groupsOnly(s *v1alpha1.WhatsAppSession, unknown v1alpha1.UnknownGroupAction) {
	s.Spec.AutoArchive, s.Spec.Groups = nil, &v1alpha1.GroupsSpec{Unknown: unknown}
}

func TestAPlanWaitsForThePoliciesOfTheSpec(t *testing.T) {
	s := archiving()
	if wait := archiveWaits(s); wait != "" {
		t.Errorf("it waits: %s", wait)
	}
	s.Generation++
	if wait := archiveWaits(s); !strings.Contains(wait, "latest change") {
		t.Errorf("after an edit it says %q", wait)
	}
	s = archiving()
	s.Status.Conditions[0].Status, s.Status.Conditions[0].Message = "False", "It connects"
	if wait := archiveWaits(s); wait != "It connects" {
		t.Errorf("while it connects it says %q", wait)
	}
}

func TestTheRunThatWasRequestedIsFound(t *testing.T) {
	runs := []chat.ArchiveRun{{ID: "4", Trigger: "schedule"}, {ID: "3", Trigger: "request"}, {ID: "2", Trigger: "request"}, {ID: "1"}}
	if run, err := requestedRun(runs, "", "1"); err != nil || run.ID != "3" {
		t.Errorf("the newest is %v, %v", run, err)
	}
	if run, err := requestedRun(runs, "2", "1"); err != nil || run.ID != "2" {
		t.Errorf("the known one is %v, %v", run, err)
	}
	if run, err := requestedRun(runs, "", "3"); err == nil {
		t.Errorf("an old one is taken: %v", run)
	}
}
