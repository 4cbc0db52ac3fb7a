package controllers_test

import (
	"context"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	gomegatypes "github.com/onsi/gomega/types"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/controllers"
)

var _ = Describe("Two sessions of one claim", func() {
	var namespace string
	BeforeEach(func(ctx SpecContext) { namespace = newNamespace(ctx) })

	adopting := func(claim string) func(*v1alpha1.WhatsAppSession) {
		return func(s *v1alpha1.WhatsAppSession) {
			s.Spec.Storage = v1alpha1.StorageSpec{Type: v1alpha1.StorageExistingClaim, ExistingClaim: claim}
		}
	}

	It("never run at the same time: the newer one waits until the older is gone", func(ctx SpecContext) {
		newClaim(ctx, namespace, "shared")
		older, process := newWorkingSession(ctx, namespace, "older", adopting("shared"))
		ageBy(ctx)
		newer := newSession(ctx, namespace, "newer", adopting("shared"))
		expectGivesWay(ctx, newer, older, process, v1alpha1.ReasonClaimInUse,
			ContainSubstring("PersistentVolumeClaim shared"), ContainSubstring("WhatsAppSession older"))
	})

	It("are told apart where both are made in the same second", func(ctx SpecContext) {
		newClaim(ctx, namespace, "shared")
		one, two := newSession(ctx, namespace, "one", adopting("shared")), newSession(ctx, namespace, "two", adopting("shared"))
		first, second := one, two
		a, b := getSession(ctx, one), getSession(ctx, two)
		if b.CreationTimestamp.Equal(&a.CreationTimestamp) && b.UID < a.UID {
			first, second = two, one
			// The other one may have been the only one for a moment.
			Eventually(func() bool {
				pod := &corev1.Pod{}
				return client.IgnoreNotFound(k8s.Get(ctx, second, pod)) == nil && (pod.UID == "" || pod.DeletionTimestamp != nil)
			}).Should(BeTrue())
		}
		expectCondition(ctx, second, v1alpha1.ConditionStalled, metav1.ConditionTrue, v1alpha1.ReasonClaimInUse, ContainSubstring(first.Name))
		runPod(ctx, first)
		expectNone(ctx, second, &corev1.Pod{})
	})

	It("leave the volume alone that one has adopted and the other one has made", func(ctx SpecContext) {
		key, process := newWorkingSession(ctx, namespace, "sales")
		deleteSession(ctx, key, process)
		adopter, _ := newWorkingSession(ctx, namespace, "adopter", adopting("sales-data"))
		ageBy(ctx)
		again := newSession(ctx, namespace, "sales", func(s *v1alpha1.WhatsAppSession) {
			s.Spec.Storage.Claim.WhenDeleted = v1alpha1.VolumeDelete
		})
		expectCondition(ctx, again, v1alpha1.ConditionStalled, metav1.ConditionTrue, v1alpha1.ReasonClaimInUse, ContainSubstring("adopter"))
		Expect(k8s.Delete(ctx, getSession(ctx, again))).To(Succeed())
		expectSessionGone(ctx, again)
		expectClaim(ctx, namespace, "sales-data", claimStays)
		expectCondition(ctx, adopter, v1alpha1.ConditionReady, metav1.ConditionTrue, v1alpha1.ReasonConnected)
	})

	It("are none where one only copies the claim of the other", func(ctx SpecContext) {
		newWorkingSession(ctx, namespace, "source")
		copied := newSession(ctx, namespace, "copied", func(s *v1alpha1.WhatsAppSession) {
			s.Spec.Storage.Claim.DataSource = &v1alpha1.VolumeDataSource{Kind: v1alpha1.DataSourceClaim, Name: "source-data"}
		})
		runPod(ctx, copied)
	})

	It("are settled by who may use it: naming a claim first keeps nobody from it", Serial, func(ctx SpecContext) {
		operator.Stop()
		operator.Start(func(o *controllers.Options) { o.RequireAccess = true })
		DeferCleanup(func() {
			operator.Stop()
			operator.Start()
		})
		claim := newClaim(ctx, namespace, "precious")
		label := func(value string) {
			base := claim.DeepCopy()
			claim.Labels = map[string]string{v1alpha1.LabelSessionAccess: value}
			Expect(k8s.Patch(ctx, claim, client.MergeFrom(base))).To(Succeed())
		}
		intruder := newSession(ctx, namespace, "intruder", adopting("precious"))
		expectCondition(ctx, intruder, v1alpha1.ConditionStalled, metav1.ConditionTrue, v1alpha1.ReasonAccessDenied)
		ageBy(ctx)
		label("rightful")
		rightful, process := newWorkingSession(ctx, namespace, "rightful", adopting("precious"))

		By("giving way once the owner lets both use it")
		label(v1alpha1.SessionAccessAll)
		endPod(ctx, rightful, process)
		expectCondition(ctx, rightful, v1alpha1.ConditionStalled, metav1.ConditionTrue, v1alpha1.ReasonClaimInUse, ContainSubstring("intruder"))
		runPod(ctx, intruder)
	})
})

// expectGivesWay checks that a session waits for an older one with which it cannot
// share something, and goes on by itself once that is gone.
func expectGivesWay(ctx context.Context, newer, older types.NamespacedName, process *fakeRuntime, reason string, message ...gomegatypes.GomegaMatcher) {
	GinkgoHelper()
	stalled := expectCondition(ctx, newer, v1alpha1.ConditionStalled, metav1.ConditionTrue, reason, message...)
	Expect(violations(stalled)).To(BeEmpty())
	expectNone(ctx, newer, &corev1.Pod{})
	expectEvent(ctx, newer, reason)

	By("letting the older one work on")
	Expect(getPod(ctx, older).DeletionTimestamp).To(BeNil())
	expectCondition(ctx, older, v1alpha1.ConditionReady, metav1.ConditionTrue, v1alpha1.ReasonConnected)

	By("waiting for the older one's pod")
	Expect(k8s.Delete(ctx, getSession(ctx, older))).To(Succeed())
	expectPodEnding(ctx, older)
	expectCondition(ctx, newer, v1alpha1.ConditionStalled, metav1.ConditionTrue, reason)
	expectNone(ctx, newer, &corev1.Pod{})

	By("and going on by itself")
	endPod(ctx, older, process)
	work(ctx, newer, runPod(ctx, newer))
}

// ageBy waits until sessions made from now on are younger than those there are:
// timestamps of the API server have a resolution of one second.
func ageBy(ctx context.Context) {
	GinkgoHelper()
	stamp := func() metav1.Time {
		probe := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Namespace: "default", GenerateName: "clock-"}}
		Expect(k8s.Create(ctx, probe, client.DryRunAll)).To(Succeed())
		return probe.CreationTimestamp
	}
	now := stamp()
	Eventually(func() bool { later := stamp(); return now.Before(&later) }).Should(BeTrue())
}

// newClaim creates a claim as a user does, and binds it.
func newClaim(ctx context.Context, namespace, name string) *corev1.PersistentVolumeClaim {
	GinkgoHelper()
	claim := &corev1.PersistentVolumeClaim{ObjectMeta: named(namespace, name), Spec: corev1.PersistentVolumeClaimSpec{
		AccessModes: []corev1.PersistentVolumeAccessMode{corev1.ReadWriteOnce},
		Resources:   corev1.VolumeResourceRequirements{Requests: storageOf("1Gi")},
	}}
	Expect(k8s.Create(ctx, claim)).To(Succeed())
	return bindClaim(ctx, namespace, name)
}
