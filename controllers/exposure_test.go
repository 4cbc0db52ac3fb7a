package controllers_test

import (
	"context"
	"net/http"
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

// withIngress exposes a session at a host.
func withIngress(host v1alpha1.HostName, changes ...func(*v1alpha1.IngressSpec)) func(*v1alpha1.WhatsAppSession) {
	return func(s *v1alpha1.WhatsAppSession) {
		ingress := &v1alpha1.IngressSpec{Host: host}
		for _, change := range changes {
			change(ingress)
		}
		s.Spec.Exposure = &v1alpha1.ExposureSpec{Ingress: ingress}
	}
}

func withTLS(secret string) func(*v1alpha1.IngressSpec) {
	return func(i *v1alpha1.IngressSpec) { i.TLS = &v1alpha1.IngressTLS{SecretName: secret} }
}

func getIngress(ctx context.Context, key types.NamespacedName) *networkingv1.Ingress {
	GinkgoHelper()
	ingress := &networkingv1.Ingress{}
	Eventually(func() error { return k8s.Get(ctx, key, ingress) }).Should(Succeed())
	return ingress
}

// expectUnexposed waits until the session has no condition Exposed and no URLs.
func expectUnexposed(ctx context.Context, key types.NamespacedName) {
	GinkgoHelper()
	Eventually(func(g Gomega) {
		status := getSession(ctx, key).Status
		g.Expect(status.URLs).To(BeEmpty())
		g.Expect(status.Conditions).NotTo(ContainElement(HaveField("Type", v1alpha1.ConditionExposed)))
	}).Should(Succeed())
}

var _ = Describe("An Ingress", func() {
	var namespace string
	BeforeEach(func(ctx SpecContext) { namespace = newNamespace(ctx) })

	It("leads to the session, follows the spec, and goes with it", func(ctx SpecContext) {
		key, process := newWorkingSession(ctx, namespace, "sales", withIngress("sales.example.com"))
		pod := getPod(ctx, key)
		ingress := getIngress(ctx, key)
		Expect(metav1.IsControlledBy(ingress, getSession(ctx, key))).To(BeTrue())
		Expect(ingress.Spec.Rules).To(HaveLen(1))
		Expect(ingress.Spec.Rules[0].Host).To(Equal("sales.example.com"))
		Expect(ingress.Spec.Rules[0].HTTP.Paths[0].Backend.Service).To(Equal(
			&networkingv1.IngressServiceBackend{Name: "sales", Port: networkingv1.ServiceBackendPort{Number: 3000}}))
		exposed := expectCondition(ctx, key, v1alpha1.ConditionExposed, metav1.ConditionTrue, v1alpha1.ReasonExposed)
		Expect(exposed.Status.URLs).To(Equal([]string{"http://sales.example.com"}))

		By("taking a certificate, a class and annotations, without a restart")
		update(ctx, key, withIngress("chat.example.com", withTLS("chat-tls"), func(i *v1alpha1.IngressSpec) {
			i.ClassName, i.Annotations = "nginx", map[string]v1alpha1.AnnotationValue{"cert-manager.io/cluster-issuer": "letsencrypt"}
		}))
		Eventually(func(g Gomega) {
			ingress := getIngress(ctx, key)
			g.Expect(ingress.Spec.TLS).To(Equal([]networkingv1.IngressTLS{{Hosts: []string{"chat.example.com"}, SecretName: "chat-tls"}}))
			g.Expect(ingress.Spec.IngressClassName).To(HaveValue(Equal("nginx")))
			g.Expect(ingress.Annotations).To(HaveKeyWithValue("cert-manager.io/cluster-issuer", "letsencrypt"))
			g.Expect(getSession(ctx, key).Status.URLs).To(Equal([]string{"https://chat.example.com"}))
		}).Should(Succeed())

		By("coming back when it is deleted or changed")
		Expect(k8s.Delete(ctx, getIngress(ctx, key))).To(Succeed())
		ingress = getIngress(ctx, key)
		base := ingress.DeepCopy()
		ingress.Spec.Rules[0].Host = "evil.example.com"
		Expect(k8s.Patch(ctx, ingress, client.MergeFrom(base))).To(Succeed())
		Eventually(func() string { return getIngress(ctx, key).Spec.Rules[0].Host }).Should(Equal("chat.example.com"))

		By("costing nothing once it is settled")
		expectSettled(namespace)
		before := operator.Writes(namespace)
		annotateSession(ctx, key, "example.com/touched", "yes")
		Consistently(func() []string { return operator.Writes(namespace) }).Should(Equal(before))

		By("going when it is no longer wanted")
		update(ctx, key, func(s *v1alpha1.WhatsAppSession) { s.Spec.Exposure = nil })
		expectGone(ctx, &networkingv1.Ingress{ObjectMeta: named(namespace, "sales")})
		expectUnexposed(ctx, key)
		Expect(getPod(ctx, key).UID).To(Equal(pod.UID), "the pod was replaced")
		Expect(process.Streams()).To(Equal(1))
	})

	It("is removed with its session, and kept while that is stopped", func(ctx SpecContext) {
		key, process := newWorkingSession(ctx, namespace, "sales", withIngress("sales.example.com"))
		update(ctx, key, func(s *v1alpha1.WhatsAppSession) { s.Spec.State = v1alpha1.SessionStopped })
		endPod(ctx, key, process)
		expectCondition(ctx, key, v1alpha1.ConditionReady, metav1.ConditionFalse, v1alpha1.ReasonStopped)
		expectSettled(namespace)
		Expect(k8s.Get(ctx, key, &networkingv1.Ingress{})).To(Succeed())

		Expect(k8s.Delete(ctx, getSession(ctx, key))).To(Succeed())
		expectGone(ctx, &v1alpha1.WhatsAppSession{ObjectMeta: named(namespace, "sales")})
		expectNone(ctx, key, &networkingv1.Ingress{})
	})

	It("of somebody else is left alone and told, while the number works", func(ctx SpecContext) {
		foreign := &networkingv1.Ingress{ObjectMeta: named(namespace, "sales"), Spec: networkingv1.IngressSpec{
			DefaultBackend: &networkingv1.IngressBackend{Service: &networkingv1.IngressServiceBackend{
				Name: "shop", Port: networkingv1.ServiceBackendPort{Number: 80},
			}},
		}}
		Expect(k8s.Create(ctx, foreign)).To(Succeed())
		key := newSession(ctx, namespace, "sales", withIngress("sales.example.com"))
		stalled := expectCondition(ctx, key, v1alpha1.ConditionStalled, metav1.ConditionTrue, v1alpha1.ReasonNameConflict)
		Expect(violations(stalled)).To(BeEmpty())
		expectCondition(ctx, key, v1alpha1.ConditionExposed, metav1.ConditionFalse, v1alpha1.ReasonNameConflict, ContainSubstring("Ingress sales"))
		runPod(ctx, key).Work()
		expectCondition(ctx, key, v1alpha1.ConditionConnected, metav1.ConditionTrue, v1alpha1.ReasonConnected)
		version := foreign.ResourceVersion
		Expect(k8s.Get(ctx, key, foreign)).To(Succeed())
		Expect(foreign.ResourceVersion).To(Equal(version))
	})

	It("that the API server cannot take holds up no pod, and is made once it can", func(ctx SpecContext) {
		operator.Spoil(namespace, func(r *http.Request, next http.RoundTripper) (*http.Response, error) {
			if strings.Contains(r.URL.Path, "/ingresses/") {
				return &http.Response{StatusCode: http.StatusInternalServerError, Body: http.NoBody, Header: http.Header{}, Request: r}, nil
			}
			return next.RoundTrip(r)
		})
		DeferCleanup(func() { operator.Spoil(namespace, nil) })
		key := newSession(ctx, namespace, "sales", withIngress("sales.example.com"))
		runPod(ctx, key).Work()
		expectCondition(ctx, key, v1alpha1.ConditionConnected, metav1.ConditionTrue, v1alpha1.ReasonConnected)
		expectCondition(ctx, key, v1alpha1.ConditionExposed, metav1.ConditionFalse, v1alpha1.ReasonProgressing)
		expectNone(ctx, key, &networkingv1.Ingress{})

		operator.Spoil(namespace, nil)
		getIngress(ctx, key)
		expectCondition(ctx, key, v1alpha1.ConditionExposed, metav1.ConditionTrue, v1alpha1.ReasonExposed)
	})
})

var _ = Describe("An Ingress of an operator that requires access", Serial, func() {
	BeforeEach(func() {
		operator.Stop()
		operator.Start(func(o *controllers.Options) { o.RequireAccess = true })
		DeferCleanup(func() { operator.Stop(); operator.Start() })
	})

	It("names only a certificate that is labelled for the session, and nothing in annotations", func(ctx SpecContext) {
		namespace := newNamespace(ctx)
		key := newSession(ctx, namespace, "sales", withIngress("sales.example.com", withTLS("wildcard")))
		expectCondition(ctx, key, v1alpha1.ConditionExposed, metav1.ConditionFalse, v1alpha1.ReasonSecretNotFound,
			ContainSubstring("spec.exposure.ingress.tls.secretName"))
		secret := &corev1.Secret{ObjectMeta: named(namespace, "wildcard")}
		Expect(k8s.Create(ctx, secret)).To(Succeed())
		expectCondition(ctx, key, v1alpha1.ConditionExposed, metav1.ConditionFalse, v1alpha1.ReasonAccessDenied, ContainSubstring("wildcard"))
		Expect(k8s.Get(ctx, key, &corev1.Pod{})).To(Succeed(), "the session waits for its Ingress")
		expectNone(ctx, key, &networkingv1.Ingress{})

		base := secret.DeepCopy()
		secret.Labels = map[string]string{v1alpha1.LabelSessionAccess: "sales"}
		Expect(k8s.Patch(ctx, secret, client.MergeFrom(base))).To(Succeed())
		getIngress(ctx, key)
		expectCondition(ctx, key, v1alpha1.ConditionExposed, metav1.ConditionTrue, v1alpha1.ReasonExposed)

		update(ctx, key, func(s *v1alpha1.WhatsAppSession) {
			s.Spec.Exposure.Ingress.Annotations = map[string]v1alpha1.AnnotationValue{"nginx.ingress.kubernetes.io/auth-secret": "payroll"}
		})
		expectCondition(ctx, key, v1alpha1.ConditionExposed, metav1.ConditionFalse, v1alpha1.ReasonAccessDenied, ContainSubstring("annotations"))
		Expect(getIngress(ctx, key).Annotations).NotTo(HaveKey("nginx.ingress.kubernetes.io/auth-secret"))
	})
})
