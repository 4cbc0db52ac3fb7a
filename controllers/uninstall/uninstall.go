// Package uninstall takes the operator out of a cluster without leaving sessions
// behind that nobody can delete: a session's finalizer is removed by the operator,
// and without one it stays for ever.
package uninstall

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// Options say what is uninstalled.
type Options struct {
	Client    client.WithWatch
	Clientset kubernetes.Interface
	Log       *slog.Logger
	// Sessions are those that go with the operator.
	Sessions []types.NamespacedName
	// Namespaces are those that the operator manages; none means all.
	Namespaces []string
	// Namespace is that of the operators.
	Namespace string
	// Operators share the sessions; mostly there is one.
	Operators []Operator
}

// Operator is one Deployment, and the lease that elects its leader.
type Operator struct{ Deployment, Lease string }

// Run deletes the sessions that go with the operator and waits for their end,
// which needs the operator. Then it stops the operator, and releases all other
// sessions: they run on, and can be deleted without it.
//
// It can be repeated. If it fails, the operator runs on, unless all that is left
// to do is to release sessions.
func Run(ctx context.Context, o Options) error {
	if err := o.deleteSessions(ctx); err != nil {
		return err
	}
	for _, operator := range o.Operators {
		if err := o.stop(ctx, operator); err != nil {
			return err
		}
	}
	return o.withLeases(ctx, o.Operators, o.releaseSessions)
}

// explain turns the end of the time allowed into an error that says what to do.
func explain(ctx context.Context, err error, format string, args ...any) error {
	if err == nil || ctx.Err() == nil {
		return err
	}
	return errors.Join(fmt.Errorf(format, args...), err)
}
