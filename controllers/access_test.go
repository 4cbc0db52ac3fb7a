package controllers_test

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/controllers"
)

var _ = Describe("An operator that requires access", Serial, func() {
	BeforeEach(func() {
		operator.Stop()
		operator.Start(func(o *controllers.Options) { o.RequireAccess = true })
		DeferCleanup(func() { operator.Stop(); operator.Start() })
	})

	label := func(ctx SpecContext, object client.Object, value string) {
		GinkgoHelper()
		base, _ := object.DeepCopyObject().(client.Object)
		object.SetLabels(map[string]string{v1alpha1.LabelSessionAccess: value})
		Expect(k8s.Patch(ctx, object, client.MergeFrom(base))).To(Succeed())
	}

	It("gives a session no Secret that is not labelled for it", func(ctx SpecContext) {
		namespace := newNamespace(ctx)
		secret := &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: "payroll"}}
		Expect(k8s.Create(ctx, secret)).To(Succeed())
		key := newSession(ctx, namespace, "sales", func(s *v1alpha1.WhatsAppSession) {
			s.Spec.Webhooks = []v1alpha1.WebhookSpec{{
				Name: "crm", URL: "https://example.com/hook", Events: []v1alpha1.WebhookEvent{"*"},
				HeadersSecretRef: &v1alpha1.SecretReference{Name: "payroll"},
			}}
		})
		expectCondition(ctx, key, v1alpha1.ConditionStalled, metav1.ConditionTrue, v1alpha1.ReasonAccessDenied,
			ContainSubstring("payroll"), ContainSubstring("spec.webhooks[0].headersSecretRef"), ContainSubstring("wasession.dev/session-access=sales"))
		Expect(apierrors.IsNotFound(k8s.Get(ctx, key, &corev1.Pod{}))).To(BeTrue(), "a pod was made with a Secret it may not have")

		By("labelling it for another session")
		label(ctx, secret, "support")
		Consistently(func() bool { return apierrors.IsNotFound(k8s.Get(ctx, key, &corev1.Pod{})) }, "300ms").Should(BeTrue())

		By("labelling it for this one")
		label(ctx, secret, "sales")
		Eventually(func() error { return k8s.Get(ctx, key, &corev1.Pod{}) }).Should(Succeed())
	})

	It("lends a pod no ServiceAccount", func(ctx SpecContext) {
		key := newSession(ctx, newNamespace(ctx), "sales", func(s *v1alpha1.WhatsAppSession) {
			s.Spec.Pod = &v1alpha1.PodSpec{ServiceAccountName: "deployer"}
		})
		expectCondition(ctx, key, v1alpha1.ConditionStalled, metav1.ConditionTrue, v1alpha1.ReasonAccessDenied,
			ContainSubstring("spec.pod.serviceAccountName"), ContainSubstring("remove it"))
		expectNone(ctx, key, &corev1.Pod{})
	})

	It("mounts no claim that is not labelled, and runs no image of the session's", func(ctx SpecContext) {
		namespace := newNamespace(ctx)
		claim := &corev1.PersistentVolumeClaim{
			ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: "theirs"},
			Spec: corev1.PersistentVolumeClaimSpec{
				AccessModes: []corev1.PersistentVolumeAccessMode{corev1.ReadWriteOnce},
				Resources:   corev1.VolumeResourceRequirements{Requests: corev1.ResourceList{corev1.ResourceStorage: resource.MustParse("1Gi")}},
			},
		}
		Expect(k8s.Create(ctx, claim)).To(Succeed())
		adopting := newSession(ctx, namespace, "adopting", func(s *v1alpha1.WhatsAppSession) {
			s.Spec.Storage = v1alpha1.StorageSpec{Type: v1alpha1.StorageExistingClaim, ExistingClaim: "theirs"}
		})
		copying := newSession(ctx, namespace, "copying", func(s *v1alpha1.WhatsAppSession) {
			s.Spec.Storage.Claim.DataSource = &v1alpha1.VolumeDataSource{Kind: "PersistentVolumeClaim", Name: "theirs"}
		})
		restoring := newSession(ctx, namespace, "restoring", func(s *v1alpha1.WhatsAppSession) {
			s.Spec.Storage.Claim.DataSource = &v1alpha1.VolumeDataSource{Kind: v1alpha1.DataSourceSnapshot, Name: "theirs"}
		})
		foreign := newSession(ctx, namespace, "foreign", func(s *v1alpha1.WhatsAppSession) {
			s.Spec.Pod = &v1alpha1.PodSpec{Image: "example.com/reader"}
		})
		for _, key := range []client.ObjectKey{adopting, copying, restoring, foreign} {
			expectCondition(ctx, key, v1alpha1.ConditionStalled, metav1.ConditionTrue, v1alpha1.ReasonAccessDenied)
			Expect(apierrors.IsNotFound(k8s.Get(ctx, key, &corev1.Pod{}))).To(BeTrue(), "%s has a pod", key.Name)
		}
		label(ctx, claim, v1alpha1.SessionAccessAll)
		for _, key := range []client.ObjectKey{adopting, copying} {
			Eventually(func() error { return k8s.Get(ctx, key, &corev1.Pod{}) }).Should(Succeed(), key.Name)
		}
	})

	It("copies no claim that is not labelled into a session that is stopped", func(ctx SpecContext) {
		namespace := newNamespace(ctx)
		var keys []client.ObjectKey
		for name, kind := range map[string]v1alpha1.VolumeDataSourceKind{
			"cloning": v1alpha1.DataSourceClaim, "restoring": v1alpha1.DataSourceSnapshot,
		} {
			keys = append(keys, newSession(ctx, namespace, name, func(s *v1alpha1.WhatsAppSession) {
				s.Spec.State = v1alpha1.SessionStopped
				s.Spec.Storage.Claim.DataSource = &v1alpha1.VolumeDataSource{Kind: kind, Name: "theirs"}
			}))
		}
		for _, key := range keys {
			expectCondition(ctx, key, v1alpha1.ConditionStalled, metav1.ConditionTrue, v1alpha1.ReasonAccessDenied,
				ContainSubstring("spec.storage.claim.dataSource"))
		}
		claims := &corev1.PersistentVolumeClaimList{}
		Expect(k8s.List(ctx, claims, client.InNamespace(namespace))).To(Succeed())
		Expect(claims.Items).To(BeEmpty(), "a claim was made of one that was not given")
	})

	It("asks for the label of Secrets that images are pulled with", func(ctx SpecContext) {
		namespace := newNamespace(ctx)
		secret := &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: "registry"}}
		Expect(k8s.Create(ctx, secret)).To(Succeed())
		key := newSession(ctx, namespace, "sales", func(s *v1alpha1.WhatsAppSession) {
			s.Spec.Pod = &v1alpha1.PodSpec{ImagePullSecrets: []v1alpha1.SecretReference{{Name: "registry"}}}
		})
		expectCondition(ctx, key, v1alpha1.ConditionStalled, metav1.ConditionTrue, v1alpha1.ReasonAccessDenied,
			ContainSubstring("spec.pod.imagePullSecrets[0]"), ContainSubstring("registry"))
		Expect(apierrors.IsNotFound(k8s.Get(ctx, key, &corev1.Pod{}))).To(BeTrue(), "a pod was made with a Secret it may not have")
		label(ctx, secret, "sales")
		Eventually(func() error { return k8s.Get(ctx, key, &corev1.Pod{}) }).Should(Succeed())
	})

	It("leaves a pod that runs as it is, and makes no other one", func(ctx SpecContext) {
		namespace := newNamespace(ctx)
		Expect(k8s.Create(ctx, &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: "payroll"}})).To(Succeed())
		key := newSession(ctx, namespace, "sales")
		process := runPod(ctx, key)
		pod := getPod(ctx, key)
		config := mountedConfig(ctx, pod)

		session := getSession(ctx, key)
		base := session.DeepCopy()
		session.Spec.Webhooks = []v1alpha1.WebhookSpec{{
			Name: "crm", URL: "https://example.com/hook", Events: []v1alpha1.WebhookEvent{"*"},
			HeadersSecretRef: &v1alpha1.SecretReference{Name: "payroll"},
		}}
		Expect(k8s.Patch(ctx, session, client.MergeFrom(base))).To(Succeed())
		expectCondition(ctx, key, v1alpha1.ConditionStalled, metav1.ConditionTrue, v1alpha1.ReasonAccessDenied)
		Expect(getPod(ctx, key).UID).To(Equal(pod.UID))
		Expect(getPod(ctx, key).DeletionTimestamp).To(BeNil())
		Expect(mountedConfig(ctx, pod)).To(Equal(config), "the runtime was told of a webhook that it may not have")

		By("losing the pod")
		process.Close()
		Expect(k8s.Delete(ctx, pod, client.GracePeriodSeconds(0))).To(Succeed())
		Consistently(func() bool { return apierrors.IsNotFound(k8s.Get(ctx, key, &corev1.Pod{})) }).Should(BeTrue(), "a pod was made again")
	})
})
