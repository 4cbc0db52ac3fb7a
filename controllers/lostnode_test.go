package controllers_test

import (
	"context"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/controllers"
	"github.com/wasession/wasession/controllers/status"
)

// clock is the time of an operator that is ahead of the wall clock.
type clock struct{ ahead atomic.Int64 }

func (c *clock) Advance(by time.Duration) { c.ahead.Add(int64(by)) }

// startWithClock restarts the operator with a clock, the patience it has outside
// of tests, and changes, until the end of the spec.
func startWithClock(changes ...func(*controllers.Options)) *clock {
	GinkgoHelper()
	c := &clock{}
	operator.Stop()
	operator.Start(append([]func(*controllers.Options){func(o *controllers.Options) {
		o.Now = func() time.Time { return time.Now().Add(time.Duration(c.ahead.Load())) }
		o.Patience = status.Patience{}
	}}, changes...)...)
	DeferCleanup(func() { operator.Stop(); operator.Start() })
	return c
}

// newNode adds the node of all pods, ready or not.
func newNode(ctx context.Context, ready corev1.ConditionStatus) *corev1.Node {
	GinkgoHelper()
	node := &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: "node-1"}}
	Expect(k8s.Create(ctx, node)).To(Succeed())
	DeferCleanup(func(ctx context.Context) { Expect(client.IgnoreNotFound(k8s.Delete(ctx, node))).To(Succeed()) })
	node.Status.Conditions = []corev1.NodeCondition{{
		Type: corev1.NodeReady, Status: ready, Reason: "Test", LastTransitionTime: metav1.Now(),
	}}
	Expect(k8s.Status().Update(ctx, node)).To(Succeed())
	return node
}

// expectNoForce checks that the operator has never shortened a grace period.
func expectNoForce(ctx context.Context, key types.NamespacedName) {
	GinkgoHelper()
	Expect(getPod(ctx, key).DeletionGracePeriodSeconds).To(HaveValue(BeNumerically("==", 30)))
}

