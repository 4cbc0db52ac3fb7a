package controllers_test

import (
	"context"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	coordinationv1 "k8s.io/api/coordination/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"
	"k8s.io/utils/ptr"
	ctrl "sigs.k8s.io/controller-runtime"
	ctrlconfig "sigs.k8s.io/controller-runtime/pkg/config"
	metricsserver "sigs.k8s.io/controller-runtime/pkg/metrics/server"

	"github.com/wasession/wasession/controllers"
)

var _ = Describe("A replica that stands by", Serial, func() {
	It("exports no metrics of sessions, and does once it leads", func(ctx SpecContext) {
		newWorkingSession(ctx, newNamespace(ctx), "sales")
		sessions := func() float64 { return metricSum("wasession_sessions", nil) }
		Eventually(sessions).Should(BeEquivalentTo(1))
		operator.Stop()
		DeferCleanup(func() { operator.Start() })

		By("another replica leading")
		lease := &coordinationv1.Lease{
			ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: "standby"},
			Spec: coordinationv1.LeaseSpec{
				HolderIdentity: ptr.To("the other one"), LeaseDurationSeconds: ptr.To[int32](3600), RenewTime: ptr.To(metav1.NowMicro()),
			},
		}
		Expect(k8s.Create(ctx, lease)).To(Succeed())
		electing := rest.CopyConfig(operator.config)
		electing.Impersonate = rest.ImpersonationConfig{} // rights to leases are another role's
		mgr, err := ctrl.NewManager(operator.config, ctrl.Options{
			Scheme: scheme, Cache: controllers.CacheOptions(nil, nil), Metrics: metricsserver.Options{BindAddress: "0"},
			Controller:     ctrlconfig.Controller{SkipNameValidation: ptr.To(true)},
			LeaderElection: true, LeaderElectionID: "standby", LeaderElectionNamespace: "default", LeaderElectionConfig: electing,
			LeaseDuration: ptr.To(time.Hour), RenewDeadline: ptr.To(30 * time.Minute), RetryPeriod: ptr.To(100 * time.Millisecond),
			LeaderElectionReleaseOnCancel: true,
		})
		Expect(err).NotTo(HaveOccurred())
		running, stop := context.WithCancel(context.Background())
		Expect(controllers.Setup(running, mgr, controllers.Options{TokenKey: tokenKey})).To(Succeed())
		done := make(chan error, 1)
		go func() { done <- mgr.Start(running) }()
		DeferCleanup(func() {
			stop()
			Eventually(done).Should(Receive())
		})
		Expect(mgr.GetCache().WaitForCacheSync(ctx)).To(BeTrue())
		Expect(sessions()).To(BeZero(), "both replicas count the sessions")

		By("the other one giving up")
		lease.Spec.HolderIdentity = nil
		Expect(k8s.Update(ctx, lease)).To(Succeed())
		Eventually(sessions).Should(BeEquivalentTo(1))
	})
})
