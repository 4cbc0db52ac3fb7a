package controllers_test

import (
	"net/http"
	"strings"
	"sync/atomic"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/wasession/wasession/api/v1alpha1"
)

var _ = Describe("The finalizer of a session", func() {
	var namespace string
	BeforeEach(func(ctx SpecContext) { namespace = newNamespace(ctx) })

	withFinalizers := func(finalizers ...string) func(*v1alpha1.WhatsAppSession) {
		return func(s *v1alpha1.WhatsAppSession) { s.Finalizers = finalizers }
	}

	It("is removed where a backup or a manifest has brought it along", func(ctx SpecContext) {
		key, process := newWorkingSession(ctx, namespace, "sales", withFinalizers(v1alpha1.Finalizer))
		deleteSession(ctx, key, process)
	})

	It("is removed beside those that others have set", func(ctx SpecContext) {
		key := newSession(ctx, namespace, "sales", withFinalizers("example.com/first", v1alpha1.Finalizer, "example.com/last"))
		process := runPod(ctx, key)
		Expect(k8s.Delete(ctx, getSession(ctx, key))).To(Succeed())
		endPod(ctx, key, process)
		Eventually(func() []string { return getSession(ctx, key).Finalizers }).
			Should(Equal([]string{"example.com/first", "example.com/last"}))
		update(ctx, key, func(s *v1alpha1.WhatsAppSession) { s.Finalizers = nil })
		expectSessionGone(ctx, key)
	})

	It("overwrites none that somebody sets at the same time", func(ctx SpecContext) {
		var raced atomic.Bool
		operator.Spoil(namespace, func(r *http.Request, next http.RoundTripper) (*http.Response, error) {
			if r.Method == http.MethodPatch && strings.HasSuffix(r.URL.Path, "/whatsappsessions/sales") && raced.CompareAndSwap(false, true) {
				// The cache cannot have shown this to the request that is held here.
				session := &v1alpha1.WhatsAppSession{}
				if err := k8s.Get(ctx, client.ObjectKey{Namespace: namespace, Name: "sales"}, session); err != nil {
					return nil, err
				}
				session.Finalizers = append(session.Finalizers, "example.com/backup")
				if err := k8s.Update(ctx, session); err != nil {
					return nil, err
				}
			}
			return next.RoundTrip(r)
		})
		DeferCleanup(operator.Spoil, namespace, fault(nil))
		key := newSession(ctx, namespace, "sales")
		process := runPod(ctx, key)
		Expect(getSession(ctx, key).Finalizers).To(ConsistOf("example.com/backup", v1alpha1.Finalizer))
		update(ctx, key, func(s *v1alpha1.WhatsAppSession) {
			s.Finalizers = []string{v1alpha1.Finalizer}
		})
		deleteSession(ctx, key, process)
	})
})
