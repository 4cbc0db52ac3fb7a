package command

import (
	"context"
	"fmt"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"

	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/kubectl/cli"
	"github.com/wasession/wasession/kubectl/cluster"
	"github.com/wasession/wasession/kubectl/reach"
)

// reopenAfter is the pause before a pod is connected to again.
const reopenAfter = time.Second

// open opens the way to a session that runs, once its pod is there. It fails for a
// session that is stopped or that needs somebody to act.
func (e *Env) open(ctx context.Context, c *cluster.Cluster, name string, progress *cli.Progress) (*v1alpha1.WhatsAppSession, *reach.Link, error) {
	for {
		s, err := c.Await(ctx, name, func(s *v1alpha1.WhatsAppSession) bool {
			if wait := waitsFor(s); wait != "" && blocked(s) == nil {
				progress.Say("Waiting for %s: %s", name, wait)
				return false
			}
			return true
		})
		if err != nil {
			return nil, nil, err
		}
		if err := blocked(s); err != nil {
			return nil, nil, err
		}
		link, err := e.Reach.Open(ctx, c, s)
		if err == nil {
			return s, link, nil
		}
		if ctx.Err() != nil || !cluster.MayPass(err) {
			return nil, nil, err
		}
		progress.Say("Waiting for %s: %s", name, cli.Short(err.Error(), 300))
		if err := cli.Sleep(ctx, reopenAfter); err != nil {
			return nil, nil, err
		}
	}
}

// waitsFor is what a session waits for before its chat API answers; empty if it does.
func waitsFor(s *v1alpha1.WhatsAppSession) string {
	if s.Status.ObservedGeneration < 1 {
		return "the operator has not seen it yet"
	}
	if answers(s) {
		return ""
	}
	ready := meta.FindStatusCondition(s.Status.Conditions, v1alpha1.ConditionReady)
	if ready == nil {
		return "the operator has not seen it yet"
	}
	return ready.Message
}

// answers says whether a session's chat API answers.
func answers(s *v1alpha1.WhatsAppSession) bool {
	return s.Status.Phase == v1alpha1.PhaseWorking || unlinked(s)
}

// unlinked says whether a session waits to be linked with the phone.
func unlinked(s *v1alpha1.WhatsAppSession) bool {
	switch s.Status.Phase {
	case v1alpha1.PhaseScanQRCode, v1alpha1.PhasePasskeyRequired, v1alpha1.PhasePasskeyConfirmation:
		return true
	}
	return false
}

// blocked is why a session does not come without somebody who acts; nil if it does.
func blocked(s *v1alpha1.WhatsAppSession) error {
	if s.Spec.State == v1alpha1.SessionStopped {
		return fmt.Errorf("the session %s is stopped. Start it: kubectl patch was %s -n %s --type merge -p '{\"spec\":{\"state\":\"Running\"}}'", s.Name, s.Name, s.Namespace)
	}
	if stalled := meta.FindStatusCondition(s.Status.Conditions, v1alpha1.ConditionStalled); stalled != nil && stalled.Status == "True" && s.Status.ObservedGeneration == s.Generation {
		return fmt.Errorf("the session %s does not go on by itself: %s (%s). kubectl wasession doctor %s says what to do", s.Name, stalled.Message, stalled.Reason, s.Name)
	}
	return nil
}
