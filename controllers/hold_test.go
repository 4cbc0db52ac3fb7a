package controllers_test

import (
	"context"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	runtimev1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/controllers"
	"github.com/wasession/wasession/controllers/rollout"
)

// upgradeTo restarts the operator with another image, and with several slots.
func upgradeTo(image string, changes ...func(*controllers.Options)) {
	GinkgoHelper()
	operator.Stop()
	operator.Start(append([]func(*controllers.Options){func(o *controllers.Options) {
		o.Settings.RuntimeImage = image
		o.Rollouts = rollout.Options{MaxConcurrent: 3, Interval: 10 * time.Millisecond}
	}}, changes...)...)
}

// Break ends the session's pod, and lets the next one fail to start.
func (f fleet) Break(ctx context.Context, key types.NamespacedName, reason string) {
	GinkgoHelper()
	endPod(ctx, key, f[key])
	setWaiting(ctx, schedulePod(ctx, key), reason)
}

// setWaiting is a pod whose container the kubelet cannot start.
func setWaiting(ctx context.Context, pod *corev1.Pod, reason string) {
	GinkgoHelper()
	setPodStatus(ctx, pod, corev1.PodStatus{Phase: corev1.PodPending, ContainerStatuses: []corev1.ContainerStatus{{
		Name: "runtime", Image: pod.Spec.Containers[0].Image,
		State: corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: reason}},
	}}})
}

// downAs is the status of a pod that worked and that its node cannot start again
// at the moment.
func downAs(pod *corev1.Pod) corev1.PodStatus {
	down := *pod.Status.DeepCopy()
	down.Conditions = []corev1.PodCondition{{Type: corev1.PodReady, Status: corev1.ConditionFalse, LastTransitionTime: metav1.Now()}}
	down.ContainerStatuses[0].Ready = false
	down.ContainerStatuses[0].State = corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: "ImagePullBackOff"}}
	return down
}

// Resume starts the pod that failed to.
func (f fleet) Resume(ctx context.Context, key types.NamespacedName) {
	GinkgoHelper()
	pod := getPod(ctx, key)
	f[key] = startPod(ctx, key, pod)
	f[key].Work()
	expectCondition(ctx, key, v1alpha1.ConditionReady, metav1.ConditionTrue, v1alpha1.ReasonConnected)
}

// expectHeld waits until the others say that they wait because of one that fails,
// and checks that nothing else happens to them.
func (f fleet) expectHeld(ctx context.Context, failed types.NamespacedName) {
	GinkgoHelper()
	expectCondition(ctx, failed, v1alpha1.ConditionUpdated, metav1.ConditionFalse, v1alpha1.ReasonUpdateFailed)
	for _, key := range f.Others(failed) {
		held := expectCondition(ctx, key, v1alpha1.ConditionUpdated, metav1.ConditionFalse, v1alpha1.ReasonRolloutHeld,
			And(ContainSubstring(failed.String()), ContainSubstring("Correct the operator's flags or version")))
		Expect(meta.IsStatusConditionTrue(held.Status.Conditions, v1alpha1.ConditionReady)).To(BeTrue(), "%s is not ready", key)
	}
	f.expectNobodyAway(ctx)
}

func (f fleet) expectNobodyAway(ctx context.Context) {
	GinkgoHelper()
	Consistently(func() []types.NamespacedName { return f.Away(ctx) }).Should(BeEmpty(), "the rollout goes on")
}

// ReplaceAll lets the operator replace the pods of all that are still to be.
func (f fleet) ReplaceAll(ctx context.Context, keys []types.NamespacedName, image string) {
	GinkgoHelper()
	for left := len(keys); left > 0; left-- {
		var away []types.NamespacedName
		Eventually(func() []types.NamespacedName {
			away = f.Away(ctx)
			return away
		}).ShouldNot(BeEmpty(), "the rollout does not go on")
		f.Replace(ctx, away[0])
	}
	for _, key := range keys {
		Expect(imageOf(ctx, key)).To(Equal(image))
		expectCondition(ctx, key, v1alpha1.ConditionUpdated, metav1.ConditionTrue, v1alpha1.ReasonUpToDate)
	}
}

