package controllers_test

import (
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	runtimev1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/api/v1alpha1"
)

var _ = Describe("A session in trouble", func() {
	var namespace string
	BeforeEach(func(ctx SpecContext) { namespace = newNamespace(ctx) })

	It("leaves an object of its name alone that is somebody else's", func(ctx SpecContext) {
		foreign := &corev1.ConfigMap{
			ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: "sales-config"},
			Data:       map[string]string{"mine": "yes"},
		}
		Expect(k8s.Create(ctx, foreign)).To(Succeed())
		key := newSession(ctx, namespace, "sales")
		stalled := expectCondition(ctx, key, v1alpha1.ConditionStalled, metav1.ConditionTrue, v1alpha1.ReasonNameConflict,
			ContainSubstring("ConfigMap sales-config"))
		Expect(violations(stalled)).To(BeEmpty())
		expectEvent(ctx, key, v1alpha1.ReasonNameConflict)
		Expect(k8s.Get(ctx, client.ObjectKeyFromObject(foreign), foreign)).To(Succeed())
		Expect(foreign.Data).To(Equal(map[string]string{"mine": "yes"}))
		Expect(foreign.Labels).To(BeEmpty())

		By("going on when it is out of the way")
		Expect(k8s.Delete(ctx, foreign)).To(Succeed())
		annotateSession(ctx, key, v1alpha1.AnnotationReconcileRequestedAt, "now")
		expectCondition(ctx, key, v1alpha1.ConditionReady, metav1.ConditionFalse, v1alpha1.ReasonPodPending)
	})

	It("does not take a claim or a pod of its name for its own", func(ctx SpecContext) {
		pod := &corev1.Pod{
			ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: "sales"},
			Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: "other", Image: "other"}}},
		}
		Expect(k8s.Create(ctx, pod)).To(Succeed())
		key := newSession(ctx, namespace, "sales")
		expectCondition(ctx, key, v1alpha1.ConditionStalled, metav1.ConditionTrue, v1alpha1.ReasonNameConflict, ContainSubstring("Pod sales"))
		Expect(k8s.Delete(ctx, getSession(ctx, key))).To(Succeed())
		expectGone(ctx, &v1alpha1.WhatsAppSession{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: "sales"}})
		Expect(getPod(ctx, key).DeletionTimestamp).To(BeNil())
	})

	It("names a Secret that is missing, and goes on when it appears", func(ctx SpecContext) {
		key, process := newWorkingSession(ctx, namespace, "sales")
		old := getPod(ctx, key)
		update(ctx, key, func(s *v1alpha1.WhatsAppSession) {
			s.Spec.Webhooks = []v1alpha1.WebhookSpec{{
				Name: "crm", URL: "https://example.com/hook", Events: []v1alpha1.WebhookEvent{"message"},
				HMACSecretRef: &v1alpha1.SecretKeyReference{Name: "hooks", Key: "hmac"},
			}}
		})
		stalled := expectCondition(ctx, key, v1alpha1.ConditionStalled, metav1.ConditionTrue, v1alpha1.ReasonSecretNotFound,
			SatisfyAll(ContainSubstring("Secret hooks"), ContainSubstring("spec.webhooks[0].hmacSecretRef")))
		Expect(violations(stalled)).To(BeEmpty())

		By("replacing the pod all the same, which mounts the Secret as soon as it is there")
		endPod(ctx, key, process)
		process = runPod(ctx, key)
		Expect(getPod(ctx, key).UID).NotTo(Equal(old.UID))
		process.Work()

		Expect(k8s.Create(ctx, &corev1.Secret{
			ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: "hooks"}, Data: map[string][]byte{"hmac": []byte("k")},
		})).To(Succeed())
		expectCondition(ctx, key, v1alpha1.ConditionReady, metav1.ConditionTrue, v1alpha1.ReasonConnected)
	})

	It("waits for the API keys that the spec names before it starts", func(ctx SpecContext) {
		key := newSession(ctx, namespace, "sales", func(s *v1alpha1.WhatsAppSession) {
			s.Spec.API = &v1alpha1.APISpec{KeysSecretRef: &v1alpha1.SecretReference{Name: "my-keys"}}
		})
		expectCondition(ctx, key, v1alpha1.ConditionStalled, metav1.ConditionTrue, v1alpha1.ReasonSecretNotFound,
			ContainSubstring("spec.api.keysSecretRef"))
		expectNone(ctx, key, &corev1.Pod{})
		Expect(k8s.Create(ctx, &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: "my-keys"}})).To(Succeed())
		expectCondition(ctx, key, v1alpha1.ConditionReady, metav1.ConditionFalse, v1alpha1.ReasonPodPending)
	})

	It("names a time zone that does not exist, and works on without auto-archive", func(ctx SpecContext) {
		key := newSession(ctx, namespace, "sales", func(s *v1alpha1.WhatsAppSession) {
			s.Spec.AutoArchive = archiveDaily()
			s.Spec.AutoArchive.TimeZone = "Europe/Atlantis"
		})
		stalled := expectCondition(ctx, key, v1alpha1.ConditionStalled, metav1.ConditionTrue, v1alpha1.ReasonInvalidConfiguration,
			ContainSubstring("spec.autoArchive.timeZone"))
		Expect(violations(stalled)).To(BeEmpty())
		expectCondition(ctx, key, v1alpha1.ConditionArchiveHealthy, metav1.ConditionFalse, v1alpha1.ReasonInvalidConfiguration)
		runPod(ctx, key).Work()
		expectCondition(ctx, key, v1alpha1.ConditionConnected, metav1.ConditionTrue, v1alpha1.ReasonConnected)
	})

	It("makes a pod anew that was evicted", func(ctx SpecContext) {
		key, process := newWorkingSession(ctx, namespace, "sales")
		old := getPod(ctx, key)
		process.Close()
		// A finished pod has no grace period: it is gone once it is deleted.
		setPodStatus(ctx, old, corev1.PodStatus{Phase: corev1.PodFailed, Reason: "Evicted"})
		runPod(ctx, key).Work()
		expectCondition(ctx, key, v1alpha1.ConditionReady, metav1.ConditionTrue, v1alpha1.ReasonConnected)
		Expect(getPod(ctx, key).UID).NotTo(Equal(old.UID))

		By("telling what happened")
		Expect(getSession(ctx, key).Status.LastTermination).To(HaveField("Reason", v1alpha1.TerminationEvicted))
		Eventually(eventCounts).WithArguments(ctx, key).Should(And(HaveKeyWithValue("Evicted", 1), HaveKeyWithValue("PodCreated", 1)))
		Eventually(eventNotes).WithArguments(ctx, key, "PodCreated").Should(ContainElement("Created the pod: The pod was evicted from its node"))
	})

	It("says that the image cannot be had, and recovers by itself", func(ctx SpecContext) {
		key := newSession(ctx, namespace, "sales")
		pod := schedulePod(ctx, key)
		waiting := func(reason string) corev1.PodStatus {
			return corev1.PodStatus{Phase: corev1.PodPending, ContainerStatuses: []corev1.ContainerStatus{{
				Name: "runtime", Image: "example.com/wasession:test",
				State: corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: reason}},
			}}}
		}
		setPodStatus(ctx, pod, waiting("ImagePullBackOff"))
		stalled := expectCondition(ctx, key, v1alpha1.ConditionStalled, metav1.ConditionTrue, v1alpha1.ReasonImagePullFailed,
			ContainSubstring("example.com/wasession:test"))
		Expect(violations(stalled)).To(BeEmpty())
		setPodStatus(ctx, pod, waiting("ContainerCreating"))
		expectCondition(ctx, key, v1alpha1.ConditionReconciling, metav1.ConditionTrue, v1alpha1.ReasonPodPending)
	})

	It("is unreachable, not broken, while its pod does not answer", func(ctx SpecContext) {
		key, process := newWorkingSession(ctx, namespace, "sales")
		process.Refuse()
		gone := expectCondition(ctx, key, v1alpha1.ConditionReady, metav1.ConditionFalse, v1alpha1.ReasonRuntimeUnreachable,
			ContainSubstring("token"))
		Expect(violations(gone)).To(BeEmpty())
		expectCondition(ctx, key, v1alpha1.ConditionPaired, metav1.ConditionTrue, v1alpha1.ReasonPaired)
	})

	It("says so when its volume is lost, and makes no empty one", func(ctx SpecContext) {
		key, process := newWorkingSession(ctx, namespace, "sales")
		setClaimPhase(ctx, getClaim(ctx, namespace, "sales-data"), corev1.ClaimLost)
		lost := expectCondition(ctx, key, v1alpha1.ConditionStalled, metav1.ConditionTrue, v1alpha1.ReasonStorageLost)
		Expect(violations(lost)).To(BeEmpty())
		expectCondition(ctx, key, v1alpha1.ConditionStorageReady, metav1.ConditionFalse, v1alpha1.ReasonStorageLost)

		claim := getClaim(ctx, namespace, "sales-data")
		base := claim.DeepCopy()
		claim.Finalizers = nil
		Expect(k8s.Patch(ctx, claim, client.MergeFrom(base))).To(Succeed())
		Expect(client.IgnoreNotFound(k8s.Delete(ctx, claim))).To(Succeed())
		expectGone(ctx, claim)
		expectCondition(ctx, key, v1alpha1.ConditionStalled, metav1.ConditionTrue, v1alpha1.ReasonStorageLost, ContainSubstring("is gone"))
		Consistently(func() error {
			return k8s.Get(ctx, types.NamespacedName{Namespace: namespace, Name: "sales-data"}, &corev1.PersistentVolumeClaim{})
		}).ShouldNot(Succeed())
		process.Close()
	})

	It("says that its volume is full, and works again when there is room", func(ctx SpecContext) {
		key, process := newWorkingSession(ctx, namespace, "sales")
		process.Change(func(s *runtimev1.Status) { s.Storage = &runtimev1.StorageStatus{Full: true} })
		process.Report(runtimev1.PhaseStarting, runtimev1.ReasonStorageFull)
		full := expectCondition(ctx, key, v1alpha1.ConditionStorageReady, metav1.ConditionFalse, v1alpha1.ReasonStorageFull,
			SatisfyAll(ContainSubstring("spec.storage.claim.size"), ContainSubstring("spec.history.retention")))
		Expect(violations(full)).To(BeEmpty())
		expectCondition(ctx, key, v1alpha1.ConditionReady, metav1.ConditionFalse, v1alpha1.ReasonStorageFull)
		expectCondition(ctx, key, v1alpha1.ConditionPaired, metav1.ConditionTrue, v1alpha1.ReasonPaired)
		expectEvent(ctx, key, v1alpha1.ReasonStorageFull)

		process.Change(func(s *runtimev1.Status) { s.Storage = &runtimev1.StorageStatus{} })
		process.Work()
		expectCondition(ctx, key, v1alpha1.ConditionStorageReady, metav1.ConditionTrue, v1alpha1.ReasonBound)
		expectCondition(ctx, key, v1alpha1.ConditionReady, metav1.ConditionTrue, v1alpha1.ReasonConnected)
	})

	It("refuses a number that the manifest does not name, and waits for the one it does", func(ctx SpecContext) {
		key := newSession(ctx, namespace, "sales", func(s *v1alpha1.WhatsAppSession) {
			s.Spec.Pairing.Account = "15551234567"
		})
		process := runPod(ctx, key)
		Expect(mountedConfig(ctx, getPod(ctx, key))).To(ContainSubstring("15551234567"))
		bindClaim(ctx, namespace, "sales-data")

		By("a wrong phone that scans the code")
		process.Report(runtimev1.PhaseScanQRCode, runtimev1.ReasonWrongAccount)
		waiting := expectCondition(ctx, key, v1alpha1.ConditionPaired, metav1.ConditionFalse, v1alpha1.ReasonWrongAccount)
		Expect(violations(waiting)).To(BeEmpty())
		expectCondition(ctx, key, v1alpha1.ConditionReady, metav1.ConditionFalse, v1alpha1.ReasonWaitingForScan)

		By("a wrong number that is linked already")
		process.Report(runtimev1.PhaseFailed, runtimev1.ReasonWrongAccount)
		stalled := expectCondition(ctx, key, v1alpha1.ConditionStalled, metav1.ConditionTrue, v1alpha1.ReasonWrongAccount,
			ContainSubstring("spec.pairing.account"))
		Expect(violations(stalled)).To(BeEmpty())
		expectCondition(ctx, key, v1alpha1.ConditionPaired, metav1.ConditionFalse, v1alpha1.ReasonWrongAccount)
		expectEvent(ctx, key, v1alpha1.ReasonWrongAccount)

		process.Work()
		expectCondition(ctx, key, v1alpha1.ConditionPaired, metav1.ConditionTrue, v1alpha1.ReasonPaired)
		expectCondition(ctx, key, v1alpha1.ConditionReady, metav1.ConditionTrue, v1alpha1.ReasonConnected)
	})

	It("works on with its volume where the storage class refuses to let it grow", func(ctx SpecContext) {
		key, _ := newWorkingSession(ctx, namespace, "sales")
		update(ctx, key, func(s *v1alpha1.WhatsAppSession) { s.Spec.Storage.Claim.Size = resource.MustParse("8Gi") })
		refused := expectCondition(ctx, key, v1alpha1.ConditionStalled, metav1.ConditionTrue, v1alpha1.ReasonResizeRefused,
			ContainSubstring("8Gi"))
		Expect(violations(refused)).To(BeEmpty())
		expectCondition(ctx, key, v1alpha1.ConditionConnected, metav1.ConditionTrue, v1alpha1.ReasonConnected)
	})

	It("shows a refused pod without the cluster's raw words", func(ctx SpecContext) {
		Expect(k8s.Create(ctx, &corev1.LimitRange{
			ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: "tiny"},
			Spec: corev1.LimitRangeSpec{Limits: []corev1.LimitRangeItem{{
				Type: corev1.LimitTypeContainer, Max: corev1.ResourceList{corev1.ResourceMemory: resource.MustParse("16Mi")},
			}}},
		})).To(Succeed())
		key := newSession(ctx, namespace, "sales")
		expectCondition(ctx, key, v1alpha1.ConditionStalled, metav1.ConditionTrue, v1alpha1.ReasonForbidden,
			SatisfyAll(ContainSubstring("Pod sales"), Not(ContainSubstring("forbidden"))))
		expectEvent(ctx, key, v1alpha1.ReasonForbidden)
	})
})

