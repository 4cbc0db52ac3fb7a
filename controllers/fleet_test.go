package controllers_test

import (
	"context"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	runtimev1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/controllers"
	"github.com/wasession/wasession/controllers/rollout"
)

// fleet is a set of working sessions.
type fleet map[types.NamespacedName]*fakeRuntime

func newFleet(ctx context.Context, namespace string, names ...string) fleet {
	GinkgoHelper()
	f := fleet{}
	for _, name := range names {
		key, process := newWorkingSession(ctx, namespace, name)
		f[key] = process
	}
	return f
}

// Away returns the sessions whose pod is being deleted.
func (f fleet) Away(ctx context.Context) []types.NamespacedName {
	var away []types.NamespacedName
	for key := range f {
		pod := &corev1.Pod{}
		if k8s.Get(ctx, key, pod) == nil && pod.DeletionTimestamp != nil {
			away = append(away, key)
		}
	}
	return away
}

// Turn waits until exactly one session is away.
func (f fleet) Turn(ctx context.Context) types.NamespacedName {
	GinkgoHelper()
	var away []types.NamespacedName
	Eventually(func() []types.NamespacedName {
		away = f.Away(ctx)
		return away
	}).Should(HaveLen(1))
	return away[0]
}

// Others returns all other sessions.
func (f fleet) Others(turn types.NamespacedName) []types.NamespacedName {
	var others []types.NamespacedName
	for key := range f {
		if key != turn {
			others = append(others, key)
		}
	}
	return others
}

// Replace terminates the pod and starts the next one.
func (f fleet) Replace(ctx context.Context, key types.NamespacedName) {
	GinkgoHelper()
	endPod(ctx, key, f[key])
	f[key] = runPod(ctx, key)
	f[key].Work()
	expectCondition(ctx, key, v1alpha1.ConditionReady, metav1.ConditionTrue, v1alpha1.ReasonConnected)
}

func imageOf(ctx context.Context, key types.NamespacedName) string {
	GinkgoHelper()
	return getPod(ctx, key).Spec.Containers[0].Image
}

var _ = Describe("An upgrade of the operator", Serial, func() {
	const next = "example.com/wasession:next"
	upgrade := func(changes ...func(*controllers.Options)) {
		GinkgoHelper()
		operator.Stop()
		operator.Start(append(changes, func(o *controllers.Options) { o.Settings.RuntimeImage = next })...)
		DeferCleanup(func() { operator.Stop(); operator.Start() })
	}

	It("takes edits of sessions that wait for their turn", func(ctx SpecContext) {
		f := newFleet(ctx, newNamespace(ctx), "one", "two")
		upgrade()
		turn := f.Turn(ctx)
		waiting := f.Others(turn)[0]
		editSpec(ctx, waiting, func(s *v1alpha1.WhatsAppSessionSpec) { s.LogLevel = v1alpha1.LogDebug })
		f[waiting].TakeUp(waitForConfig(ctx, waiting, ContainSubstring("debug")))
		Expect(f.Away(ctx)).To(ConsistOf(turn), "the edit has jumped the queue")
		Expect(imageOf(ctx, waiting)).NotTo(Equal(next))
		f.Replace(ctx, turn)
		Expect(f.Turn(ctx)).To(Equal(waiting))
		f.Replace(ctx, waiting)
		Expect(imageOf(ctx, waiting)).To(Equal(next))
		Expect(mountedConfig(ctx, getPod(ctx, waiting))).To(ContainSubstring("debug"))
	})

	DescribeTable("does not wait for a session that has left the queue:",
		func(ctx SpecContext, leave func(SpecContext, types.NamespacedName)) {
			f := newFleet(ctx, newNamespace(ctx), "one", "two", "three")
			upgrade()
			turn := f.Turn(ctx)
			others := f.Others(turn)
			leaving, last := others[0], others[1]
			leave(ctx, leaving)
			endPod(ctx, leaving, f[leaving])
			delete(f, leaving)
			f.Replace(ctx, turn)
			Expect(f.Turn(ctx)).To(Equal(last))
			f.Replace(ctx, last)
		},
		Entry("deleted", func(ctx SpecContext, key types.NamespacedName) {
			Expect(k8s.Delete(ctx, getSession(ctx, key))).To(Succeed())
		}),
		Entry("stopped", func(ctx SpecContext, key types.NamespacedName) { editSpec(ctx, key, stopSession) }),
	)

	It("does not wait for ever for one that does not come back", func(ctx SpecContext) {
		f := newFleet(ctx, newNamespace(ctx), "one", "two")
		upgrade(func(o *controllers.Options) {
			o.Rollouts = rollout.Options{MaxConcurrent: 1, Interval: 10 * time.Millisecond, MaxHold: 5 * time.Second}
		})
		turn := f.Turn(ctx)
		other := f.Others(turn)[0]
		endPod(ctx, turn, f[turn])
		pod := schedulePod(ctx, turn)
		setPodStatus(ctx, pod, corev1.PodStatus{Phase: corev1.PodPending, ContainerStatuses: []corev1.ContainerStatus{{
			Name: "runtime", State: corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: "ContainerCreating"}},
		}}})
		expectCondition(ctx, turn, v1alpha1.ConditionReconciling, metav1.ConditionTrue, v1alpha1.ReasonPodPending)
		f.Replace(ctx, other)
		Expect(imageOf(ctx, other)).To(Equal(next))
	})

	It("replaces no pod of a session that is paused, stopped or has an image of its own", func(ctx SpecContext) {
		namespace := newNamespace(ctx)
		own, _ := newWorkingSession(ctx, namespace, "own", func(s *v1alpha1.WhatsAppSession) {
			s.Spec.Pod = &v1alpha1.PodSpec{Image: "example.com/mine:1"}
		})
		paused, _ := newWorkingSession(ctx, namespace, "paused")
		annotateSession(ctx, paused, v1alpha1.AnnotationPaused, "true")
		stopped := newSession(ctx, namespace, "stopped", func(s *v1alpha1.WhatsAppSession) { stopSession(&s.Spec) })
		expectCondition(ctx, stopped, v1alpha1.ConditionReady, metav1.ConditionFalse, v1alpha1.ReasonStopped)
		f := newFleet(ctx, namespace, "plain")
		upgrade()
		f.Replace(ctx, f.Turn(ctx)) // by then the others have been reconciled
		for _, key := range []types.NamespacedName{own, paused} {
			look(ctx, key)
			Expect(getPod(ctx, key).DeletionTimestamp).To(BeNil(), key.Name)
		}
		expectCondition(ctx, own, v1alpha1.ConditionReady, metav1.ConditionTrue, v1alpha1.ReasonConnected)
		expectNone(ctx, stopped, &corev1.Pod{})
		Expect(imageOf(ctx, paused)).NotTo(Equal(next))
	})

	It("replaces at once a number that does not work", func(ctx SpecContext) {
		f := newFleet(ctx, newNamespace(ctx), "one", "logged-out")
		broken := types.NamespacedName{}
		for key, process := range f {
			if key.Name == "logged-out" {
				broken = key
				process.Report(runtimev1.PhaseFailed, runtimev1.ReasonLoggedOut)
				expectCondition(ctx, key, v1alpha1.ConditionStalled, metav1.ConditionTrue, v1alpha1.ReasonLoggedOut)
			}
		}
		upgrade()
		Eventually(func() []types.NamespacedName { return f.Away(ctx) }).Should(HaveLen(2), "it waits for the one that works")
		endPod(ctx, broken, f[broken])
		Eventually(func() error { return k8s.Get(ctx, broken, &corev1.Pod{}) }).Should(Succeed())
	})
})

