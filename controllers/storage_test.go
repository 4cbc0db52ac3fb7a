package controllers_test

import (
	"context"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	storagev1 "k8s.io/api/storage/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/wasession/wasession/api/v1alpha1"
)

var _ = Describe("The volume", func() {
	It("grows with the spec where its class allows, without a new pod", func(ctx SpecContext) {
		class := newClass(ctx)
		namespace := newNamespace(ctx)
		key, process := newWorkingSession(ctx, namespace, "sales", func(s *v1alpha1.WhatsAppSession) {
			s.Spec.Storage.Claim.StorageClassName = &class
		})
		pod := getPod(ctx, key)

		update(ctx, key, func(s *v1alpha1.WhatsAppSession) { s.Spec.Storage.Claim.Size = resource.MustParse("8Gi") })
		expectCondition(ctx, key, v1alpha1.ConditionStorageReady, metav1.ConditionFalse, v1alpha1.ReasonResizing)
		expectCondition(ctx, key, v1alpha1.ConditionReady, metav1.ConditionTrue, v1alpha1.ReasonConnected)
		claim := getClaim(ctx, namespace, "sales-data")
		Expect(claim.Spec.Resources.Requests.Storage().String()).To(Equal("8Gi"))

		By("giving media their share once it has grown")
		setClaimPhase(ctx, claim, corev1.ClaimBound)
		process.TakeUp(waitForConfig(ctx, key, ContainSubstring(`"maxBytes": 4294967296`)))
		expectCondition(ctx, key, v1alpha1.ConditionReady, metav1.ConditionTrue, v1alpha1.ReasonConnected)
		grown := expectCondition(ctx, key, v1alpha1.ConditionStorageReady, metav1.ConditionTrue, v1alpha1.ReasonBound)
		Expect(grown.Status.Volume.Capacity.String()).To(Equal("8Gi"))
		Expect(getPod(ctx, key).UID).To(Equal(pod.UID))
	})
})

var _ = Describe("The operator's role", func() {
	It("gives nothing beyond what a session needs", func(ctx SpecContext) {
		as, err := client.New(operator.config, client.Options{Scheme: scheme})
		Expect(err).NotTo(HaveOccurred())
		namespace := newNamespace(ctx)
		for name, attempt := range map[string]error{
			"nodes":           as.List(ctx, &corev1.NodeList{}),
			"serviceaccounts": as.List(ctx, &corev1.ServiceAccountList{}, client.InNamespace(namespace)),
			"namespaces":      as.Delete(ctx, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: namespace}}),
			"secrets":         as.Get(ctx, client.ObjectKey{Namespace: namespace, Name: "x"}, &corev1.Secret{}),
			"sessions":        as.Delete(ctx, &v1alpha1.WhatsAppSession{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: "x"}}),
		} {
			Expect(apierrors.IsForbidden(attempt)).To(BeTrue(), "%s: %v", name, attempt)
		}
	})
})

// newClass creates a storage class that allows expansion, and returns its name.
func newClass(ctx context.Context) string {
	GinkgoHelper()
	class := &storagev1.StorageClass{
		ObjectMeta: metav1.ObjectMeta{GenerateName: "growing-"}, Provisioner: "example.com/none",
		AllowVolumeExpansion: ptr.To(true),
	}
	Expect(k8s.Create(ctx, class)).To(Succeed())
	return class.Name
}
