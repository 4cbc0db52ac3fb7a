package controllers_test

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	eventsv1 "k8s.io/api/events/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/controllers"
)

var _ = Describe("An operator that shortens numbers", Serial, func() {
	It("shows no whole number in the status and Events, nor one that was written before", func(ctx SpecContext) {
		namespace := newNamespace(ctx)
		key, _ := newWorkingSession(ctx, namespace, "sales")
		Expect(getSession(ctx, key).Status.Me.ID).To(Equal("15551234567@c.us"))
		Expect(getSession(ctx, key).Status.NodeName).To(Equal("node-1"))

		operator.Stop()
		operator.Start(func(o *controllers.Options) { o.ShortenNumbers = true })
		DeferCleanup(func() { operator.Stop(); operator.Start() })
		Eventually(func() string { return getSession(ctx, key).Status.Me.ID }).Should(Equal("+15…4567"))
		expectCondition(ctx, key, v1alpha1.ConditionPaired, metav1.ConditionTrue, v1alpha1.ReasonPaired, Equal("Linked to +15…4567"))

		other := newNamespace(ctx)
		fresh, _ := newWorkingSession(ctx, other, "support")
		expectEvent(ctx, fresh, "Paired")
		list := &eventsv1.EventList{}
		Expect(k8s.List(ctx, list, client.InNamespace(other))).To(Succeed())
		for _, e := range list.Items {
			Expect(e.Note).NotTo(ContainSubstring("15551234567"))
		}
	})
})
