package controllers_test

import (
	"context"
	"fmt"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	eventsv1 "k8s.io/api/events/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	runtimev1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/controllers/desired"
)

// eventCounts returns how often each reason was reported, including repetitions.
func eventCounts(ctx context.Context, key types.NamespacedName) map[string]int {
	GinkgoHelper()
	list := &eventsv1.EventList{}
	Expect(k8s.List(ctx, list, client.InNamespace(key.Namespace))).To(Succeed())
	counts := map[string]int{}
	for _, e := range list.Items {
		if e.Regarding.Name != key.Name || e.Regarding.Kind != v1alpha1.Kind {
			continue
		}
		counts[e.Reason]++
		if e.Series != nil {
			counts[e.Reason] += int(e.Series.Count) - 1
		}
	}
	return counts
}

// eventNotes returns what was said for a reason.
func eventNotes(ctx context.Context, key types.NamespacedName, reason string) []string {
	GinkgoHelper()
	list := &eventsv1.EventList{}
	Expect(k8s.List(ctx, list, client.InNamespace(key.Namespace))).To(Succeed())
	var notes []string
	for _, e := range list.Items {
		if e.Regarding.Name == key.Name && e.Regarding.Kind == v1alpha1.Kind && e.Reason == reason {
			notes = append(notes, e.Note)
		}
	}
	return notes
}

// look requests a reconcile of a session and waits for it.
func look(ctx context.Context, key types.NamespacedName) {
	GinkgoHelper()
	asked := fmt.Sprint(time.Now().UnixNano())
	annotateSession(ctx, key, v1alpha1.AnnotationReconcileRequestedAt, asked)
	Eventually(func() string { return getSession(ctx, key).Status.LastHandledReconcileAt }).Should(Equal(asked))
}

var _ = Describe("An Event", func() {
	It("is made once for each thing that comes to pass, however often it is looked at", func(ctx SpecContext) {
		key, process := newWorkingSession(ctx, newNamespace(ctx), "sales")
		Eventually(eventCounts).WithArguments(ctx, key).Should(Equal(map[string]int{"Paired": 1}))
		for range 3 {
			look(ctx, key)
			process.Change(func(s *runtimev1.Status) { s.Chats.Total++ })
		}
		process.Report(runtimev1.PhaseFailed, runtimev1.ReasonLoggedOut)
		expectCondition(ctx, key, v1alpha1.ConditionStalled, metav1.ConditionTrue, v1alpha1.ReasonLoggedOut)
		for range 3 {
			look(ctx, key)
		}
		Eventually(eventCounts).WithArguments(ctx, key).Should(Equal(map[string]int{"Paired": 1, "LoggedOut": 1}))
		Consistently(eventCounts).WithArguments(ctx, key).Should(HaveLen(2))
	})

	It("is made again when it comes to pass again", func(ctx SpecContext) {
		key, process := newWorkingSession(ctx, newNamespace(ctx), "sales")
		for range 2 {
			process.Report(runtimev1.PhaseFailed, runtimev1.ReasonTemporaryBan)
			expectCondition(ctx, key, v1alpha1.ConditionReconciling, metav1.ConditionTrue, v1alpha1.ReasonTemporaryBan)
			process.Work()
			expectCondition(ctx, key, v1alpha1.ConditionReady, metav1.ConditionTrue, v1alpha1.ReasonConnected)
		}
		Eventually(eventCounts).WithArguments(ctx, key).Should(Equal(map[string]int{"Paired": 1, "Connected": 2, "TemporaryBan": 2}))
	})

	It("is a warning where a person must act, and about the session", func(ctx SpecContext) {
		namespace := newNamespace(ctx)
		key, process := newWorkingSession(ctx, namespace, "sales")
		process.Report(runtimev1.PhaseFailed, runtimev1.ReasonLoggedOut)
		expectEvent(ctx, key, "LoggedOut")
		list := &eventsv1.EventList{}
		Expect(k8s.List(ctx, list, client.InNamespace(namespace))).To(Succeed())
		kinds := map[string]string{}
		for _, e := range list.Items {
			if e.Regarding.Kind != v1alpha1.Kind {
				continue
			}
			kinds[e.Reason] = e.Type
			Expect(e.Regarding.UID).To(Equal(getSession(ctx, key).UID))
			Expect(e.ReportingController).NotTo(BeEmpty())
			Expect(e.Note).NotTo(BeEmpty())
		}
		Expect(kinds).To(Equal(map[string]string{
			"Paired": corev1.EventTypeNormal, "LoggedOut": corev1.EventTypeWarning,
		}))
	})

	It("is not made again by an operator that starts", Serial, func(ctx SpecContext) {
		key, _ := newWorkingSession(ctx, newNamespace(ctx), "sales")
		operator.Stop()
		operator.Start()
		look(ctx, key)
		Consistently(eventCounts).WithArguments(ctx, key).Should(Equal(map[string]int{"Paired": 1}))
	})
})

