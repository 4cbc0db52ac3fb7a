package controllers_test

import (
	"strings"
	"sync/atomic"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	runtimev1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/controllers"
	"github.com/wasession/wasession/controllers/desired"
)

var _ = Describe("A session under hard conditions", func() {
	var namespace string
	BeforeEach(func(ctx SpecContext) { namespace = newNamespace(ctx) })

	It("is not ready while its pod is not, and says nothing of the number", func(ctx SpecContext) {
		key, _ := newWorkingSession(ctx, namespace, "sales")
		status := getPod(ctx, key).Status
		status.Conditions = []corev1.PodCondition{{Type: corev1.PodReady, Status: corev1.ConditionFalse, LastTransitionTime: metav1.Now()}}
		setPodStatus(ctx, getPod(ctx, key), status)
		expectCondition(ctx, key, v1alpha1.ConditionReady, metav1.ConditionFalse, v1alpha1.ReasonPodStarting)
		expectCondition(ctx, key, v1alpha1.ConditionConnected, metav1.ConditionTrue, v1alpha1.ReasonConnected)
	})

	It("has a name of the greatest length", func(ctx SpecContext) {
		key, process := newWorkingSession(ctx, namespace, strings.Repeat("x", 54))
		deleteSession(ctx, key, process)
	})

	It("tells the kubelet at once that a Secret has changed", func(ctx SpecContext) {
		secret := &corev1.Secret{
			ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: "hooks"}, Data: map[string][]byte{"hmac": []byte("old")},
		}
		Expect(k8s.Create(ctx, secret)).To(Succeed())
		key, _ := newWorkingSession(ctx, namespace, "sales", func(s *v1alpha1.WhatsAppSession) {
			s.Spec.Webhooks = []v1alpha1.WebhookSpec{{
				Name: "crm", URL: "https://example.com/hook", Events: []v1alpha1.WebhookEvent{"message"},
				HMACSecretRef: &v1alpha1.SecretKeyReference{Name: "hooks", Key: "hmac"},
			}}
		})
		expectSettled(namespace)
		pod := getPod(ctx, key)
		Expect(podWrites(namespace)).To(Equal(1), "the pod was changed when it had just been made")

		secret.Data["hmac"] = []byte("new")
		Expect(k8s.Update(ctx, secret)).To(Succeed())
		Eventually(func() string { return getPod(ctx, key).Annotations[desired.AnnotationSecrets] }).
			ShouldNot(Equal(pod.Annotations[desired.AnnotationSecrets]))
		Expect(getPod(ctx, key).UID).To(Equal(pod.UID), "the pod was replaced")
		expectCondition(ctx, key, v1alpha1.ConditionReady, metav1.ConditionTrue, v1alpha1.ReasonConnected)
	})

	It("waits for what a session of its name has left, instead of taking it for somebody else's", func(ctx SpecContext) {
		claim := &corev1.PersistentVolumeClaim{
			ObjectMeta: metav1.ObjectMeta{
				Namespace: namespace, Name: "sales-data", Finalizers: []string{"example.com/held"},
				OwnerReferences: []metav1.OwnerReference{*metav1.NewControllerRef(
					&v1alpha1.WhatsAppSession{ObjectMeta: metav1.ObjectMeta{Name: "sales", UID: "gone"}}, v1alpha1.GroupVersion.WithKind(v1alpha1.Kind))},
			},
			Spec: corev1.PersistentVolumeClaimSpec{
				AccessModes: []corev1.PersistentVolumeAccessMode{corev1.ReadWriteOnce},
				Resources:   corev1.VolumeResourceRequirements{Requests: storageOf("1Gi")},
			},
		}
		Expect(k8s.Create(ctx, claim)).To(Succeed())
		Expect(k8s.Delete(ctx, claim)).To(Succeed())
		key := newSession(ctx, namespace, "sales")
		expectCondition(ctx, key, v1alpha1.ConditionReconciling, metav1.ConditionTrue, v1alpha1.ReasonProgressing)
		Expect(events(ctx, key)).To(BeEmpty())

		Expect(k8s.Get(ctx, client.ObjectKeyFromObject(claim), claim)).To(Succeed())
		claim.Finalizers = nil
		Expect(k8s.Update(ctx, claim)).To(Succeed())
		runPod(ctx, key)
	})

	It("does not take over a claim that was made in the same breath", func(ctx SpecContext) {
		for _, name := range []string{"one", "two", "three"} {
			foreign := &corev1.PersistentVolumeClaim{
				ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name + "-data"},
				Spec: corev1.PersistentVolumeClaimSpec{
					AccessModes: []corev1.PersistentVolumeAccessMode{corev1.ReadWriteOnce},
					Resources:   corev1.VolumeResourceRequirements{Requests: storageOf("1Gi")},
				},
			}
			Expect(k8s.Create(ctx, foreign)).To(Succeed())
			key := newSession(ctx, namespace, name)
			expectCondition(ctx, key, v1alpha1.ConditionStalled, metav1.ConditionTrue, v1alpha1.ReasonNameConflict, ContainSubstring("existingClaim"))
			Expect(getClaim(ctx, namespace, name+"-data").Labels).To(BeEmpty())
		}
	})

	It("is heard by an operator that starts while something else is in the way", Serial, func(ctx SpecContext) {
		key, process := newWorkingSession(ctx, namespace, "sales")
		config := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: "sales-config"}}
		operator.Stop()
		Expect(k8s.Delete(ctx, config)).To(Succeed())
		Expect(k8s.Create(ctx, &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: "sales-config"}})).To(Succeed(), "a ConfigMap of somebody else's")
		operator.Start()
		expectCondition(ctx, key, v1alpha1.ConditionStalled, metav1.ConditionTrue, v1alpha1.ReasonNameConflict)
		process.Report(runtimev1.PhaseStarting, runtimev1.ReasonDisconnected)
		expectCondition(ctx, key, v1alpha1.ConditionConnected, metav1.ConditionFalse, v1alpha1.ReasonDisconnected)
	})

	It("ends quietly with its namespace", func(ctx SpecContext) {
		key, process := newWorkingSession(ctx, namespace, "sales")
		Expect(k8s.Delete(ctx, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: namespace}})).To(Succeed())
		before := events(ctx, key)
		process.Close()
		Expect(k8s.Delete(ctx, getPod(ctx, key), client.GracePeriodSeconds(0))).To(Succeed())
		expectCondition(ctx, key, v1alpha1.ConditionReconciling, metav1.ConditionTrue, v1alpha1.ReasonProgressing)
		Expect(meta.IsStatusConditionTrue(getSession(ctx, key).Status.Conditions, v1alpha1.ConditionStalled)).To(BeFalse())
		Expect(events(ctx, key)).To(Equal(before))
		Expect(k8s.Delete(ctx, getSession(ctx, key))).To(Succeed())
		expectSessionGone(ctx, key)
	})
})

