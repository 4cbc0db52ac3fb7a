package controllers_test

import (
	"context"
	"slices"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/controllers/desired"
)

func named(namespace, name string) metav1.ObjectMeta {
	return metav1.ObjectMeta{Namespace: namespace, Name: name}
}

// ofAnother is an owner that is not a session.
func ofAnother() []metav1.OwnerReference {
	return []metav1.OwnerReference{{APIVersion: "apps/v1", Kind: "Deployment", Name: "sales", UID: "them", Controller: ptr.To(true)}}
}

var _ = Describe("A foreign object of a session's name", func() {
	claim := func(meta metav1.ObjectMeta) client.Object {
		return &corev1.PersistentVolumeClaim{ObjectMeta: meta, Spec: corev1.PersistentVolumeClaimSpec{
			AccessModes: []corev1.PersistentVolumeAccessMode{corev1.ReadWriteOnce},
			Resources:   corev1.VolumeResourceRequirements{Requests: storageOf("1Gi")},
		}}
	}
	DescribeTable("is neither changed nor deleted, and told:",
		func(ctx SpecContext, name string, build func(metav1.ObjectMeta) client.Object) {
			namespace := newNamespace(ctx)
			foreign := build(named(namespace, name))
			foreign.SetOwnerReferences(ofAnother())
			Expect(k8s.Create(ctx, foreign)).To(Succeed())
			version := foreign.GetResourceVersion()

			key := newSession(ctx, namespace, "sales")
			stalled := expectCondition(ctx, key, v1alpha1.ConditionStalled, metav1.ConditionTrue, v1alpha1.ReasonNameConflict)
			Expect(violations(stalled)).To(BeEmpty())
			expectNone(ctx, key, &corev1.Pod{})

			By("also when the session is deleted")
			Expect(k8s.Delete(ctx, getSession(ctx, key))).To(Succeed())
			expectGone(ctx, &v1alpha1.WhatsAppSession{ObjectMeta: named(namespace, "sales")})
			Expect(k8s.Get(ctx, client.ObjectKeyFromObject(foreign), foreign)).To(Succeed())
			Expect(foreign.GetResourceVersion()).To(Equal(version))

			By("and is no matter any more once it has another name")
			Expect(k8s.Delete(ctx, foreign)).To(Succeed())
			again := newSession(ctx, namespace, "sales")
			runPod(ctx, again).Work()
			expectCondition(ctx, again, v1alpha1.ConditionConnected, metav1.ConditionTrue, v1alpha1.ReasonConnected)
		},
		Entry("a Service", "sales", func(meta metav1.ObjectMeta) client.Object {
			return &corev1.Service{ObjectMeta: meta, Spec: corev1.ServiceSpec{Ports: []corev1.ServicePort{{Port: 80}}}}
		}),
		Entry("a NetworkPolicy", "sales", func(meta metav1.ObjectMeta) client.Object { return &networkingv1.NetworkPolicy{ObjectMeta: meta} }),
		Entry("a ConfigMap", "sales-config", func(meta metav1.ObjectMeta) client.Object { return &corev1.ConfigMap{ObjectMeta: meta} }),
		Entry("a Secret", "sales-keys", func(meta metav1.ObjectMeta) client.Object { return &corev1.Secret{ObjectMeta: meta} }),
	)

	It("is a claim of somebody else's, also with the labels of a volume that was kept", func(ctx SpecContext) {
		namespace := newNamespace(ctx)
		foreign := claim(named(namespace, "sales-data"))
		foreign.SetOwnerReferences(ofAnother())
		foreign.SetLabels(desired.Labels(&v1alpha1.WhatsAppSession{ObjectMeta: named(namespace, "sales")}))
		Expect(k8s.Create(ctx, foreign)).To(Succeed())
		key := newSession(ctx, namespace, "sales", func(s *v1alpha1.WhatsAppSession) {
			s.Spec.Storage.Claim.WhenDeleted = v1alpha1.VolumeDelete
		})
		expectCondition(ctx, key, v1alpha1.ConditionStalled, metav1.ConditionTrue, v1alpha1.ReasonNameConflict)
		Expect(k8s.Delete(ctx, getSession(ctx, key))).To(Succeed())
		expectGone(ctx, &v1alpha1.WhatsAppSession{ObjectMeta: named(namespace, "sales")})
		after := getClaim(ctx, namespace, "sales-data")
		Expect(after.DeletionTimestamp).To(BeNil())
		Expect(after.OwnerReferences).To(Equal(ofAnother()))
	})
})