var _ = Describe("An operator that was away", Serial, func() {
	// away stops the operator, calls meanwhile, and starts it again.
	away := func(meanwhile func()) {
		GinkgoHelper()
		operator.Stop()
		meanwhile()
		operator.Start()
	}

	It("finds what was changed by hand, and puts it back", func(ctx SpecContext) {
		namespace := newNamespace(ctx)
		key, _ := newWorkingSession(ctx, namespace, "sales")
		pod := getPod(ctx, key)
		away(func() {
			Expect(k8s.Delete(ctx, &corev1.Service{ObjectMeta: named(namespace, "sales")})).To(Succeed())
			config := &corev1.ConfigMap{}
			Expect(k8s.Get(ctx, types.NamespacedName{Namespace: namespace, Name: "sales-config"}, config)).To(Succeed())
			config.Data["config.json"] = "{}"
			Expect(k8s.Update(ctx, config)).To(Succeed())
		})
		Eventually(func() error { return k8s.Get(ctx, key, &corev1.Service{}) }).Should(Succeed())
		waitForConfig(ctx, key, ContainSubstring(`"session": "sales"`))
		Eventually(eventNotes).WithArguments(ctx, key, "Restored").Should(ConsistOf(
			"Service sales was missing, and has been created again",
			"ConfigMap sales-config was changed by somebody else, and has been put back"))
		expectCondition(ctx, key, v1alpha1.ConditionReady, metav1.ConditionTrue, v1alpha1.ReasonConnected)
		Expect(getPod(ctx, key).UID).To(Equal(pod.UID))
	})

	It("finds a Secret that was changed, and one that appeared", func(ctx SpecContext) {
		namespace := newNamespace(ctx)
		secret := newSecret(ctx, namespace, "given")
		key, _ := newWorkingSession(ctx, namespace, "sales", func(s *v1alpha1.WhatsAppSession) {
			s.Spec.Webhooks = hook(func(w *v1alpha1.WebhookSpec) { w.HeadersSecretRef = &v1alpha1.SecretReference{Name: "given"} })
		})
		waiting := newSession(ctx, namespace, "waiting", func(s *v1alpha1.WhatsAppSession) {
			s.Spec.API = &v1alpha1.APISpec{KeysSecretRef: &v1alpha1.SecretReference{Name: "later"}}
		})
		expectCondition(ctx, waiting, v1alpha1.ConditionStalled, metav1.ConditionTrue, v1alpha1.ReasonSecretNotFound)
		hash := getPod(ctx, key).Annotations[desired.AnnotationSecrets]
		away(func() {
			secret.Data["hmac"] = []byte("another")
			Expect(k8s.Update(ctx, secret)).To(Succeed())
			newSecret(ctx, namespace, "later")
		})
		Eventually(func() string { return getPod(ctx, key).Annotations[desired.AnnotationSecrets] }).ShouldNot(Equal(hash))
		expectCondition(ctx, waiting, v1alpha1.ConditionReady, metav1.ConditionFalse, v1alpha1.ReasonPodPending)
	})

	It("finds sessions deleted, stopped and changed", func(ctx SpecContext) {
		namespace := newNamespace(ctx)
		deleted, deletedProcess := newWorkingSession(ctx, namespace, "deleted")
		stopping, stoppingProcess := newWorkingSession(ctx, namespace, "stopping")
		changed, changedProcess := newWorkingSession(ctx, namespace, "changed")
		away(func() {
			Expect(k8s.Delete(ctx, getSession(ctx, deleted))).To(Succeed())
			editSpec(ctx, stopping, stopSession)
			editSpec(ctx, changed, func(s *v1alpha1.WhatsAppSessionSpec) {
				s.Pod = &v1alpha1.PodSpec{Labels: map[string]v1alpha1.LabelValue{"team": "crm"}}
			})
		})
		endPod(ctx, deleted, deletedProcess)
		expectSessionGone(ctx, deleted)
		endPod(ctx, stopping, stoppingProcess)
		expectCondition(ctx, stopping, v1alpha1.ConditionReady, metav1.ConditionFalse, v1alpha1.ReasonStopped)
		endPod(ctx, changed, changedProcess)
		runPod(ctx, changed).Work()
		expectCondition(ctx, changed, v1alpha1.ConditionReady, metav1.ConditionTrue, v1alpha1.ReasonConnected)
	})

	It("finds what became of numbers", func(ctx SpecContext) {
		namespace := newNamespace(ctx)
		loggedOut, loggedOutProcess := newWorkingSession(ctx, namespace, "logged-out")
		gone, goneProcess := newWorkingSession(ctx, namespace, "gone")
		paired := newSession(ctx, namespace, "paired")
		pairedProcess := runPod(ctx, paired)
		expectCondition(ctx, paired, v1alpha1.ConditionReady, metav1.ConditionFalse, v1alpha1.ReasonConnecting)
		away(func() {
			loggedOutProcess.Report(runtimev1.PhaseFailed, runtimev1.ReasonLoggedOut)
			pairedProcess.Work()
			goneProcess.Close()
			Expect(k8s.Delete(ctx, getPod(ctx, gone), client.GracePeriodSeconds(0))).To(Succeed())
		})
		expectCondition(ctx, loggedOut, v1alpha1.ConditionStalled, metav1.ConditionTrue, v1alpha1.ReasonLoggedOut)
		expectCondition(ctx, paired, v1alpha1.ConditionPaired, metav1.ConditionTrue, v1alpha1.ReasonPaired)
		runPod(ctx, gone).Work()
		expectCondition(ctx, gone, v1alpha1.ConditionReady, metav1.ConditionTrue, v1alpha1.ReasonConnected)
	})
})

