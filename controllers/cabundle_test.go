package controllers_test

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	runtimev1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/api/v1alpha1"
)

var _ = Describe("A CA bundle", func() {
	bundle := func(kind v1alpha1.CABundleKind) func(*v1alpha1.WhatsAppSession) {
		return func(s *v1alpha1.WhatsAppSession) {
			s.Spec.CABundle = &v1alpha1.CABundleReference{Kind: kind, Name: "corp"}
		}
	}

	It("in a Secret that does not exist is told, while the session works", func(ctx SpecContext) {
		namespace := newNamespace(ctx)
		key := newSession(ctx, namespace, "sales", bundle(v1alpha1.CABundleSecret))
		expectCondition(ctx, key, v1alpha1.ConditionStalled, metav1.ConditionTrue, v1alpha1.ReasonSecretNotFound,
			ContainSubstring("spec.caBundle"))
		process := runPod(ctx, key)
		bindClaim(ctx, namespace, "sales-data")
		process.Work()
		expectCondition(ctx, key, v1alpha1.ConditionConnected, metav1.ConditionTrue, v1alpha1.ReasonConnected)

		Expect(k8s.Create(ctx, &corev1.Secret{ObjectMeta: named(namespace, "corp")})).To(Succeed())
		expectCondition(ctx, key, v1alpha1.ConditionReady, metav1.ConditionTrue, v1alpha1.ReasonConnected)
	})

	It("in a ConfigMap that does not exist is told by the runtime", func(ctx SpecContext) {
		namespace := newNamespace(ctx)
		key, process := newWorkingSession(ctx, namespace, "sales", bundle(v1alpha1.CABundleConfigMap))
		process.Change(func(s *runtimev1.Status) { s.ConfigError = "caBundle: the object or its key does not exist" })
		expectCondition(ctx, key, v1alpha1.ConditionStalled, metav1.ConditionTrue, v1alpha1.ReasonInvalidConfiguration,
			ContainSubstring("aBundle"))
		process.Change(func(s *runtimev1.Status) { s.ConfigError = "" })
		expectCondition(ctx, key, v1alpha1.ConditionReady, metav1.ConditionTrue, v1alpha1.ReasonConnected)
	})
})