var _ = Describe("What is removed by hand", func() {
	DescribeTable("comes back, and the number works on:",
		func(ctx SpecContext, object client.Object, name string) {
			namespace := newNamespace(ctx)
			key, _ := newWorkingSession(ctx, namespace, "sales", func(s *v1alpha1.WhatsAppSession) {
				s.Spec.Storage.Claim.WhenDeleted = v1alpha1.VolumeDelete // so that it owns its keys too
			})
			pod := getPod(ctx, key)
			object, _ = object.DeepCopyObject().(client.Object)
			Expect(k8s.Get(ctx, types.NamespacedName{Namespace: namespace, Name: name}, object)).To(Succeed())
			before := object.GetUID()
			Expect(k8s.Delete(ctx, object)).To(Succeed())
			Eventually(func(g Gomega) {
				g.Expect(k8s.Get(ctx, types.NamespacedName{Namespace: namespace, Name: name}, object)).To(Succeed())
				g.Expect(object.GetUID()).NotTo(Equal(before))
			}).Should(Succeed())
			Expect(metav1.IsControlledBy(object, getSession(ctx, key))).To(BeTrue())
			expectCondition(ctx, key, v1alpha1.ConditionReady, metav1.ConditionTrue, v1alpha1.ReasonConnected)
			Expect(getPod(ctx, key).UID).To(Equal(pod.UID), "the pod was replaced")
		},
		Entry("the Service", &corev1.Service{}, "sales"),
		Entry("the NetworkPolicy", &networkingv1.NetworkPolicy{}, "sales"),
		Entry("the ConfigMap", &corev1.ConfigMap{}, "sales-config"),
		Entry("the Secret with the generated key", &corev1.Secret{}, "sales-keys"),
	)

	It("comes back with another key, of which the pod is told", func(ctx SpecContext) {
		namespace := newNamespace(ctx)
		key, _ := newWorkingSession(ctx, namespace, "sales")
		expectSettled(namespace)
		keysOf := func() []byte {
			secret := &corev1.Secret{}
			if k8s.Get(ctx, types.NamespacedName{Namespace: namespace, Name: "sales-keys"}, secret) != nil {
				return nil
			}
			return secret.Data["api-key"]
		}
		before, hash := keysOf(), getPod(ctx, key).Annotations[desired.AnnotationSecrets]
		Expect(k8s.Delete(ctx, &corev1.Secret{ObjectMeta: named(namespace, "sales-keys")})).To(Succeed())
		Eventually(keysOf).Should(And(HaveLen(43), Not(Equal(before))))
		Eventually(func() string { return getPod(ctx, key).Annotations[desired.AnnotationSecrets] }).ShouldNot(Equal(hash))
	})

	It("comes back when it is the pod", func(ctx SpecContext) {
		key, process := newWorkingSession(ctx, newNamespace(ctx), "sales")
		old := getPod(ctx, key)
		Expect(k8s.Delete(ctx, getPod(ctx, key))).To(Succeed())
		expectCondition(ctx, key, v1alpha1.ConditionReconciling, metav1.ConditionTrue, v1alpha1.ReasonPodReplacing)
		endPod(ctx, key, process)
		runPod(ctx, key).Work()
		expectCondition(ctx, key, v1alpha1.ConditionReady, metav1.ConditionTrue, v1alpha1.ReasonConnected)
		Expect(getPod(ctx, key).UID).NotTo(Equal(old.UID))
	})

	It("comes back when it is the volume of a session that was never paired", func(ctx SpecContext) {
		namespace := newNamespace(ctx)
		key := newSession(ctx, namespace, "sales", func(s *v1alpha1.WhatsAppSession) { s.Spec.State = v1alpha1.SessionStopped })
		expectCondition(ctx, key, v1alpha1.ConditionReady, metav1.ConditionFalse, v1alpha1.ReasonStopped)
		old := bindClaim(ctx, namespace, "sales-data")
		releaseAndDelete(ctx, old)
		Eventually(func(g Gomega) {
			claim := &corev1.PersistentVolumeClaim{}
			g.Expect(k8s.Get(ctx, client.ObjectKeyFromObject(old), claim)).To(Succeed())
			g.Expect(claim.UID).NotTo(Equal(old.UID))
		}).Should(Succeed())
	})

	It("is waited for when it is the volume, which lives on while the pod uses it", func(ctx SpecContext) {
		namespace := newNamespace(ctx)
		key, process := newWorkingSession(ctx, namespace, "sales")
		claim := getClaim(ctx, namespace, "sales-data")
		Expect(k8s.Delete(ctx, claim)).To(Succeed())
		expectCondition(ctx, key, v1alpha1.ConditionStorageReady, metav1.ConditionFalse, v1alpha1.ReasonClaimPending)
		expectCondition(ctx, key, v1alpha1.ConditionConnected, metav1.ConditionTrue, v1alpha1.ReasonConnected)
		Expect(getPod(ctx, key).DeletionTimestamp).To(BeNil(), "the pod was ended")

		By("losing the pairing only with the pod")
		update(ctx, key, func(s *v1alpha1.WhatsAppSession) { s.Spec.State = v1alpha1.SessionStopped })
		endPod(ctx, key, process)
		releaseAndDelete(ctx, getClaim(ctx, namespace, "sales-data"))
		update(ctx, key, func(s *v1alpha1.WhatsAppSession) { s.Spec.State = v1alpha1.SessionRunning })
		expectCondition(ctx, key, v1alpha1.ConditionStalled, metav1.ConditionTrue, v1alpha1.ReasonStorageLost)

		By("working again with a claim that was restored under its name")
		restored := &corev1.PersistentVolumeClaim{ObjectMeta: named(namespace, "sales-data"), Spec: corev1.PersistentVolumeClaimSpec{
			AccessModes: []corev1.PersistentVolumeAccessMode{corev1.ReadWriteOnce},
			Resources:   corev1.VolumeResourceRequirements{Requests: storageOf("2Gi")},
		}}
		Expect(k8s.Create(ctx, restored)).To(Succeed())
		next := runPod(ctx, key)
		bindClaim(ctx, namespace, "sales-data")
		next.Work()
		expectCondition(ctx, key, v1alpha1.ConditionReady, metav1.ConditionTrue, v1alpha1.ReasonConnected)
		Expect(getClaim(ctx, namespace, "sales-data").UID).To(Equal(restored.UID))
	})
})

