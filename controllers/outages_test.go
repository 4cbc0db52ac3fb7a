package controllers_test

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/test/apiproxy"
)

// startProxy starts a proxy in front of the API server for the spec, and returns
// the configuration of an operator that goes through it.
func startProxy() (*apiproxy.Proxy, *rest.Config) {
	GinkgoHelper()
	proxy, err := apiproxy.Start(ownConfig())
	Expect(err).NotTo(HaveOccurred())
	DeferCleanup(proxy.Close)
	config := proxy.Config()
	config.QPS, config.Burst, config.Impersonate = operator.config.QPS, operator.config.Burst, operator.config.Impersonate
	return proxy, config
}

// statuses returns what the sessions of stories say of themselves.
func statuses(ctx context.Context, tellings []*telling) string {
	GinkgoHelper()
	var said []byte
	for _, t := range tellings {
		sessions := &v1alpha1.WhatsAppSessionList{}
		Expect(k8s.List(ctx, sessions, client.InNamespace(t.key.Namespace))).To(Succeed())
		for i := range sessions.Items {
			text, err := json.Marshal(sessions.Items[i].Status)
			Expect(err).NotTo(HaveOccurred())
			said = append(said, text...)
		}
	}
	return string(said)
}

func isDeletion(r *http.Request) bool { return r.Method == http.MethodDelete }

func isPodPatch(r *http.Request) bool {
	return r.Method == http.MethodPatch && strings.Contains(r.URL.Path, "/pods/")
}

var _ = Describe("An API server that makes trouble while sessions change", Serial, func() {
	// requestsEach is how many requests a session may cost while nothing succeeds:
	// its back-off allows a dozen attempts in the time, of a few requests each. A
	// loop without back-off would make thousands.
	const lasting, requestsEach = 2 * time.Second, 60

	DescribeTable("delays them, and no more:",
		func(ctx SpecContext, trouble apiproxy.Trouble, droppingWatches bool) {
			operator.Stop()
			DeferCleanup(func() { operator.Start() })
			proxy, config := startProxy()
			process := &operatorProcess{config: config}
			process.Start(unpaced)
			DeferCleanup(process.Stop)
			nodes := startNodes(ctx)
			tellings := prepare(ctx, nodes, stories(nodes)...)

			before := proxy.Counts()
			if !droppingWatches {
				proxy.Meet(&trouble)
			}
			for _, t := range tellings {
				t.told(ctx, t.key)
			}
			if !droppingWatches {
				Eventually(func() int { return proxy.Counts().Troubled }).Should(BeNumerically(">", 0), "there is no trouble")
			}
			Consistently(func(g Gomega) {
				if droppingWatches {
					proxy.DropWatches()
				}
				g.Expect(process.done).NotTo(Receive(), "the operator has ended")
				g.Expect(statuses(ctx, tellings)).NotTo(MatchRegexp(apiproxy.Words + `|EOF|connection re|dial tcp|context `))
			}).WithTimeout(lasting).WithPolling(100 * time.Millisecond).Should(Succeed())
			during := proxy.Counts()
			proxy.Meet(nil)
			Expect(during.Reads + during.Writes - before.Reads - before.Writes).To(BeNumerically("<=", requestsEach*len(tellings)))

			expectOutcomes(ctx, nodes, tellings)
			expectQuiet(requestsEach*len(tellings), writesOf(tellings, process))
			Expect(process.done).NotTo(Receive(), "the operator has ended")
		},
		Entry("away", apiproxy.Trouble{Away: true}, false),
		Entry("slow", apiproxy.Trouble{Delay: 200 * time.Millisecond}, false),
		Entry("in conflict", apiproxy.Trouble{Matches: apiproxy.IsWrite, Code: http.StatusConflict}, false),
		Entry("in conflict about deletions", apiproxy.Trouble{Matches: isDeletion, Code: http.StatusConflict}, false),
		Entry("in conflict about pods", apiproxy.Trouble{Matches: isPodPatch, Code: http.StatusConflict}, false),
		Entry("busy", apiproxy.Trouble{Code: http.StatusTooManyRequests, RetryAfter: 1}, false),
		Entry("failing", apiproxy.Trouble{Code: http.StatusInternalServerError, Share: 0.7}, false),
		Entry("losing answers", apiproxy.Trouble{Matches: apiproxy.IsWrite, Lost: true, Share: 0.5}, false),
		Entry("dropping watches", apiproxy.Trouble{}, true),
	)
})
