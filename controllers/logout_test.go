package controllers_test

import (
	"context"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/wasession/wasession/api/v1alpha1"
)

func loggingOut(s *v1alpha1.WhatsAppSession) {
	s.Annotations = map[string]string{v1alpha1.AnnotationLogoutOnDelete: "true"}
}

var _ = Describe("A logout on deletion", Serial, func() {
	var (
		key     types.NamespacedName
		process *fakeRuntime
	)
	BeforeEach(func(ctx SpecContext) { key, process = newWorkingSession(ctx, newNamespace(ctx), "sales", loggingOut) })

	// deleteInForeground deletes the session and its pod before any operator hears
	// of it, as the garbage collector can.
	deleteInForeground := func(ctx context.Context, grace ...client.DeleteOption) {
		GinkgoHelper()
		operator.Stop()
		Expect(k8s.Delete(ctx, getSession(ctx, key), client.PropagationPolicy(metav1.DeletePropagationForeground))).To(Succeed())
		Expect(k8s.Delete(ctx, getPod(ctx, key), grace...)).To(Succeed())
		operator.Start()
	}
	// collected lets the session go once the operator has, as the garbage collector does.
	collected := func(ctx context.Context) {
		GinkgoHelper()
		Eventually(func() []string { return getSession(ctx, key).Finalizers }).Should(Equal([]string{metav1.FinalizerDeleteDependents}))
		update(ctx, key, func(s *v1alpha1.WhatsAppSession) { s.Finalizers = nil })
		expectSessionGone(ctx, key)
	}

	It("takes place in a foreground deletion, while the pod is ending already", func(ctx SpecContext) {
		deleteInForeground(ctx)
		Eventually(process.Logouts).Should(Equal(1))
		expectCondition(ctx, key, v1alpha1.ConditionPaired, metav1.ConditionFalse, v1alpha1.ReasonNotPaired)
		endPod(ctx, key, process)
		collected(ctx)
		expectEvent(ctx, key, "LoggedOutOnDelete")
		Expect(events(ctx, key)).NotTo(ContainElement("LogoutFailed"))
		Expect(process.Logouts()).To(Equal(1))
	})

	It("that comes too late in a foreground deletion is told", func(ctx SpecContext) {
		process.Close()
		deleteInForeground(ctx, client.GracePeriodSeconds(0))
		collected(ctx)
		expectEvent(ctx, key, "LogoutFailed")
		Expect(events(ctx, key)).NotTo(ContainElement("LoggedOutOnDelete"))
	})

	It("whose answer comes after the pod's end is waited for", func(ctx SpecContext) {
		release := process.Hold()
		deleteInForeground(ctx)
		Eventually(process.Holding).Should(Equal(1))
		Expect(k8s.Delete(ctx, getPod(ctx, key), client.GracePeriodSeconds(0))).To(Succeed())
		Consistently(func() []string { return getSession(ctx, key).Finalizers }).Should(ContainElement(v1alpha1.Finalizer))
		release()
		collected(ctx)
		expectEvent(ctx, key, "LoggedOutOnDelete")
		Expect(events(ctx, key)).NotTo(ContainElement("LogoutFailed"))
	})

	It("is asked for again by the next operator", func(ctx SpecContext) {
		release := process.Hold()
		Expect(k8s.Delete(ctx, getSession(ctx, key))).To(Succeed())
		Eventually(process.Holding).Should(Equal(1))
		operator.Stop()
		// The runtime has heard that nobody waits for the first any more.
		Eventually(process.Holding).Should(BeZero())
		Expect(process.Logouts()).To(BeZero())
		release()
		operator.Start()
		endPod(ctx, key, process)
		expectSessionGone(ctx, key)
		Expect(process.Logouts()).To(Equal(1))
		expectEvent(ctx, key, "LoggedOutOnDelete")
	})
})
