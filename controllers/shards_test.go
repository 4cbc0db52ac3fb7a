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
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	runtimev1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/api/v1alpha1"
)

// startShards starts an operator for each shard in place of the shared one.
func startShards(names ...string) map[string]*operatorProcess {
	GinkgoHelper()
	operator.Stop()
	shards := map[string]*operatorProcess{}
	for _, name := range names {
		selector, err := labels.Parse(v1alpha1.LabelShard + "=" + name)
		Expect(err).NotTo(HaveOccurred())
		shards[name] = &operatorProcess{config: operator.config, shard: selector}
		shards[name].Start()
	}
	DeferCleanup(func() {
		for _, shard := range shards {
			shard.Stop()
		}
		operator.Start()
	})
	return shards
}

func inShard(name string) func(*v1alpha1.WhatsAppSession) {
	return func(s *v1alpha1.WhatsAppSession) {
		labels := s.Labels
		if labels == nil {
			labels = map[string]string{}
		}
		labels[v1alpha1.LabelShard] = name
		s.Labels = labels
	}
}

// shardsOf returns the shards that a session's objects are labelled with, apart
// from its Secret, which is never changed.
func shardsOf(ctx context.Context, key types.NamespacedName) []string {
	var shards []string
	for name, object := range map[string]client.Object{
		"": &corev1.Pod{}, "-data": &corev1.PersistentVolumeClaim{}, "-config": &corev1.ConfigMap{},
	} {
		if k8s.Get(ctx, types.NamespacedName{Namespace: key.Namespace, Name: key.Name + name}, object) == nil {
			shards = append(shards, object.GetLabels()[v1alpha1.LabelShard])
		}
	}
	for _, object := range []client.Object{&corev1.Service{}, &networkingv1.NetworkPolicy{}} {
		if k8s.Get(ctx, key, object) == nil {
			shards = append(shards, object.GetLabels()[v1alpha1.LabelShard])
		}
	}
	slices.Sort(shards)
	return slices.Compact(shards)
}

var _ = Describe("Shards", Serial, func() {
	It("each handle their own sessions and no others", func(ctx SpecContext) {
		shards := startShards("a", "b")
		namespace := newNamespace(ctx)
		newWorkingSession(ctx, namespace, "one", inShard("a"))
		newWorkingSession(ctx, namespace, "two", inShard("b"))
		none := newSession(ctx, namespace, "three")
		for shard, others := range map[string][]string{"a": {"two", "three"}, "b": {"one", "three"}} {
			writes := shards[shard].Writes(namespace)
			Expect(writes).NotTo(BeEmpty())
			for _, write := range writes {
				for _, other := range others {
					Expect(strings.Contains(write, "/"+other)).To(BeFalse(), "shard %s wrote %s", shard, write)
				}
			}
		}
		Expect(getSession(ctx, none).Finalizers).To(BeEmpty(), "an operator took a session without a shard")
		Expect(k8s.Delete(ctx, getSession(ctx, none))).To(Succeed())
	})

	It("hand a session over with its pod, and write to it one after the other", func(ctx SpecContext) {
		shards := startShards("a", "b")
		namespace := newNamespace(ctx)
		key, process := newWorkingSession(ctx, namespace, "sales", inShard("a"))
		pod := getPod(ctx, key)
		Eventually(shardsOf).WithArguments(ctx, key).Should(Equal([]string{"a"}))
		shards["a"].expectSettled(namespace)
		before := shards["a"].Writes(namespace)
		Expect(shards["b"].Writes(namespace)).To(BeEmpty())

		update(ctx, key, inShard("b"))
		Eventually(shardsOf).WithArguments(ctx, key).Should(Equal([]string{"b"}))
		process.Report(runtimev1.PhaseFailed, runtimev1.ReasonLoggedOut)
		expectCondition(ctx, key, v1alpha1.ConditionStalled, metav1.ConditionTrue, v1alpha1.ReasonLoggedOut)
		Expect(getPod(ctx, key).UID).To(Equal(pod.UID), "the pod was replaced")
		Expect(shards["a"].Writes(namespace)).To(Equal(before), "the former operator has written")

		By("deleting it where it is now")
		Expect(k8s.Delete(ctx, getSession(ctx, key))).To(Succeed())
		endPod(ctx, key, process)
		expectSessionGone(ctx, key)
		Expect(shards["a"].Writes(namespace)).To(Equal(before), "the former operator has written")
	})

	It("find what a session had in the shard that it was taken from while nobody ran", func(ctx SpecContext) {
		shards := startShards("a", "b")
		namespace := newNamespace(ctx)
		key, process := newWorkingSession(ctx, namespace, "sales", inShard("a"))
		Eventually(shardsOf).WithArguments(ctx, key).Should(Equal([]string{"a"}))
		shards["b"].Stop()
		update(ctx, key, inShard("b"))
		Expect(k8s.Delete(ctx, getSession(ctx, key))).To(Succeed())
		shards["b"].Start()
		endPod(ctx, key, process)
		expectSessionGone(ctx, key)
		for _, object := range []client.Object{&corev1.Pod{}, &corev1.Service{}, &networkingv1.NetworkPolicy{}} {
			expectNone(ctx, key, object)
		}
		expectNone(ctx, types.NamespacedName{Namespace: namespace, Name: "sales-config"}, &corev1.ConfigMap{})
	})
})
