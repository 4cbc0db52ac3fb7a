package controllers

import (
	"context"
	"time"

	runtimev1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/controllers/runtimeclient"
	"github.com/wasession/wasession/controllers/streams"
)

// RuntimeClient makes the operator's requests to a session pod; a
// *runtimeclient.Client does.
type RuntimeClient interface {
	RequestArchiveRun(ctx context.Context, target runtimeclient.Target, id string) error
	Logout(ctx context.Context, target runtimeclient.Target) error
}

func (r *Reconciler) streamTarget(s *scope) streams.Target {
	uid := string(s.pod.UID)
	return streams.Target{
		PodUID:  uid,
		BaseURL: runtimeclient.BaseURL(s.pod.Status.PodIP),
		Token:   func(context.Context) (string, error) { return r.token(uid), nil },
	}
}

func (r *Reconciler) runtimeTarget(s *scope) runtimeclient.Target {
	return runtimeclient.Target{BaseURL: runtimeclient.BaseURL(s.pod.Status.PodIP), Token: r.token(string(s.pod.UID))}
}

// token is good for one pod, for a moment: whoever else answers at the pod's
// address can do nothing with it.
func (r *Reconciler) token(podUID string) string {
	return runtimev1.SignToken(r.options.TokenKey, podUID, time.Now())
}