var _ = Describe("What the runtime reports", func() {
	DescribeTable("becomes conditions",
		func(ctx SpecContext, phase runtimev1.Phase, reason runtimev1.Reason, conditionType, wanted string) {
			key, process := newWorkingSession(ctx, newNamespace(ctx), "sales")
			process.Report(phase, reason)
			session := expectCondition(ctx, key, conditionType, metav1.ConditionTrue, wanted)
			Expect(violations(session)).To(BeEmpty())
			Expect(session.Status.Phase).To(BeEquivalentTo(phase))
			expectCondition(ctx, key, v1alpha1.ConditionReady, metav1.ConditionFalse, wanted)
			expectCondition(ctx, key, v1alpha1.ConditionConnected, metav1.ConditionFalse, wanted)

			process.Work()
			expectCondition(ctx, key, v1alpha1.ConditionReady, metav1.ConditionTrue, v1alpha1.ReasonConnected)
		},
		Entry(nil, runtimev1.PhaseStarting, runtimev1.ReasonDisconnected, v1alpha1.ConditionReconciling, v1alpha1.ReasonDisconnected),
		Entry(nil, runtimev1.PhaseStarting, runtimev1.ReasonStreamReplaced, v1alpha1.ConditionReconciling, v1alpha1.ReasonStreamReplaced),
		Entry(nil, runtimev1.PhaseStarting, runtimev1.ReasonTemporaryBan, v1alpha1.ConditionReconciling, v1alpha1.ReasonTemporaryBan),
		Entry(nil, runtimev1.PhaseStarting, runtimev1.ReasonRateLimited, v1alpha1.ConditionReconciling, v1alpha1.ReasonRateLimited),
		Entry(nil, runtimev1.PhaseFailed, runtimev1.ReasonLoggedOut, v1alpha1.ConditionStalled, v1alpha1.ReasonLoggedOut),
		Entry(nil, runtimev1.PhaseFailed, runtimev1.ReasonClientOutdated, v1alpha1.ConditionStalled, v1alpha1.ReasonClientOutdated),
		Entry(nil, runtimev1.PhaseFailed, runtimev1.ReasonEndpointMismatched, v1alpha1.ConditionStalled, v1alpha1.ReasonEndpointMismatched),
	)

	It("is of no account when it comes from the pod before", func(ctx SpecContext) {
		namespace := newNamespace(ctx)
		key, process := newWorkingSession(ctx, namespace, "sales")
		update(ctx, key, func(s *v1alpha1.WhatsAppSession) {
			s.Spec.Pod = &v1alpha1.PodSpec{Labels: map[string]v1alpha1.LabelValue{"team": "crm"}}
		})
		expectPodEnding(ctx, key)
		endPod(ctx, key, nil) // the pod is gone, but its process keeps running at the old address
		next := runPod(ctx, key)
		process.Report(runtimev1.PhaseFailed, runtimev1.ReasonLoggedOut)
		next.Work()
		expectCondition(ctx, key, v1alpha1.ConditionReady, metav1.ConditionTrue, v1alpha1.ReasonConnected)
		Consistently(func() string { return string(getSession(ctx, key).Status.Phase) }).
			WithTimeout(300 * time.Millisecond).Should(Equal("WORKING"))
	})
})
