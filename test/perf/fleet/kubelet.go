package main

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/watch"
	"sigs.k8s.io/controller-runtime/pkg/client"

	runtimev1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/test/fakenode"
)

// kubelet acts as scheduler, volume controller and kubelet for the fleet.
type kubelet struct {
	cluster *cluster
	network *fakenode.Network
	subnet  int // second number of the pods' addresses, 127.N.x.y
	watch   watch.Interface
	starts  chan *corev1.Pod
	failed  context.CancelCauseFunc
	done    sync.WaitGroup

	mu       sync.Mutex
	runtimes []*fakenode.Runtime
}

// workers is how many pods are started in parallel.
const workers = 8

func startKubelet(ctx context.Context, c *cluster, n *fakenode.Network, namespace string, subnet, sessions int) (*kubelet, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	pods, err := c.follow(ctx, &corev1.PodList{}, client.InNamespace(namespace))
	if err != nil {
		cancel(nil)
		return nil, fmt.Errorf("watching pods: %w", err)
	}
	k := &kubelet{cluster: c, network: n, subnet: subnet, watch: pods, starts: make(chan *corev1.Pod, sessions), failed: cancel}
	k.done.Go(func() {
		defer close(k.starts)
		for event := range pods.ResultChan() {
			if pod, ok := event.Object.(*corev1.Pod); ok && event.Type == watch.Added {
				k.starts <- pod
			}
		}
	})
	for range workers {
		k.done.Go(func() {
			for pod := range k.starts {
				if err := k.run(ctx, pod); err != nil && ctx.Err() == nil {
					fmt.Println("fleet:", pod.Name, "cannot be started:", err)
				}
			}
		})
	}
	return k, nil
}

func (k *kubelet) stop() {
	k.failed(nil)
	k.watch.Stop()
	k.done.Wait()
}

// chatter has every session receive a message each second, until the function that
// it returns is called.
func (k *kubelet) chatter(ctx context.Context) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	k.mu.Lock()
	runtimes := slices.Clone(k.runtimes)
	k.mu.Unlock()
	var done sync.WaitGroup
	done.Go(func() {
		clock := time.NewTicker(time.Second)
		defer clock.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-clock.C:
			}
			for _, r := range runtimes {
				r.Change(func(s *runtimev1.Status) { s.Chats.Total++; s.Chats.Unread++ })
			}
		}
	})
	return func() { cancel(); done.Wait() }
}

// run does for a pod what makes it running and ready.
func (k *kubelet) run(ctx context.Context, pod *corev1.Pod) error {
	key := client.ObjectKeyFromObject(pod)
	if err := k.cluster.SubResource("binding").Create(ctx, pod, &corev1.Binding{Target: corev1.ObjectReference{Kind: "Node", Name: "node-1"}}); err != nil {
		return err
	}
	config := &corev1.ConfigMap{}
	if err := k.cluster.Get(ctx, named(key, "-config"), config); err != nil {
		return err
	}
	k.mu.Lock()
	number := len(k.runtimes)
	process := fakenode.NewRuntime(k.address(number), string(pod.UID), []byte(config.Data[runtimev1.ConfigFile]), runtimev1.Status{
		Session: key.Name, Phase: runtimev1.PhaseWorking, Reason: runtimev1.ReasonConnected, Paired: true,
		Me:             &runtimev1.Me{ID: fmt.Sprintf("1555%07d@c.us", number)},
		RuntimeVersion: "v0.0.0-fleet",
		Chats:          runtimev1.ChatCounts{Total: 100, Archived: 10, Unread: 3},
	})
	k.runtimes = append(k.runtimes, process)
	k.mu.Unlock()
	k.network.Add(process.IP, process.Handler())
	if err := k.bindClaim(ctx, named(key, "-data")); err != nil {
		return err
	}
	base := pod.DeepCopy()
	pod.Status = corev1.PodStatus{
		Phase: corev1.PodRunning, PodIP: process.IP, PodIPs: []corev1.PodIP{{IP: process.IP}},
		Conditions: []corev1.PodCondition{{Type: corev1.PodReady, Status: corev1.ConditionTrue}},
		ContainerStatuses: []corev1.ContainerStatus{{
			Name: pod.Spec.Containers[0].Name, Image: pod.Spec.Containers[0].Image, Ready: true,
			State: corev1.ContainerState{Running: &corev1.ContainerStateRunning{StartedAt: metav1.Now()}},
		}},
	}
	return k.cluster.Status().Patch(ctx, pod, client.MergeFrom(base))
}

// address is the loopback address of a pod.
func (k *kubelet) address(number int) string {
	return fmt.Sprintf("127.%d.%d.%d", k.subnet, number/250, 1+number%250)
}

func (k *kubelet) bindClaim(ctx context.Context, key types.NamespacedName) error {
	claim := &corev1.PersistentVolumeClaim{}
	if err := k.cluster.Get(ctx, key, claim); err != nil {
		return err
	}
	base := claim.DeepCopy()
	claim.Status.Phase = corev1.ClaimBound
	claim.Status.Capacity = claim.Spec.Resources.Requests
	return k.cluster.Status().Patch(ctx, claim, client.MergeFrom(base))
}

func named(key types.NamespacedName, suffix string) types.NamespacedName {
	key.Name += suffix
	return key
}
