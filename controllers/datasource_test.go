package controllers_test

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/wasession/wasession/api/v1alpha1"
)

var _ = Describe("A volume to restore where a session of the name has left one", func() {
	snapshot := func(name string) func(*v1alpha1.WhatsAppSession) {
		return func(s *v1alpha1.WhatsAppSession) {
			s.Spec.Storage.Claim.DataSource = &v1alpha1.VolumeDataSource{Kind: v1alpha1.DataSourceSnapshot, Name: name}
		}
	}

	It("is told, and nothing runs on the wrong volume until somebody decides", func(ctx SpecContext) {
		namespace := newNamespace(ctx)
		key, process := newWorkingSession(ctx, namespace, "sales")
		deleteSession(ctx, key, process)
		left := getClaim(ctx, namespace, "sales-data")

		again := newSession(ctx, namespace, "sales", snapshot("monday"))
		stalled := expectCondition(ctx, again, v1alpha1.ConditionStalled, metav1.ConditionTrue, v1alpha1.ReasonDataSourceIgnored,
			ContainSubstring("sales-data"), ContainSubstring("VolumeSnapshot monday"), ContainSubstring("delete the claim to restore"))
		Expect(violations(stalled)).To(BeEmpty())
		expectNone(ctx, again, &corev1.Pod{})
		Expect(getClaim(ctx, namespace, "sales-data").UID).To(Equal(left.UID))

		By("restoring it once the old one is deleted")
		releaseAndDelete(ctx, left)
		runPod(ctx, again)
		Expect(getClaim(ctx, namespace, "sales-data").Spec.DataSource).To(HaveValue(HaveField("Name", "monday")))
	})

	It("is no question where the volume that is left was made of it", func(ctx SpecContext) {
		namespace := newNamespace(ctx)
		key, process := newWorkingSession(ctx, namespace, "sales", snapshot("monday"))
		claim := getClaim(ctx, namespace, "sales-data").UID
		deleteSession(ctx, key, process)
		again, _ := newWorkingSession(ctx, namespace, "sales", snapshot("monday"))
		Expect(getSession(ctx, again).Status.Volume.Claim).To(Equal("sales-data"))
		Expect(getClaim(ctx, namespace, "sales-data").UID).To(Equal(claim))
	})

	It("is told for another source than the one before", func(ctx SpecContext) {
		namespace := newNamespace(ctx)
		key, process := newWorkingSession(ctx, namespace, "sales", snapshot("monday"))
		deleteSession(ctx, key, process)
		again := newSession(ctx, namespace, "sales", snapshot("tuesday"))
		expectCondition(ctx, again, v1alpha1.ConditionStalled, metav1.ConditionTrue, v1alpha1.ReasonDataSourceIgnored)
	})
})
