package controllers_test

import (
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	runtimev1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/api/v1alpha1"
)

var _ = Describe("An operator that restarts", Serial, func() {
	It("leaves a working session as ready as it was", func(ctx SpecContext) {
		namespace := newNamespace(ctx)
		key, process := newWorkingSession(ctx, namespace, "sales")
		expectSettled(namespace)
		before := getSession(ctx, key)

		operator.Stop()
		writes := operator.Writes(namespace)
		operator.Start()
		Eventually(func() float64 { return metricSum("wasession_status_streams", map[string]string{"state": "open"}) }).
			Should(BeNumerically(">=", 1))
		Consistently(func() []string { return operator.Writes(namespace) }).
			WithTimeout(streamGrace + 500*time.Millisecond).Should(Equal(writes))
		Expect(getSession(ctx, key).ResourceVersion).To(Equal(before.ResourceVersion))

		By("hearing from the session again")
		process.Report(runtimev1.PhaseFailed, runtimev1.ReasonLoggedOut)
		expectCondition(ctx, key, v1alpha1.ConditionStalled, metav1.ConditionTrue, v1alpha1.ReasonLoggedOut)
	})

	It("is no event for sessions at rest or stalled", func(ctx SpecContext) {
		namespace := newNamespace(ctx)
		stopped := newSession(ctx, namespace, "stopped", func(s *v1alpha1.WhatsAppSession) { s.Spec.State = v1alpha1.SessionStopped })
		expectCondition(ctx, stopped, v1alpha1.ConditionReady, metav1.ConditionFalse, v1alpha1.ReasonStopped)
		for name, reason := range map[string]runtimev1.Reason{
			"unpaired": runtimev1.ReasonWaitingForScan, "removed": runtimev1.ReasonLoggedOut,
		} {
			key := newSession(ctx, namespace, name)
			runPod(ctx, key).Report(runtimev1.PhaseFailed, reason)
			expectCondition(ctx, key, v1alpha1.ConditionReady, metav1.ConditionFalse, string(reason))
		}
		expectEvent(ctx, types.NamespacedName{Namespace: namespace, Name: "removed"}, v1alpha1.ReasonLoggedOut)
		expectSettled(namespace)
		operator.Stop()
		writes := operator.Writes(namespace)
		operator.Start()
		Consistently(func() []string { return operator.Writes(namespace) }).
			WithTimeout(streamGrace + 500*time.Millisecond).Should(Equal(writes))
	})

	It("goes on with what was half done", func(ctx SpecContext) {
		namespace := newNamespace(ctx)
		key, process := newWorkingSession(ctx, namespace, "sales")
		doomed, doomedProcess := newWorkingSession(ctx, namespace, "doomed")
		update(ctx, key, func(s *v1alpha1.WhatsAppSession) {
			s.Spec.Pod = &v1alpha1.PodSpec{Labels: map[string]v1alpha1.LabelValue{"team": "crm"}}
		})
		expectPodEnding(ctx, key)
		Expect(k8s.Delete(ctx, getSession(ctx, doomed))).To(Succeed())
		expectPodEnding(ctx, doomed)
		operator.Stop()

		By("finding pods gone and a spec changed in its absence")
		endPod(ctx, key, process)
		endPod(ctx, doomed, doomedProcess)
		update(ctx, key, func(s *v1alpha1.WhatsAppSession) { s.Spec.LogLevel = v1alpha1.LogWarn })
		created := newSession(ctx, namespace, "created")

		operator.Start()
		expectSessionGone(ctx, doomed)
		next := runPod(ctx, key)
		next.Work()
		expectCondition(ctx, key, v1alpha1.ConditionReady, metav1.ConditionTrue, v1alpha1.ReasonConnected)
		expectCondition(ctx, created, v1alpha1.ConditionReady, metav1.ConditionFalse, v1alpha1.ReasonPodPending)
	})
})

var _ = Describe("Metrics", Serial, func() {
	It("count sessions by what they are", func(ctx SpecContext) {
		// Metrics are those of the last operator started in this process. They
		// cover all namespaces, including those of other specs.
		operator.Stop()
		operator.Start()
		newWorkingSession(ctx, newNamespace(ctx), "sales")
		Eventually(func(g Gomega) {
			sessions := &v1alpha1.WhatsAppSessionList{}
			g.Expect(k8s.List(ctx, sessions)).To(Succeed())
			working := 0.0
			for i := range sessions.Items {
				status := &sessions.Items[i].Status
				if status.Phase == v1alpha1.PhaseWorking && meta.IsStatusConditionTrue(status.Conditions, v1alpha1.ConditionReady) {
					working++
				}
			}
			g.Expect(working).To(BeNumerically(">", 0))
			g.Expect(metricSum("wasession_sessions", map[string]string{"phase": "WORKING", "ready": "true"})).To(Equal(working))
		}).Should(Succeed())
	})
})
