package controllers

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/wasession/wasession/api/v1alpha1"
)

const (
	// conflictRecheck is how often a name conflict is rechecked.
	conflictRecheck = time.Minute
	// refusalRecheck is how often a rejected request is retried: changes of quotas
	// and admission policies are not watched.
	refusalRecheck = time.Minute
)

// refusal turns a rejection by the API server into a stall. Any other error is
// transient. The server's message goes into an Event, never into the status.
func (r *Reconciler) refusal(s *scope, kind, name string, err error) error {
	if err == nil {
		return nil
	}
	wrapped := fmt.Errorf("applying %s %s: %w", kind, name, err)
	if apierrors.HasStatusCause(err, corev1.NamespaceTerminatingCause) {
		return waitFor("the namespace to be deleted", 0)
	}
	var stalled *stallError
	switch {
	case apierrors.IsForbidden(err):
		stalled = stall(v1alpha1.ReasonForbidden,
			"The cluster rejects %s %s because of a quota, an admission policy or a missing permission of the operator: see the session's events", kind, name)
	case apierrors.IsInvalid(err):
		stalled = stall(v1alpha1.ReasonInvalidConfiguration,
			"The cluster rejects %s %s as invalid%s: correct the spec; see the session's events for details", kind, name, invalidFields(err))
	default:
		return wrapped
	}
	stalled.recheck = refusalRecheck
	stalled.cause = wrapped
	r.event(s.session, corev1.EventTypeWarning, stalled.Reason, "Apply", "%s %s was rejected: %s", kind, name, shorten(err.Error()))
	return stalled
}

// invalidFields lists the paths of the fields that the API server objects to.
func invalidFields(err error) string {
	var status apierrors.APIStatus
	if !errors.As(err, &status) || status.Status().Details == nil {
		return ""
	}
	var fields []string
	for _, cause := range status.Status().Details.Causes {
		if cause.Field != "" && !slices.Contains(fields, cause.Field) {
			fields = append(fields, cause.Field)
		}
	}
	if len(fields) == 0 {
		return ""
	}
	return " in " + strings.Join(fields[:min(len(fields), 5)], ", ")
}

// shorten truncates text to fit into an Event.
func shorten(text string) string {
	const limit = 800
	if len(text) <= limit {
		return text
	}
	return strings.ToValidUTF8(text[:limit], "") + "…"
}
