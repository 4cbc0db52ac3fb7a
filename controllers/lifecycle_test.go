package controllers_test

import (
	"encoding/base64"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	runtimev1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/api/v1alpha1"
)

var _ = Describe("A session", func() {
	var namespace string
	BeforeEach(func(ctx SpecContext) { namespace = newNamespace(ctx) })

	It("becomes a pod with all that belongs to it, and ready once it is paired", func(ctx SpecContext) {
		key := newSession(ctx, namespace, "sales")
		expectCondition(ctx, key, v1alpha1.ConditionReady, metav1.ConditionFalse, v1alpha1.ReasonPodPending)
		expectCondition(ctx, key, v1alpha1.ConditionReconciling, metav1.ConditionTrue, v1alpha1.ReasonPodPending)
		expectCondition(ctx, key, v1alpha1.ConditionStalled, metav1.ConditionFalse, v1alpha1.ReasonSettled)
		expectCondition(ctx, key, v1alpha1.ConditionStorageReady, metav1.ConditionFalse, v1alpha1.ReasonClaimPending)
		expectCondition(ctx, key, v1alpha1.ConditionPaired, metav1.ConditionUnknown, v1alpha1.ReasonUnknown)

		for _, object := range []client.Object{
			&corev1.Pod{}, &corev1.Service{}, &networkingv1.NetworkPolicy{},
		} {
			Expect(k8s.Get(ctx, key, object)).To(Succeed())
			Expect(metav1.IsControlledBy(object, getSession(ctx, key))).To(BeTrue())
		}
		Expect(getSession(ctx, key).Status.Endpoint).To(Equal("http://sales." + namespace + ".svc:3000"))

		process := runPod(ctx, key)
		bindClaim(ctx, namespace, "sales-data")
		expectCondition(ctx, key, v1alpha1.ConditionReady, metav1.ConditionFalse, v1alpha1.ReasonConnecting)
		expectCondition(ctx, key, v1alpha1.ConditionStorageReady, metav1.ConditionTrue, v1alpha1.ReasonBound)

		process.Report(runtimev1.PhaseScanQRCode, runtimev1.ReasonWaitingForScan)
		waiting := expectCondition(ctx, key, v1alpha1.ConditionReady, metav1.ConditionFalse, v1alpha1.ReasonWaitingForScan)
		Expect(violations(waiting)).To(BeEmpty())
		Expect(waiting.Status.Phase).To(Equal(v1alpha1.PhaseScanQRCode))

		process.Change(func(s *runtimev1.Status) { s.Chats = runtimev1.ChatCounts{Total: 50, Archived: 3, Unread: 7} })
		process.Work()
		working := expectCondition(ctx, key, v1alpha1.ConditionReady, metav1.ConditionTrue, v1alpha1.ReasonConnected)
		expectCondition(ctx, key, v1alpha1.ConditionPaired, metav1.ConditionTrue, v1alpha1.ReasonPaired)
		expectCondition(ctx, key, v1alpha1.ConditionConnected, metav1.ConditionTrue, v1alpha1.ReasonConnected)
		Expect(working.Status.Phase).To(Equal(v1alpha1.PhaseWorking))
		Expect(working.Status.Me).To(Equal(&v1alpha1.AccountStatus{ID: "15551234567@c.us", LID: "77@lid", PushName: "Sales"}))
		Expect(working.Status.RuntimeVersion).To(Equal("v0.0.1-test"))
		Expect(working.Status.Chats).To(Equal(&v1alpha1.ChatsStatus{Total: 50, Archived: 3, Unread: 7}))
		expectEvent(ctx, key, "Paired")
	})

	It("gets keys that nobody can guess, and keeps them", func(ctx SpecContext) {
		key := newSession(ctx, namespace, "sales")
		secrets := map[string]string{"sales-keys": runtimev1.APIKeyFile}
		before := map[string][]byte{}
		for name, entry := range secrets {
			secret := &corev1.Secret{}
			Eventually(func() error { return k8s.Get(ctx, types.NamespacedName{Namespace: namespace, Name: name}, secret) }).Should(Succeed())
			raw, err := base64.RawURLEncoding.DecodeString(string(secret.Data[entry]))
			Expect(err).NotTo(HaveOccurred())
			Expect(raw).To(HaveLen(32))
			before[name] = secret.Data[entry]
		}

		annotateSession(ctx, key, v1alpha1.AnnotationReconcileRequestedAt, "now")
		Eventually(func() string { return getSession(ctx, key).Status.LastHandledReconcileAt }).Should(Equal("now"))
		for name, entry := range secrets {
			secret := &corev1.Secret{}
			Expect(k8s.Get(ctx, types.NamespacedName{Namespace: namespace, Name: name}, secret)).To(Succeed())
			Expect(secret.Data[entry]).To(Equal(before[name]))
		}
	})

	It("costs no write once it is settled", func(ctx SpecContext) {
		key, process := newWorkingSession(ctx, namespace, "sales", func(s *v1alpha1.WhatsAppSession) {
			s.Spec.Storage.Claim.WhenDeleted = v1alpha1.VolumeDelete
			s.Spec.AutoArchive = archiveDaily()
		})
		expectSettled(namespace)
		before := operator.Writes(namespace)
		version := getSession(ctx, key).ResourceVersion

		By("reconciling for events that change nothing")
		reconciled := reconciles()
		process.Change(func(*runtimev1.Status) {})
		pod := getPod(ctx, key)
		base := pod.DeepCopy()
		pod.Labels["example.com/touched"] = "yes"
		Expect(k8s.Patch(ctx, pod, client.MergeFrom(base))).To(Succeed())
		Eventually(reconciles).Should(BeNumerically(">", reconciled))

		Consistently(func() []string { return operator.Writes(namespace) }).
			WithTimeout(time.Second).Should(Equal(before))
		Expect(getSession(ctx, key).ResourceVersion).To(Equal(version))
	})

	It("is stopped and started without losing what it has", func(ctx SpecContext) {
		key, process := newWorkingSession(ctx, namespace, "sales")
		update(ctx, key, func(s *v1alpha1.WhatsAppSession) { s.Spec.State = v1alpha1.SessionStopped })
		expectCondition(ctx, key, v1alpha1.ConditionReconciling, metav1.ConditionTrue, v1alpha1.ReasonStopping)
		endPod(ctx, key, process)

		stopped := expectCondition(ctx, key, v1alpha1.ConditionReady, metav1.ConditionFalse, v1alpha1.ReasonStopped)
		Expect(violations(stopped)).To(BeEmpty())
		Expect(stopped.Status.Phase).To(Equal(v1alpha1.PhaseStopped))
		Expect(stopped.Status.Me).NotTo(BeNil(), "who the number is was forgotten")
		expectCondition(ctx, key, v1alpha1.ConditionConnected, metav1.ConditionFalse, v1alpha1.ReasonStopped)
		expectCondition(ctx, key, v1alpha1.ConditionPaired, metav1.ConditionTrue, v1alpha1.ReasonPaired)
		claim := bindClaim(ctx, namespace, "sales-data")
		Expect(claim.DeletionTimestamp).To(BeNil())
		Consistently(func() bool { return apierrors.IsNotFound(k8s.Get(ctx, key, &corev1.Pod{})) }).Should(BeTrue())

		update(ctx, key, func(s *v1alpha1.WhatsAppSession) { s.Spec.State = v1alpha1.SessionRunning })
		runPod(ctx, key).Work()
		expectCondition(ctx, key, v1alpha1.ConditionReady, metav1.ConditionTrue, v1alpha1.ReasonConnected)
	})

	It("is left alone while it is paused", func(ctx SpecContext) {
		key, process := newWorkingSession(ctx, namespace, "sales")
		annotateSession(ctx, key, v1alpha1.AnnotationPaused, "true")
		update(ctx, key, func(s *v1alpha1.WhatsAppSession) { s.Spec.LogLevel = v1alpha1.LogDebug })
		paused := expectCondition(ctx, key, v1alpha1.ConditionReady, metav1.ConditionFalse, v1alpha1.ReasonPaused)
		Expect(violations(paused)).To(BeEmpty())
		Expect(mountedConfig(ctx, getPod(ctx, key))).NotTo(ContainSubstring("debug"))

		By("still reporting what the session does")
		process.Report(runtimev1.PhaseStarting, runtimev1.ReasonDisconnected)
		expectCondition(ctx, key, v1alpha1.ConditionConnected, metav1.ConditionFalse, v1alpha1.ReasonDisconnected)
		process.Work()

		annotateSession(ctx, key, v1alpha1.AnnotationPaused, "false")
		Eventually(func() string { return mountedConfig(ctx, getPod(ctx, key)) }).Should(ContainSubstring("debug"))
		process.TakeUp(mountedConfig(ctx, getPod(ctx, key)))
		expectCondition(ctx, key, v1alpha1.ConditionReady, metav1.ConditionTrue, v1alpha1.ReasonConnected)
	})
})