var _ = Describe("Edits of many sessions at once", Serial, func() {
	It("replace one pod after the other, and say whose turn it is", func(ctx SpecContext) {
		f := newFleet(ctx, newNamespace(ctx), "one", "two", "three")
		for key := range f {
			editSpec(ctx, key, func(s *v1alpha1.WhatsAppSessionSpec) {
				s.Pod = &v1alpha1.PodSpec{Labels: map[string]v1alpha1.LabelValue{"team": "crm"}}
			})
		}
		for len(f) > 0 {
			turn := f.Turn(ctx)
			expectCondition(ctx, turn, v1alpha1.ConditionReconciling, metav1.ConditionTrue, v1alpha1.ReasonPodReplacing)
			for _, key := range f.Others(turn) {
				queued := expectCondition(ctx, key, v1alpha1.ConditionReconciling, metav1.ConditionTrue, v1alpha1.ReasonRolloutQueued)
				Expect(violations(queued)).To(BeEmpty())
				expectCondition(ctx, key, v1alpha1.ConditionConnected, metav1.ConditionTrue, v1alpha1.ReasonConnected)
			}
			f.Replace(ctx, turn)
			Expect(getPod(ctx, turn).Labels).To(HaveKeyWithValue("team", "crm"))
			delete(f, turn)
		}
	})

	It("are counted as long as they wait", func(ctx SpecContext) {
		operator.Stop() // metrics are those of the last operator started
		operator.Start()
		f := newFleet(ctx, newNamespace(ctx), "one", "two")
		for key := range f {
			editSpec(ctx, key, func(s *v1alpha1.WhatsAppSessionSpec) {
				s.Pod = &v1alpha1.PodSpec{Labels: map[string]v1alpha1.LabelValue{"team": "crm"}}
			})
		}
		rollouts := func() map[string]float64 {
			return map[string]float64{
				"active": metricSum("wasession_rollouts", map[string]string{"state": "active"}),
				"queued": metricSum("wasession_rollouts", map[string]string{"state": "queued"}),
			}
		}
		Eventually(rollouts).Should(Equal(map[string]float64{"active": 1, "queued": 1}))
		f.Replace(ctx, f.Turn(ctx))
		Eventually(rollouts).Should(Equal(map[string]float64{"active": 1, "queued": 0}))
		f.Replace(ctx, f.Turn(ctx))
		Eventually(rollouts).Should(Equal(map[string]float64{"active": 0, "queued": 0}))
	})
})
