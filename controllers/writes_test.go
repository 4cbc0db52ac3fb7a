package controllers_test

import (
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/controllers"
)

var _ = Describe("What a session costs", Serial, func() {
	slowly := func() {
		GinkgoHelper()
		operator.Stop()
		operator.Start(func(o *controllers.Options) { o.ProgressDelay = time.Hour })
		DeferCleanup(func() { operator.Stop(); operator.Start() })
	}

	It("is one write for each object, and one for where it has arrived", func(ctx SpecContext) {
		slowly()
		namespace := newNamespace(ctx)
		key := newSession(ctx, namespace, "sales")
		bindClaim(ctx, namespace, "sales-data")
		process := runPod(ctx, key)
		Eventually(func() (corev1.PersistentVolumeClaimPhase, error) {
			claim := &corev1.PersistentVolumeClaim{}
			err := operator.cache.Get(ctx, types.NamespacedName{Namespace: namespace, Name: "sales-data"}, claim)
			return claim.Status.Phase, err
		}).Should(Equal(corev1.ClaimBound), "the operator has not seen the claim")
		process.Work()
		expectCondition(ctx, key, v1alpha1.ConditionReady, metav1.ConditionTrue, v1alpha1.ReasonConnected)
		expectEvent(ctx, key, "Paired")
		expectSettled(namespace)

		counts := map[string]int{}
		for _, write := range operator.Writes(namespace) {
			_, path, _ := strings.Cut(write, "/namespaces/"+namespace+"/")
			kind, name, _ := strings.Cut(path, "/")
			if strings.HasSuffix(name, "/status") {
				kind += "/status"
			}
			counts[kind]++
		}
		Expect(counts).To(Equal(map[string]int{
			"whatsappsessions": 1, "whatsappsessions/status": 1, "secrets": 1, "persistentvolumeclaims": 1, "configmaps": 1,
			"services": 1, "networkpolicies": 1, "pods": 1, "events": 1,
		}))
		Expect(len(operator.Reads(namespace))).To(BeNumerically("<=", 3), "it read %s", operator.Reads(namespace))
	})

	It("is nothing once it is settled: the caches tell that all is as it was applied", func(ctx SpecContext) {
		namespace := newNamespace(ctx)
		key, _ := newWorkingSession(ctx, namespace, "sales", func(s *v1alpha1.WhatsAppSession) {
			s.Spec.Webhooks = []v1alpha1.WebhookSpec{{Name: "crm", URL: "https://example.com/hook", Events: []v1alpha1.WebhookEvent{"message"}}}
		})
		expectSettled(namespace)
		reads, writes := operator.Reads(namespace), objectWrites(namespace)
		look(ctx, key)
		Expect(operator.Reads(namespace)).To(Equal(reads))
		Expect(objectWrites(namespace)).To(HaveLen(len(writes)+1), "more than the status was written")

		By("reading what somebody else has changed, once")
		policy := &networkingv1.NetworkPolicy{}
		Expect(k8s.Get(ctx, key, policy)).To(Succeed())
		base := policy.DeepCopy()
		policy.Spec.Egress = nil
		Expect(k8s.Patch(ctx, policy, client.MergeFrom(base))).To(Succeed())
		Eventually(func() []networkingv1.NetworkPolicyEgressRule {
			Expect(k8s.Get(ctx, key, policy)).To(Succeed())
			return policy.Spec.Egress
		}).Should(Equal(base.Spec.Egress))
		expectSettled(namespace)
		reads = operator.Reads(namespace)
		look(ctx, key)
		Expect(operator.Reads(namespace)).To(Equal(reads))
	})

	It("is in progress for kstatus until its first status is written", func(ctx SpecContext) {
		slowly()
		key := newSession(ctx, newNamespace(ctx), "sales")
		process := runPod(ctx, key)
		status := getSession(ctx, key).Status
		Expect(status.Conditions).To(BeEmpty())
		Expect(status.ObservedGeneration).To(Equal(int64(-1)))
		process.Work()
		bindClaim(ctx, key.Namespace, "sales-data")
		expectCondition(ctx, key, v1alpha1.ConditionReady, metav1.ConditionTrue, v1alpha1.ReasonConnected)
	})
})
