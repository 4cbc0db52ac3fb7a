package controllers_test

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	runtimev1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/api/v1alpha1"
)

var _ = Describe("A settled fleet", func() {
	It("writes nothing while messages arrive everywhere, and its counts when asked to", func(ctx SpecContext) {
		namespace := newNamespace(ctx)
		sessions := newFleet(ctx, namespace, "one", "two", "three")
		expectSettled(namespace)
		before := len(operator.Writes(namespace))
		for range 500 {
			for _, process := range sessions {
				process.Change(func(s *runtimev1.Status) {
					s.Chats.Total++
					s.Chats.Unread += 2
				})
			}
		}

		By("writing once for each request")
		requests := 0
		for key := range sessions {
			Eventually(func() *v1alpha1.ChatsStatus {
				requests++
				look(ctx, key)
				return getSession(ctx, key).Status.Chats
			}).Should(Equal(&v1alpha1.ChatsStatus{Total: 500, Unread: 1000}), "the last message has not reached the operator")
		}
		Expect(operator.Writes(namespace)[before:]).To(HaveLen(requests), "messages became writes")
	})
})
