package controllers_test

import (
	"net/http"
	"strings"
	"sync/atomic"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/wasession/wasession/api/v1alpha1"
)

// The API server removes a pod at once if it has no node when the deletion begins, also
// if it gets one before the deletion ends. So a deletion must name the pod as it was.
var _ = Describe("A pod that gets its node while it is deleted", func() {
	It("ends as its kubelet says", func(ctx SpecContext) {
		namespace := newNamespace(ctx)
		key := newSession(ctx, namespace, "sales")
		Eventually(k8s.Get).WithArguments(ctx, key, &corev1.Pod{}).Should(Succeed())
		var first atomic.Int32 // the answer to the deletion
		operator.Spoil(namespace, func(r *http.Request, next http.RoundTripper) (*http.Response, error) {
			if r.Method != http.MethodDelete || !strings.HasSuffix(r.URL.Path, "/pods/sales") || first.Load() != 0 {
				return next.RoundTrip(r)
			}
			pod := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: key.Namespace, Name: key.Name}}
			binding := &corev1.Binding{Target: corev1.ObjectReference{Kind: "Node", Name: "node-1"}}
			if err := k8s.SubResource("binding").Create(r.Context(), pod, binding); err != nil {
				return nil, err
			}
			answer, err := next.RoundTrip(r)
			if err == nil {
				first.Store(int32(answer.StatusCode))
			}
			return answer, err
		})
		DeferCleanup(func() { operator.Spoil(namespace, nil) })
		update(ctx, key, func(s *v1alpha1.WhatsAppSession) { s.Spec.State = v1alpha1.SessionStopped })
		expectPodEnding(ctx, key)
		Expect(first.Load()).To(BeEquivalentTo(http.StatusConflict))
	})
})
