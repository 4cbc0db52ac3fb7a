package controllers_test

import (
	"context"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	storagev1 "k8s.io/api/storage/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/controllers"
)

// setDefaultClass makes the suite's storage class the default, or no longer.
func setDefaultClass(ctx context.Context, is string) {
	GinkgoHelper()
	class := &storagev1.StorageClass{}
	Expect(k8s.Get(ctx, types.NamespacedName{Name: defaultClass}, class)).To(Succeed())
	class.Annotations[isDefaultClass] = is
	Expect(k8s.Update(ctx, class)).To(Succeed())
}

var _ = Describe("What may pass by itself", Serial, func() {
	var time *clock
	BeforeEach(func() { time = startWithClock() })

	It("is a cluster without a default storage class, for a minute", func(ctx SpecContext) {
		setDefaultClass(ctx, "false")
		expectDefaultClass(ctx, BeNil())
		DeferCleanup(func(ctx SpecContext) {
			setDefaultClass(ctx, "true")
			expectDefaultClass(ctx, HaveValue(Equal(defaultClass)))
		})
		namespace := newNamespace(ctx)
		key := newSession(ctx, namespace, "sales")
		expectCondition(ctx, key, v1alpha1.ConditionReady, metav1.ConditionFalse, v1alpha1.ReasonNoStorageClass, ContainSubstring("no default one"))
		expectCondition(ctx, key, v1alpha1.ConditionReconciling, metav1.ConditionTrue, v1alpha1.ReasonNoStorageClass)
		time.Advance(2 * minute)
		look(ctx, key)
		stalled := expectCondition(ctx, key, v1alpha1.ConditionStalled, metav1.ConditionTrue, v1alpha1.ReasonNoStorageClass)
		Expect(violations(stalled)).To(BeEmpty())
		expectEvent(ctx, key, v1alpha1.ReasonNoStorageClass)

		By("going on when the cluster has given the claim a class")
		claim := getClaim(ctx, namespace, "sales-data")
		base := claim.DeepCopy()
		class := defaultClass
		claim.Spec.StorageClassName = &class
		Expect(k8s.Patch(ctx, claim, client.MergeFrom(base))).To(Succeed())
		expectCondition(ctx, key, v1alpha1.ConditionReconciling, metav1.ConditionTrue, v1alpha1.ReasonPodPending)
	})

	It("is a cluster without room, for five minutes", func(ctx SpecContext) {
		key := newSession(ctx, newNamespace(ctx), "sales")
		pod := &corev1.Pod{}
		Eventually(func() error { return k8s.Get(ctx, key, pod) }).Should(Succeed())
		setPodStatus(ctx, pod, corev1.PodStatus{Phase: corev1.PodPending, Conditions: []corev1.PodCondition{{
			Type: corev1.PodScheduled, Status: corev1.ConditionFalse, Reason: corev1.PodReasonUnschedulable, LastTransitionTime: metav1.Now(),
			Message: "0/3 nodes are available: 3 Insufficient memory. preemption: " + strings.Repeat("none ", 1000),
		}}})
		expectCondition(ctx, key, v1alpha1.ConditionReconciling, metav1.ConditionTrue, v1alpha1.ReasonUnschedulable,
			Equal("No node takes the pod: 0/3 nodes are available: 3 Insufficient memory"))
		time.Advance(4 * minute)
		look(ctx, key)
		expectCondition(ctx, key, v1alpha1.ConditionReconciling, metav1.ConditionTrue, v1alpha1.ReasonUnschedulable)
		time.Advance(2 * minute)
		look(ctx, key)
		expectCondition(ctx, key, v1alpha1.ConditionStalled, metav1.ConditionTrue, v1alpha1.ReasonUnschedulable)
		runPod(ctx, key).Work()
		expectCondition(ctx, key, v1alpha1.ConditionReady, metav1.ConditionTrue, v1alpha1.ReasonConnected)
	})

	It("is a Secret that is created a moment after the session", func(ctx SpecContext) {
		namespace := newNamespace(ctx)
		key := newSession(ctx, namespace, "sales", func(s *v1alpha1.WhatsAppSession) {
			s.Spec.API = &v1alpha1.APISpec{KeysSecretRef: &v1alpha1.SecretReference{Name: "my-keys"}}
		})
		expectCondition(ctx, key, v1alpha1.ConditionReconciling, metav1.ConditionTrue, v1alpha1.ReasonSecretNotFound)
		Expect(k8s.Create(ctx, &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: "my-keys"}})).To(Succeed())
		expectCondition(ctx, key, v1alpha1.ConditionReconciling, metav1.ConditionTrue, v1alpha1.ReasonPodPending)
		Expect(events(ctx, key)).NotTo(ContainElement(v1alpha1.ReasonSecretNotFound))
	})
})

