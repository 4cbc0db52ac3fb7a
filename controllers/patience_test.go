package controllers_test

import (
	"net/http"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/controllers"
)

// Each of these has one worker: if a session could keep it, nothing would be done
// for another one.
var _ = Describe("A session that keeps the operator waiting", Serial, func() {
	withOneWorker := func(changes ...func(*controllers.Options)) {
		GinkgoHelper()
		operator.Stop()
		operator.Start(append(changes, func(o *controllers.Options) {
			o.MaxConcurrentReconciles = 1
			o.RuntimeClient.RequestTimeout = 5 * time.Minute
		})...)
		DeferCleanup(func() {
			operator.Stop()
			operator.Start()
		})
	}

	It("by a logout that takes its time keeps no other one waiting", func(ctx SpecContext) {
		withOneWorker()
		namespace := newNamespace(ctx)
		key, process := newWorkingSession(ctx, namespace, "sales", loggingOut)
		release := process.Hold()
		Expect(k8s.Delete(ctx, getSession(ctx, key))).To(Succeed())
		Eventually(process.Holding).Should(Equal(1))

		newWorkingSession(ctx, namespace, "other")
		Expect(process.Holding()).To(Equal(1))
		Expect(getPod(ctx, key).DeletionTimestamp).To(BeNil(), "the logout was not waited for")

		release()
		endPod(ctx, key, process)
		expectSessionGone(ctx, key)
		Expect(process.Logouts()).To(Equal(1))
	})

	It("by an archive run that it does not confirm keeps no other one waiting", func(ctx SpecContext) {
		withOneWorker()
		namespace := newNamespace(ctx)
		key, process := newWorkingSession(ctx, namespace, "sales", func(s *v1alpha1.WhatsAppSession) { s.Spec.AutoArchive = archiveDaily() })
		release := process.Hold()
		annotateSession(ctx, key, v1alpha1.AnnotationAutoArchiveRequestedAt, "now")
		Eventually(process.Holding).Should(Equal(1))

		newWorkingSession(ctx, namespace, "other")
		Expect(process.Holding()).To(Equal(1))

		release()
		Eventually(func() string { return getSession(ctx, key).Status.AutoArchive.LastHandledRequest }).Should(Equal("now"))
		Expect(process.Runs()).To(Equal([]string{"now"}))
	})

	It("by a request to the API server that hangs loses its turn", func(ctx SpecContext) {
		withOneWorker(func(o *controllers.Options) { o.ReconcileTimeout = 2 * time.Second })
		namespace := newNamespace(ctx)
		stuck := make(chan struct{}, 100)
		operator.Spoil(namespace, func(r *http.Request, _ http.RoundTripper) (*http.Response, error) {
			select {
			case stuck <- struct{}{}:
			default:
			}
			<-r.Context().Done()
			return nil, r.Context().Err()
		})
		key := newSession(ctx, namespace, "sales")
		Eventually(stuck).Should(Receive())

		newWorkingSession(ctx, newNamespace(ctx), "other")

		operator.Spoil(namespace, nil)
		runPod(ctx, key).Work()
		expectCondition(ctx, key, v1alpha1.ConditionConnected, metav1.ConditionTrue, v1alpha1.ReasonConnected)
	})
})
