package controllers

import (
	"context"
	"errors"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"

	runtimev1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/controllers/desired"
	"github.com/wasession/wasession/controllers/runtimeclient"
	"github.com/wasession/wasession/controllers/streams"
)

// RuntimeClient makes the operator's requests to a session pod; a
// *runtimeclient.Client does.
type RuntimeClient interface {
	RequestArchiveRun(ctx context.Context, target runtimeclient.Target, id string) error
	Logout(ctx context.Context, target runtimeclient.Target) error
}

var errNoToken = errors.New("the session's token Secret has no token")

func (r *Reconciler) streamTarget(s *scope) streams.Target {
	name := types.NamespacedName{Namespace: s.session.Namespace, Name: desired.TokenSecretName(s.session)}
	return streams.Target{
		PodUID:  string(s.pod.UID),
		BaseURL: runtimeclient.BaseURL(s.pod.Status.PodIP),
		Token:   func(ctx context.Context) (string, error) { return r.token(ctx, name) },
	}
}

func (r *Reconciler) runtimeTarget(ctx context.Context, s *scope) (runtimeclient.Target, error) {
	target := r.streamTarget(s)
	token, err := target.Token(ctx)
	return runtimeclient.Target{BaseURL: target.BaseURL, Token: token}, err
}

// token reads a session's bearer token from the API server: the contents of
// Secrets are in no cache of the operator.
func (r *Reconciler) token(ctx context.Context, name types.NamespacedName) (string, error) {
	secret := &corev1.Secret{}
	if err := r.Live.Get(ctx, name, secret); err != nil {
		return "", fmt.Errorf("reading the session's token: %w", err)
	}
	token := secret.Data[runtimev1.TokenFile]
	if len(token) == 0 {
		return "", errNoToken
	}
	return string(token), nil
}
