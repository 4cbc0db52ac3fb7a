package controllers

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	runtimev1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/controllers/runtimeclient"
	"github.com/wasession/wasession/controllers/status"
)

// archiveRetry is the time between two attempts at a run that the session
// cannot start yet.
const archiveRetry = 15 * time.Second

// requestArchiveRun forwards a requested run to the runtime, once for each
// value of the annotation, as soon as the session is connected and has applied
// the spec's policies. The runtime remembers the values it has accepted, so a
// request repeated after a crash starts nothing.
func (r *Reconciler) requestArchiveRun(_ context.Context, s *scope) error {
	request := s.session.Annotations[v1alpha1.AnnotationAutoArchiveRequestedAt]
	if request == "" || !status.HasRuns(s.session) || !s.canRunArchive() {
		return nil
	}
	if handled := s.session.Status.AutoArchive; handled != nil && handled.LastHandledRequest == request {
		return nil
	}
	id := requestID(request)
	if report := s.runtime.Status.Archive; report == nil || report.LastRequestID != id {
		if err := r.sendArchiveRequest(s, id); err != nil {
			return err
		}
	}
	s.archiveRequest = request
	return nil
}

// sendArchiveRequest sends the request beside the reconciler, and returns nil once
// the runtime has accepted it.
func (r *Reconciler) sendArchiveRequest(s *scope, id string) error {
	errand, target := "archive run "+id, r.runtimeTarget(s)
	state := r.Errands.Ensure(s.key(), errand, func(ctx context.Context) error {
		return r.Runtime.RequestArchiveRun(ctx, target, id)
	})
	if !state.Done() {
		return waitFor("the session to accept an archive run", 0)
	}
	conflict := errors.Is(state.Err, runtimeclient.ErrConflict)
	if left := archiveRetry - s.now.Sub(state.Ended); conflict && left > 0 {
		return waitFor("the session to start an archive run", left)
	}
	r.Errands.Drop(s.key(), errand)
	if conflict {
		return r.sendArchiveRequest(s, id)
	}
	if state.Err != nil {
		return fmt.Errorf("requesting an archive run: %w", state.Err)
	}
	return nil
}

// canRunArchive reports whether the session is connected and has applied the
// spec's policies.
func (s *scope) canRunArchive() bool {
	report := s.runtime.Status
	return report != nil && s.runtime.Connected && report.Phase == runtimev1.PhaseWorking &&
		s.archiveProblem == nil && report.ConfigHash == s.configHash
}

// requestID names a request to the runtime: the annotation's value, or its hash
// if it is too long for the contract.
func requestID(value string) string {
	if len(value) <= runtimev1.MaxArchiveRunID {
		return value
	}
	sum := sha256.Sum256([]byte(value))
	return "sha256:" + hex.EncodeToString(sum[:])
}
