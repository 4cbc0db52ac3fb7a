package controllers_test

import (
	"context"
	"fmt"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	eventsv1 "k8s.io/api/events/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	corev1 "k8s.io/api/core/v1"

	runtimev1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/controllers"
	"github.com/wasession/wasession/controllers/rollout"
)

// expectReplaced waits for the Event that says why the pod was replaced.
func expectReplaced(ctx context.Context, key types.NamespacedName, why string) {
	GinkgoHelper()
	Eventually(func() []string {
		list := &eventsv1.EventList{}
		Expect(k8s.List(ctx, list, client.InNamespace(key.Namespace))).To(Succeed())
		var notes []string
		for _, e := range list.Items {
			if e.Regarding.Name == key.Name && e.Reason == "PodReplaced" {
				notes = append(notes, e.Note)
			}
		}
		return notes
	}).Should(ConsistOf(ContainSubstring(why)))
}

func strategy(kind v1alpha1.UpdateStrategyType, window *v1alpha1.UpdateWindowSpec) edit {
	return func(s *v1alpha1.WhatsAppSessionSpec) {
		s.UpdateStrategy = &v1alpha1.UpdateStrategySpec{Type: kind, Window: window}
	}
}

// closed is a window that is closed for hours, and opened one that never closes.
func closed() *v1alpha1.UpdateWindowSpec {
	return &v1alpha1.UpdateWindowSpec{
		Schedule: fmt.Sprintf("0 %d * * *", time.Now().UTC().Add(12*time.Hour).Hour()), Duration: metav1.Duration{Duration: time.Hour}, TimeZone: "Etc/UTC",
	}
}

func opened() *v1alpha1.UpdateWindowSpec {
	return &v1alpha1.UpdateWindowSpec{Schedule: "* * * * *", Duration: metav1.Duration{Duration: time.Hour}, TimeZone: "Etc/UTC"}
}

var _ = Describe("An update strategy", Serial, func() {
	const next = "example.com/wasession:next"
	BeforeEach(func() {
		DeferCleanup(func() { operator.Stop(); operator.Start() })
	})

	It("OnDelete leaves the pod to whoever deletes it", func(ctx SpecContext) {
		f := newFleet(ctx, newNamespace(ctx), "kept", "plain")
		kept := types.NamespacedName{}
		for key := range f {
			if key.Name == "kept" {
				kept = key
			}
		}
		plain := f.Others(kept)[0]
		editSpec(ctx, kept, strategy(v1alpha1.UpdateOnDelete, nil))
		upgradeTo(next)
		f.Replace(ctx, plain)
		session := expectCondition(ctx, kept, v1alpha1.ConditionUpdated, metav1.ConditionFalse, v1alpha1.ReasonWaitingForDelete, ContainSubstring("delete the pod"))
		Expect(violations(session)).To(BeEmpty())
		expectCondition(ctx, kept, v1alpha1.ConditionReady, metav1.ConditionTrue, v1alpha1.ReasonConnected)
		f.expectNobodyAway(ctx)
		expectReplaced(ctx, plain, "The operator's --runtime-image changed")

		Expect(k8s.Delete(ctx, getPod(ctx, kept))).To(Succeed())
		f.Replace(ctx, kept)
		Expect(imageOf(ctx, kept)).To(Equal(next))
		expectCondition(ctx, kept, v1alpha1.ConditionUpdated, metav1.ConditionTrue, v1alpha1.ReasonUpToDate)
	})

	It("OnDelete does not hold up what a user changes", func(ctx SpecContext) {
		f := newFleet(ctx, newNamespace(ctx), "edited")
		for key := range f {
			editSpec(ctx, key, strategy(v1alpha1.UpdateOnDelete, nil))
			upgradeTo(next)
			expectCondition(ctx, key, v1alpha1.ConditionUpdated, metav1.ConditionFalse, v1alpha1.ReasonWaitingForDelete)
			editSpec(ctx, key, labelPod)
			f.Replace(ctx, key)
			Expect(getPod(ctx, key).Labels).To(HaveKeyWithValue("team", "crm"))
			Expect(imageOf(ctx, key)).To(Equal(next), "there is no other template to make a pod from")
			expectReplaced(ctx, key, "The session's spec.pod.labels and the operator's --runtime-image changed")
		}
	})

	It("Window waits until it opens", func(ctx SpecContext) {
		f := newFleet(ctx, newNamespace(ctx), "night")
		for key := range f {
			editSpec(ctx, key, strategy(v1alpha1.UpdateWindow, closed()))
			upgradeTo(next)
			expectCondition(ctx, key, v1alpha1.ConditionUpdated, metav1.ConditionFalse, v1alpha1.ReasonWaitingForWindow, ContainSubstring("opens at 20"))
			f.expectNobodyAway(ctx)
			editSpec(ctx, key, strategy(v1alpha1.UpdateWindow, opened()))
			f.Replace(ctx, key)
			Expect(imageOf(ctx, key)).To(Equal(next))
		}
	})

	It("of the fleet applies to sessions without one", func(ctx SpecContext) {
		f := newFleet(ctx, newNamespace(ctx), "eager", "plain")
		eager := types.NamespacedName{}
		for key := range f {
			if key.Name == "eager" {
				eager = key
			}
		}
		editSpec(ctx, eager, strategy(v1alpha1.UpdateAutomatic, nil))
		upgradeTo(next, func(o *controllers.Options) { o.UpdateStrategy = rollout.Strategy{OnDelete: true} })
		f.Replace(ctx, eager)
		expectCondition(ctx, f.Others(eager)[0], v1alpha1.ConditionUpdated, metav1.ConditionFalse, v1alpha1.ReasonWaitingForDelete)
		f.expectNobodyAway(ctx)
	})

	It("that cannot be read stalls the session and keeps its pod", func(ctx SpecContext) {
		f := newFleet(ctx, newNamespace(ctx), "wrong")
		for key := range f {
			window := opened()
			window.TimeZone = "Europe/Atlantis"
			editSpec(ctx, key, strategy(v1alpha1.UpdateWindow, window))
			expectCondition(ctx, key, v1alpha1.ConditionStalled, metav1.ConditionTrue, v1alpha1.ReasonInvalidConfiguration,
				HavePrefix(`spec.updateStrategy.window.timeZone "Europe/Atlantis"`))
			upgradeTo(next)
			expectCondition(ctx, key, v1alpha1.ConditionUpdated, metav1.ConditionFalse, v1alpha1.ReasonWaitingForDelete)
			f.expectNobodyAway(ctx)
		}
	})
})

