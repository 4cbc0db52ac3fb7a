package controllers_test

import (
	"sync/atomic"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/controllers"
)

var _ = Describe("A clock that steps", Serial, func() {
	It("leaves the patience with a logout as short as it was", func(ctx SpecContext) {
		var off atomic.Int64
		off.Store(int64(-6 * time.Hour))
		operator.Stop()
		operator.Start(func(o *controllers.Options) {
			o.Now = func() time.Time { return time.Now().Add(time.Duration(off.Load())) }
		})
		DeferCleanup(func() { operator.Stop(); operator.Start() })
		key, process := newWorkingSession(ctx, newNamespace(ctx), "sales", func(s *v1alpha1.WhatsAppSession) {
			s.Annotations = map[string]string{v1alpha1.AnnotationLogoutOnDelete: "true"}
		})
		process.Refuse()
		Expect(k8s.Delete(ctx, getSession(ctx, key))).To(Succeed())
		expectCondition(ctx, key, v1alpha1.ConditionReconciling, metav1.ConditionTrue, v1alpha1.ReasonDeleting)
		Expect(getPod(ctx, key).DeletionTimestamp).To(BeNil(), "the logout was not waited for")
		off.Add(int64(2 * time.Minute))
		annotateSession(ctx, key, v1alpha1.AnnotationReconcileRequestedAt, "now")
		endPod(ctx, key, process)
		expectSessionGone(ctx, key)
	})

	It("holds nothing up and causes no storm", func(ctx SpecContext) {
		var off atomic.Int64
		operator.Stop()
		operator.Start(unpaced, func(o *controllers.Options) {
			o.FailedPodDelay = time.Second
			o.Now = func() time.Time {
				// What is left of a time in an object is what the wall showed.
				return time.Now().Round(0).Add(time.Duration(off.Load()))
			}
		})
		DeferCleanup(func() { operator.Stop(); operator.Start() })
		nodes := startNodes(ctx)
		var sofar []*telling
		for _, next := range []time.Duration{-6 * time.Hour, 6 * time.Hour, 0} {
			By("being off by " + next.String())
			tellings := prepare(ctx, nodes, stories(nodes)...)
			for i, t := range tellings {
				if i == len(tellings)/2 {
					off.Store(int64(next))
				}
				t.told(ctx, t.key)
			}
			expectOutcomes(ctx, nodes, tellings)
			sofar = append(sofar, tellings...)
		}
		expectQuiet(60*len(sofar), writesOf(sofar, operator))
	})
})
