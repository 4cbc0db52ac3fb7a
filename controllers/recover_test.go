package controllers_test

import (
	"context"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/controllers/desired"
)

// unlabel takes all labels from an object, as a careless script does.
func unlabel(ctx context.Context, object client.Object) {
	GinkgoHelper()
	base, ok := object.DeepCopyObject().(client.Object)
	Expect(ok).To(BeTrue())
	object.SetLabels(nil)
	Expect(k8s.Patch(ctx, object, client.MergeFrom(base))).To(Succeed())
}

var _ = Describe("An object that has lost its labels", func() {
	var namespace string
	BeforeEach(func(ctx SpecContext) { namespace = newNamespace(ctx) })

	owning := func(s *v1alpha1.WhatsAppSession) { s.Spec.Storage.Claim.WhenDeleted = v1alpha1.VolumeDelete }
	expectLabels := func(ctx context.Context, key types.NamespacedName, object client.Object) {
		GinkgoHelper()
		uid := object.GetUID()
		Eventually(func(g Gomega) {
			g.Expect(k8s.Get(ctx, client.ObjectKeyFromObject(object), object)).To(Succeed())
			for label, value := range desired.OwnLabels(getSession(ctx, key)) {
				g.Expect(object.GetLabels()).To(HaveKeyWithValue(label, value))
			}
		}).Should(Succeed())
		Expect(object.GetUID()).To(Equal(uid))
	}

	DescribeTable("is the session's as before, and gets them back:",
		func(ctx SpecContext, object client.Object, name string, running bool) {
			key, _ := newWorkingSession(ctx, namespace, "sales", owning)
			object, _ = object.DeepCopyObject().(client.Object)
			Expect(k8s.Get(ctx, types.NamespacedName{Namespace: namespace, Name: name}, object)).To(Succeed())
			if !running {
				operator.Stop()
			}
			unlabel(ctx, object)
			if !running {
				operator.Start()
			}
			expectLabels(ctx, key, object)
			expectCondition(ctx, key, v1alpha1.ConditionReady, metav1.ConditionTrue, v1alpha1.ReasonConnected)
			Expect(getPod(ctx, key).DeletionTimestamp).To(BeNil())
		},
		Entry("the pod", &corev1.Pod{}, "sales", true),
		Entry("the claim", &corev1.PersistentVolumeClaim{}, "sales-data", true),
		Entry("the Secret", &corev1.Secret{}, "sales-keys", true),
		Entry("the ConfigMap", &corev1.ConfigMap{}, "sales-config", true),
		Entry("the Service", &corev1.Service{}, "sales", true),
		Entry("the NetworkPolicy", &networkingv1.NetworkPolicy{}, "sales", true),
		Entry("the pod, while no operator ran", Serial, &corev1.Pod{}, "sales", false),
		Entry("the claim, while no operator ran", Serial, &corev1.PersistentVolumeClaim{}, "sales-data", false),
		Entry("the Secret, while no operator ran", Serial, &corev1.Secret{}, "sales-keys", false),
		Entry("the ConfigMap, while no operator ran", Serial, &corev1.ConfigMap{}, "sales-config", false),
		Entry("the Service, while no operator ran", Serial, &corev1.Service{}, "sales", false),
		Entry("the NetworkPolicy, while no operator ran", Serial, &networkingv1.NetworkPolicy{}, "sales", false),
	)

	It("is the session's as well if only the session's name is missing", func(ctx SpecContext) {
		key, _ := newWorkingSession(ctx, namespace, "sales")
		pod := getPod(ctx, key)
		base := pod.DeepCopy()
		pod.Labels[v1alpha1.LabelSession] = "other"
		Expect(k8s.Patch(ctx, pod, client.MergeFrom(base))).To(Succeed())
		expectLabels(ctx, key, pod)
	})

	It("is a volume that was kept: nothing else says whose it is, so a person does", func(ctx SpecContext) {
		key, process := newWorkingSession(ctx, namespace, "sales")
		deleteSession(ctx, key, process)
		claim := getClaim(ctx, namespace, "sales-data")
		labels := claim.Labels
		unlabel(ctx, claim)
		again := newSession(ctx, namespace, "sales")
		expectCondition(ctx, again, v1alpha1.ConditionStalled, metav1.ConditionTrue, v1alpha1.ReasonNameConflict,
			ContainSubstring("PersistentVolumeClaim sales-data"), ContainSubstring("spec.storage.existingClaim"))
		base := claim.DeepCopy()
		claim.Labels = labels
		Expect(k8s.Patch(ctx, claim, client.MergeFrom(base))).To(Succeed())
		runPod(ctx, again)
	})

	It("is a pod that ends with its session all the same", Serial, func(ctx SpecContext) {
		stopped, one := newWorkingSession(ctx, namespace, "stopped")
		deleted, two := newWorkingSession(ctx, namespace, "deleted", func(s *v1alpha1.WhatsAppSession) {
			s.Annotations = map[string]string{v1alpha1.AnnotationLogoutOnDelete: "true"}
		})
		operator.Stop()
		unlabel(ctx, getPod(ctx, stopped))
		unlabel(ctx, getPod(ctx, deleted))
		editSpec(ctx, stopped, stopSession)
		Expect(k8s.Delete(ctx, getSession(ctx, deleted))).To(Succeed())
		operator.Start()

		endPod(ctx, stopped, one)
		expectCondition(ctx, stopped, v1alpha1.ConditionReady, metav1.ConditionFalse, v1alpha1.ReasonStopped)
		endPod(ctx, deleted, two)
		expectSessionGone(ctx, deleted)
		Expect(two.Logouts()).To(Equal(1))
	})

	It("is refused if it is another's, with the way out", Serial, func(ctx SpecContext) {
		operator.Stop()
		pod := &corev1.Pod{
			ObjectMeta: named(namespace, "sales"),
			Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: "other", Image: "other"}}},
		}
		pod.OwnerReferences = ofAnother()
		Expect(k8s.Create(ctx, pod)).To(Succeed())
		key := newSession(ctx, namespace, "sales")
		operator.Start()
		expectCondition(ctx, key, v1alpha1.ConditionStalled, metav1.ConditionTrue, v1alpha1.ReasonNameConflict,
			ContainSubstring("Pod sales"), ContainSubstring("delete it, or give the session another name"))
		after := getPod(ctx, key)
		Expect(after.UID).To(Equal(pod.UID))
		Expect(after.Labels).To(BeEmpty())
		Expect(after.DeletionTimestamp).To(BeNil())
	})
})
