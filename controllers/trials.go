package controllers

import (
	"context"
	"fmt"
	"slices"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/event"
	"sigs.k8s.io/controller-runtime/pkg/predicate"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/controllers/rollout"
)

// How sessions fare with the operator's templates is read from their status, and
// so from the cluster: another leader comes to the same decisions.

// indexRollout is the index of sessions by what rollouts ask.
const indexRollout = "wasession.rollout"

const (
	failedWith   = "failed/"
	readyWith    = "ready/"
	waitsForTurn = "waiting"
)

func rolloutKeys(s *v1alpha1.WhatsAppSession) []string {
	var keys []string
	if template := s.Status.Template; template != nil {
		if template.Failed != "" {
			keys = append(keys, failedWith+template.Failed)
		}
		if template.Operator != "" && template.Operator != template.Failed {
			keys = append(keys, readyWith+template.Operator)
		}
	}
	if waits(s) != "" {
		keys = append(keys, waitsForTurn)
	}
	return keys
}

// waits is why the session waits for others; empty if it does not.
func waits(s *v1alpha1.WhatsAppSession) string {
	c := meta.FindStatusCondition(s.Status.Conditions, v1alpha1.ConditionUpdated)
	if c != nil && c.Status == metav1.ConditionFalse && (c.Reason == v1alpha1.ReasonRolloutQueued || c.Reason == v1alpha1.ReasonRolloutHeld) {
		return c.Reason
	}
	return ""
}

// trials returns how sessions fare with the operator's template, and the names
// of those that fail. An empty template, of an image of the session's own, says
// nothing about others and is not judged by them.
func (r *Reconciler) trials(ctx context.Context, template string) (rollout.Trials, []string, error) {
	if template == "" {
		return rollout.Trials{Proven: true}, nil, nil
	}
	failed, err := r.sessionsIndexed(ctx, failedWith+template)
	if err != nil {
		return rollout.Trials{}, nil, err
	}
	ready, err := r.sessionsIndexed(ctx, readyWith+template, client.Limit(1))
	if err != nil {
		return rollout.Trials{}, nil, err
	}
	names := make([]string, 0, len(failed))
	for i := range failed {
		names = append(names, client.ObjectKeyFromObject(&failed[i]).String())
	}
	slices.Sort(names)
	return rollout.Trials{Failed: len(failed), Proven: len(ready) > 0}, names, nil
}

func (r *Reconciler) sessionsIndexed(ctx context.Context, key string, options ...client.ListOption) ([]v1alpha1.WhatsAppSession, error) {
	sessions := &v1alpha1.WhatsAppSessionList{}
	options = append(options, client.MatchingFields{indexRollout: key}, client.UnsafeDisableDeepCopy)
	if err := r.List(ctx, sessions, options...); err != nil {
		return nil, fmt.Errorf("listing the sessions of a rollout: %w", err)
	}
	return sessions.Items, nil
}

// heldMessage names a session that fails, and the way out.
func heldMessage(failing []string, why cause) string {
	who := ""
	if len(failing) > 0 {
		who = "session " + failing[0]
	}
	if more := len(failing) - 1; more > 0 {
		who += fmt.Sprintf(" and %d more", more)
	}
	message := "The rollout of the operator's template has stopped: it fails with " + who +
		". Correct the operator's flags or version, or repair, stop or delete what fails; the rollout then goes on by itself"
	if why.byUser() {
		message += ". The session's own change waits too, as its new pod would be made from that template"
	}
	return message
}

// sessionsWaiting maps a session whose trial has another outcome to all that wait.
func (r *Reconciler) sessionsWaiting(ctx context.Context, session client.Object) []reconcile.Request {
	return r.sessionsMatching(ctx, session, client.MatchingFields{indexRollout: waitsForTurn})
}

// trialEnds passes what may stop a rollout or let it go on.
func trialEnds() predicate.Predicate {
	return predicate.Funcs{
		CreateFunc: func(event.CreateEvent) bool { return false },
		UpdateFunc: func(e event.UpdateEvent) bool {
			return failedTemplate(e.ObjectOld) != failedTemplate(e.ObjectNew)
		},
		DeleteFunc: func(e event.DeleteEvent) bool { return failedTemplate(e.Object) != "" },
	}
}

// beginsToWait passes a session whose status has come to say that it waits for
// others. What they do may have changed before the index knew of it.
func beginsToWait() predicate.Predicate {
	return predicate.Funcs{
		CreateFunc: func(event.CreateEvent) bool { return false },
		DeleteFunc: func(event.DeleteEvent) bool { return false },
		UpdateFunc: func(e event.UpdateEvent) bool {
			before, ok := e.ObjectOld.(*v1alpha1.WhatsAppSession)
			after, also := e.ObjectNew.(*v1alpha1.WhatsAppSession)
			return ok && also && waits(after) != "" && waits(before) != waits(after)
		},
	}
}

func failedTemplate(object client.Object) string {
	session, ok := object.(*v1alpha1.WhatsAppSession)
	if !ok || session.Status.Template == nil {
		return ""
	}
	return session.Status.Template.Failed
}