var _ = Describe("A runtime that is killed for its memory", func() {
	It("is told each time it happens, and stalled when it goes on", func(ctx SpecContext) {
		key, process := newWorkingSession(ctx, newNamespace(ctx), "sales")
		killed := func(restarts int32) {
			now := metav1.Now()
			state := getPod(ctx, key).Status
			container := &state.ContainerStatuses[0]
			container.RestartCount = restarts
			container.LastTerminationState = corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{
				Reason: "OOMKilled", ExitCode: 137, StartedAt: now, FinishedAt: now, Message: "raw words of a program",
			}}
			setPodStatus(ctx, getPod(ctx, key), state)
		}
		killed(1)
		Eventually(func() *v1alpha1.TerminationStatus { return getSession(ctx, key).Status.LastTermination }).
			Should(And(HaveField("Reason", v1alpha1.TerminationOOMKilled), HaveField("ExitCode", HaveValue(BeEquivalentTo(137)))))
		for range 3 {
			look(ctx, key)
		}
		expectEvent(ctx, key, "OOMKilled")
		Expect(eventCounts(ctx, key)).To(HaveKeyWithValue("OOMKilled", 1))

		By("being killed again and again")
		process.Close()
		state := getPod(ctx, key).Status
		state.Conditions = []corev1.PodCondition{{Type: corev1.PodReady, Status: corev1.ConditionFalse, LastTransitionTime: metav1.Now()}}
		state.ContainerStatuses[0].Ready = false
		state.ContainerStatuses[0].State = corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: "CrashLoopBackOff", Message: "raw words"}}
		setPodStatus(ctx, getPod(ctx, key), state)
		stalled := expectCondition(ctx, key, v1alpha1.ConditionStalled, metav1.ConditionTrue, v1alpha1.ReasonOOMKilled,
			ContainSubstring("spec.pod.resources.limits.memory"))
		Expect(violations(stalled)).To(BeEmpty())
	})
})

var _ = Describe("Pods that fail one after the other", Serial, func() {
	It("are made anew at growing intervals", func(ctx SpecContext) {
		time := startWithClock(func(o *controllers.Options) { o.FailedPodDelay = minute })
		key := newSession(ctx, newNamespace(ctx), "sales")
		fail := func() types.UID {
			pod := schedulePod(ctx, key)
			setPodStatus(ctx, pod, corev1.PodStatus{Phase: corev1.PodFailed, Reason: "OutOfcpu"})
			expectCondition(ctx, key, v1alpha1.ConditionReady, metav1.ConditionFalse, v1alpha1.ReasonPodReplacing, ContainSubstring("did not take the pod"))
			return pod.UID
		}
		first := fail()
		look(ctx, key)
		Expect(getPod(ctx, key).UID).To(Equal(first), "the first was replaced at once")
		time.Advance(minute + second)
		look(ctx, key)
		// Pods are as old as the wall clock says, so the next is a minute ahead at once.
		another := fail()
		Expect(another).NotTo(Equal(first))
		look(ctx, key)
		Expect(getPod(ctx, key).UID).To(Equal(another), "the second was replaced as soon as the first")
		time.Advance(minute + second)
		look(ctx, key)
		Expect(schedulePod(ctx, key).UID).NotTo(Equal(another))
		expectEvent(ctx, key, "Rejected")
	})
})
