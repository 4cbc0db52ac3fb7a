package controllers_test

import (
	"context"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	runtimev1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/api/v1alpha1"
)

var _ = Describe("Deleting a session", func() {
	var namespace string
	BeforeEach(func(ctx SpecContext) { namespace = newNamespace(ctx) })

	It("ends the pod, waits for it, and then removes the rest", func(ctx SpecContext) {
		key, process := newWorkingSession(ctx, namespace, "sales")
		Expect(k8s.Delete(ctx, getSession(ctx, key))).To(Succeed())
		expectPodEnding(ctx, key)
		deleting := expectCondition(ctx, key, v1alpha1.ConditionReconciling, metav1.ConditionTrue, v1alpha1.ReasonDeleting)
		Expect(violations(deleting)).To(BeEmpty())
		Consistently(func() error { return k8s.Get(ctx, key, &corev1.Service{}) }).Should(Succeed(), "the pod was not waited for")

		endPod(ctx, key, process)
		expectSessionGone(ctx, key)
		Expect(process.Logouts()).To(BeZero(), "nobody asked for a logout")
	})

	It("leaves a retained volume to the next session of the name", func(ctx SpecContext) {
		key, process := newWorkingSession(ctx, namespace, "sales")
		claim := getClaim(ctx, namespace, "sales-data")
		Expect(metav1.GetControllerOf(claim)).To(BeNil(), "a retained volume has an owner that can take it along")
		deleteSession(ctx, key, process)
		Expect(getClaim(ctx, namespace, "sales-data").DeletionTimestamp).To(BeNil())

		By("taking it up again, also with another spec")
		again, _ := newWorkingSession(ctx, namespace, "sales", func(s *v1alpha1.WhatsAppSession) {
			s.Spec.Storage.Claim.Size = resource.MustParse("1Gi")
			s.Spec.Storage.Claim.AccessMode = corev1.ReadWriteOnce
		})
		Expect(again).To(Equal(key))
		adopted := getClaim(ctx, namespace, "sales-data")
		Expect(adopted.UID).To(Equal(claim.UID))
		Expect(adopted.Spec.Resources.Requests.Storage().String()).To(Equal("2Gi"), "the volume was told to shrink")
	})

	It("takes the volume along where the spec says so", func(ctx SpecContext) {
		key, process := newWorkingSession(ctx, namespace, "sales", func(s *v1alpha1.WhatsAppSession) {
			s.Spec.Storage.Claim.WhenDeleted = v1alpha1.VolumeDelete
		})
		Expect(metav1.IsControlledBy(getClaim(ctx, namespace, "sales-data"), getSession(ctx, key))).To(BeTrue())
		deleteSession(ctx, key, process)
		// The claim exists until the volume controller removes its finalizer.
		Eventually(func() bool {
			claim := &corev1.PersistentVolumeClaim{}
			err := k8s.Get(ctx, types.NamespacedName{Namespace: namespace, Name: "sales-data"}, claim)
			return client.IgnoreNotFound(err) == nil && (err != nil || claim.DeletionTimestamp != nil)
		}).Should(BeTrue())
	})

	It("keeps the volume where the policy was changed to Retain", func(ctx SpecContext) {
		key, process := newWorkingSession(ctx, namespace, "sales", func(s *v1alpha1.WhatsAppSession) {
			s.Spec.Storage.Claim.WhenDeleted = v1alpha1.VolumeDelete
		})
		update(ctx, key, func(s *v1alpha1.WhatsAppSession) { s.Spec.Storage.Claim.WhenDeleted = v1alpha1.VolumeRetain })
		Eventually(func() *metav1.OwnerReference {
			return metav1.GetControllerOf(getClaim(ctx, namespace, "sales-data"))
		}).Should(BeNil())
		deleteSession(ctx, key, process)
		Expect(getClaim(ctx, namespace, "sales-data").DeletionTimestamp).To(BeNil())
	})

	It("never owns and never deletes an adopted claim", func(ctx SpecContext) {
		own := &corev1.PersistentVolumeClaim{
			ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: "precious"},
			Spec: corev1.PersistentVolumeClaimSpec{
				AccessModes: []corev1.PersistentVolumeAccessMode{corev1.ReadWriteOnce},
				Resources: corev1.VolumeResourceRequirements{
					Requests: corev1.ResourceList{corev1.ResourceStorage: resource.MustParse("5Gi")},
				},
			},
		}
		key := newSession(ctx, namespace, "sales", func(s *v1alpha1.WhatsAppSession) {
			s.Spec.Storage = v1alpha1.StorageSpec{Type: v1alpha1.StorageExistingClaim, ExistingClaim: "precious"}
		})
		stalled := expectCondition(ctx, key, v1alpha1.ConditionStalled, metav1.ConditionTrue, v1alpha1.ReasonClaimNotFound,
			ContainSubstring("spec.storage.existingClaim"))
		Expect(violations(stalled)).To(BeEmpty())

		Expect(k8s.Create(ctx, own)).To(Succeed())
		process := runPod(ctx, key)
		bindClaim(ctx, namespace, "precious")
		process.TakeUp(waitForConfig(ctx, key, ContainSubstring(`"maxBytes": 2684354560`)))
		process.Work()
		expectCondition(ctx, key, v1alpha1.ConditionReady, metav1.ConditionTrue, v1alpha1.ReasonConnected)
		expectCondition(ctx, key, v1alpha1.ConditionStorageReady, metav1.ConditionTrue, v1alpha1.ReasonBound)

		deleteSession(ctx, key, process)
		after := getClaim(ctx, namespace, "precious")
		Expect(after.DeletionTimestamp).To(BeNil())
		Expect(after.OwnerReferences).To(BeEmpty())
		Expect(after.Labels).To(BeEmpty())
		for _, entry := range after.ManagedFields {
			Expect(entry.Manager).NotTo(Equal(v1alpha1.ManagerName))
		}
	})

	It("logs out first where it is asked for", func(ctx SpecContext) {
		key, process := newWorkingSession(ctx, namespace, "sales")
		annotateSession(ctx, key, v1alpha1.AnnotationLogoutOnDelete, "true")
		deleteSession(ctx, key, process)
		Expect(process.Logouts()).To(Equal(1))
	})

	It("says so where a stopped session cannot log out", func(ctx SpecContext) {
		key, process := newWorkingSession(ctx, namespace, "sales", func(s *v1alpha1.WhatsAppSession) {
			s.Annotations = map[string]string{v1alpha1.AnnotationLogoutOnDelete: "true"}
		})
		update(ctx, key, func(s *v1alpha1.WhatsAppSession) { s.Spec.State = v1alpha1.SessionStopped })
		endPod(ctx, key, process)
		expectCondition(ctx, key, v1alpha1.ConditionReady, metav1.ConditionFalse, v1alpha1.ReasonStopped)
		Expect(k8s.Delete(ctx, getSession(ctx, key))).To(Succeed())
		expectSessionGone(ctx, key)
		expectEvent(ctx, key, "LogoutFailed")
		Expect(process.Logouts()).To(BeZero())
	})

	It("claims no logout for a number that was never paired", func(ctx SpecContext) {
		key := newSession(ctx, namespace, "sales", func(s *v1alpha1.WhatsAppSession) {
			s.Annotations = map[string]string{v1alpha1.AnnotationLogoutOnDelete: "true"}
		})
		process := runPod(ctx, key)
		process.Report(runtimev1.PhaseScanQRCode, runtimev1.ReasonWaitingForScan)
		expectCondition(ctx, key, v1alpha1.ConditionReady, metav1.ConditionFalse, v1alpha1.ReasonWaitingForScan)
		deleteSession(ctx, key, process)
		Expect(events(ctx, key)).To(BeEmpty())
		Expect(process.Logouts()).To(BeZero())
	})

	It("works for a session that is stopped or never had a pod", func(ctx SpecContext) {
		key := newSession(ctx, namespace, "sales", func(s *v1alpha1.WhatsAppSession) { s.Spec.State = v1alpha1.SessionStopped })
		expectCondition(ctx, key, v1alpha1.ConditionReady, metav1.ConditionFalse, v1alpha1.ReasonStopped)
		Expect(k8s.Delete(ctx, getSession(ctx, key))).To(Succeed())
		expectSessionGone(ctx, key)
	})
})

