package controllers_test

import (
	"encoding/json"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"k8s.io/apimachinery/pkg/types"

	runtimev1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/api/v1alpha1"
)

var _ = Describe("The name in the chat API", func() {
	var namespace string
	BeforeEach(func(ctx SpecContext) { namespace = newNamespace(ctx) })

	called := func(name string) func(*v1alpha1.WhatsAppSession) {
		return func(s *v1alpha1.WhatsAppSession) { s.Spec.SessionName = name }
	}

	It("is what the pod is told, beside the resource's name on its objects", func(ctx SpecContext) {
		key := newSession(ctx, namespace, "sales-x1", called("Sales_EU"))
		runPod(ctx, key)
		pod := getPod(ctx, key)
		var config runtimev1.Config
		Expect(json.Unmarshal([]byte(mountedConfig(ctx, pod)), &config)).To(Succeed())
		Expect(config.Session).To(Equal("Sales_EU"))
		Expect(pod.Spec.Containers[0].Args).To(ContainElements("--session", "Sales_EU"))
		Expect(pod.Name).To(Equal("sales-x1"))
		Expect(pod.Labels).To(HaveKeyWithValue(v1alpha1.LabelSession, "sales-x1"))
	})

	DescribeTable("belongs to the oldest session of a namespace: a newer one waits until it is gone",
		func(ctx SpecContext, olderGiven, newerName, newerGiven, name string) {
			older, process := newWorkingSession(ctx, namespace, "sales", called(olderGiven))
			ageBy(ctx)
			newer := newSession(ctx, namespace, newerName, called(newerGiven))
			expectGivesWay(ctx, newer, older, process, v1alpha1.ReasonSessionNameInUse,
				ContainSubstring("name "+name+" "), ContainSubstring("WhatsAppSession sales,"))
		},
		Entry("where both have been given it", "Sales_EU", "other", "Sales_EU", "Sales_EU"),
		Entry("where it is the older one's own", "", "other", "sales", "sales"),
		Entry("where it is the newer one's own", "support", "support", "", "support"),
	)

	It("may be that of a session in another namespace, or of one that is called otherwise itself", func(ctx SpecContext) {
		newWorkingSession(ctx, namespace, "sales", called("Sales_EU"))
		ageBy(ctx)
		elsewhere := newNamespace(ctx)
		work(ctx, newSession(ctx, elsewhere, "sales", called("Sales_EU")), runPod(ctx, types.NamespacedName{Namespace: elsewhere, Name: "sales"}))
		runPod(ctx, newSession(ctx, namespace, "other", called("sales")))
	})
})
