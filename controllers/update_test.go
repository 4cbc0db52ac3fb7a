package controllers_test

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	runtimev1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/controllers"
	"github.com/wasession/wasession/controllers/desired"
)

var _ = Describe("A change of the spec", func() {
	var namespace string
	BeforeEach(func(ctx SpecContext) { namespace = newNamespace(ctx) })

	It("reaches the running pod when it can change live", func(ctx SpecContext) {
		key, process := newWorkingSession(ctx, namespace, "sales")
		pod := getPod(ctx, key)

		update(ctx, key, func(s *v1alpha1.WhatsAppSession) { s.Spec.AutoArchive = archiveDaily() })
		pending := expectCondition(ctx, key, v1alpha1.ConditionReady, metav1.ConditionFalse, v1alpha1.ReasonConfigurationPending)
		Expect(violations(pending)).To(BeEmpty())

		var file string
		Eventually(func() string {
			file = mountedConfig(ctx, getPod(ctx, key))
			return file
		}).Should(ContainSubstring("zombies"))
		Eventually(func() string { return getPod(ctx, key).Annotations[desired.AnnotationConfig] }).
			Should(Equal(runtimev1.ConfigHash([]byte(file))), "the kubelet is not told to project the new file")

		process.TakeUp(file)
		expectCondition(ctx, key, v1alpha1.ConditionReady, metav1.ConditionTrue, v1alpha1.ReasonConnected)
		Expect(getPod(ctx, key).UID).To(Equal(pod.UID), "the pod was replaced")
	})

	It("is shown as stalled with the runtime's own sentence when the runtime cannot use it", func(ctx SpecContext) {
		key, process := newWorkingSession(ctx, namespace, "sales")
		update(ctx, key, func(s *v1alpha1.WhatsAppSession) { s.Spec.LogLevel = v1alpha1.LogDebug })
		process.Change(func(s *runtimev1.Status) { s.ConfigError = "proxy.url: the scheme is not known" })
		expectCondition(ctx, key, v1alpha1.ConditionStalled, metav1.ConditionTrue, v1alpha1.ReasonInvalidConfiguration,
			Equal("proxy.url: the scheme is not known"))
	})

	It("replaces the pod in order when it needs a new one", func(ctx SpecContext) {
		key, process := newWorkingSession(ctx, namespace, "sales")
		old := getPod(ctx, key)
		update(ctx, key, func(s *v1alpha1.WhatsAppSession) {
			s.Spec.Pod = &v1alpha1.PodSpec{Labels: map[string]v1alpha1.LabelValue{"team": "crm"}}
		})
		expectPodEnding(ctx, key)
		expectCondition(ctx, key, v1alpha1.ConditionReconciling, metav1.ConditionTrue, v1alpha1.ReasonPodReplacing)
		Consistently(func() types.UID { return getPod(ctx, key).UID }).Should(Equal(old.UID), "the old pod was not waited for")

		endPod(ctx, key, process)
		runPod(ctx, key).Work()
		expectCondition(ctx, key, v1alpha1.ConditionReady, metav1.ConditionTrue, v1alpha1.ReasonConnected)
		Expect(getPod(ctx, key).UID).NotTo(Equal(old.UID))
		Expect(getPod(ctx, key).Labels).To(HaveKeyWithValue("team", "crm"))
	})

	It("is undone where somebody else changed an object", func(ctx SpecContext) {
		key, _ := newWorkingSession(ctx, namespace, "sales")
		service := &corev1.Service{}
		Expect(k8s.Get(ctx, key, service)).To(Succeed())
		base := service.DeepCopy()
		service.Spec.Selector["wasession.dev/session"] = "another"
		service.Annotations["example.com/note"] = "kept"
		Expect(k8s.Patch(ctx, service, client.MergeFrom(base))).To(Succeed())
		Eventually(func(g Gomega) {
			g.Expect(k8s.Get(ctx, key, service)).To(Succeed())
			g.Expect(service.Spec.Selector).To(HaveKeyWithValue("wasession.dev/session", "sales"))
			g.Expect(service.Annotations).To(HaveKeyWithValue("example.com/note", "kept"))
		}).Should(Succeed())
	})
})

var _ = Describe("A fleet whose pods are outdated", Serial, func() {
	It("is replaced a few at a time and stays ready until it is its turn", func(ctx SpecContext) {
		namespace := newNamespace(ctx)
		keys := map[types.NamespacedName]*fakeRuntime{}
		for _, name := range []string{"one", "two", "three"} {
			key, process := newWorkingSession(ctx, namespace, name)
			keys[key] = process
		}
		waiting := newSession(ctx, namespace, "unpaired")
		runPod(ctx, waiting).Report(runtimev1.PhaseScanQRCode, runtimev1.ReasonWaitingForScan)
		expectCondition(ctx, waiting, v1alpha1.ConditionReady, metav1.ConditionFalse, v1alpha1.ReasonWaitingForScan)

		operator.Stop()
		operator.Start(func(o *controllers.Options) { o.Settings.RuntimeImage = "example.com/wasession:next" })
		DeferCleanup(func() { operator.Stop(); operator.Start() })

		By("replacing at once what no number depends on")
		endPod(ctx, waiting, nil)

		By("replacing working numbers one after the other")
		for range keys {
			var turn types.NamespacedName
			Eventually(func() []types.NamespacedName {
				var ending []types.NamespacedName
				for key := range keys {
					if pod := getPod(ctx, key); pod.DeletionTimestamp != nil {
						ending = append(ending, key)
						turn = key
					}
				}
				return ending
			}).Should(HaveLen(1))
			Consistently(func() int {
				away := 0
				for key := range keys {
					if getPod(ctx, key).DeletionTimestamp != nil {
						away++
					} else if pod := getPod(ctx, key); pod.Spec.Containers[0].Image == "example.com/wasession:test" {
						ready := meta.IsStatusConditionTrue(getSession(ctx, key).Status.Conditions, v1alpha1.ConditionReady)
						Expect(ready).To(BeTrue(), "%s is not its turn and not ready", key)
					}
				}
				return away
			}).Should(Equal(1), "more than one number is away")
			endPod(ctx, turn, keys[turn])
			runPod(ctx, turn).Work()
			expectCondition(ctx, turn, v1alpha1.ConditionReady, metav1.ConditionTrue, v1alpha1.ReasonConnected)
			Expect(getPod(ctx, turn).Spec.Containers[0].Image).To(Equal("example.com/wasession:next"))
			delete(keys, turn)
		}
	})
})