// deleteSession deletes the session and terminates its pod.
func deleteSession(ctx context.Context, key types.NamespacedName, process *fakeRuntime) {
	GinkgoHelper()
	Expect(k8s.Delete(ctx, getSession(ctx, key))).To(Succeed())
	endPod(ctx, key, process)
	expectSessionGone(ctx, key)
}

// expectSessionGone waits until the session and all its objects are gone, except
// those that may stay for the next session of its name: the claim and the keys.
func expectSessionGone(ctx context.Context, key types.NamespacedName) {
	GinkgoHelper()
	named := func(name string) metav1.ObjectMeta { return metav1.ObjectMeta{Namespace: key.Namespace, Name: name} }
	for _, object := range []client.Object{
		&v1alpha1.WhatsAppSession{ObjectMeta: named(key.Name)},
		&corev1.Pod{ObjectMeta: named(key.Name)},
		&corev1.Service{ObjectMeta: named(key.Name)},
		&networkingv1.NetworkPolicy{ObjectMeta: named(key.Name)},
		&corev1.ConfigMap{ObjectMeta: named(key.Name + "-config")},
	} {
		expectGone(ctx, object)
	}
}

func getClaim(ctx context.Context, namespace, name string) *corev1.PersistentVolumeClaim {
	GinkgoHelper()
	claim := &corev1.PersistentVolumeClaim{}
	Expect(k8s.Get(ctx, types.NamespacedName{Namespace: namespace, Name: name}, claim)).To(Succeed())
	return claim
}
