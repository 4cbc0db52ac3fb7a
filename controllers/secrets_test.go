package controllers_test

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	runtimev1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/controllers/desired"
)

var _ = Describe("A Secret that a session names", func() {
	hmac := func(s *v1alpha1.WhatsAppSession) {
		s.Spec.Webhooks = hook(func(w *v1alpha1.WebhookSpec) {
			w.HMACSecretRef = &v1alpha1.SecretKeyReference{Name: "given", Key: "hmac"}
		})
	}
	headers := func(s *v1alpha1.WhatsAppSession) {
		s.Spec.Webhooks = hook(func(w *v1alpha1.WebhookSpec) { w.HeadersSecretRef = &v1alpha1.SecretReference{Name: "given"} })
	}
	proxy := func(s *v1alpha1.WhatsAppSession) {
		s.Spec.Proxy = &v1alpha1.ProxySpec{URL: "http://proxy.example.com", SecretRef: &v1alpha1.SecretReference{Name: "given"}}
	}
	bucket := func(s *v1alpha1.WhatsAppSession) {
		s.Spec.Storage.Media = &v1alpha1.MediaSpec{Type: v1alpha1.MediaS3, S3: &v1alpha1.S3Spec{
			Bucket: "chats", Region: "eu-central-1", SecretRef: v1alpha1.SecretReference{Name: "given"},
		}}
	}
	keys := func(s *v1alpha1.WhatsAppSession) {
		s.Spec.API = &v1alpha1.APISpec{KeysSecretRef: &v1alpha1.SecretReference{Name: "given"}}
	}

	DescribeTable("is told to the pod when it changes, vanishes and comes back, and the pod stays:",
		func(ctx SpecContext, use func(*v1alpha1.WhatsAppSession)) {
			namespace := newNamespace(ctx)
			secret := newSecret(ctx, namespace, "given")
			key, _ := newWorkingSession(ctx, namespace, "sales", use)
			pod := getPod(ctx, key)
			hash := func() string { return getPod(ctx, key).Annotations[desired.AnnotationSecrets] }
			first := hash()

			secret.Data["hmac"] = []byte("another")
			Expect(k8s.Update(ctx, secret)).To(Succeed())
			Eventually(hash).ShouldNot(Equal(first))
			second := hash()

			Expect(k8s.Delete(ctx, secret)).To(Succeed())
			stalled := expectCondition(ctx, key, v1alpha1.ConditionStalled, metav1.ConditionTrue, v1alpha1.ReasonSecretNotFound)
			Expect(violations(stalled)).To(BeEmpty())
			expectCondition(ctx, key, v1alpha1.ConditionConnected, metav1.ConditionTrue, v1alpha1.ReasonConnected)

			newSecret(ctx, namespace, "given")
			expectCondition(ctx, key, v1alpha1.ConditionReady, metav1.ConditionTrue, v1alpha1.ReasonConnected)
			Eventually(hash).ShouldNot(BeElementOf(first, second))
			after := getPod(ctx, key)
			Expect(after.UID).To(Equal(pod.UID))
			Expect(after.DeletionTimestamp).To(BeNil())
		},
		Entry("the key of a webhook", hmac),
		Entry("the headers of a webhook", headers),
		Entry("the login of a proxy", proxy),
		Entry("the login of a bucket", bucket),
		Entry("the API keys", keys),
	)

	DescribeTable("that is not there keeps no number from pairing:",
		func(ctx SpecContext, use func(*v1alpha1.WhatsAppSession)) {
			key := newSession(ctx, newNamespace(ctx), "sales", use)
			process := runPod(ctx, key)
			expectCondition(ctx, key, v1alpha1.ConditionStalled, metav1.ConditionTrue, v1alpha1.ReasonSecretNotFound)
			process.Work()
			expectCondition(ctx, key, v1alpha1.ConditionPaired, metav1.ConditionTrue, v1alpha1.ReasonPaired)
			expectCondition(ctx, key, v1alpha1.ConditionReady, metav1.ConditionFalse, v1alpha1.ReasonSecretNotFound)

			By("no longer naming it")
			editSpec(ctx, key, func(s *v1alpha1.WhatsAppSessionSpec) { s.Webhooks, s.Proxy, s.Storage.Media = nil, nil, nil })
			endPod(ctx, key, process)
			runPod(ctx, key).Work()
			expectCondition(ctx, key, v1alpha1.ConditionReady, metav1.ConditionTrue, v1alpha1.ReasonConnected)
		},
		Entry("the key of a webhook", hmac),
		Entry("the login of a proxy", proxy),
		Entry("the login of a bucket", bucket),
	)

	It("is not the operator's to delete", func(ctx SpecContext) {
		namespace := newNamespace(ctx)
		newSecret(ctx, namespace, "given")
		key, process := newWorkingSession(ctx, namespace, "sales", keys)
		Expect(apierrors.IsNotFound(k8s.Get(ctx, client.ObjectKey{Namespace: namespace, Name: "sales-keys"}, &corev1.Secret{}))).
			To(BeTrue(), "a key was made that nobody asked for")
		deleteSession(ctx, key, process)
		secret := &corev1.Secret{}
		Expect(k8s.Get(ctx, client.ObjectKey{Namespace: namespace, Name: "given"}, secret)).To(Succeed())
		Expect(secret.OwnerReferences).To(BeEmpty())
		Expect(secret.Labels).To(BeEmpty())
		Expect(secret.DeletionTimestamp).To(BeNil())
	})

	It("takes the place of the generated one and gives it back, key and all", func(ctx SpecContext) {
		namespace := newNamespace(ctx)
		newSecret(ctx, namespace, "given")
		key, process := newWorkingSession(ctx, namespace, "sales")
		generated := &corev1.Secret{}
		Expect(k8s.Get(ctx, client.ObjectKey{Namespace: namespace, Name: "sales-keys"}, generated)).To(Succeed())

		update(ctx, key, keys)
		endPod(ctx, key, process)
		process = runPod(ctx, key)
		process.Work()
		expectCondition(ctx, key, v1alpha1.ConditionReady, metav1.ConditionTrue, v1alpha1.ReasonConnected)
		Expect(secretsIn(getPod(ctx, key))).To(ConsistOf("given"))

		editSpec(ctx, key, func(s *v1alpha1.WhatsAppSessionSpec) { s.API = nil })
		endPod(ctx, key, process)
		process = runPod(ctx, key)
		process.Work()
		expectCondition(ctx, key, v1alpha1.ConditionReady, metav1.ConditionTrue, v1alpha1.ReasonConnected)
		Expect(secretsIn(getPod(ctx, key))).To(ConsistOf("sales-keys"))
		again := &corev1.Secret{}
		Expect(k8s.Get(ctx, client.ObjectKeyFromObject(generated), again)).To(Succeed())
		Expect(again.Data).To(Equal(generated.Data), "clients have that key")
		deleteSession(ctx, key, process)
	})

	It("of another name in the namespace brings nobody back", func(ctx SpecContext) {
		namespace := newNamespace(ctx)
		newWorkingSession(ctx, namespace, "sales")
		expectSettled(namespace)
		before := operator.Writes(namespace)
		newSecret(ctx, namespace, "unrelated")
		other := newSession(ctx, namespace, "other") // reconciled after the Secret
		expectCondition(ctx, other, v1alpha1.ConditionReady, metav1.ConditionFalse, v1alpha1.ReasonPodPending)
		for _, write := range operator.Writes(namespace)[len(before):] {
			Expect(write).NotTo(MatchRegexp("/sales(-[a-z]+)?$"))
		}
	})

	It("is shown as faulty by the runtime, and the number works on", func(ctx SpecContext) {
		key, process := newWorkingSession(ctx, newNamespace(ctx), "sales")
		process.Change(func(s *runtimev1.Status) { s.KeysError = "keys.json: entry 2 has no key" })
		faulty := expectCondition(ctx, key, v1alpha1.ConditionKeysValid, metav1.ConditionFalse, v1alpha1.ReasonInvalidKeys, ContainSubstring("entry 2"))
		Expect(violations(faulty)).To(BeEmpty())
		expectCondition(ctx, key, v1alpha1.ConditionReady, metav1.ConditionTrue, v1alpha1.ReasonConnected)
		process.Change(func(s *runtimev1.Status) { s.KeysError = "" })
		expectCondition(ctx, key, v1alpha1.ConditionKeysValid, metav1.ConditionTrue, v1alpha1.ReasonKeysRead)
	})
})
