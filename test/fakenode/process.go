package fakenode

import (
	"context"
	"fmt"
	"hash/fnv"
	"maps"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	runtimev1 "github.com/wasession/wasession/api/runtime/v1"
)

// process is what runs of a pod.
type process struct {
	pod         types.NamespacedName
	session     types.NamespacedName
	node        string
	annotations map[string]string // the pod's, when the configuration was read
	runtime     *Runtime
}

// run starts the process of a pod, and hands it a configuration that the pod's
// annotations say is new. The kubelet projects files anew when a pod changes.
func (n *Nodes) run(ctx context.Context, pod *corev1.Pod) error {
	bound, err := n.claimsBound(ctx, pod)
	if err != nil || !bound {
		return err // the claim brings the pod back
	}
	n.mu.Lock()
	p, lost := n.processes[pod.UID], n.lost[pod.Spec.NodeName]
	n.mu.Unlock()
	if lost {
		return nil
	}
	if p == nil || !maps.Equal(p.annotations, pod.Annotations) {
		file, err := n.projected(ctx, pod)
		if err != nil {
			return err
		}
		if p, err = n.takeUp(pod, file); p == nil || err != nil {
			return err
		}
	}
	return n.reportRunning(ctx, pod, p.runtime.IP)
}

// takeUp hands the configuration to the process, and starts it if need be.
// It returns nil if the node is lost, or the pod has been evicted meanwhile.
func (n *Nodes) takeUp(pod *corev1.Pod, file []byte) (*process, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.lost[pod.Spec.NodeName] || n.evicted[client.ObjectKeyFromObject(pod)] == pod.UID {
		return nil, nil
	}
	p := n.processes[pod.UID]
	if p != nil {
		p.annotations = maps.Clone(pod.Annotations)
		p.runtime.takeUp(file)
		return p, nil
	}
	session := sessionOf(pod)
	for uid, other := range n.processes {
		if other.session == session {
			n.violate("session %s has two processes: pod %s beside pod %s on node %s", session, pod.UID, uid, other.node)
		}
	}
	number := n.addresses
	n.addresses++
	ip := fmt.Sprintf("%s.%d.%d", n.options.Network, number/250%250, 1+number%250)
	runtime, err := StartRuntime(ip, string(pod.UID), file, runtimev1.Status{
		Session: session.Name, Phase: runtimev1.PhaseWorking, Reason: runtimev1.ReasonConnected, Paired: true,
		Me:             &runtimev1.Me{ID: numberOf(session)},
		RuntimeVersion: "v0.0.0-fake",
		Chats:          runtimev1.ChatCounts{Total: 100, Archived: 10, Unread: 3},
	})
	if err != nil {
		return nil, err
	}
	p = &process{
		pod: client.ObjectKeyFromObject(pod), session: session, node: pod.Spec.NodeName,
		annotations: maps.Clone(pod.Annotations), runtime: runtime,
	}
	n.processes[pod.UID] = p
	n.starts[session]++
	return p, nil
}

// numberOf is the account that a session is paired with, also in its next pod.
func numberOf(session types.NamespacedName) string {
	sum := fnv.New32a()
	_, _ = sum.Write([]byte(session.Name))
	return fmt.Sprintf("1555%07d@c.us", sum.Sum32()%10_000_000)
}

// stopProcess ends the pod's process, if there is one. It returns false if the
// pod's node is lost, so that nothing can be done.
func (n *Nodes) stopProcess(node string, pod types.UID) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.lost[node] {
		return false
	}
	if p := n.processes[pod]; p != nil {
		p.runtime.Close()
		delete(n.processes, pod)
	}
	return true
}

// endOthers ends processes whose pod is gone. A pod is confirmed by its kubelet,
// after its process: it is gone earlier only if somebody has forced it.
func (n *Nodes) endOthers(key types.NamespacedName, alive types.UID) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for uid, p := range n.processes {
		if p.pod != key || uid == alive {
			continue
		}
		n.violate("pod %s (%s) was removed while its process ran on node %s", key, uid, p.node)
		if !n.lost[p.node] {
			p.runtime.Close()
			delete(n.processes, uid)
		}
	}
}

// projected reads the configuration that the pod mounts.
func (n *Nodes) projected(ctx context.Context, pod *corev1.Pod) ([]byte, error) {
	for _, volume := range pod.Spec.Volumes {
		if volume.ConfigMap == nil {
			continue
		}
		configMap := &corev1.ConfigMap{}
		if err := n.live.Get(ctx, types.NamespacedName{Namespace: pod.Namespace, Name: volume.ConfigMap.Name}, configMap); err != nil {
			return nil, fmt.Errorf("mounting the configuration of pod %s: %w", pod.Name, err)
		}
		return []byte(configMap.Data[runtimev1.ConfigFile]), nil
	}
	return nil, fmt.Errorf("pod %s mounts no configuration", pod.Name)
}

func (n *Nodes) reportRunning(ctx context.Context, pod *corev1.Pod, ip string) error {
	if pod.Status.Phase == corev1.PodRunning && pod.Status.PodIP == ip && isReady(pod) {
		return nil
	}
	base := pod.DeepCopy()
	pod.Status = corev1.PodStatus{
		Phase: corev1.PodRunning, PodIP: ip, PodIPs: []corev1.PodIP{{IP: ip}},
		Conditions: []corev1.PodCondition{{Type: corev1.PodReady, Status: corev1.ConditionTrue}},
		ContainerStatuses: []corev1.ContainerStatus{{
			Name: pod.Spec.Containers[0].Name, Image: pod.Spec.Containers[0].Image, Ready: true,
			State: corev1.ContainerState{Running: &corev1.ContainerStateRunning{StartedAt: metav1.Now()}},
		}},
	}
	// One that was evicted meanwhile has failed, and stays so.
	unchanged := client.MergeFromWithOptions(base, client.MergeFromWithOptimisticLock{})
	return client.IgnoreNotFound(n.client.Status().Patch(ctx, pod, unchanged))
}

func isReady(pod *corev1.Pod) bool {
	for _, condition := range pod.Status.Conditions {
		if condition.Type == corev1.PodReady {
			return condition.Status == corev1.ConditionTrue
		}
	}
	return false
}
