package controllers_test

import (
	"fmt"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	runtimev1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/api/v1alpha1"
)

var _ = Describe("A pod that was taken over", func() {
	It("causes few writes, and small ones", func(ctx SpecContext) {
		namespace := newNamespace(ctx)
		key, process := newWorkingSession(ctx, namespace, "loud")
		other, _ := newWorkingSession(ctx, namespace, "quiet")

		writes := map[string]bool{}
		const reports = 1000
		for i := range reports {
			process.Change(func(s *runtimev1.Status) {
				s.Message = fmt.Sprint(i, strings.Repeat(" nonsense", 10_000))
				s.RuntimeVersion = strings.Repeat("v9", 100<<10)
				s.Phase, s.Reason = runtimev1.PhaseStarting, runtimev1.Reason(strings.Repeat("R", 1+i%50))
				s.Chats.Total = 1<<40 + i
			})
			writes[getSession(ctx, key).ResourceVersion] = true
		}
		Expect(len(writes)).To(BeNumerically("<", 40), "%d reports were written %d times", reports, len(writes))

		By("telling of its last report in the end")
		process.Change(func(s *runtimev1.Status) {
			s.Phase, s.Reason, s.Message, s.RuntimeVersion = runtimev1.PhaseWorking, runtimev1.ReasonConnected, "", strings.Repeat("v9", 100<<10)
		})
		Eventually(func() string {
			for _, c := range getSession(ctx, key).Status.Conditions {
				if c.Type == v1alpha1.ConditionReady {
					return string(c.Status)
				}
			}
			return ""
		}, 20*time.Second).Should(Equal(string(metav1.ConditionTrue)))
		Expect(len(getSession(ctx, key).Status.RuntimeVersion)).To(BeNumerically("<=", 64))
		expectCondition(ctx, other, v1alpha1.ConditionReady, metav1.ConditionTrue, v1alpha1.ReasonConnected)
	})
})
