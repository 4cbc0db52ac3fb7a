package controllers_test

import (
	"context"
	"strings"

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

func getService(ctx context.Context, key types.NamespacedName) *corev1.Service {
	GinkgoHelper()
	service := &corev1.Service{}
	Eventually(func() error { return k8s.Get(ctx, key, service) }).Should(Succeed())
	return service
}

// expectService waits until there is a Service other than the one before, with
// an address or without.
func expectService(ctx context.Context, key types.NamespacedName, before *corev1.Service, headless bool) *corev1.Service {
	GinkgoHelper()
	service := &corev1.Service{}
	Eventually(func(g Gomega) {
		g.Expect(k8s.Get(ctx, key, service)).To(Succeed())
		g.Expect(service.UID).NotTo(Equal(before.UID))
		g.Expect(service.DeletionTimestamp).To(BeNil())
		g.Expect(service.Spec.ClusterIP == corev1.ClusterIPNone).To(Equal(headless), "its address is %s", service.Spec.ClusterIP)
	}).Should(Succeed())
	Expect(metav1.IsControlledBy(service, getSession(ctx, key))).To(BeTrue())
	return service
}

func withServiceType(serviceType v1alpha1.ServiceType) func(*v1alpha1.WhatsAppSession) {
	return func(s *v1alpha1.WhatsAppSession) { s.Spec.Service = &v1alpha1.ServiceSpec{Type: serviceType} }
}

var _ = Describe("A session's Service", func() {
	var namespace string
	BeforeEach(func(ctx SpecContext) { namespace = newNamespace(ctx) })

	It("has an address by default, and none if the session wants none", func(ctx SpecContext) {
		Expect(getService(ctx, newSession(ctx, namespace, "sales")).Spec.ClusterIP).To(MatchRegexp(`^10\.`))
		key := newSession(ctx, namespace, "support", withServiceType(v1alpha1.ServiceHeadless))
		Expect(getService(ctx, key).Spec.ClusterIP).To(Equal(corev1.ClusterIPNone))
	})

	It("is made anew when its type changes, while the number works on", func(ctx SpecContext) {
		key, process := newWorkingSession(ctx, namespace, "sales")
		pod, before := getPod(ctx, key), getService(ctx, key)

		By("giving up its address")
		update(ctx, key, withServiceType(v1alpha1.ServiceHeadless))
		headless := expectService(ctx, key, before, true)
		expectSettled(namespace)
		Expect(getService(ctx, key).UID).To(Equal(headless.UID), "the Service was made more than once")

		By("taking an address again")
		update(ctx, key, withServiceType(v1alpha1.ServiceClusterIP))
		expectService(ctx, key, headless, false)
		expectSettled(namespace)

		By("asking nothing of the pod or its stream")
		expectCondition(ctx, key, v1alpha1.ConditionReady, metav1.ConditionTrue, v1alpha1.ReasonConnected)
		Expect(getPod(ctx, key).UID).To(Equal(pod.UID), "the pod was replaced")
		Expect(process.Streams()).To(Equal(1), "the stream was opened again")
		deletes := 0
		for _, write := range operator.Writes(namespace) {
			if strings.HasPrefix(write, "DELETE ") {
				deletes++
			}
		}
		Expect(deletes).To(Equal(2), "the operator's writes: %v", operator.Writes(namespace))
	})

	It("waits for an old one that is slow to go", func(ctx SpecContext) {
		key, _ := newWorkingSession(ctx, namespace, "sales")
		before := getService(ctx, key)
		held := before.DeepCopy()
		held.Finalizers = append(held.Finalizers, "example.com/load-balancer")
		Expect(k8s.Patch(ctx, held, client.MergeFrom(before))).To(Succeed())

		update(ctx, key, withServiceType(v1alpha1.ServiceHeadless))
		Eventually(func() *metav1.Time { return getService(ctx, key).DeletionTimestamp }).ShouldNot(BeNil())
		expectCondition(ctx, key, v1alpha1.ConditionReconciling, metav1.ConditionTrue, v1alpha1.ReasonProgressing)
		expectSettled(namespace)
		Expect(events(ctx, key)).NotTo(ContainElement(v1alpha1.ReasonInvalidConfiguration), "the operator applied over it")

		Expect(k8s.Get(ctx, key, before)).To(Succeed())
		released := before.DeepCopy()
		released.Finalizers = nil
		Expect(k8s.Patch(ctx, released, client.MergeFrom(before))).To(Succeed())
		expectService(ctx, key, before, true)
		expectCondition(ctx, key, v1alpha1.ConditionReady, metav1.ConditionTrue, v1alpha1.ReasonConnected)
	})

	It("follows the operator's default, unless the session says otherwise", func(ctx SpecContext) {
		plain := newSession(ctx, namespace, "sales")
		chosen := newSession(ctx, namespace, "support", withServiceType(v1alpha1.ServiceClusterIP))
		before, kept := getService(ctx, plain), getService(ctx, chosen)

		operator.Stop()
		operator.Start(func(o *controllers.Options) { o.Settings.ServiceType = v1alpha1.ServiceHeadless })
		DeferCleanup(func() {
			operator.Stop()
			operator.Start()
		})
		expectService(ctx, plain, before, true)
		expectSettled(namespace)
		Expect(getService(ctx, chosen).UID).To(Equal(kept.UID))
	})

	It("carries what the spec puts on it, and loses it again", func(ctx SpecContext) {
		key := newSession(ctx, namespace, "sales", func(s *v1alpha1.WhatsAppSession) {
			s.Spec.Service = &v1alpha1.ServiceSpec{
				Labels:      map[string]v1alpha1.LabelValue{"example.com/scrape": "yes"},
				Annotations: map[string]v1alpha1.AnnotationValue{"example.com/topology": "auto"},
			}
		})
		service := getService(ctx, key)
		Expect(service.Labels).To(HaveKeyWithValue("example.com/scrape", "yes"))
		Expect(service.Annotations).To(HaveKeyWithValue("example.com/topology", "auto"))

		update(ctx, key, func(s *v1alpha1.WhatsAppSession) { s.Spec.Service = nil })
		Eventually(func(g Gomega) {
			g.Expect(getService(ctx, key).Labels).NotTo(HaveKey("example.com/scrape"))
			g.Expect(getService(ctx, key).Annotations).NotTo(HaveKey("example.com/topology"))
		}).Should(Succeed())
	})
})

var _ = Describe("Inherited metadata", func() {
	It("is on everything that the operator makes, and follows the spec", func(ctx SpecContext) {
		namespace := newNamespace(ctx)
		key := newSession(ctx, namespace, "sales", func(s *v1alpha1.WhatsAppSession) {
			s.Spec.InheritedMetadata = &v1alpha1.InheritedMetadata{
				Labels:      map[string]v1alpha1.LabelValue{"example.com/team": "crm"},
				Annotations: map[string]v1alpha1.AnnotationValue{"example.com/cost": "42"},
			}
		})
		runPod(ctx, key).Work()
		for kind, child := range childrenOf(ctx, key) {
			Expect(child.GetLabels()).To(HaveKeyWithValue("example.com/team", "crm"), kind)
			Expect(child.GetAnnotations()).To(HaveKeyWithValue("example.com/cost", "42"), kind)
			Expect(child.GetLabels()).To(HaveKeyWithValue(v1alpha1.LabelSession, "sales"), kind)
		}

		By("following a change, except for the keys, which are never written again")
		update(ctx, key, func(s *v1alpha1.WhatsAppSession) { s.Spec.InheritedMetadata.Labels["example.com/team"] = "support" })
		endPod(ctx, key, nil)
		runPod(ctx, key)
		for kind, child := range childrenOf(ctx, key) {
			want := "support"
			if kind == "Secret" {
				want = "crm"
			}
			Expect(child.GetLabels()).To(HaveKeyWithValue("example.com/team", want), kind)
		}
	})
})

// childrenOf reads everything that the operator makes for a plain session.
func childrenOf(ctx context.Context, key types.NamespacedName) map[string]client.Object {
	GinkgoHelper()
	children := map[string]client.Object{}
	for kind, child := range map[string]client.Object{
		"Pod":                   withName(&corev1.Pod{}, key.Namespace, key.Name),
		"Service":               withName(&corev1.Service{}, key.Namespace, key.Name),
		"NetworkPolicy":         withName(&networkingv1.NetworkPolicy{}, key.Namespace, key.Name),
		"ConfigMap":             withName(&corev1.ConfigMap{}, key.Namespace, key.Name+"-config"),
		"PersistentVolumeClaim": withName(&corev1.PersistentVolumeClaim{}, key.Namespace, key.Name+"-data"),
		"Secret":                withName(&corev1.Secret{}, key.Namespace, key.Name+"-keys"),
	} {
		Expect(k8s.Get(ctx, client.ObjectKeyFromObject(child), child)).To(Succeed(), kind)
		children[kind] = child
	}
	return children
}
