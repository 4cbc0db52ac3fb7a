package controllers

import (
	"context"
	"time"

	runtimev1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/controllers/runtimeclient"
	"github.com/wasession/wasession/controllers/streams"
)

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

// token is valid for one pod and for a short time, so that it is useless to
// another process at the pod's address.
func (r *Reconciler) token(podUID string) string {
	return runtimev1.SignToken(r.options.TokenKey, podUID, time.Now())
}
