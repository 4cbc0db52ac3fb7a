package controllers_test

import (
	"context"
	"fmt"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	gomegatypes "github.com/onsi/gomega/types"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/wasession/wasession/api/v1alpha1"
)

// newNamespace creates a namespace for one spec. At the end of the spec, every
// session in it must conform to kstatus.
func newNamespace(ctx context.Context) string {
	GinkgoHelper()
	namespace := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{GenerateName: "spec-"}}
	Expect(k8s.Create(ctx, namespace)).To(Succeed())
	DeferCleanup(func(ctx context.Context) {
		sessions := &v1alpha1.WhatsAppSessionList{}
		Expect(k8s.List(ctx, sessions, client.InNamespace(namespace.Name))).To(Succeed())
		for i := range sessions.Items {
			Eventually(func(g Gomega) {
				session := &sessions.Items[i]
				g.Expect(client.IgnoreNotFound(k8s.Get(ctx, client.ObjectKeyFromObject(session), session))).To(Succeed())
				g.Expect(violations(session)).To(BeEmpty())
			}).Should(Succeed(), "%s does not conform to kstatus", sessions.Items[i].Name)
		}
		removeSessions(ctx, namespace.Name)
	})
	return namespace.Name
}

// removeSessions removes a spec's sessions, so that they do not affect later specs
// through the shared operator and its rollouts.
func removeSessions(ctx context.Context, namespace string) {
	GinkgoHelper()
	Expect(k8s.DeleteAllOf(ctx, &v1alpha1.WhatsAppSession{}, client.InNamespace(namespace))).To(Succeed())
	Eventually(func(g Gomega) {
		g.Expect(k8s.DeleteAllOf(ctx, &corev1.Pod{}, client.InNamespace(namespace), client.GracePeriodSeconds(0))).To(Succeed())
		sessions := &v1alpha1.WhatsAppSessionList{}
		g.Expect(k8s.List(ctx, sessions, client.InNamespace(namespace))).To(Succeed())
		g.Expect(sessions.Items).To(BeEmpty())
	}).Should(Succeed())
}

// newSession creates a session with an empty spec, with changes.
func newSession(ctx context.Context, namespace, name string, changes ...func(*v1alpha1.WhatsAppSession)) types.NamespacedName {
	GinkgoHelper()
	session := &v1alpha1.WhatsAppSession{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name}}
	for _, change := range changes {
		change(session)
	}
	Expect(k8s.Create(ctx, session)).To(Succeed())
	return client.ObjectKeyFromObject(session)
}

// newWorkingSession creates a session that is paired, connected and ready. It waits
// for what the operator may write later: the Event, and that it has heard of the claim.
func newWorkingSession(ctx context.Context, namespace, name string, changes ...func(*v1alpha1.WhatsAppSession)) (types.NamespacedName, *fakeRuntime) {
	GinkgoHelper()
	key := newSession(ctx, namespace, name, changes...)
	process := runPod(ctx, key)
	bindClaim(ctx, namespace, claimOf(ctx, key))
	work(ctx, key, process)
	expectEvent(ctx, key, "Paired")
	expectCondition(ctx, key, v1alpha1.ConditionStorageReady, metav1.ConditionTrue, v1alpha1.ReasonBound)
	return key, process
}

// work lets a session become ready. Its configuration may change once more after
// its pod was made: the claim's size may become known later.
func work(ctx context.Context, key types.NamespacedName, process *fakeRuntime) {
	GinkgoHelper()
	process.Work()
	pod := getPod(ctx, key)
	Eventually(func() bool {
		process.TakeUp(mountedConfig(ctx, pod))
		return meta.IsStatusConditionTrue(getSession(ctx, key).Status.Conditions, v1alpha1.ConditionReady)
	}).Should(BeTrue(), "%s is not ready", key)
	expectCondition(ctx, key, v1alpha1.ConditionReady, metav1.ConditionTrue, v1alpha1.ReasonConnected)
}

func claimOf(ctx context.Context, key types.NamespacedName) string {
	GinkgoHelper()
	var claim string
	Eventually(func(g Gomega) {
		g.Expect(getSession(ctx, key).Status.Volume).NotTo(BeNil())
		claim = getSession(ctx, key).Status.Volume.Claim
		g.Expect(claim).NotTo(BeEmpty())
	}).Should(Succeed())
	return claim
}

func getSession(ctx context.Context, key types.NamespacedName) *v1alpha1.WhatsAppSession {
	GinkgoHelper()
	session := &v1alpha1.WhatsAppSession{}
	Expect(k8s.Get(ctx, key, session)).To(Succeed())
	return session
}

// update changes a session as kubectl edit does.
func update(ctx context.Context, key types.NamespacedName, change func(*v1alpha1.WhatsAppSession)) {
	GinkgoHelper()
	session := getSession(ctx, key)
	base := session.DeepCopy()
	change(session)
	Expect(k8s.Patch(ctx, session, client.MergeFrom(base))).To(Succeed())
}

// annotateSession sets an annotation as kubectl annotate does.
func annotateSession(ctx context.Context, key types.NamespacedName, annotation, value string) {
	GinkgoHelper()
	update(ctx, key, func(s *v1alpha1.WhatsAppSession) {
		metav1.SetMetaDataAnnotation(&s.ObjectMeta, annotation, value)
	})
}

// expectCondition waits for a condition of the current generation.
func expectCondition(ctx context.Context, key types.NamespacedName, conditionType string, status metav1.ConditionStatus, reason string, message ...gomegatypes.GomegaMatcher) *v1alpha1.WhatsAppSession {
	GinkgoHelper()
	session := &v1alpha1.WhatsAppSession{}
	Eventually(func(g Gomega) {
		g.Expect(k8s.Get(ctx, key, session)).To(Succeed())
		condition := meta.FindStatusCondition(session.Status.Conditions, conditionType)
		g.Expect(condition).NotTo(BeNil())
		g.Expect(fmt.Sprintf("%s %s", condition.Status, condition.Reason)).To(Equal(fmt.Sprintf("%s %s", status, reason)), condition.Message)
		g.Expect(condition.ObservedGeneration).To(Equal(session.Generation))
		for _, matcher := range message {
			g.Expect(condition.Message).To(matcher)
		}
	}).Should(Succeed(), "%s of %s", conditionType, key)
	return session
}

// expectSettled waits until the operator makes no more writes.
func expectSettled(namespace string) {
	GinkgoHelper()
	operator.expectSettled(namespace)
}

func (o *operatorProcess) expectSettled(namespace string) {
	GinkgoHelper()
	count := -1
	Eventually(func() bool {
		before := count
		count = len(o.Writes(namespace))
		return before == count
	}).WithPolling(300*time.Millisecond).Should(BeTrue(), "the operator keeps writing")
}

func getPod(ctx context.Context, key types.NamespacedName) *corev1.Pod {
	GinkgoHelper()
	pod := &corev1.Pod{}
	Expect(k8s.Get(ctx, key, pod)).To(Succeed())
	return pod
}
