package command

import (
	"errors"
	"fmt"

	"k8s.io/apimachinery/pkg/api/meta"

	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/kubectl/chat"
)

// cannotArchive is why a session cannot archive without somebody who acts; nil if it can.
func cannotArchive(s *v1alpha1.WhatsAppSession, dryRun bool) error {
	if err := blocked(s); err != nil {
		return err
	}
	edit := fmt.Sprintf("kubectl edit was %s -n %s", s.Name, s.Namespace)
	switch spec := s.Spec.AutoArchive; {
	case !hasPolicies(s):
		return fmt.Errorf("the session %s has no archive policies: add one to spec.autoArchive.policies with %s", s.Name, edit)
	case unlinked(s):
		return fmt.Errorf("the session %s is not paired: pair it first with kubectl wasession qr %s -n %s", s.Name, s.Name, s.Namespace)
	case dryRun:
		return nil
	case spec != nil && spec.DryRun:
		return fmt.Errorf("spec.autoArchive.dryRun keeps the session %s from archiving: remove it with %s, or only look with --dry-run", s.Name, edit)
	case s.Annotations[v1alpha1.AnnotationPaused] == "true":
		return fmt.Errorf("the session %s is paused, so the operator starts no run: let it go on with kubectl annotate was %s -n %s %s-, or only look with --dry-run",
			s.Name, s.Name, s.Namespace, v1alpha1.AnnotationPaused)
	}
	return nil
}

// hasPolicies says whether a run would look at anything.
func hasPolicies(s *v1alpha1.WhatsAppSession) bool {
	groups := s.Spec.Groups
	return s.Spec.AutoArchive != nil && len(s.Spec.AutoArchive.Policies) > 0 ||
		groups != nil && groups.Unknown != "" && groups.Unknown != v1alpha1.GroupKeep
}

// archiveWaits is what a session waits for before it can tell what it would archive;
// empty if it can.
func archiveWaits(s *v1alpha1.WhatsAppSession) string {
	ready := meta.FindStatusCondition(s.Status.Conditions, v1alpha1.ConditionReady)
	switch {
	case ready == nil || ready.ObservedGeneration < s.Generation:
		return "the operator has not seen the latest change yet"
	case ready.Status != "True": // not connected, or with policies that were changed since
		return ready.Message
	}
	return ""
}

// archiveStarts is what a run waits for that was requested.
func archiveStarts(s *v1alpha1.WhatsAppSession) string {
	if wait := archiveWaits(s); wait != "" {
		return wait
	}
	return "the operator has not started the run yet"
}

// handled says whether the session has taken a request.
func handled(s *v1alpha1.WhatsAppSession, request string) bool {
	return s.Status.AutoArchive != nil && s.Status.AutoArchive.LastHandledRequest == request
}

// requestedRun finds a run by its id; or, if that is not known yet, the newest that was
// requested since the run with the id before. One session has one run at a time, so it is
// the one that the operator has just started.
func requestedRun(runs []chat.ArchiveRun, id, before string) (chat.ArchiveRun, error) {
	for _, run := range runs {
		if run.ID == id || id == "" && run.ID > before && run.Trigger == "request" {
			return run, nil
		}
	}
	return chat.ArchiveRun{}, errors.New("the session does not list the run that was requested. kubectl wasession list shows its result")
}
