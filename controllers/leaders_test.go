package controllers_test

import (
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"k8s.io/utils/ptr"
	ctrl "sigs.k8s.io/controller-runtime"

	"github.com/wasession/wasession/test/apiproxy"
)

var _ = Describe("Two operators", Serial, func() {
	BeforeEach(func() {
		operator.Stop()
		DeferCleanup(func() { operator.Start() })
	})

	It("do not fight where both believe that they lead", func(ctx SpecContext) {
		first, second := &operatorProcess{config: operator.config}, &operatorProcess{config: operator.config}
		for _, process := range []*operatorProcess{first, second} {
			process.Start(unpaced)
			DeferCleanup(process.Stop)
		}
		nodes := startNodes(ctx)
		tellings := prepare(ctx, nodes, stories(nodes)...)
		for _, t := range tellings {
			t.told(ctx, t.key)
		}
		expectOutcomes(ctx, nodes, tellings)
		// One operator alone needs up to twenty for a story and its beginning.
		expectQuiet(60*len(tellings), writesOf(tellings, first, second))
	})

	It("hand over in the middle of their work, and back", func(ctx SpecContext) {
		leases := newNamespace(ctx)
		candidate := func() (*operatorProcess, *apiproxy.Proxy) {
			proxy, _ := startProxy() // for the lease alone: all else goes on
			process := &operatorProcess{config: operator.config, lease: func(o *ctrl.Options) {
				o.LeaderElection, o.LeaderElectionID, o.LeaderElectionNamespace = true, "operator", leases
				o.LeaderElectionConfig = proxy.Config()
				o.LeaseDuration, o.RenewDeadline, o.RetryPeriod = ptr.To(8*time.Second), ptr.To(5*time.Second), ptr.To(500*time.Millisecond)
			}}
			return process, proxy
		}
		leader, leadersLease := candidate()
		standby, standbysLease := candidate()
		leader.Start(unpaced)
		DeferCleanup(func() { leader.Stop() })
		Eventually(leader.elected).WithTimeout(patience).Should(BeClosed())
		standby.Start(unpaced)
		DeferCleanup(func() { standby.Stop() })
		nodes := startNodes(ctx)

		for _, by := range []string{"losing the lease", "losing it to the first again"} {
			tellings := prepare(ctx, nodes, stories(nodes)...)
			By(by)
			leadersLease.Meet(&apiproxy.Trouble{Away: true})
			for _, t := range tellings {
				t.told(ctx, t.key)
			}
			Eventually(leader.done).WithTimeout(patience).Should(Receive(MatchError(ContainSubstring("leader election lost"))))
			expectOutcomes(ctx, nodes, tellings)
			expectQuiet(60*len(tellings), writesOf(tellings, leader, standby))

			leadersLease.Meet(nil)
			leader.Start(unpaced) // as its kubelet does
			leader, leadersLease, standby, standbysLease = standby, standbysLease, leader, leadersLease
		}
	})
})
