package controllers_test

import (
	"context"
	"fmt"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/wasession/wasession/api/v1alpha1"
)

// limitTo creates a quota with a limit and usage of a resource, as its controller
// would set them, and waits until the API server enforces it.
func limitTo(ctx context.Context, namespace string, name corev1.ResourceName, hard, used string) *corev1.ResourceQuota {
	GinkgoHelper()
	quota := &corev1.ResourceQuota{
		ObjectMeta: named(namespace, "tight"),
		Spec:       corev1.ResourceQuotaSpec{Hard: corev1.ResourceList{name: resource.MustParse(hard)}},
	}
	Expect(k8s.Create(ctx, quota)).To(Succeed())
	base := quota.DeepCopy()
	quota.Status = corev1.ResourceQuotaStatus{Hard: quota.Spec.Hard, Used: corev1.ResourceList{name: resource.MustParse(used)}}
	Expect(k8s.Status().Patch(ctx, quota, client.MergeFrom(base))).To(Succeed())
	Eventually(func() bool {
		return apierrors.IsForbidden(k8s.Create(ctx, limitedObject(namespace, name), client.DryRunAll))
	}).Should(BeTrue(), "the API server does not know of the quota")
	return quota
}

// limitedObject returns an object that counts against a quota of the resource.
func limitedObject(namespace string, name corev1.ResourceName) client.Object {
	meta := named(namespace, "probe")
	switch name {
	case "count/secrets":
		return &corev1.Secret{ObjectMeta: meta}
	case "count/configmaps":
		return &corev1.ConfigMap{ObjectMeta: meta}
	case "count/networkpolicies.networking.k8s.io":
		return &networkingv1.NetworkPolicy{ObjectMeta: meta}
	case corev1.ResourceServices:
		return &corev1.Service{ObjectMeta: meta, Spec: corev1.ServiceSpec{Ports: []corev1.ServicePort{{Port: 80}}}}
	case corev1.ResourcePersistentVolumeClaims, corev1.ResourceRequestsStorage:
		return &corev1.PersistentVolumeClaim{ObjectMeta: meta, Spec: corev1.PersistentVolumeClaimSpec{
			AccessModes: []corev1.PersistentVolumeAccessMode{corev1.ReadWriteOnce},
			Resources:   corev1.VolumeResourceRequirements{Requests: storageOf("1Gi")},
		}}
	default:
		return &corev1.Pod{ObjectMeta: meta, Spec: corev1.PodSpec{Containers: []corev1.Container{{
			Name: "probe", Image: "probe",
			Resources: corev1.ResourceRequirements{Limits: corev1.ResourceList{corev1.ResourceMemory: resource.MustParse("1Mi")}},
		}}}}
	}
}

// expectRefused waits until the session reports that the cluster refused an object.
func expectRefused(ctx context.Context, key types.NamespacedName) {
	GinkgoHelper()
	stalled := expectCondition(ctx, key, v1alpha1.ConditionStalled, metav1.ConditionTrue, v1alpha1.ReasonForbidden)
	Expect(violations(stalled)).To(BeEmpty())
	expectEvent(ctx, key, v1alpha1.ReasonForbidden)
}

var _ = Describe("A quota", func() {
	// The objects of a session, in the order of their creation.
	kinds := func() []client.Object {
		return []client.Object{
			&corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: "sales-keys"}},
			&corev1.PersistentVolumeClaim{ObjectMeta: metav1.ObjectMeta{Name: "sales-data"}},
			&corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: "sales-config"}},
			&corev1.Service{ObjectMeta: metav1.ObjectMeta{Name: "sales"}},
			&networkingv1.NetworkPolicy{ObjectMeta: metav1.ObjectMeta{Name: "sales"}},
			&corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: "sales"}},
		}
	}
	DescribeTable("stops a session where it refuses an object, and lets it go on when it is gone:",
		func(ctx SpecContext, limited corev1.ResourceName, made int) {
			namespace := newNamespace(ctx)
			quota := limitTo(ctx, namespace, limited, "0", "0")
			key := newSession(ctx, namespace, "sales")
			expectRefused(ctx, key)
			for i, object := range kinds() {
				err := k8s.Get(ctx, types.NamespacedName{Namespace: namespace, Name: object.GetName()}, object)
				if i < made {
					Expect(err).NotTo(HaveOccurred(), "%T", object)
				} else {
					Expect(apierrors.IsNotFound(err)).To(BeTrue(), "%T: %v", object, err)
				}
			}

			Expect(k8s.Delete(ctx, quota)).To(Succeed())
			expectUnlimited(ctx, key)
			runPod(ctx, key).Work()
			expectCondition(ctx, key, v1alpha1.ConditionReady, metav1.ConditionTrue, v1alpha1.ReasonConnected)
		},
		Entry("a Secret", corev1.ResourceName("count/secrets"), 0),
		Entry("a claim", corev1.ResourcePersistentVolumeClaims, 1),
		Entry("storage", corev1.ResourceRequestsStorage, 1),
		Entry("a ConfigMap", corev1.ResourceName("count/configmaps"), 2),
		Entry("a Service", corev1.ResourceServices, 3),
		Entry("a NetworkPolicy", corev1.ResourceName("count/networkpolicies.networking.k8s.io"), 4),
		Entry("a pod", corev1.ResourcePods, 5),
		Entry("memory", corev1.ResourceLimitsMemory, 5),
	)

	It("that refuses the pod of one session is no matter of the others", func(ctx SpecContext) {
		namespace := newNamespace(ctx)
		works, _ := newWorkingSession(ctx, namespace, "works")
		limitTo(ctx, namespace, corev1.ResourcePods, "1", "1")
		key := newSession(ctx, namespace, "sales")
		expectRefused(ctx, key)
		expectCondition(ctx, works, v1alpha1.ConditionReady, metav1.ConditionTrue, v1alpha1.ReasonConnected)

		By("deleting the one that was refused, which needs no room")
		Expect(k8s.Delete(ctx, getSession(ctx, key))).To(Succeed())
		expectSessionGone(ctx, key)
	})

	It("that leaves room for as many pods as there are lets one be replaced", func(ctx SpecContext) {
		namespace := newNamespace(ctx)
		key, process := newWorkingSession(ctx, namespace, "sales")
		quota := limitTo(ctx, namespace, corev1.ResourcePods, "1", "1")
		editSpec(ctx, key, func(s *v1alpha1.WhatsAppSessionSpec) {
			s.Pod = &v1alpha1.PodSpec{Labels: map[string]v1alpha1.LabelValue{"team": "crm"}}
		})
		expectPodEnding(ctx, key)
		base := quota.DeepCopy()
		quota.Status.Used[corev1.ResourcePods] = resource.MustParse("0") // as its controller does once the pod is gone
		Expect(k8s.Status().Patch(ctx, quota, client.MergeFrom(base))).To(Succeed())
		endPod(ctx, key, process)
		expectUnlimited(ctx, key)
		runPod(ctx, key).Work()
		expectCondition(ctx, key, v1alpha1.ConditionReady, metav1.ConditionTrue, v1alpha1.ReasonConnected)
	})
})

// expectUnlimited requests reconciles until the API server, which caches quotas,
// allows the pod.
func expectUnlimited(ctx context.Context, key types.NamespacedName) {
	GinkgoHelper()
	looks := 0
	Eventually(func() error {
		looks++
		annotateSession(ctx, key, v1alpha1.AnnotationReconcileRequestedAt, fmt.Sprint(looks))
		pod := &corev1.Pod{}
		return k8s.Get(ctx, key, pod)
	}).WithPolling(200 * time.Millisecond).Should(Succeed())
}