var _ = Describe("What somebody changes", func() {
	DescribeTable("is put back:",
		func(ctx SpecContext, object client.Object, name string, change func(client.Object), put func(Gomega, client.Object)) {
			namespace := newNamespace(ctx)
			key, _ := newWorkingSession(ctx, namespace, "sales")
			object, _ = object.DeepCopyObject().(client.Object)
			read := func() error {
				return k8s.Get(ctx, types.NamespacedName{Namespace: namespace, Name: name}, object)
			}
			Expect(read()).To(Succeed())
			base, _ := object.DeepCopyObject().(client.Object)
			change(object)
			Expect(k8s.Patch(ctx, object, client.MergeFrom(base))).To(Succeed())
			Eventually(func(g Gomega) {
				g.Expect(read()).To(Succeed())
				put(g, object)
			}).Should(Succeed())
			expectSettled(namespace)
			expectCondition(ctx, key, v1alpha1.ConditionReady, metav1.ConditionTrue, v1alpha1.ReasonConnected)
		},
		Entry("the configuration", &corev1.ConfigMap{}, "sales-config",
			func(o client.Object) { o.(*corev1.ConfigMap).Data["config.json"] = "{}" },
			func(g Gomega, o client.Object) {
				g.Expect(o.(*corev1.ConfigMap).Data["config.json"]).To(ContainSubstring(`"session": "sales"`))
			}),
		Entry("the port of the Service", &corev1.Service{}, "sales",
			func(o client.Object) { o.(*corev1.Service).Spec.Ports[0].AppProtocol = ptr.To("other") },
			func(g Gomega, o client.Object) {
				g.Expect(o.(*corev1.Service).Spec.Ports[0].AppProtocol).To(HaveValue(Equal("http")))
			}),
		Entry("the egress of the NetworkPolicy", &networkingv1.NetworkPolicy{}, "sales",
			func(o client.Object) { o.(*networkingv1.NetworkPolicy).Spec.Egress = nil },
			func(g Gomega, o client.Object) { g.Expect(o.(*networkingv1.NetworkPolicy).Spec.Egress).To(HaveLen(2)) }),
		Entry("the owner", &corev1.ConfigMap{}, "sales-config",
			func(o client.Object) { o.SetOwnerReferences(nil) },
			func(g Gomega, o client.Object) { g.Expect(o.GetOwnerReferences()).To(HaveLen(1)) }),
		Entry("a label of the operator's on the claim", &corev1.PersistentVolumeClaim{}, "sales-data",
			func(o client.Object) { o.GetLabels()[v1alpha1.LabelInstance] = "other" },
			func(g Gomega, o client.Object) {
				g.Expect(o.GetLabels()).To(HaveKeyWithValue(v1alpha1.LabelInstance, "sales"))
			}),
	)

	It("is kept where it is beside what the operator wants", func(ctx SpecContext) {
		namespace := newNamespace(ctx)
		key, _ := newWorkingSession(ctx, namespace, "sales")
		expectSettled(namespace)
		before := objectWrites(namespace)
		for name, object := range map[string]client.Object{
			"sales": &corev1.Service{}, "sales-config": &corev1.ConfigMap{}, "sales-data": &corev1.PersistentVolumeClaim{},
		} {
			Expect(k8s.Get(ctx, types.NamespacedName{Namespace: namespace, Name: name}, object)).To(Succeed())
			base, _ := object.DeepCopyObject().(client.Object)
			object.GetLabels()["example.com/cost-center"] = "42"
			annotations := object.GetAnnotations()
			annotations["example.com/note"] = "mine"
			object.SetAnnotations(annotations)
			Expect(k8s.Patch(ctx, object, client.MergeFrom(base))).To(Succeed())
		}
		annotateSession(ctx, key, v1alpha1.AnnotationReconcileRequestedAt, "after that")
		Eventually(func() string { return getSession(ctx, key).Status.LastHandledReconcileAt }).Should(Equal("after that"))
		Expect(objectWrites(namespace)).To(HaveLen(len(before)+1), "more than the status was written")
	})

	It("in the status is put back with the next look", func(ctx SpecContext) {
		key, _ := newWorkingSession(ctx, newNamespace(ctx), "sales")
		session := getSession(ctx, key)
		base := session.DeepCopy()
		session.Status.Phase, session.Status.Endpoint = v1alpha1.PhaseFailed, "http://elsewhere"
		Expect(k8s.Status().Patch(ctx, session, client.MergeFrom(base))).To(Succeed())
		annotateSession(ctx, key, v1alpha1.AnnotationReconcileRequestedAt, "after that")
		Eventually(func(g Gomega) {
			status := getSession(ctx, key).Status
			g.Expect(status.Phase).To(Equal(v1alpha1.PhaseWorking))
			g.Expect(status.Endpoint).To(Equal(base.Status.Endpoint))
		}).Should(Succeed())
	})
})

// objectWrites returns the operator's writes except Events, whose timing varies.
func objectWrites(namespace string) []string {
	return slices.DeleteFunc(operator.Writes(namespace), func(write string) bool { return strings.HasSuffix(write, "/events") })
}

// releaseAndDelete completes the deletion of a claim that is no longer used.
func releaseAndDelete(ctx context.Context, claim *corev1.PersistentVolumeClaim) {
	GinkgoHelper()
	base := claim.DeepCopy()
	claim.Finalizers = nil
	Expect(k8s.Patch(ctx, claim, client.MergeFrom(base))).To(Succeed())
	Expect(client.IgnoreNotFound(k8s.Delete(ctx, claim, client.Preconditions{UID: &base.UID}))).To(Succeed())
}
