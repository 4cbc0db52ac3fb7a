package controllers_test

import (
	"context"

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

// claimMeans is what happens to a claim when its session is deleted.
type claimMeans int

const (
	claimStays claimMeans = iota
	claimGoes
)

// expectClaim waits until the claim is deleted, or checks that it stays.
func expectClaim(ctx context.Context, namespace, name string, means claimMeans) {
	GinkgoHelper()
	claim := &corev1.PersistentVolumeClaim{}
	if means == claimGoes {
		// The claim exists until the volume controller removes its finalizer.
		Eventually(func() bool {
			err := k8s.Get(ctx, types.NamespacedName{Namespace: namespace, Name: name}, claim)
			return client.IgnoreNotFound(err) == nil && (err != nil || claim.DeletionTimestamp != nil)
		}).Should(BeTrue(), "the claim is kept")
		return
	}
	claim = getClaim(ctx, namespace, name)
	Expect(claim.DeletionTimestamp).To(BeNil(), "the claim is told to go")
	Expect(claim.OwnerReferences).To(BeEmpty(), "the garbage collector would take the claim along")
}

var _ = Describe("The volume of a session that is deleted", func() {
	whenDeleted := func(policy v1alpha1.VolumeDeletionPolicy) edit {
		return func(s *v1alpha1.WhatsAppSessionSpec) { s.Storage.Claim.WhenDeleted = policy }
	}

	DescribeTable("goes or stays as the spec says at the end, whatever it said before:",
		func(ctx SpecContext, first, last v1alpha1.VolumeDeletionPolicy, running bool, means claimMeans) {
			namespace := newNamespace(ctx)
			key, process := newWorkingSession(ctx, namespace, "sales", func(s *v1alpha1.WhatsAppSession) { whenDeleted(first)(&s.Spec) })
			if !running {
				editSpec(ctx, key, stopSession)
				endPod(ctx, key, process)
				expectCondition(ctx, key, v1alpha1.ConditionReady, metav1.ConditionFalse, v1alpha1.ReasonStopped)
			}
			if first != last {
				editSpec(ctx, key, whenDeleted(last))
			}
			// The operator may see the deletion before the edit.
			Expect(k8s.Delete(ctx, getSession(ctx, key))).To(Succeed())
			if running {
				endPod(ctx, key, process)
			}
			expectSessionGone(ctx, key)
			expectClaim(ctx, namespace, "sales-data", means)
		},
		Entry(nil, v1alpha1.VolumeRetain, v1alpha1.VolumeRetain, true, claimStays),
		Entry(nil, v1alpha1.VolumeRetain, v1alpha1.VolumeRetain, false, claimStays),
		Entry(nil, v1alpha1.VolumeDelete, v1alpha1.VolumeDelete, false, claimGoes),
		Entry(nil, v1alpha1.VolumeRetain, v1alpha1.VolumeDelete, true, claimGoes),
		Entry(nil, v1alpha1.VolumeRetain, v1alpha1.VolumeDelete, false, claimGoes),
		Entry(nil, v1alpha1.VolumeDelete, v1alpha1.VolumeRetain, true, claimStays),
		Entry(nil, v1alpha1.VolumeDelete, v1alpha1.VolumeRetain, false, claimStays),
	)

	It("belongs to the next session of the name, which may take it along", func(ctx SpecContext) {
		namespace := newNamespace(ctx)
		key, process := newWorkingSession(ctx, namespace, "sales")
		claim := getClaim(ctx, namespace, "sales-data").UID
		deleteSession(ctx, key, process)
		again, process := newWorkingSession(ctx, namespace, "sales", func(s *v1alpha1.WhatsAppSession) {
			s.Spec.Storage.Claim.WhenDeleted = v1alpha1.VolumeDelete
		})
		adopted := getClaim(ctx, namespace, "sales-data")
		Expect(adopted.UID).To(Equal(claim))
		Expect(metav1.IsControlledBy(adopted, getSession(ctx, again))).To(BeTrue())
		deleteSession(ctx, again, process)
		expectClaim(ctx, namespace, "sales-data", claimGoes)
	})

	It("is not taken by a session of another name", func(ctx SpecContext) {
		namespace := newNamespace(ctx)
		key, process := newWorkingSession(ctx, namespace, "sales")
		deleteSession(ctx, key, process)
		before := getClaim(ctx, namespace, "sales-data")
		newWorkingSession(ctx, namespace, "support")
		Expect(getClaim(ctx, namespace, "sales-data").ResourceVersion).To(Equal(before.ResourceVersion))
		Expect(getClaim(ctx, namespace, "support-data").UID).NotTo(Equal(before.UID))
	})

	It("can be adopted under another name with its pairing", func(ctx SpecContext) {
		namespace := newNamespace(ctx)
		key, process := newWorkingSession(ctx, namespace, "sales")
		deleteSession(ctx, key, process)
		moved, process := newWorkingSession(ctx, namespace, "support", func(s *v1alpha1.WhatsAppSession) {
			s.Spec.Storage = v1alpha1.StorageSpec{Type: v1alpha1.StorageExistingClaim, ExistingClaim: "sales-data"}
		})
		Expect(getSession(ctx, moved).Status.Volume.Claim).To(Equal("sales-data"))
		Expect(claimIn(getPod(ctx, moved))).To(Equal("sales-data"))
		deleteSession(ctx, moved, process)
		expectClaim(ctx, namespace, "sales-data", claimStays)
	})

	It("is taken up again where a session is made while the one before ends", func(ctx SpecContext) {
		namespace := newNamespace(ctx)
		key, process := newWorkingSession(ctx, namespace, "sales")
		claim := getClaim(ctx, namespace, "sales-data").UID
		Expect(k8s.Delete(ctx, getSession(ctx, key))).To(Succeed())
		endPod(ctx, key, process)
		expectGone(ctx, &v1alpha1.WhatsAppSession{ObjectMeta: named(namespace, "sales")})
		again := newSession(ctx, namespace, "sales") // while its objects may still exist
		runPod(ctx, again).Work()
		expectCondition(ctx, again, v1alpha1.ConditionConnected, metav1.ConditionTrue, v1alpha1.ReasonConnected)
		Expect(getClaim(ctx, namespace, "sales-data").UID).To(Equal(claim))
		Expect(getSession(ctx, again).Status.Me).NotTo(BeNil())
	})

	It("is restored from what the spec names, once", func(ctx SpecContext) {
		namespace := newNamespace(ctx)
		source, process := newWorkingSession(ctx, namespace, "source")
		editSpec(ctx, source, stopSession)
		endPod(ctx, source, process)
		key := newSession(ctx, namespace, "sales", func(s *v1alpha1.WhatsAppSession) {
			s.Spec.Storage.Claim.DataSource = &v1alpha1.VolumeDataSource{Kind: v1alpha1.DataSourceClaim, Name: "source-data"}
		})
		runPod(ctx, key)
		claim := getClaim(ctx, namespace, "sales-data")
		Expect(claim.Spec.DataSource).To(HaveValue(And(HaveField("Kind", "PersistentVolumeClaim"), HaveField("Name", "source-data"))))

		By("going on when what it was made of is gone")
		releaseAndDelete(ctx, getClaim(ctx, namespace, "source-data"))
		annotateSession(ctx, key, v1alpha1.AnnotationReconcileRequestedAt, "after that")
		Eventually(func() string { return getSession(ctx, key).Status.LastHandledReconcileAt }).Should(Equal("after that"))
		expectCondition(ctx, key, v1alpha1.ConditionStalled, metav1.ConditionFalse, v1alpha1.ReasonSettled)
		Expect(getClaim(ctx, namespace, "sales-data").UID).To(Equal(claim.UID))
	})

	It("that is larger than the spec says is left so", func(ctx SpecContext) {
		class := newClass(ctx)
		namespace := newNamespace(ctx)
		key, _ := newWorkingSession(ctx, namespace, "sales", func(s *v1alpha1.WhatsAppSession) { s.Spec.Storage.Claim.StorageClassName = &class })
		claim := getClaim(ctx, namespace, "sales-data")
		base := claim.DeepCopy()
		claim.Spec.Resources.Requests[corev1.ResourceStorage] = resource.MustParse("7Gi")
		Expect(k8s.Patch(ctx, claim, client.MergeFrom(base))).To(Succeed())
		expectCondition(ctx, key, v1alpha1.ConditionStorageReady, metav1.ConditionFalse, v1alpha1.ReasonResizing)
		setClaimPhase(ctx, claim, corev1.ClaimBound)
		expectCondition(ctx, key, v1alpha1.ConditionStorageReady, metav1.ConditionTrue, v1alpha1.ReasonBound)
		expectCondition(ctx, key, v1alpha1.ConditionReady, metav1.ConditionTrue, v1alpha1.ReasonConnected)
		Expect(getClaim(ctx, namespace, "sales-data").Spec.Resources.Requests.Storage().String()).To(Equal("7Gi"))
	})
})

var _ = Describe("A deletion", func() {
	var namespace string
	BeforeEach(func(ctx SpecContext) { namespace = newNamespace(ctx) })

	DescribeTable("comes to its end in every state:",
		func(ctx SpecContext, prepare func(SpecContext, types.NamespacedName) *fakeRuntime) {
			key := newSession(ctx, namespace, "sales")
			process := prepare(ctx, key)
			Expect(k8s.Delete(ctx, getSession(ctx, key))).To(Succeed())
			if process != nil {
				endPod(ctx, key, process)
			}
			expectSessionGone(ctx, key)
		},
		// No session is deleted before it has its finalizer: its objects would be
		// left to the garbage collector, which does not run here.
		Entry("before its pod has a node", func(ctx SpecContext, key types.NamespacedName) *fakeRuntime {
			expectCondition(ctx, key, v1alpha1.ConditionReady, metav1.ConditionFalse, v1alpha1.ReasonPodPending)
			return nil
		}),
		Entry("showing a QR code", func(ctx SpecContext, key types.NamespacedName) *fakeRuntime {
			process := runPod(ctx, key)
			process.Report(runtimev1.PhaseScanQRCode, runtimev1.ReasonWaitingForScan)
			expectCondition(ctx, key, v1alpha1.ConditionReady, metav1.ConditionFalse, v1alpha1.ReasonWaitingForScan)
			return process
		}),
		Entry("logged out", func(ctx SpecContext, key types.NamespacedName) *fakeRuntime {
			process := runPod(ctx, key)
			process.Report(runtimev1.PhaseFailed, runtimev1.ReasonLoggedOut)
			expectCondition(ctx, key, v1alpha1.ConditionStalled, metav1.ConditionTrue, v1alpha1.ReasonLoggedOut)
			return process
		}),
		Entry("while its pod does not answer", func(ctx SpecContext, key types.NamespacedName) *fakeRuntime {
			process := runPod(ctx, key)
			process.Refuse()
			expectCondition(ctx, key, v1alpha1.ConditionReady, metav1.ConditionFalse, v1alpha1.ReasonRuntimeUnreachable)
			return process
		}),
		Entry("while its pod is being replaced", func(ctx SpecContext, key types.NamespacedName) *fakeRuntime {
			process := runPod(ctx, key)
			editSpec(ctx, key, func(s *v1alpha1.WhatsAppSessionSpec) {
				s.Pod = &v1alpha1.PodSpec{Labels: map[string]v1alpha1.LabelValue{"team": "crm"}}
			})
			expectPodEnding(ctx, key)
			return process
		}),
		Entry("while it is stopping", func(ctx SpecContext, key types.NamespacedName) *fakeRuntime {
			process := runPod(ctx, key)
			editSpec(ctx, key, stopSession)
			expectPodEnding(ctx, key)
			return process
		}),
		Entry("without a Secret that it needs", func(ctx SpecContext, key types.NamespacedName) *fakeRuntime {
			process := runPod(ctx, key)
			editSpec(ctx, key, func(s *v1alpha1.WhatsAppSessionSpec) {
				s.API = &v1alpha1.APISpec{KeysSecretRef: &v1alpha1.SecretReference{Name: "missing"}}
			})
			expectPodEnding(ctx, key)
			return process
		}),
	)

	It("waits for the finalizers of others, and makes nothing meanwhile", func(ctx SpecContext) {
		key, process := newWorkingSession(ctx, namespace, "sales")
		update(ctx, key, func(s *v1alpha1.WhatsAppSession) { s.Finalizers = append(s.Finalizers, "example.com/backup") })
		Expect(k8s.Delete(ctx, getSession(ctx, key))).To(Succeed())
		endPod(ctx, key, process)
		Eventually(func() []string { return getSession(ctx, key).Finalizers }).Should(Equal([]string{"example.com/backup"}))
		for name, object := range map[string]client.Object{
			"sales": &corev1.Service{}, "sales-config": &corev1.ConfigMap{},
		} {
			expectGone(ctx, withName(object, namespace, name))
		}
		annotateSession(ctx, key, v1alpha1.AnnotationReconcileRequestedAt, "while it waits")
		other := newSession(ctx, namespace, "other") // reconciled after that
		expectCondition(ctx, other, v1alpha1.ConditionReady, metav1.ConditionFalse, v1alpha1.ReasonPodPending)
		expectNone(ctx, key, &corev1.Service{})
		expectNone(ctx, key, &corev1.Pod{})
		expectNone(ctx, key, &networkingv1.NetworkPolicy{})

		update(ctx, key, func(s *v1alpha1.WhatsAppSession) { s.Finalizers = nil })
		expectSessionGone(ctx, key)
	})

	It("puts a finalizer back that somebody removed, as the pod must end first", func(ctx SpecContext) {
		key, process := newWorkingSession(ctx, namespace, "sales")
		update(ctx, key, func(s *v1alpha1.WhatsAppSession) { s.Finalizers = nil })
		annotateSession(ctx, key, v1alpha1.AnnotationReconcileRequestedAt, "now")
		Eventually(func() []string { return getSession(ctx, key).Finalizers }).Should(ConsistOf(v1alpha1.Finalizer))
		deleteSession(ctx, key, process)
	})

	It("asks for the logout as long as the session can still connect", func(ctx SpecContext) {
		key, process := newWorkingSession(ctx, namespace, "sales", func(s *v1alpha1.WhatsAppSession) {
			s.Annotations = map[string]string{v1alpha1.AnnotationLogoutOnDelete: "true"}
		})
		deleteSession(ctx, key, process)
		Expect(process.Logouts()).To(Equal(1))
		expectEvent(ctx, key, "LoggedOutOnDelete")
		Expect(events(ctx, key)).NotTo(ContainElement("LogoutFailed"))
	})

	It("asks for no logout where the annotation says something else", func(ctx SpecContext) {
		key, process := newWorkingSession(ctx, namespace, "sales", func(s *v1alpha1.WhatsAppSession) {
			s.Annotations = map[string]string{v1alpha1.AnnotationLogoutOnDelete: "false"}
		})
		deleteSession(ctx, key, process)
		Expect(process.Logouts()).To(BeZero())
	})

	It("of one session is no matter of another in the namespace", func(ctx SpecContext) {
		stays, _ := newWorkingSession(ctx, namespace, "sales")
		goes, process := newWorkingSession(ctx, namespace, "sales-eu")
		expectSettled(namespace)
		pod, version := getPod(ctx, stays), getSession(ctx, stays).ResourceVersion
		deleteSession(ctx, goes, process)
		Expect(getPod(ctx, stays).ResourceVersion).To(Equal(pod.ResourceVersion))
		Expect(getSession(ctx, stays).ResourceVersion).To(Equal(version))
		expectClaim(ctx, namespace, "sales-eu-data", claimStays)
	})
})

func withName(object client.Object, namespace, name string) client.Object {
	object.SetNamespace(namespace)
	object.SetName(name)
	return object
}
