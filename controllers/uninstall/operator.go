package uninstall

import (
	"context"
	"fmt"
	"os"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/tools/leaderelection"
	"k8s.io/client-go/tools/leaderelection/resourcelock"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// stop scales an operator to nothing. One that is gone needs none.
func (o Options) stop(ctx context.Context, operator Operator) error {
	deployment := &appsv1.Deployment{ObjectMeta: metav1.ObjectMeta{Namespace: o.Namespace, Name: operator.Deployment}}
	patch := client.RawPatch(types.MergePatchType, []byte(`{"spec":{"replicas":0}}`))
	if err := client.IgnoreNotFound(o.Client.Patch(ctx, deployment, patch)); err != nil {
		return fmt.Errorf("stopping the operator: %w", err)
	}
	o.Log.Info("Stopping the operator", "deployment", operator.Deployment)
	return nil
}

// withLeases does something as the leader of all operators.
func (o Options) withLeases(ctx context.Context, operators []Operator, do func(context.Context) error) error {
	if len(operators) == 0 {
		return do(ctx)
	}
	return o.withLease(ctx, operators[0], func(leading context.Context) error {
		return o.withLeases(leading, operators[1:], do)
	})
}

// withLease does something as the leader. The lease is the proof that the operator
// does not work any more, also where its pod takes long to end.
func (o Options) withLease(ctx context.Context, operator Operator, do func(context.Context) error) error {
	host, err := os.Hostname()
	if err != nil {
		return fmt.Errorf("finding a name to lead by: %w", err)
	}
	lock, err := resourcelock.New(resourcelock.LeasesResourceLock, o.Namespace, operator.Lease,
		o.Clientset.CoreV1(), o.Clientset.CoordinationV1(), resourcelock.ResourceLockConfig{Identity: host + "_uninstall"})
	if err != nil {
		return fmt.Errorf("preparing the lease: %w", err)
	}
	electing, stop := context.WithCancel(ctx)
	defer stop()
	result := make(chan error, 1)
	elector, err := leaderelection.NewLeaderElector(leaderelection.LeaderElectionConfig{
		Lock: lock, LeaseDuration: 15 * time.Second, RenewDeadline: 10 * time.Second, RetryPeriod: 2 * time.Second,
		ReleaseOnCancel: true,
		Callbacks: leaderelection.LeaderCallbacks{
			OnStartedLeading: func(leading context.Context) {
				result <- do(leading)
				stop()
			},
			OnStoppedLeading: func() {},
		},
	})
	if err != nil {
		return fmt.Errorf("preparing the election: %w", err)
	}
	elector.Run(electing)
	select {
	case err := <-result:
		return err
	case <-ctx.Done():
		return explain(ctx, ctx.Err(), "the operator of Deployment %s does not stop: look at its pods, and uninstall again", operator.Deployment)
	}
}
