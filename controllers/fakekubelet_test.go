package controllers_test

import (
	"context"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	runtimev1 "github.com/wasession/wasession/api/runtime/v1"
)

// Helpers that act as the scheduler, the kubelet and the volume controller.

// runPod waits for the session's pod, schedules it, and starts a runtime with the
// mounted configuration.
func runPod(ctx context.Context, key types.NamespacedName) *fakeRuntime {
	GinkgoHelper()
	return startPod(ctx, key, schedulePod(ctx, key))
}

// startPod starts a runtime in a pod that has been scheduled.
func startPod(ctx context.Context, key types.NamespacedName, pod *corev1.Pod) *fakeRuntime {
	GinkgoHelper()
	process := startRuntime(string(pod.UID), runtimev1.Status{
		Session: key.Name, Phase: runtimev1.PhaseStarting, Reason: runtimev1.ReasonConnecting,
		RuntimeVersion: "v0.0.1-test", ConfigHash: runtimev1.ConfigHash([]byte(mountedConfig(ctx, pod))),
	})
	setPodStatus(ctx, pod, corev1.PodStatus{
		Phase: corev1.PodRunning, PodIP: process.IP, PodIPs: []corev1.PodIP{{IP: process.IP}},
		Conditions: []corev1.PodCondition{{Type: corev1.PodReady, Status: corev1.ConditionTrue}},
		ContainerStatuses: []corev1.ContainerStatus{{
			Name: pod.Spec.Containers[0].Name, Ready: true, Image: pod.Spec.Containers[0].Image,
			State: corev1.ContainerState{Running: &corev1.ContainerStateRunning{StartedAt: metav1.Now()}},
		}},
	})
	return process
}

// schedulePod waits for a pod that is not being deleted, and binds it to a node.
// From then on its deletion waits for the kubelet.
func schedulePod(ctx context.Context, key types.NamespacedName) *corev1.Pod {
	GinkgoHelper()
	pod := &corev1.Pod{}
	Eventually(func(g Gomega) {
		g.Expect(k8s.Get(ctx, key, pod)).To(Succeed())
		g.Expect(pod.DeletionTimestamp).To(BeNil())
		g.Expect(pod.Spec.NodeName).To(BeEmpty())
	}).Should(Succeed(), "no new pod %s", key)
	Expect(k8s.SubResource("binding").Create(ctx, pod, &corev1.Binding{
		Target: corev1.ObjectReference{Kind: "Node", Name: "node-1"},
	})).To(Succeed())
	Expect(k8s.Get(ctx, key, pod)).To(Succeed())
	return pod
}

func setPodStatus(ctx context.Context, pod *corev1.Pod, status corev1.PodStatus) {
	GinkgoHelper()
	Expect(k8s.Get(ctx, client.ObjectKeyFromObject(pod), pod)).To(Succeed())
	base := pod.DeepCopy()
	pod.Status = status
	Expect(k8s.Status().Patch(ctx, pod, client.MergeFrom(base))).To(Succeed())
}

// endPod waits until the pod is being deleted, stops its process and confirms.
func endPod(ctx context.Context, key types.NamespacedName, process *fakeRuntime) {
	GinkgoHelper()
	expectPodEnding(ctx, key)
	if process != nil {
		process.Close()
	}
	pod := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: key.Namespace, Name: key.Name}}
	Expect(k8s.Delete(ctx, pod, client.GracePeriodSeconds(0))).To(Succeed())
}

// expectPodEnding waits until the pod is being deleted, with its grace period.
func expectPodEnding(ctx context.Context, key types.NamespacedName) {
	GinkgoHelper()
	pod := &corev1.Pod{}
	Eventually(func(g Gomega) {
		g.Expect(k8s.Get(ctx, key, pod)).To(Succeed())
		g.Expect(pod.DeletionTimestamp).NotTo(BeNil())
	}).Should(Succeed(), "pod %s is not told to end", key)
	Expect(pod.DeletionGracePeriodSeconds).To(HaveValue(BeNumerically("==", 30)), "the grace period was shortened")
}

// bindClaim binds the claim, as a volume controller does.
func bindClaim(ctx context.Context, namespace, name string) *corev1.PersistentVolumeClaim {
	GinkgoHelper()
	claim := &corev1.PersistentVolumeClaim{}
	Eventually(func() error {
		return k8s.Get(ctx, types.NamespacedName{Namespace: namespace, Name: name}, claim)
	}).Should(Succeed())
	setClaimPhase(ctx, claim, corev1.ClaimBound)
	return claim
}

func setClaimPhase(ctx context.Context, claim *corev1.PersistentVolumeClaim, phase corev1.PersistentVolumeClaimPhase) {
	GinkgoHelper()
	base := claim.DeepCopy()
	claim.Status.Phase = phase
	claim.Status.Capacity = claim.Spec.Resources.Requests
	Expect(k8s.Status().Patch(ctx, claim, client.MergeFrom(base))).To(Succeed())
}

// mountedConfig returns the configuration file as the kubelet would project it.
func mountedConfig(ctx context.Context, pod *corev1.Pod) string {
	GinkgoHelper()
	for _, volume := range pod.Spec.Volumes {
		if volume.ConfigMap != nil {
			configMap := &corev1.ConfigMap{}
			Expect(k8s.Get(ctx, types.NamespacedName{Namespace: pod.Namespace, Name: volume.ConfigMap.Name}, configMap)).To(Succeed())
			return configMap.Data[runtimev1.ConfigFile]
		}
	}
	Fail("the pod mounts no configuration")
	return ""
}

// expectGone waits until the object is gone.
func expectGone(ctx context.Context, object client.Object) {
	GinkgoHelper()
	Eventually(func() bool {
		return apierrors.IsNotFound(k8s.Get(ctx, client.ObjectKeyFromObject(object), object))
	}).Should(BeTrue(), "%T %s is still there", object, object.GetName())
}

// expectNone checks that the object does not exist.
func expectNone(ctx context.Context, key types.NamespacedName, object client.Object) {
	GinkgoHelper()
	Expect(apierrors.IsNotFound(k8s.Get(ctx, key, object))).To(BeTrue(), "there is a %T %s", object, key)
}
