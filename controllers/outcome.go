package controllers

import (
	"errors"
	"fmt"
	"time"

	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/wasession/wasession/controllers/status"
)

// A phase ends in one of four ways: nil, a *stallError, a *waitError, or any
// other error, which is transient.

// stallError means that intervention is needed. It is not retried: the watches
// requeue the session once something it depends on changes. Only what cannot be
// watched is rechecked periodically.
type stallError struct {
	status.Problem
	recheck time.Duration
	cause   error     // only logged
	since   time.Time // when it began, if it may pass by itself
}

func (e *stallError) Error() string { return e.Reason + ": " + e.Message }
func (e *stallError) Unwrap() error { return e.cause }

func stall(reason, format string, args ...any) *stallError {
	return &stallError{Problem: status.Problem{Reason: reason, Message: fmt.Sprintf(format, args...)}}
}

// forNewSession marks what may pass by itself while a session is new: what it
// names may be created a moment later, as with kubectl apply of a folder.
func (e *stallError) forNewSession(s *scope) *stallError {
	e.since = s.session.CreationTimestamp.Time
	return e
}

// waitError means that there is nothing to do until an event arrives or a time
// has passed.
type waitError struct {
	what  string
	after time.Duration // 0: until an event arrives
}

func (e *waitError) Error() string { return "waiting: " + e.what }

func waitFor(what string, after time.Duration) *waitError {
	return &waitError{what: what, after: after}
}

// conclude turns the error of a phase into what the status needs to know and
// what the queue has to do. It is the only place that distinguishes the kinds.
func (s *scope) conclude(err error) (reconcile.Result, error) {
	var stalled *stallError
	var waiting *waitError
	switch {
	case err == nil:
	case errors.As(err, &stalled):
		s.stall(stalled)
	case errors.As(err, &waiting):
		s.comeBack(waiting.after)
	default:
		s.trouble = true
		return reconcile.Result{}, err
	}
	if s.late != nil {
		s.trouble = true
		return reconcile.Result{}, s.late
	}
	return reconcile.Result{RequeueAfter: s.requeueAfter}, nil
}
