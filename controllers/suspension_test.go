package controllers_test

import (
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

func stopSession(s *v1alpha1.WhatsAppSessionSpec)  { s.State = v1alpha1.SessionStopped }
func startSession(s *v1alpha1.WhatsAppSessionSpec) { s.State = v1alpha1.SessionRunning }

var _ = Describe("A session that is stopped", func() {
	var namespace string
	BeforeEach(func(ctx SpecContext) { namespace = newNamespace(ctx) })

	stopped := func(s *v1alpha1.WhatsAppSession) { stopSession(&s.Spec) }
	expectStopped := func(ctx SpecContext, key types.NamespacedName) *v1alpha1.WhatsAppSession {
		GinkgoHelper()
		session := expectCondition(ctx, key, v1alpha1.ConditionReady, metav1.ConditionFalse, v1alpha1.ReasonStopped)
		Expect(violations(session)).To(BeEmpty())
		Expect(session.Status.Phase).To(Equal(v1alpha1.PhaseStopped))
		expectNone(ctx, key, &corev1.Pod{})
		return session
	}

	It("from the beginning has everything but a pod", func(ctx SpecContext) {
		key := newSession(ctx, namespace, "sales", stopped)
		session := expectStopped(ctx, key)
		Expect(session.Status.Endpoint).To(Equal("http://sales." + namespace + ".svc:3000"))
		Expect(session.Status.Me).To(BeNil())
		for name, object := range map[string]client.Object{
			"sales-keys": &corev1.Secret{}, "sales-data": &corev1.PersistentVolumeClaim{}, "sales-config": &corev1.ConfigMap{}, "sales": &corev1.Service{},
		} {
			Expect(k8s.Get(ctx, types.NamespacedName{Namespace: namespace, Name: name}, object)).To(Succeed())
		}
		Expect(k8s.Get(ctx, key, &networkingv1.NetworkPolicy{})).To(Succeed())
		Expect(events(ctx, key)).To(BeEmpty())

		editSpec(ctx, key, startSession)
		runPod(ctx, key).Work()
		expectCondition(ctx, key, v1alpha1.ConditionReady, metav1.ConditionTrue, v1alpha1.ReasonConnected)
	})

	It("before its pod has a node leaves no pod behind", func(ctx SpecContext) {
		key := newSession(ctx, namespace, "sales")
		expectCondition(ctx, key, v1alpha1.ConditionReady, metav1.ConditionFalse, v1alpha1.ReasonPodPending)
		editSpec(ctx, key, stopSession)
		expectStopped(ctx, key)
	})

	It("and started again before its pod has ended waits for that", func(ctx SpecContext) {
		key, process := newWorkingSession(ctx, namespace, "sales")
		old := getPod(ctx, key).UID
		editSpec(ctx, key, stopSession)
		expectPodEnding(ctx, key)
		editSpec(ctx, key, startSession)
		expectCondition(ctx, key, v1alpha1.ConditionReconciling, metav1.ConditionTrue, v1alpha1.ReasonPodReplacing)
		Expect(getPod(ctx, key).UID).To(Equal(old), "two pods share a number")
		endPod(ctx, key, process)
		runPod(ctx, key).Work()
		expectCondition(ctx, key, v1alpha1.ConditionReady, metav1.ConditionTrue, v1alpha1.ReasonConnected)
		Expect(getPod(ctx, key).UID).NotTo(Equal(old))
	})

	It("takes edits, which its next pod has", func(ctx SpecContext) {
		key, process := newWorkingSession(ctx, namespace, "sales")
		editSpec(ctx, key, stopSession)
		endPod(ctx, key, process)
		expectStopped(ctx, key)
		editSpec(ctx, key, func(s *v1alpha1.WhatsAppSessionSpec) {
			s.LogLevel = v1alpha1.LogDebug
			s.Pod = &v1alpha1.PodSpec{Labels: map[string]v1alpha1.LabelValue{"team": "crm"}}
		})
		expectStopped(ctx, key)
		editSpec(ctx, key, startSession)
		runPod(ctx, key).Work()
		expectCondition(ctx, key, v1alpha1.ConditionReady, metav1.ConditionTrue, v1alpha1.ReasonConnected)
		pod := getPod(ctx, key)
		Expect(pod.Labels).To(HaveKeyWithValue("team", "crm"))
		Expect(mountedConfig(ctx, pod)).To(ContainSubstring("debug"))
	})

	It("needs no Secret, and says so once it is to run", func(ctx SpecContext) {
		key := newSession(ctx, namespace, "sales", stopped, func(s *v1alpha1.WhatsAppSession) {
			s.Spec.API = &v1alpha1.APISpec{KeysSecretRef: &v1alpha1.SecretReference{Name: "given"}}
		})
		expectStopped(ctx, key)
		editSpec(ctx, key, startSession)
		expectCondition(ctx, key, v1alpha1.ConditionStalled, metav1.ConditionTrue, v1alpha1.ReasonSecretNotFound)
		editSpec(ctx, key, stopSession)
		expectStopped(ctx, key)
	})

	It("because it could not start is at rest", func(ctx SpecContext) {
		key := newSession(ctx, namespace, "sales")
		pod := schedulePod(ctx, key)
		setPodStatus(ctx, pod, corev1.PodStatus{Phase: corev1.PodPending, ContainerStatuses: []corev1.ContainerStatus{{
			Name: "runtime", State: corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: "ErrImagePull"}},
		}}})
		expectCondition(ctx, key, v1alpha1.ConditionStalled, metav1.ConditionTrue, v1alpha1.ReasonImagePullFailed)
		editSpec(ctx, key, stopSession)
		endPod(ctx, key, nil)
		expectStopped(ctx, key)
		expectCondition(ctx, key, v1alpha1.ConditionStalled, metav1.ConditionFalse, v1alpha1.ReasonSettled)
	})

	It("because it was logged out still says so of the pairing", func(ctx SpecContext) {
		key, process := newWorkingSession(ctx, namespace, "sales")
		process.Change(func(s *runtimev1.Status) {
			s.Phase, s.Reason, s.Paired, s.Me = runtimev1.PhaseFailed, runtimev1.ReasonLoggedOut, false, nil
		})
		expectCondition(ctx, key, v1alpha1.ConditionStalled, metav1.ConditionTrue, v1alpha1.ReasonLoggedOut)
		editSpec(ctx, key, stopSession)
		endPod(ctx, key, process)
		session := expectStopped(ctx, key)
		expectCondition(ctx, key, v1alpha1.ConditionPaired, metav1.ConditionFalse, v1alpha1.ReasonLoggedOut)
		Expect(session.Status.Me).To(BeNil())
	})

	It("grows its volume and waits for its claim all the same", func(ctx SpecContext) {
		class := newClass(ctx)
		key := newSession(ctx, namespace, "sales", stopped, func(s *v1alpha1.WhatsAppSession) { s.Spec.Storage.Claim.StorageClassName = &class })
		bindClaim(ctx, namespace, claimOf(ctx, key))
		expectCondition(ctx, key, v1alpha1.ConditionStorageReady, metav1.ConditionTrue, v1alpha1.ReasonBound)
		editSpec(ctx, key, func(s *v1alpha1.WhatsAppSessionSpec) { s.Storage.Claim.Size = resource.MustParse("4Gi") })
		expectCondition(ctx, key, v1alpha1.ConditionStorageReady, metav1.ConditionFalse, v1alpha1.ReasonResizing)
		expectStopped(ctx, key)
	})
})

