package controllers_test

import (
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	runtimev1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/api/v1alpha1"
)

var _ = Describe("Auto-archive", func() {
	It("is run on demand, once for each request, and shows what came of it", func(ctx SpecContext) {
		namespace := newNamespace(ctx)
		key, process := newWorkingSession(ctx, namespace, "sales", func(s *v1alpha1.WhatsAppSession) {
			s.Spec.AutoArchive = archiveDaily()
		})
		annotateSession(ctx, key, v1alpha1.AnnotationAutoArchiveRequestedAt, "first")
		Eventually(func() *v1alpha1.AutoArchiveStatus { return getSession(ctx, key).Status.AutoArchive }).
			Should(HaveField("LastHandledRequest", "first"))
		Expect(process.Runs()).To(Equal([]string{"first"}))

		ran, next := time.Now().Truncate(time.Second), time.Now().Add(time.Hour).Truncate(time.Second)
		process.Change(func(s *runtimev1.Status) {
			s.Archive = &runtimev1.ArchiveStatus{
				LastRequestID: "first", LastRunTime: &ran, LastResult: runtimev1.RunSucceeded, Archived: 42, Candidates: 43, NextRunTime: &next,
			}
		})
		expectCondition(ctx, key, v1alpha1.ConditionArchiveHealthy, metav1.ConditionTrue, v1alpha1.ReasonArchiveSucceeded,
			ContainSubstring("42 of 43"))
		status := getSession(ctx, key).Status.AutoArchive
		Expect(status.Archived).To(BeEquivalentTo(42))
		Expect(status.LastRunTime.Equal(&metav1.Time{Time: ran})).To(BeTrue())
		Expect(status.NextRunTime.Equal(&metav1.Time{Time: next})).To(BeTrue())
		expectEvent(ctx, key, "AutoArchived")

		By("asking again only for another value")
		annotateSession(ctx, key, v1alpha1.AnnotationReconcileRequestedAt, "now")
		Eventually(func() string { return getSession(ctx, key).Status.LastHandledReconcileAt }).Should(Equal("now"))
		Expect(process.Runs()).To(HaveLen(1))
		annotateSession(ctx, key, v1alpha1.AnnotationAutoArchiveRequestedAt, "second")
		Eventually(process.Runs).Should(Equal([]string{"first", "second"}))

		By("failing a run")
		later := ran.Add(time.Minute)
		process.Change(func(s *runtimev1.Status) {
			s.Archive = &runtimev1.ArchiveStatus{
				LastRequestID: "second", LastRunTime: &later, LastResult: runtimev1.RunFailed, LastMessage: "WhatsApp refused the change",
			}
		})
		expectCondition(ctx, key, v1alpha1.ConditionArchiveHealthy, metav1.ConditionFalse, v1alpha1.ReasonArchiveFailed,
			Equal("WhatsApp refused the change"))
		expectCondition(ctx, key, v1alpha1.ConditionReady, metav1.ConditionTrue, v1alpha1.ReasonConnected)
		expectEvent(ctx, key, "AutoArchiveFailed")

		By("saying nothing more once the spec has no auto-archive")
		update(ctx, key, func(s *v1alpha1.WhatsAppSession) { s.Spec.AutoArchive = nil })
		process.TakeUp(waitForConfig(ctx, key, Not(ContainSubstring("zombies"))))
		expectCondition(ctx, key, v1alpha1.ConditionReady, metav1.ConditionTrue, v1alpha1.ReasonConnected)
		Expect(meta.FindStatusCondition(getSession(ctx, key).Status.Conditions, v1alpha1.ConditionArchiveHealthy)).To(BeNil())
	})

	It("is not asked for before the session is connected and has the policies of the spec", func(ctx SpecContext) {
		namespace := newNamespace(ctx)
		key := newSession(ctx, namespace, "sales", func(s *v1alpha1.WhatsAppSession) {
			s.Spec.AutoArchive = archiveDaily()
			s.Annotations = map[string]string{v1alpha1.AnnotationAutoArchiveRequestedAt: strings.Repeat("long ", 100)}
		})
		process := runPod(ctx, key)
		process.Report(runtimev1.PhaseScanQRCode, runtimev1.ReasonWaitingForScan)
		expectCondition(ctx, key, v1alpha1.ConditionReady, metav1.ConditionFalse, v1alpha1.ReasonWaitingForScan)
		expectSettled(namespace)
		Expect(process.Runs()).To(BeEmpty())

		process.Work()
		Eventually(process.Runs).Should(ConsistOf(HavePrefix("sha256:")), "a name that is too long was not shortened")
		Eventually(func() *v1alpha1.AutoArchiveStatus { return getSession(ctx, key).Status.AutoArchive }).
			Should(HaveField("LastHandledRequest", strings.Repeat("long ", 100)))
	})

	It("audits groups on demand where the spec asks for nothing else", func(ctx SpecContext) {
		key, process := newWorkingSession(ctx, newNamespace(ctx), "sales", func(s *v1alpha1.WhatsAppSession) {
			s.Spec.Groups = &v1alpha1.GroupsSpec{Unknown: v1alpha1.GroupLeave, Allowed: []string{"1@g.us"}}
		})
		annotateSession(ctx, key, v1alpha1.AnnotationAutoArchiveRequestedAt, "first")
		Eventually(process.Runs).Should(Equal([]string{"first"}))
		ran := time.Now().Truncate(time.Second)
		process.Change(func(s *runtimev1.Status) {
			s.UnknownGroups = []string{"2@g.us", "3@g.us"}
			s.Archive = &runtimev1.ArchiveStatus{LastRequestID: "first", LastRunTime: &ran, LastResult: runtimev1.RunSucceeded, Left: 2}
		})
		expectCondition(ctx, key, v1alpha1.ConditionArchiveHealthy, metav1.ConditionTrue, v1alpha1.ReasonArchiveSucceeded,
			ContainSubstring("left 2 groups"))
		status := getSession(ctx, key).Status
		Expect(status.Groups).To(Equal(&v1alpha1.GroupsStatus{Unknown: []string{"2@g.us", "3@g.us"}, Left: 2}))
		Expect(status.AutoArchive.LastHandledRequest).To(Equal("first"))
		expectEvent(ctx, key, "AutoArchived")
		expectEvent(ctx, key, "UnknownGroups")

		By("failing a run")
		later := ran.Add(time.Minute)
		process.Change(func(s *runtimev1.Status) {
			s.Archive = &runtimev1.ArchiveStatus{
				LastRequestID: "second", LastRunTime: &later, LastResult: runtimev1.RunFailed, LastMessage: "WhatsApp did not answer in time",
			}
		})
		expectCondition(ctx, key, v1alpha1.ConditionArchiveHealthy, metav1.ConditionFalse, v1alpha1.ReasonArchiveFailed,
			Equal("WhatsApp did not answer in time"))
		expectEvent(ctx, key, "AutoArchiveFailed")

		By("saying nothing more once groups are kept")
		update(ctx, key, func(s *v1alpha1.WhatsAppSession) { s.Spec.Groups = nil })
		process.TakeUp(waitForConfig(ctx, key, Not(ContainSubstring("Leave"))))
		expectCondition(ctx, key, v1alpha1.ConditionReady, metav1.ConditionTrue, v1alpha1.ReasonConnected)
		after := getSession(ctx, key).Status
		Expect(after.Groups).To(BeNil())
		Expect(meta.FindStatusCondition(after.Conditions, v1alpha1.ConditionArchiveHealthy)).To(BeNil())
	})
})
