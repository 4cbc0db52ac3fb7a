package controllers_test

import (
	"context"
	"sync"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/rest"

	runtimev1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/test/fakenode"
)

// fakeNodes run the pods of some namespaces by themselves, where it doesn't
// matter what happens in which order.
type fakeNodes struct {
	*fakenode.Nodes
	namespaces sync.Map
}

// startNodes runs nodes until the spec ends. Its sessions must never have had
// two pods.
func startNodes(ctx context.Context) *fakeNodes {
	GinkgoHelper()
	n := &fakeNodes{}
	var err error
	n.Nodes, err = fakenode.Start(ctx, ownConfig(), fakenode.Options{Count: 2, Network: "127.80", Serves: func(namespace string) bool {
		_, served := n.namespaces.Load(namespace)
		return served
	}})
	Expect(err).NotTo(HaveOccurred())
	DeferCleanup(func() { Expect(n.Stop()).To(Succeed()) })
	return n
}

// Namespace creates a namespace whose pods run on the nodes.
func (n *fakeNodes) Namespace(ctx context.Context) string {
	GinkgoHelper()
	namespace := newNamespace(ctx)
	n.namespaces.Store(namespace, true)
	return namespace
}

// ownConfig is the suite's own access, with all rights.
func ownConfig() *rest.Config {
	config := rest.CopyConfig(operator.config)
	config.Impersonate = rest.ImpersonationConfig{}
	return config
}

// outcome is what becomes of a session: it is told in terms that a user sees.
type outcome func(g Gomega, ctx context.Context, key types.NamespacedName)

// isReady: the session works as its spec says.
func isReady(g Gomega, ctx context.Context, key types.NamespacedName) {
	expectReady(g, ctx, key, metav1.ConditionTrue, v1alpha1.ReasonConnected)
	pod := &corev1.Pod{}
	g.Expect(k8s.Get(ctx, key, pod)).To(Succeed())
	g.Expect(pod.DeletionTimestamp).To(BeNil())
}

// isStopped: the session has no pod, and says so.
func isStopped(g Gomega, ctx context.Context, key types.NamespacedName) {
	expectReady(g, ctx, key, metav1.ConditionFalse, v1alpha1.ReasonStopped)
	g.Expect(apierrors.IsNotFound(k8s.Get(ctx, key, &corev1.Pod{}))).To(BeTrue(), "%s has a pod", key)
}

// isGone: there is no session any more.
func isGone(g Gomega, ctx context.Context, key types.NamespacedName) {
	g.Expect(apierrors.IsNotFound(k8s.Get(ctx, key, &v1alpha1.WhatsAppSession{}))).To(BeTrue(), "%s is there", key)
}

// hasPodLabel: the session works, with a pod that has the label.
func hasPodLabel(name, value string) outcome {
	return func(g Gomega, ctx context.Context, key types.NamespacedName) {
		isReady(g, ctx, key)
		pod := &corev1.Pod{}
		g.Expect(k8s.Get(ctx, key, pod)).To(Succeed())
		g.Expect(pod.Labels).To(HaveKeyWithValue(name, value))
	}
}

// hasPods: the session works, and has had so many pods, one after the other.
func hasPods(nodes *fakeNodes, count int) outcome {
	return func(g Gomega, ctx context.Context, key types.NamespacedName) {
		g.Expect(nodes.Starts(key)).To(BeNumerically(">=", count))
		isReady(g, ctx, key)
	}
}

// hasTakenUp: the session works with a configuration that has the words.
func hasTakenUp(nodes *fakeNodes, words string) outcome {
	return func(g Gomega, ctx context.Context, key types.NamespacedName) {
		isReady(g, ctx, key)
		config := &corev1.ConfigMap{}
		g.Expect(k8s.Get(ctx, types.NamespacedName{Namespace: key.Namespace, Name: key.Name + "-config"}, config)).To(Succeed())
		file := config.Data[runtimev1.ConfigFile]
		g.Expect(file).To(ContainSubstring(words))
		g.Expect(nodes.Runtime(key).ConfigHash()).To(Equal(runtimev1.ConfigHash([]byte(file))), "%s runs with another configuration", key)
	}
}

func expectReady(g Gomega, ctx context.Context, key types.NamespacedName, status metav1.ConditionStatus, reason string) {
	session := &v1alpha1.WhatsAppSession{}
	g.Expect(k8s.Get(ctx, key, session)).To(Succeed())
	ready := meta.FindStatusCondition(session.Status.Conditions, v1alpha1.ConditionReady)
	g.Expect(ready).NotTo(BeNil(), "%s has no status", key)
	g.Expect(ready.Status).To(Equal(status), "%s: %s %s", key, ready.Reason, ready.Message)
	g.Expect(ready.Reason).To(Equal(reason), "%s: %s", key, ready.Message)
	g.Expect(ready.ObservedGeneration).To(Equal(session.Generation), "%s has changed", key)
	g.Expect(violations(session)).To(BeEmpty(), "%s", key)
}

// expectOutcome waits for it.
func expectOutcome(ctx context.Context, key types.NamespacedName, want outcome) {
	GinkgoHelper()
	Eventually(func(g Gomega) { want(g, ctx, key) }).WithTimeout(patience).Should(Succeed())
}