var _ = Describe("A lost node", Serial, func() {
	const taint = "kubectl taint nodes node-1 node.kubernetes.io/out-of-service=nodeshutdown:NoExecute"

	It("is told in time, and with the taint the session is on another node by itself", func(ctx SpecContext) {
		time := startWithClock()
		namespace := newNamespace(ctx)
		key, process := newWorkingSession(ctx, namespace, "sales")
		node := newNode(ctx, corev1.ConditionUnknown)
		process.Close()
		By("evicting its pods, as the cluster does")
		Expect(k8s.Delete(ctx, getPod(ctx, key))).To(Succeed())
		time.Advance(2 * minute)
		look(ctx, key)
		expectCondition(ctx, key, v1alpha1.ConditionReconciling, metav1.ConditionTrue, v1alpha1.ReasonNodeLost, ContainSubstring(taint))
		time.Advance(4 * minute)
		look(ctx, key)
		stalled := expectCondition(ctx, key, v1alpha1.ConditionStalled, metav1.ConditionTrue, v1alpha1.ReasonNodeLost,
			SatisfyAll(ContainSubstring(taint), ContainSubstring("never force-deletes")))
		Expect(violations(stalled)).To(BeEmpty())
		expectEvent(ctx, key, v1alpha1.ReasonNodeLost)
		Eventually(func() float64 {
			return metricSum("wasession_sessions_stalled", map[string]string{"reason": v1alpha1.ReasonNodeLost})
		}).Should(BeEquivalentTo(1))
		expectNoForce(ctx, key)

		By("marking the node as out of service")
		node.Spec.Taints = []corev1.Taint{{Key: corev1.TaintNodeOutOfService, Value: "nodeshutdown", Effect: corev1.TaintEffectNoExecute}}
		Expect(k8s.Update(ctx, node)).To(Succeed())
		look(ctx, key)
		expectCondition(ctx, key, v1alpha1.ConditionReconciling, metav1.ConditionTrue, v1alpha1.ReasonNodeLost, ContainSubstring("another node"))
		expectNoForce(ctx, key)
		By("collecting its pods, as the cluster does")
		Expect(k8s.Delete(ctx, getPod(ctx, key), client.GracePeriodSeconds(0))).To(Succeed())
		runPod(ctx, key).Work()
		expectCondition(ctx, key, v1alpha1.ConditionReady, metav1.ConditionTrue, v1alpha1.ReasonConnected)
		expectEvent(ctx, key, "Resumed")
		for _, write := range operator.Writes(namespace) {
			Expect(strings.HasPrefix(write, http.MethodDelete)).To(BeFalse(), write)
		}
	})

	It("is told from what the pod says where the operator may not read nodes", func(ctx SpecContext) {
		withoutRight(ctx, "nodes")
		time := startWithClock()
		key, _ := newWorkingSession(ctx, newNamespace(ctx), "sales")
		newNode(ctx, corev1.ConditionTrue) // which the operator does not see
		update(ctx, key, func(s *v1alpha1.WhatsAppSession) { s.Spec.State = v1alpha1.SessionStopped })
		expectPodEnding(ctx, key)
		time.Advance(6 * minute)
		look(ctx, key)
		expectCondition(ctx, key, v1alpha1.ConditionStalled, metav1.ConditionTrue, v1alpha1.ReasonNodeLost,
			SatisfyAll(ContainSubstring("node-1"), ContainSubstring(taint)))
		expectNoForce(ctx, key)
	})

	It("is not taken for one that is ready and does not let a pod go", func(ctx SpecContext) {
		time := startWithClock()
		key, _ := newWorkingSession(ctx, newNamespace(ctx), "sales")
		newNode(ctx, corev1.ConditionTrue)
		Expect(k8s.Delete(ctx, getSession(ctx, key))).To(Succeed())
		expectPodEnding(ctx, key)
		time.Advance(6 * minute)
		annotateSession(ctx, key, v1alpha1.AnnotationReconcileRequestedAt, "now")
		expectCondition(ctx, key, v1alpha1.ConditionStalled, metav1.ConditionTrue, v1alpha1.ReasonPodStuck,
			SatisfyAll(ContainSubstring("kubectl describe pod sales"), Not(ContainSubstring("taint"))))
		expectNoForce(ctx, key)
	})

	It("is told when it no longer exists and nobody cleans up", func(ctx SpecContext) {
		time := startWithClock()
		key, _ := newWorkingSession(ctx, newNamespace(ctx), "sales")
		update(ctx, key, func(s *v1alpha1.WhatsAppSession) { s.Spec.State = v1alpha1.SessionStopped })
		expectPodEnding(ctx, key)
		time.Advance(6 * minute)
		look(ctx, key)
		expectCondition(ctx, key, v1alpha1.ConditionStalled, metav1.ConditionTrue, v1alpha1.ReasonNodeLost, ContainSubstring("no longer exists"))
	})
})

const (
	second = time.Second
	minute = time.Minute
)

// withoutRight takes the operator's rights to a resource until the spec ends.
func withoutRight(ctx context.Context, resource string) {
	GinkgoHelper()
	role := &rbacv1.ClusterRole{}
	Expect(k8s.Get(ctx, types.NamespacedName{Name: "wasession-operator"}, role)).To(Succeed())
	whole := role.DeepCopy()
	for i := range role.Rules {
		rule := &role.Rules[i]
		var kept []string
		for _, r := range rule.Resources {
			if r != resource {
				kept = append(kept, r)
			}
		}
		if len(kept) == 0 {
			kept = []string{"nothing"}
		}
		rule.Resources = kept
	}
	Expect(k8s.Update(ctx, role)).To(Succeed())
	DeferCleanup(func(ctx context.Context) {
		Expect(k8s.Get(ctx, client.ObjectKeyFromObject(role), role)).To(Succeed())
		role.Rules = whole.Rules
		Expect(k8s.Update(ctx, role)).To(Succeed())
	})
}
