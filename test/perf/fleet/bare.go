package main

import (
	"context"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/watch"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/test/fakenode"
)

// bareNamespace holds what the bare client writes. No operator runs meanwhile.
const bareNamespace = "bare"

// writers is how many requests the bare client and the creator of sessions have
// in flight; more do not make the API server faster.
const writers = 16

// bareOwner is the bare client's field owner.
const bareOwner = client.FieldOwner("bare")

// writeBare writes for that many sessions what the operator has written for the
// first: the finalizer, the objects, and the status once the pod runs. It needs
// no watch of its own work, no queue and no comparison.
func (c *cluster) writeBare(ctx context.Context, n *fakenode.Network, sessions int) (time.Duration, error) {
	if err := c.Create(ctx, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: bareNamespace}}); err != nil {
		return 0, fmt.Errorf("creating the bare client's namespace: %w", err)
	}
	recorded, err := c.record(ctx, sessionName(0))
	if err != nil {
		return 0, err
	}
	kubelet, err := startKubelet(ctx, c, n, bareNamespace, 79, sessions)
	if err != nil {
		return 0, err
	}
	defer kubelet.stop()
	pods, err := c.follow(ctx, &corev1.PodList{}, client.InNamespace(bareNamespace))
	if err != nil {
		return 0, fmt.Errorf("watching pods: %w", err)
	}
	defer pods.Stop()
	running := make(chan string, sessions)
	go func() { // ends with the watch
		defer close(running)
		told := map[string]bool{}
		for event := range pods.ResultChan() {
			pod, ok := event.Object.(*corev1.Pod)
			if ok && event.Type == watch.Modified && pod.Status.Phase == corev1.PodRunning && !told[pod.Name] {
				told[pod.Name] = true
				running <- pod.Name
			}
		}
	}()

	began := time.Now()
	work, ctx := errgroup.WithContext(ctx)
	work.Go(func() error {
		return inParallel(ctx, sessions, func(i int) error { return c.writeOne(ctx, recorded, sessionName(i)) })
	})
	work.Go(func() error {
		return inParallel(ctx, sessions, func(int) error {
			select {
			case name := <-running:
				return c.writeStatus(ctx, recorded, name)
			case <-ctx.Done():
				return ctx.Err()
			}
		})
	})
	err = work.Wait()
	return time.Since(began), err
}

// inParallel calls do for 0 to count-1, for a few of them at a time, until one
// fails.
func inParallel(ctx context.Context, count int, do func(int) error) error {
	work, ctx := errgroup.WithContext(ctx)
	work.SetLimit(writers)
	for i := range count {
		if ctx.Err() != nil {
			break
		}
		work.Go(func() error { return do(i) })
	}
	return work.Wait()
}

// writeOne writes everything for a session but its status.
func (c *cluster) writeOne(ctx context.Context, r recording, name string) error {
	session, err := r.object(r.session, name, "")
	if err != nil {
		return err
	}
	if err := c.Create(ctx, session); err != nil {
		return fmt.Errorf("creating a session: %w", err)
	}
	finalizer := &unstructured.Unstructured{Object: map[string]any{}}
	finalizer.SetGroupVersionKind(session.GroupVersionKind())
	finalizer.SetNamespace(bareNamespace)
	finalizer.SetName(name)
	finalizer.SetFinalizers([]string{v1alpha1.Finalizer})
	if err := c.Apply(ctx, client.ApplyConfigurationFromUnstructured(finalizer), bareOwner); err != nil {
		return fmt.Errorf("adding the finalizer: %w", err)
	}
	for _, text := range r.children {
		child, err := r.object(text, name, string(session.GetUID()))
		if err != nil {
			return err
		}
		if err := c.Apply(ctx, client.ApplyConfigurationFromUnstructured(child), bareOwner); err != nil {
			return fmt.Errorf("applying %s %s: %w", child.GetKind(), child.GetName(), err)
		}
	}
	return nil
}

func (c *cluster) writeStatus(ctx context.Context, r recording, name string) error {
	status, err := r.object(r.status, name, "")
	if err != nil {
		return err
	}
	if err := c.Status().Apply(ctx, client.ApplyConfigurationFromUnstructured(status), bareOwner); err != nil {
		return fmt.Errorf("writing the status of %s: %w", name, err)
	}
	return nil
}