var _ = Describe("A session that is paused", func() {
	var namespace string
	BeforeEach(func(ctx SpecContext) { namespace = newNamespace(ctx) })

	It("from the beginning is not touched, and made once it is resumed", func(ctx SpecContext) {
		key := newSession(ctx, namespace, "sales", func(s *v1alpha1.WhatsAppSession) {
			s.Annotations = map[string]string{v1alpha1.AnnotationPaused: "true"}
		})
		paused := expectCondition(ctx, key, v1alpha1.ConditionReady, metav1.ConditionFalse, v1alpha1.ReasonPaused)
		Expect(violations(paused)).To(BeEmpty())
		Expect(paused.Finalizers).To(BeEmpty(), "it can be deleted without the operator")
		expectNone(ctx, key, &corev1.Service{})
		annotateSession(ctx, key, v1alpha1.AnnotationPaused, "false")
		runPod(ctx, key).Work()
		expectCondition(ctx, key, v1alpha1.ConditionReady, metav1.ConditionTrue, v1alpha1.ReasonConnected)
		Expect(getSession(ctx, key).Finalizers).To(ConsistOf(v1alpha1.Finalizer))
	})

	It("is not stopped before it is resumed", func(ctx SpecContext) {
		key, process := newWorkingSession(ctx, namespace, "sales")
		annotateSession(ctx, key, v1alpha1.AnnotationPaused, "true")
		editSpec(ctx, key, stopSession)
		expectCondition(ctx, key, v1alpha1.ConditionReady, metav1.ConditionFalse, v1alpha1.ReasonPaused)
		Expect(getPod(ctx, key).DeletionTimestamp).To(BeNil())
		annotateSession(ctx, key, v1alpha1.AnnotationPaused, "false")
		endPod(ctx, key, process)
		expectCondition(ctx, key, v1alpha1.ConditionReady, metav1.ConditionFalse, v1alpha1.ReasonStopped)
	})

	It("leaves what somebody does to its objects to that person", func(ctx SpecContext) {
		key, _ := newWorkingSession(ctx, namespace, "sales")
		annotateSession(ctx, key, v1alpha1.AnnotationPaused, "true")
		look(ctx, key) // the pause is seen
		Expect(k8s.Delete(ctx, &corev1.Service{ObjectMeta: named(namespace, "sales")})).To(Succeed())
		look(ctx, key)
		expectNone(ctx, key, &corev1.Service{})
		annotateSession(ctx, key, v1alpha1.AnnotationPaused, "false")
		Eventually(func() error { return k8s.Get(ctx, key, &corev1.Service{}) }).Should(Succeed())
	})

	It("is deleted like any other", func(ctx SpecContext) {
		key, process := newWorkingSession(ctx, namespace, "sales")
		annotateSession(ctx, key, v1alpha1.AnnotationPaused, "true")
		deleteSession(ctx, key, process)
	})
})