var _ = Describe("A template of the operator that fails", Serial, func() {
	const broken, fixed = "example.com/wasession:broken", "example.com/wasession:fixed"
	var (
		f      fleet
		failed types.NamespacedName
	)
	BeforeEach(func(ctx SpecContext) {
		f = newFleet(ctx, newNamespace(ctx), "one", "two", "three", "four")
		DeferCleanup(func() { operator.Stop(); operator.Start() })
	})
	breakOne := func(ctx SpecContext) {
		GinkgoHelper()
		upgradeTo(broken)
		failed = f.Turn(ctx) // although there are three slots: nobody has tried it yet
		f.Break(ctx, failed, "ErrImagePull")
		f.expectHeld(ctx, failed)
	}

	It("stops after one session, says so, and goes on with a template that works", func(ctx SpecContext) {
		breakOne(ctx)
		waiting := f.Others(failed)
		expectEvent(ctx, failed, "UpdateFailed")
		expectEvent(ctx, waiting[0], "RolloutHeld")
		Eventually(func() float64 {
			return metricSum("wasession_sessions_not_updated", map[string]string{"reason": v1alpha1.ReasonRolloutHeld})
		}).Should(BeNumerically("==", 3))
		expectSettled(failed.Namespace)

		By("keeping to it after the leader has changed")
		told := len(operator.Writes(failed.Namespace))
		upgradeTo(broken)
		for key := range f {
			look(ctx, key) // one write of the operator each: that the request was handled
		}
		f.expectHeld(ctx, failed)
		Expect(operator.Writes(failed.Namespace)[told:]).To(HaveLen(len(f)), "the status flaps")

		By("going on with another template: with the session that failed, and one that works")
		upgradeTo(fixed)
		expectGoneOrOther(ctx, failed, broken)
		f.Turn(ctx)
		Consistently(func() []types.NamespacedName { return f.Away(ctx) }).Should(HaveLen(1), "nobody knows yet whether it works")
		f[failed] = runPod(ctx, failed)
		f[failed].Work()
		expectEvent(ctx, waiting[0], "RolloutResumed")
		f.ReplaceAll(ctx, waiting, fixed)
		Expect(imageOf(ctx, failed)).To(Equal(fixed))
	})

	It("goes on by itself once the session is ready after all", func(ctx SpecContext) {
		breakOne(ctx)
		f.Resume(ctx, failed)
		f.ReplaceAll(ctx, f.Others(failed), broken)
	})

	DescribeTable("goes on to the next once the session that fails is", func(ctx SpecContext, leave func(SpecContext)) {
		breakOne(ctx)
		waiting := f.Others(failed)
		leave(ctx)
		endPod(ctx, failed, nil)
		delete(f, failed)
		f.ReplaceAll(ctx, waiting, broken)
	},
		Entry("stopped", func(ctx SpecContext) { editSpec(ctx, failed, stopSession) }),
		Entry("deleted", func(ctx SpecContext) { Expect(k8s.Delete(ctx, getSession(ctx, failed))).To(Succeed()) }),
	)

	It("stops after as many sessions as may fail", func(ctx SpecContext) {
		upgradeTo(broken, func(o *controllers.Options) { o.MaxRolloutFailures = 2 })
		var first []types.NamespacedName
		Eventually(func() []types.NamespacedName {
			first = f.Away(ctx)
			return first
		}).Should(HaveLen(2))
		Consistently(func() []types.NamespacedName { return f.Away(ctx) }).Should(HaveLen(2))
		for _, key := range first {
			f.Break(ctx, key, "ErrImagePull")
		}
		for key := range f {
			if key != first[0] && key != first[1] {
				expectCondition(ctx, key, v1alpha1.ConditionUpdated, metav1.ConditionFalse, v1alpha1.ReasonRolloutHeld, ContainSubstring("and 1 more"))
			}
		}
		f.expectNobodyAway(ctx)
	})

	It("stops too if a session has crashed, and looks well for a moment", func(ctx SpecContext) {
		upgradeTo(broken, func(o *controllers.Options) { o.Rollouts.MaxConcurrent = 1 })
		failed = f.Turn(ctx)
		endPod(ctx, failed, f[failed])
		f[failed] = runPod(ctx, failed)
		pod := getPod(ctx, failed)
		pod.Status.ContainerStatuses[0].RestartCount = 1
		setPodStatus(ctx, getPod(ctx, failed), pod.Status)
		// The operator hears of the pod and of the runtime in ways of their own. Without
		// the restart, the session would prove the template.
		expectCondition(ctx, failed, v1alpha1.ConditionUpdated, metav1.ConditionFalse, v1alpha1.ReasonUpdateFailed)
		f[failed].Work()
		expectCondition(ctx, failed, v1alpha1.ConditionReady, metav1.ConditionTrue, v1alpha1.ReasonConnected)
		f.expectHeld(ctx, failed)
	})

	It("stops too if WhatsApp refuses its version", func(ctx SpecContext) {
		upgradeTo(broken)
		failed = f.Turn(ctx)
		endPod(ctx, failed, f[failed])
		f[failed] = runPod(ctx, failed)
		f[failed].Change(func(s *runtimev1.Status) {
			s.Phase, s.Reason, s.Paired = runtimev1.PhaseFailed, runtimev1.ReasonClientOutdated, true
		})
		f.expectHeld(ctx, failed)
	})

	It("holds a change of a session itself, which would bring it along, but no image of its own", func(ctx SpecContext) {
		breakOne(ctx)
		waiting := f.Others(failed)
		editSpec(ctx, waiting[0], labelPod)
		expectCondition(ctx, waiting[0], v1alpha1.ConditionStalled, metav1.ConditionTrue, v1alpha1.ReasonRolloutHeld,
			ContainSubstring("The session's own change waits too"))
		expectCondition(ctx, waiting[0], v1alpha1.ConditionConnected, metav1.ConditionTrue, v1alpha1.ReasonConnected)
		f.expectNobodyAway(ctx)
		editSpec(ctx, waiting[1], func(s *v1alpha1.WhatsAppSessionSpec) { s.Pod = &v1alpha1.PodSpec{Image: fixed} })
		f.Replace(ctx, waiting[1])
		expectCondition(ctx, waiting[1], v1alpha1.ConditionUpdated, metav1.ConditionTrue, v1alpha1.ReasonUpToDate)
	})

	It("is tried on no more sessions whose pods are down than on others", func(ctx SpecContext) {
		upgradeTo(fixed)
		tried := f.Turn(ctx)
		for _, key := range f.Others(tried) {
			pod := getPod(ctx, key)
			setPodStatus(ctx, pod, downAs(pod))
			expectCondition(ctx, key, v1alpha1.ConditionReady, metav1.ConditionFalse, v1alpha1.ReasonImagePullFailed)
			expectCondition(ctx, key, v1alpha1.ConditionUpdated, metav1.ConditionFalse, v1alpha1.ReasonRolloutQueued)
		}
		Consistently(func() []types.NamespacedName { return f.Away(ctx) }).Should(ConsistOf(tried))

		By("one of them working with it")
		f.Replace(ctx, tried)
		f.ReplaceAll(ctx, f.Others(tried), fixed)
	})

	It("does not take a pod that its node starts again", func(ctx SpecContext) {
		breakOne(ctx)
		crashed := f.Others(failed)[0]
		pod := getPod(ctx, crashed)
		works, down := pod.Status.DeepCopy(), downAs(pod)
		setPodStatus(ctx, pod, down)
		expectCondition(ctx, crashed, v1alpha1.ConditionReady, metav1.ConditionFalse, v1alpha1.ReasonImagePullFailed)
		expectCondition(ctx, crashed, v1alpha1.ConditionUpdated, metav1.ConditionFalse, v1alpha1.ReasonRolloutHeld)
		f.expectNobodyAway(ctx)
		setPodStatus(ctx, pod, *works)
		expectCondition(ctx, crashed, v1alpha1.ConditionReady, metav1.ConditionTrue, v1alpha1.ReasonConnected)

		By("unless its user changes something, which may be what it lacks")
		setPodStatus(ctx, pod, down)
		expectCondition(ctx, crashed, v1alpha1.ConditionReady, metav1.ConditionFalse, v1alpha1.ReasonImagePullFailed)
		editSpec(ctx, crashed, labelPod)
		Expect(f.Turn(ctx)).To(Equal(crashed))
	})

	It("is not judged by what sessions break themselves", func(ctx SpecContext) {
		var keys []types.NamespacedName
		for key := range f {
			keys = append(keys, key)
		}
		own, relabelled := keys[0], keys[1]
		upgradeTo(fixed, func(o *controllers.Options) { o.Rollouts.MaxConcurrent = 1 })
		turn := f.Turn(ctx)
		if turn == own || turn == relabelled {
			own, relabelled = keys[2], keys[3]
		}
		editSpec(ctx, own, func(s *v1alpha1.WhatsAppSessionSpec) { s.Pod = &v1alpha1.PodSpec{Image: "example.com/mistyped:1"} })
		editSpec(ctx, relabelled, labelPod)
		for _, key := range []types.NamespacedName{own, relabelled} {
			expectCondition(ctx, key, v1alpha1.ConditionReconciling, metav1.ConditionTrue, v1alpha1.ReasonRolloutQueued)
		}
		f.Replace(ctx, turn)
		for range 2 { // what users change comes first
			turn := f.Turn(ctx)
			Expect([]types.NamespacedName{own, relabelled}).To(ContainElement(turn))
			f.Break(ctx, turn, "ErrImagePull")
			expectCondition(ctx, turn, v1alpha1.ConditionStalled, metav1.ConditionTrue, v1alpha1.ReasonImagePullFailed)
		}
		var last []types.NamespacedName
		for key := range f {
			if key != own && key != relabelled && key != turn {
				last = append(last, key)
			}
		}
		f.ReplaceAll(ctx, last, fixed)
	})
})

func labelPod(s *v1alpha1.WhatsAppSessionSpec) {
	s.Pod = &v1alpha1.PodSpec{Labels: map[string]v1alpha1.LabelValue{"team": "crm"}}
}

// expectGoneOrOther waits until the pod that never started is replaced.
func expectGoneOrOther(ctx context.Context, key types.NamespacedName, image string) {
	GinkgoHelper()
	endPod(ctx, key, nil)
	Eventually(func(g Gomega) {
		pod := &corev1.Pod{}
		g.Expect(k8s.Get(ctx, key, pod)).To(Succeed())
		g.Expect(pod.Spec.Containers[0].Image).NotTo(Equal(image))
	}).Should(Succeed())
}