var _ = Describe("Patience", Serial, func() {
	var ahead atomic.Int64
	BeforeEach(func() {
		ahead.Store(0)
		operator.Stop()
		operator.Start(func(o *controllers.Options) {
			o.Now = func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
		})
		DeferCleanup(func() { operator.Stop(); operator.Start() })
	})

	It("ends with a logout that does not come about", func(ctx SpecContext) {
		namespace := newNamespace(ctx)
		key, process := newWorkingSession(ctx, namespace, "sales", func(s *v1alpha1.WhatsAppSession) {
			s.Annotations = map[string]string{v1alpha1.AnnotationLogoutOnDelete: "true"}
		})
		process.Refuse()
		Expect(k8s.Delete(ctx, getSession(ctx, key))).To(Succeed())
		expectCondition(ctx, key, v1alpha1.ConditionReconciling, metav1.ConditionTrue, v1alpha1.ReasonDeleting)
		Expect(getPod(ctx, key).DeletionTimestamp).To(BeNil(), "the logout was not waited for")
		ahead.Store(int64(2 * time.Minute))
		endPod(ctx, key, process)
		expectSessionGone(ctx, key)
		expectEvent(ctx, key, "LogoutFailed")
	})
})

func storageOf(size string) corev1.ResourceList {
	return corev1.ResourceList{corev1.ResourceStorage: resource.MustParse(size)}
}

// podWrites returns how often the operator has written a pod.
func podWrites(namespace string) int {
	count := 0
	for _, write := range operator.Writes(namespace) {
		if strings.HasPrefix(write, "POST ") && strings.HasSuffix(write, "/pods") || strings.HasPrefix(write, "PATCH ") && strings.Contains(write, "/pods/") {
			count++
		}
	}
	return count
}
