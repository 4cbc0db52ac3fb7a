package controllers_test

import (
	"context"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/envtest"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/controllers"
)

// routeCRD is the CRD of HTTPRoutes as the Gateway API publishes it.
func routeCRD() string {
	GinkgoHelper()
	module, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "sigs.k8s.io/gateway-api").Output()
	Expect(err).NotTo(HaveOccurred())
	return filepath.Join(strings.TrimSpace(string(module)), "config", "crd", "standard", "gateway.networking.k8s.io_httproutes.yaml")
}

// administrator is not the operator.
func administrator() *rest.Config {
	config := rest.CopyConfig(apiServer.Config)
	config.Impersonate = rest.ImpersonationConfig{}
	return config
}

func installGatewayAPI() {
	GinkgoHelper()
	_, err := envtest.InstallCRDs(administrator(), envtest.CRDInstallOptions{Paths: []string{routeCRD()}, MaxTime: time.Minute})
	Expect(err).NotTo(HaveOccurred())
}

func removeGatewayAPI() {
	GinkgoHelper()
	Expect(envtest.UninstallCRDs(administrator(), envtest.CRDInstallOptions{Paths: []string{routeCRD()}})).To(Succeed())
	Eventually(func() error {
		return k8s.List(context.Background(), &gatewayv1.HTTPRouteList{})
	}).Should(HaveOccurred())
}

// withRoute attaches a session to a Gateway.
func withRoute(hosts ...v1alpha1.HostName) func(*v1alpha1.WhatsAppSession) {
	return func(s *v1alpha1.WhatsAppSession) {
		s.Spec.Exposure = &v1alpha1.ExposureSpec{HTTPRoute: &v1alpha1.HTTPRouteSpec{
			ParentRefs: []v1alpha1.GatewayReference{{Name: "public", Namespace: "gateways", SectionName: "https"}},
			Hostnames:  hosts,
		}}
	}
}

func getRoute(ctx context.Context, key types.NamespacedName) *gatewayv1.HTTPRoute {
	GinkgoHelper()
	route := &gatewayv1.HTTPRoute{}
	Eventually(func() error { return k8s.Get(ctx, key, route) }).Should(Succeed())
	return route
}

// judgeRoute reports on a route as a Gateway's controller does.
func judgeRoute(ctx context.Context, key types.NamespacedName, accepted metav1.ConditionStatus, reason string) {
	GinkgoHelper()
	route := getRoute(ctx, key)
	base := route.DeepCopy()
	route.Status.Parents = []gatewayv1.RouteParentStatus{{
		ParentRef: route.Spec.ParentRefs[0], ControllerName: "example.com/gateway",
		Conditions: []metav1.Condition{{
			Type: string(gatewayv1.RouteConditionAccepted), Status: accepted, Reason: reason,
			ObservedGeneration: route.Generation, LastTransitionTime: metav1.Now(),
		}},
	}}
	Expect(k8s.Status().Patch(ctx, route, client.MergeFrom(base))).To(Succeed())
}

// newConnectedSession creates a session with a route that is connected, whether
// it is ready or not.
func newConnectedSession(ctx context.Context, namespace string) (types.NamespacedName, *fakeRuntime) {
	GinkgoHelper()
	key := newSession(ctx, namespace, "sales", withRoute("sales.example.com"))
	process := runPod(ctx, key)
	bindClaim(ctx, namespace, "sales-data")
	process.Work()
	return key, process
}