var _ = Describe("The order of replacements", Serial, func() {
	const next = "example.com/wasession:next"
	BeforeEach(func() {
		DeferCleanup(func() { operator.Stop(); operator.Start() })
	})
	oneAtATime := func(o *controllers.Options) { o.Rollouts.MaxConcurrent = 1 }

	It("puts a user's change before the operator's", func(ctx SpecContext) {
		f := newFleet(ctx, newNamespace(ctx), "one", "two", "three", "four")
		upgradeTo(next, oneAtATime)
		turn := f.Turn(ctx)
		waiting := f.Others(turn)
		for _, key := range waiting {
			expectCondition(ctx, key, v1alpha1.ConditionUpdated, metav1.ConditionFalse, v1alpha1.ReasonRolloutQueued)
		}
		edited := waiting[2]
		editSpec(ctx, edited, labelPod)
		expectCondition(ctx, edited, v1alpha1.ConditionReconciling, metav1.ConditionTrue, v1alpha1.ReasonRolloutQueued)
		f.Replace(ctx, turn)
		Expect(f.Turn(ctx)).To(Equal(edited))
		f.Replace(ctx, edited)
		f.ReplaceAll(ctx, waiting[:2], next)
	})

	It("keeps paired numbers apart while WhatsApp is away, and makes every pod that is missing", func(ctx SpecContext) {
		f := newFleet(ctx, newNamespace(ctx), "one", "two", "three")
		for key, process := range f {
			process.Report(runtimev1.PhaseStarting, runtimev1.ReasonDisconnected)
			expectCondition(ctx, key, v1alpha1.ConditionReconciling, metav1.ConditionTrue, v1alpha1.ReasonDisconnected)
		}
		upgradeTo(next, oneAtATime)
		turn := f.Turn(ctx)
		waiting := f.Others(turn)
		for _, key := range waiting {
			expectCondition(ctx, key, v1alpha1.ConditionUpdated, metav1.ConditionFalse, v1alpha1.ReasonRolloutQueued)
			expectCondition(ctx, key, v1alpha1.ConditionReconciling, metav1.ConditionTrue, v1alpha1.ReasonDisconnected)
		}
		Consistently(func() []types.NamespacedName { return f.Away(ctx) }).Should(ConsistOf(turn), "more than one is replaced")

		missing := waiting[0]
		old := getPod(ctx, missing).UID
		f[missing].Close()
		Expect(k8s.Delete(ctx, getPod(ctx, missing), client.GracePeriodSeconds(0))).To(Succeed())
		Eventually(func(g Gomega) {
			pod := &corev1.Pod{}
			g.Expect(k8s.Get(ctx, missing, pod)).To(Succeed())
			g.Expect(pod.UID).NotTo(Equal(old))
		}).Should(Succeed(), "the missing pod waits for a turn")
		Expect(getPod(ctx, turn).DeletionTimestamp).NotTo(BeNil(), "the turn is not taken any more")
	})
})