var _ = Describe("A pod that starts", func() {
	starting := func(ready bool) corev1.PodStatus {
		status := corev1.ConditionFalse
		if ready {
			status = corev1.ConditionTrue
		}
		return corev1.PodStatus{Conditions: []corev1.PodCondition{{Type: corev1.PodReady, Status: status, LastTransitionTime: metav1.Now()}}}
	}

	It("is shown step by step", func(ctx SpecContext) {
		namespace := newNamespace(ctx)
		key := newSession(ctx, namespace, "sales")
		pod := schedulePod(ctx, key)
		expectCondition(ctx, key, v1alpha1.ConditionReady, metav1.ConditionFalse, v1alpha1.ReasonPodPending)
		process := startRuntime(string(pod.UID), runtimev1.Status{
			Session: "sales", Phase: runtimev1.PhaseStarting, Reason: runtimev1.ReasonConnecting,
			ConfigHash: runtimev1.ConfigHash([]byte(mountedConfig(ctx, pod))),
		})
		status := starting(false)
		status.Phase, status.PodIP, status.PodIPs = corev1.PodRunning, process.IP, []corev1.PodIP{{IP: process.IP}}
		setPodStatus(ctx, pod, status)
		expectCondition(ctx, key, v1alpha1.ConditionReady, metav1.ConditionFalse, v1alpha1.ReasonConnecting)
		process.Work()
		expectCondition(ctx, key, v1alpha1.ConditionReady, metav1.ConditionFalse, v1alpha1.ReasonPodStarting)
		expectCondition(ctx, key, v1alpha1.ConditionConnected, metav1.ConditionTrue, v1alpha1.ReasonConnected)
		status.Conditions = starting(true).Conditions
		setPodStatus(ctx, pod, status)
		expectCondition(ctx, key, v1alpha1.ConditionReady, metav1.ConditionTrue, v1alpha1.ReasonConnected)
	})

	DescribeTable("and does not come up is shown with what to do, and gets there by itself:",
		func(ctx SpecContext, reason, wanted string) {
			key := newSession(ctx, newNamespace(ctx), "sales")
			pod := schedulePod(ctx, key)
			setPodStatus(ctx, pod, corev1.PodStatus{Phase: corev1.PodPending, ContainerStatuses: []corev1.ContainerStatus{{
				Name: "runtime", Image: pod.Spec.Containers[0].Image,
				State: corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: reason, Message: "rpc error: secret words"}},
			}}})
			stalled := expectCondition(ctx, key, v1alpha1.ConditionStalled, metav1.ConditionTrue, wanted)
			Expect(violations(stalled)).To(BeEmpty())
			Expect(stalled.Status.Phase).To(Equal(v1alpha1.PhaseFailed))
			for _, c := range stalled.Status.Conditions {
				Expect(strings.Contains(c.Message, "rpc error")).To(BeFalse(), "raw words are in %s", c.Type)
			}
			Expect(getPod(ctx, key).DeletionTimestamp).To(BeNil(), "the kubelet tries again; another pod would not")

			process := startRuntime(string(pod.UID), runtimev1.Status{
				Session: "sales", ConfigHash: runtimev1.ConfigHash([]byte(mountedConfig(ctx, pod))),
			})
			status := starting(true)
			status.Phase, status.PodIP, status.PodIPs = corev1.PodRunning, process.IP, []corev1.PodIP{{IP: process.IP}}
			setPodStatus(ctx, pod, status)
			process.Work()
			expectCondition(ctx, key, v1alpha1.ConditionReady, metav1.ConditionTrue, v1alpha1.ReasonConnected)
		},
		Entry("without its image", "ErrImagePull", v1alpha1.ReasonImagePullFailed),
		Entry("with an image that has no name", "InvalidImageName", v1alpha1.ReasonImagePullFailed),
		Entry("without what it mounts", "CreateContainerConfigError", v1alpha1.ReasonPodFailed),
		Entry("ending as soon as it starts", "CrashLoopBackOff", v1alpha1.ReasonPodFailed),
	)
})
