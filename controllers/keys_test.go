package controllers_test

import (
	"context"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	runtimev1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/controllers/desired"
)

func getKeys(ctx context.Context, namespace, session string) *corev1.Secret {
	GinkgoHelper()
	secret := &corev1.Secret{}
	Expect(k8s.Get(ctx, types.NamespacedName{Namespace: namespace, Name: session + "-keys"}, secret)).To(Succeed())
	return secret
}

var _ = Describe("The generated API keys of a session that is deleted", func() {
	var namespace string
	BeforeEach(func(ctx SpecContext) { namespace = newNamespace(ctx) })

	whenDeleted := func(policy v1alpha1.VolumeDeletionPolicy) func(*v1alpha1.WhatsAppSession) {
		return func(s *v1alpha1.WhatsAppSession) { s.Spec.Storage.Claim.WhenDeleted = policy }
	}

	It("stay with the volume, and the next session of the name has the same", func(ctx SpecContext) {
		key, process := newWorkingSession(ctx, namespace, "sales")
		keys := getKeys(ctx, namespace, "sales")
		Expect(keys.OwnerReferences).To(BeEmpty(), "the garbage collector would take them along")
		deleteSession(ctx, key, process)
		Expect(getKeys(ctx, namespace, "sales").DeletionTimestamp).To(BeNil())

		again, _ := newWorkingSession(ctx, namespace, "sales")
		after := getKeys(ctx, namespace, "sales")
		Expect(after.UID).To(Equal(keys.UID))
		Expect(after.Data).To(Equal(keys.Data))
		Expect(secretsIn(getPod(ctx, again))).To(ConsistOf("sales-keys"))
	})

	It("go with the volume where the spec says so, and the next session has others", func(ctx SpecContext) {
		key, process := newWorkingSession(ctx, namespace, "sales", whenDeleted(v1alpha1.VolumeDelete))
		keys := getKeys(ctx, namespace, "sales")
		Expect(metav1.IsControlledBy(keys, getSession(ctx, key))).To(BeTrue())
		deleteSession(ctx, key, process)
		expectGone(ctx, &corev1.Secret{ObjectMeta: named(namespace, "sales-keys")})
		releaseAndDelete(ctx, getClaim(ctx, namespace, "sales-data"))

		newWorkingSession(ctx, namespace, "sales", whenDeleted(v1alpha1.VolumeDelete))
		Expect(getKeys(ctx, namespace, "sales").Data).NotTo(Equal(keys.Data))
	})

	DescribeTable("go or stay as the spec says at the end:",
		func(ctx SpecContext, first, last v1alpha1.VolumeDeletionPolicy) {
			key, process := newWorkingSession(ctx, namespace, "sales", whenDeleted(first))
			data := getKeys(ctx, namespace, "sales").Data
			update(ctx, key, whenDeleted(last))
			Eventually(func() bool {
				return metav1.IsControlledBy(getKeys(ctx, namespace, "sales"), getSession(ctx, key))
			}).Should(Equal(last == v1alpha1.VolumeDelete))
			Expect(getKeys(ctx, namespace, "sales").Data).To(Equal(data))
			deleteSession(ctx, key, process)
			if last == v1alpha1.VolumeDelete {
				expectGone(ctx, &corev1.Secret{ObjectMeta: named(namespace, "sales-keys")})
			} else {
				Expect(getKeys(ctx, namespace, "sales").DeletionTimestamp).To(BeNil())
			}
		},
		Entry(nil, v1alpha1.VolumeRetain, v1alpha1.VolumeDelete),
		Entry(nil, v1alpha1.VolumeDelete, v1alpha1.VolumeRetain),
	)

	It("stay as well where the session has not used them at the end", func(ctx SpecContext) {
		newSecret(ctx, namespace, "given")
		key, process := newWorkingSession(ctx, namespace, "sales", whenDeleted(v1alpha1.VolumeDelete))
		update(ctx, key, func(s *v1alpha1.WhatsAppSession) {
			s.Spec.Storage.Claim.WhenDeleted = v1alpha1.VolumeRetain
			s.Spec.API = &v1alpha1.APISpec{KeysSecretRef: &v1alpha1.SecretReference{Name: "given"}}
		})
		endPod(ctx, key, process)
		process = runPod(ctx, key)
		deleteSession(ctx, key, process)
		Expect(getKeys(ctx, namespace, "sales").OwnerReferences).To(BeEmpty())
	})

	It("are never another session's", func(ctx SpecContext) {
		key, process := newWorkingSession(ctx, namespace, "sales")
		deleteSession(ctx, key, process)
		left := getKeys(ctx, namespace, "sales")
		moved := &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: "support-keys", Labels: left.Labels}, Data: left.Data}
		Expect(k8s.Create(ctx, moved)).To(Succeed())
		support := newSession(ctx, namespace, "support")
		stalled := expectCondition(ctx, support, v1alpha1.ConditionStalled, metav1.ConditionTrue, v1alpha1.ReasonNameConflict,
			ContainSubstring("Secret support-keys"), ContainSubstring("wasession.dev/session=support"))
		Expect(violations(stalled)).To(BeEmpty())
		expectNone(ctx, support, &corev1.Pod{})
		Expect(getKeys(ctx, namespace, "sales").ResourceVersion).To(Equal(left.ResourceVersion))

		By("unless their owner says so")
		base := moved.DeepCopy()
		moved.Labels = desired.Labels(getSession(ctx, support))
		Expect(k8s.Patch(ctx, moved, client.MergeFrom(base))).To(Succeed())
		runPod(ctx, support)
		Expect(getKeys(ctx, namespace, "support").Data).To(HaveKeyWithValue(runtimev1.APIKeyFile, left.Data[runtimev1.APIKeyFile]))
	})
})
