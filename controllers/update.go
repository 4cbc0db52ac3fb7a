package controllers

import (
	"context"
	"errors"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"

	runtimev1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/controllers/desired"
	"github.com/wasession/wasession/controllers/rollout"
	"github.com/wasession/wasession/controllers/status"
)

// replaceOutdated deletes a pod that was created from another template, or says
// what it waits for.
func (r *Reconciler) replaceOutdated(ctx context.Context, s *scope) error {
	strategy, problem := strategyOf(s.session.Spec.UpdateStrategy, r.options.UpdateStrategy)
	if problem != nil {
		strategy = rollout.Strategy{OnDelete: true} // until it is corrected
	}
	template := s.template[desired.AnnotationOperatorTemplate]
	if s.hasOperatorTemplate() {
		template = "" // only the session itself has changed
	}
	trials, failing, err := r.trials(ctx, template)
	if err != nil {
		return err
	}
	decision := rollout.Decide(rollout.Case{
		Now: s.now, Running: followable(s.pod) && !crashing(s.pod), Worked: hasWorked(s), Unheard: s.runtime.Status == nil && s.runtime.Grace,
		Paired: pairedOrUnknown(s), ByUser: s.cause.byUser(),
		Strategy: strategy, Trials: trials, MaxFailures: r.options.MaxRolloutFailures,
	})
	switch decision.Action {
	case rollout.Replace:
		return r.replacePod(ctx, s, s.cause.String())
	case rollout.TakeTurn:
		granted, askAgain := r.Rollouts.Admit(s.key(), decision.Request)
		if granted {
			return r.replacePod(ctx, s, s.cause.String())
		}
		s.comeBack(askAgain)
	case rollout.AwaitWindow:
		s.comeBack(decision.Opens.Sub(s.now))
	}
	if decision.Action != rollout.TakeTurn {
		r.Rollouts.Done(s.key())
	}
	s.waiting = whatFor(decision, failing, s.cause)
	return r.refreshPod(ctx, s)
}

// strategyOf is the session's strategy, or else the fleet's.
func strategyOf(spec *v1alpha1.UpdateStrategySpec, fleet rollout.Strategy) (rollout.Strategy, *stallError) {
	if spec == nil {
		return fleet, nil
	}
	strategy := rollout.Strategy{OnDelete: spec.Type == v1alpha1.UpdateOnDelete}
	if spec.Type != v1alpha1.UpdateWindow || spec.Window == nil {
		return strategy, nil
	}
	window, err := rollout.ParseWindow(spec.Window.Schedule, spec.Window.Duration.Duration, spec.Window.TimeZone)
	var wrong *rollout.WindowError
	if errors.As(err, &wrong) {
		return strategy, stall(v1alpha1.ReasonInvalidConfiguration, "spec.updateStrategy.window.%v", wrong)
	}
	strategy.Window = window
	return strategy, nil
}

// hasWorked reports whether the session has been ready with the template of the
// pod that it has, and does not fail with it.
func hasWorked(s *scope) bool {
	known, has := s.session.Status.Template, templateOf(s.pod).Operator
	return known != nil && has != "" && known.Operator == has && known.Failed != has
}

// pairedOrUnknown reports whether a number may depend on the pod.
func pairedOrUnknown(s *scope) bool {
	if report := s.runtime.Status; report != nil {
		return report.Paired && report.Reason != runtimev1.ReasonLoggedOut
	}
	return meta.IsStatusConditionTrue(s.session.Status.Conditions, v1alpha1.ConditionPaired)
}

// crashing reports whether the kubelet waits before it starts the runtime.
func crashing(pod *corev1.Pod) bool {
	container := status.RuntimeContainer(pod)
	return container != nil && container.State.Waiting != nil
}

// hasHadItsTurn reports whether the session needs no slot any more. One that
// fails with a new template keeps it: it would make room for the next to fail.
func (s *scope) hasHadItsTurn(after v1alpha1.WhatsAppSessionStatus) bool {
	if s.deleting() || s.stopped() {
		return true
	}
	failed := after.Template != nil && after.Template.Failed != ""
	return !s.podOutdated && !failed && !meta.IsStatusConditionTrue(after.Conditions, v1alpha1.ConditionReconciling)
}

const queuedMessage = "The pod waits for its turn: the operator replaces a few at a time"

// whatFor is what an outdated pod waits for.
func whatFor(decision rollout.Decision, failing []string, why cause) *status.Problem {
	switch decision.Action {
	case rollout.Hold:
		return &status.Problem{Reason: v1alpha1.ReasonRolloutHeld, Message: heldMessage(failing, why)}
	case rollout.AwaitDelete:
		return &status.Problem{Reason: v1alpha1.ReasonWaitingForDelete,
			Message: "The update strategy is OnDelete: delete the pod to have it made from the current template"}
	case rollout.AwaitWindow:
		if decision.Opens.IsZero() {
			return &status.Problem{Reason: v1alpha1.ReasonWaitingForWindow, Message: "The window of the update strategy never opens: correct its schedule"}
		}
		return &status.Problem{Reason: v1alpha1.ReasonWaitingForWindow,
			Message: "The window of the update strategy opens at " + decision.Opens.Format(time.RFC3339)}
	default:
		return &status.Problem{Reason: v1alpha1.ReasonRolloutQueued, Message: queuedMessage}
	}
}
