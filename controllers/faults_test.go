package controllers_test

import (
	"errors"
	"io"
	"net/http"
	"regexp"
	"strings"
	"sync/atomic"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/wasession/wasession/api/v1alpha1"
)

// answer is the response of a failing API server, or of a proxy in front of it.
func answer(r *http.Request, code int) (*http.Response, error) {
	return &http.Response{
		StatusCode: code, Status: http.StatusText(code), Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{"Content-Type": {"text/plain"}}, Body: io.NopCloser(strings.NewReader("injected words")), Request: r,
	}, nil
}

// failing makes the writes whose method and path match fail; hits counts them.
func failing(pattern string, code int) (spoil fault, hits *atomic.Int32) {
	hits = &atomic.Int32{}
	matches := regexp.MustCompile(pattern)
	return func(r *http.Request, next http.RoundTripper) (*http.Response, error) {
		if !matches.MatchString(r.Method + " " + r.URL.Path) {
			return next.RoundTrip(r)
		}
		hits.Add(1)
		return answer(r, code)
	}, hits
}

var _ = Describe("An API server in trouble", func() {
	var namespace string
	BeforeEach(func(ctx SpecContext) {
		namespace = newNamespace(ctx)
		DeferCleanup(func() { operator.Spoil(namespace, nil) })
	})
	// spoil makes matching writes fail, calls then, and waits for some failures.
	spoil := func(pattern string, code int, then func()) {
		GinkgoHelper()
		f, hits := failing(pattern, code)
		operator.Spoil(namespace, f)
		then()
		Eventually(hits.Load).Should(BeNumerically(">=", 2), "the write was not tried again")
	}
	mend := func() { operator.Spoil(namespace, nil) }

	DescribeTable("delays a session, and no more:",
		func(ctx SpecContext, pattern string, code int) {
			var key types.NamespacedName
			spoil(pattern, code, func() { key = newSession(ctx, namespace, "sales") })
			mend()
			process := runPod(ctx, key)
			bindClaim(ctx, namespace, "sales-data")
			process.Work()
			expectCondition(ctx, key, v1alpha1.ConditionReady, metav1.ConditionTrue, v1alpha1.ReasonConnected)
			expectSettled(namespace)
		},
		Entry("unavailable", "", http.StatusServiceUnavailable),
		Entry("failing", "", http.StatusInternalServerError),
		Entry("out of time", "", http.StatusGatewayTimeout),
		Entry("for Secrets", "/secrets", http.StatusInternalServerError),
		Entry("for claims", "/persistentvolumeclaims/", http.StatusInternalServerError),
		Entry("for ConfigMaps", "/configmaps/", http.StatusInternalServerError),
		Entry("for Services", "/services/", http.StatusInternalServerError),
		Entry("for NetworkPolicies", "/networkpolicies/", http.StatusInternalServerError),
		Entry("for pods", "/pods$", http.StatusInternalServerError),
		Entry("for the status", "/status$", http.StatusInternalServerError),
		Entry("in conflict with itself", "/configmaps/", http.StatusConflict),
	)

	It("makes nothing of a session before its finalizer is in place", func(ctx SpecContext) {
		spoil("PATCH .*/whatsappsessions/sales$", http.StatusInternalServerError, func() { newSession(ctx, namespace, "sales") })
		key := types.NamespacedName{Namespace: namespace, Name: "sales"}
		for _, object := range []client.ObjectList{
			&corev1.PodList{}, &corev1.ServiceList{}, &corev1.PersistentVolumeClaimList{}, &networkingv1.NetworkPolicyList{}, &corev1.SecretList{},
		} {
			Expect(k8s.List(ctx, object, client.InNamespace(namespace))).To(Succeed())
			Expect(meta.LenList(object)).To(BeZero(), "%T", object)
		}
		mend()
		runPod(ctx, key)
		Expect(getSession(ctx, key).Finalizers).To(ConsistOf(v1alpha1.Finalizer))
	})

	It("shows an edit as on its way, without the server's words", func(ctx SpecContext) {
		key, process := newWorkingSession(ctx, namespace, "sales")
		spoil("/configmaps/", http.StatusInternalServerError, func() {
			editSpec(ctx, key, func(s *v1alpha1.WhatsAppSessionSpec) { s.LogLevel = v1alpha1.LogDebug })
		})
		session := expectCondition(ctx, key, v1alpha1.ConditionReconciling, metav1.ConditionTrue, v1alpha1.ReasonUnknown,
			Not(ContainSubstring("injected")))
		Expect(violations(session)).To(BeEmpty())
		expectCondition(ctx, key, v1alpha1.ConditionConnected, metav1.ConditionTrue, v1alpha1.ReasonConnected)
		mend()
		process.TakeUp(waitForConfig(ctx, key, ContainSubstring("debug")))
		expectCondition(ctx, key, v1alpha1.ConditionReady, metav1.ConditionTrue, v1alpha1.ReasonConnected)
	})

	It("leaves a number that works as ready as it is", func(ctx SpecContext) {
		key, _ := newWorkingSession(ctx, namespace, "sales")
		expectSettled(namespace)
		version := getSession(ctx, key).ResourceVersion
		spoil("/services/", http.StatusServiceUnavailable, func() {
			Expect(k8s.Delete(ctx, &corev1.Service{ObjectMeta: named(namespace, "sales")})).To(Succeed())
		})
		Expect(getSession(ctx, key).ResourceVersion).To(Equal(version), "a hiccup of the server's became a status")
		mend()
		Eventually(func() error { return k8s.Get(ctx, key, &corev1.Service{}) }).Should(Succeed())
	})

	It("makes one pod, also where the answer to its making is lost", func(ctx SpecContext) {
		var lost atomic.Int32
		operator.Spoil(namespace, func(r *http.Request, next http.RoundTripper) (*http.Response, error) {
			response, err := next.RoundTrip(r)
			if err == nil && r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/pods") && lost.Add(1) == 1 {
				response.Body.Close()
				return nil, errors.New("connection reset by peer")
			}
			return response, err
		})
		key := newSession(ctx, namespace, "sales")
		Eventually(lost.Load).Should(BeNumerically(">=", 1))
		pod := schedulePod(ctx, key)
		look(ctx, key)
		expectSettled(namespace)
		Expect(getPod(ctx, key).UID).To(Equal(pod.UID))
		Expect(getPod(ctx, key).DeletionTimestamp).To(BeNil())
	})

	It("keeps one key, also where the answer to its making is lost", func(ctx SpecContext) {
		var lost atomic.Int32
		operator.Spoil(namespace, func(r *http.Request, next http.RoundTripper) (*http.Response, error) {
			response, err := next.RoundTrip(r)
			if err == nil && r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/secrets") && lost.Add(1) == 1 {
				response.Body.Close()
				return nil, errors.New("connection reset by peer")
			}
			return response, err
		})
		key := newSession(ctx, namespace, "sales")
		secret := &corev1.Secret{}
		Eventually(func() error {
			return k8s.Get(ctx, types.NamespacedName{Namespace: namespace, Name: "sales-keys"}, secret)
		}).Should(Succeed())
		runPod(ctx, key)
		after := &corev1.Secret{}
		Expect(k8s.Get(ctx, client.ObjectKeyFromObject(secret), after)).To(Succeed())
		Expect(after.UID).To(Equal(secret.UID))
		Expect(after.Data).To(Equal(secret.Data))
	})

	DescribeTable("keeps a deleted session until all is gone:",
		func(ctx SpecContext, pattern string) {
			key, process := newWorkingSession(ctx, namespace, "sales", func(s *v1alpha1.WhatsAppSession) {
				s.Spec.Storage.Claim.WhenDeleted = v1alpha1.VolumeDelete
			})
			spoil(pattern, http.StatusInternalServerError, func() {
				Expect(k8s.Delete(ctx, getSession(ctx, key))).To(Succeed())
				if !strings.Contains(pattern, "/pods/") {
					endPod(ctx, key, process)
				}
			})
			Expect(getSession(ctx, key).Finalizers).To(ConsistOf(v1alpha1.Finalizer))
			mend()
			if strings.Contains(pattern, "/pods/") {
				endPod(ctx, key, process)
			}
			expectSessionGone(ctx, key)
			expectClaim(ctx, namespace, "sales-data", claimGoes)
		},
		Entry("the pod", "DELETE .*/pods/sales$"),
		Entry("the Service", "DELETE .*/services/sales$"),
		Entry("the Secret", "DELETE .*/secrets/sales-keys$"),
		Entry("the claim", "DELETE .*/persistentvolumeclaims/sales-data$"),
		Entry("the finalizer", "PATCH .*/whatsappsessions/sales$"),
	)

	It("keeps no session from working by refusing its Events", func(ctx SpecContext) {
		f, hits := failing("/events$", http.StatusForbidden)
		operator.Spoil(namespace, f)
		key := newSession(ctx, namespace, "sales")
		work(ctx, key, runPod(ctx, key))
		Eventually(hits.Load).Should(BeNumerically(">=", 1))
		Expect(events(ctx, key)).To(BeEmpty())
	})
})