var _ = Describe("An HTTPRoute", Ordered, Serial, func() {
	var namespace string
	BeforeAll(func() {
		restart := func(changes ...func(*controllers.Options)) {
			operator.Stop()
			operator.Start(changes...)
		}
		restart(func(o *controllers.Options) { o.GatewayRecheck = 200 * time.Millisecond })
		DeferCleanup(func() {
			removeGatewayAPI()
			restart()
		})
	})
	BeforeEach(func(ctx SpecContext) { namespace = newNamespace(ctx) })

	It("is told to be impossible without the Gateway API, and made once that is installed", func(ctx SpecContext) {
		key, process := newConnectedSession(ctx, namespace)
		stalled := expectCondition(ctx, key, v1alpha1.ConditionStalled, metav1.ConditionTrue, v1alpha1.ReasonGatewayAPIMissing,
			ContainSubstring("install its CRDs"))
		Expect(violations(stalled)).To(BeEmpty())
		expectCondition(ctx, key, v1alpha1.ConditionExposed, metav1.ConditionFalse, v1alpha1.ReasonGatewayAPIMissing)
		expectCondition(ctx, key, v1alpha1.ConditionConnected, metav1.ConditionTrue, v1alpha1.ReasonConnected)
		Expect(stalled.Status.URLs).To(BeEmpty())

		By("leaving sessions that need none alone")
		_, _ = newWorkingSession(ctx, namespace, "support")

		installGatewayAPI()
		route := getRoute(ctx, key)
		Expect(metav1.IsControlledBy(route, getSession(ctx, key))).To(BeTrue())
		Expect(route.Spec.Hostnames).To(Equal([]gatewayv1.Hostname{"sales.example.com"}))
		Expect(route.Spec.Rules[0].BackendRefs[0].Name).To(BeEquivalentTo("sales"))
		Expect(route.Spec.Rules[0].BackendRefs[0].Port).To(HaveValue(BeEquivalentTo(3000)))
		expectCondition(ctx, key, v1alpha1.ConditionReady, metav1.ConditionTrue, v1alpha1.ReasonConnected)
		expectCondition(ctx, key, v1alpha1.ConditionExposed, metav1.ConditionFalse, v1alpha1.ReasonRoutePending, ContainSubstring("Gateway gateways/public"))
		Expect(process.Streams()).To(Equal(1), "the stream was opened again")
	})

	It("says what its Gateways say of it", func(ctx SpecContext) {
		key := newSession(ctx, namespace, "sales", withRoute("sales.example.com"))
		judgeRoute(ctx, key, metav1.ConditionFalse, "NotAllowedByListeners")
		expectCondition(ctx, key, v1alpha1.ConditionExposed, metav1.ConditionFalse, v1alpha1.ReasonRouteNotAccepted,
			ContainSubstring("NotAllowedByListeners"))
		judgeRoute(ctx, key, metav1.ConditionTrue, "Accepted")
		exposed := expectCondition(ctx, key, v1alpha1.ConditionExposed, metav1.ConditionTrue, v1alpha1.ReasonExposed)
		Expect(exposed.Status.URLs).To(Equal([]string{"https://sales.example.com"}))

		By("not believing what was said of an earlier one")
		update(ctx, key, withRoute("chat.example.com"))
		expectCondition(ctx, key, v1alpha1.ConditionExposed, metav1.ConditionFalse, v1alpha1.ReasonRoutePending)
	})

	It("follows the spec, comes back, and goes when it is no longer wanted", func(ctx SpecContext) {
		key := newSession(ctx, namespace, "sales", withRoute("sales.example.com"))
		Expect(k8s.Delete(ctx, getRoute(ctx, key))).To(Succeed())
		getRoute(ctx, key)
		update(ctx, key, func(s *v1alpha1.WhatsAppSession) {
			s.Spec.Exposure.HTTPRoute.ParentRefs = []v1alpha1.GatewayReference{{Kind: "ListenerSet", Name: "own"}}
			s.Spec.Exposure.HTTPRoute.Annotations = map[string]v1alpha1.AnnotationValue{"external-dns.alpha.kubernetes.io/ttl": "60"}
		})
		Eventually(func(g Gomega) {
			route := getRoute(ctx, key)
			g.Expect(route.Spec.ParentRefs).To(HaveLen(1))
			g.Expect(route.Spec.ParentRefs[0].Kind).To(HaveValue(BeEquivalentTo("ListenerSet")))
			g.Expect(route.Spec.ParentRefs[0].Group).To(HaveValue(BeEquivalentTo("gateway.networking.k8s.io")))
			g.Expect(route.Annotations).To(HaveKeyWithValue("external-dns.alpha.kubernetes.io/ttl", "60"))
		}).Should(Succeed())

		expectSettled(namespace)
		before := operator.Writes(namespace)
		annotateSession(ctx, key, "example.com/touched", "yes")
		Consistently(func() []string { return operator.Writes(namespace) }).Should(Equal(before))

		update(ctx, key, func(s *v1alpha1.WhatsAppSession) { s.Spec.Exposure = nil })
		expectGone(ctx, &gatewayv1.HTTPRoute{ObjectMeta: named(namespace, "sales")})
		expectUnexposed(ctx, key)
	})

	It("is found again by an operator that starts, and removed with its session", func(ctx SpecContext) {
		kept := newSession(ctx, namespace, "sales", withRoute("sales.example.com"))
		unwanted := newSession(ctx, namespace, "support", withRoute("support.example.com"))
		getRoute(ctx, kept)
		getRoute(ctx, unwanted)
		operator.Stop()
		update(ctx, unwanted, func(s *v1alpha1.WhatsAppSession) { s.Spec.Exposure = nil })
		operator.Start(func(o *controllers.Options) { o.GatewayRecheck = 200 * time.Millisecond })
		expectGone(ctx, &gatewayv1.HTTPRoute{ObjectMeta: named(namespace, "support")})

		Expect(k8s.Delete(ctx, getSession(ctx, kept))).To(Succeed())
		expectGone(ctx, &v1alpha1.WhatsAppSession{ObjectMeta: named(namespace, "sales")})
		expectNone(ctx, kept, &gatewayv1.HTTPRoute{})
	})

	It("is told to be impossible again when the Gateway API is removed, and made when it is back", func(ctx SpecContext) {
		key := newSession(ctx, namespace, "sales", withRoute("sales.example.com"))
		getRoute(ctx, key)
		removeGatewayAPI()
		expectCondition(ctx, key, v1alpha1.ConditionExposed, metav1.ConditionFalse, v1alpha1.ReasonGatewayAPIMissing)
		installGatewayAPI()
		getRoute(ctx, key)
	})
})
