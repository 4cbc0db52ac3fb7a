package controllers_test

import (
	"context"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/controllers/desired"
)

// edit is a user's change to a spec.
type edit = func(*v1alpha1.WhatsAppSessionSpec)

func editSpec(ctx context.Context, key types.NamespacedName, change edit) {
	GinkgoHelper()
	update(ctx, key, func(s *v1alpha1.WhatsAppSession) { change(&s.Spec) })
}

func hook(changes ...func(*v1alpha1.WebhookSpec)) []v1alpha1.WebhookSpec {
	spec := v1alpha1.WebhookSpec{Name: "crm", URL: "https://example.com/hook", Events: []v1alpha1.WebhookEvent{"message"}}
	for _, change := range changes {
		change(&spec)
	}
	return []v1alpha1.WebhookSpec{spec}
}

func newSecret(ctx context.Context, namespace, name string) *corev1.Secret {
	GinkgoHelper()
	secret := &corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name},
		Data:       map[string][]byte{"hmac": []byte("k"), "api-key": []byte("k"), "username": []byte("u"), "password": []byte("p")},
	}
	Expect(k8s.Create(ctx, secret)).To(Succeed())
	return secret
}

var _ = Describe("An edit", func() {
	month := &metav1.Duration{Duration: 30 * 24 * time.Hour}

	DescribeTable("reaches the number that works, and leaves its pod alone:",
		func(ctx SpecContext, change edit, configured string) {
			namespace := newNamespace(ctx)
			key, process := newWorkingSession(ctx, namespace, "sales")
			pod := getPod(ctx, key)
			Expect(mountedConfig(ctx, pod)).NotTo(ContainSubstring(configured), "the edit changes nothing")

			editSpec(ctx, key, change)
			file := waitForConfig(ctx, key, ContainSubstring(configured))
			expectCondition(ctx, key, v1alpha1.ConditionReady, metav1.ConditionFalse, v1alpha1.ReasonConfigurationPending)
			expectCondition(ctx, key, v1alpha1.ConditionConnected, metav1.ConditionTrue, v1alpha1.ReasonConnected)
			Eventually(func() string { return getPod(ctx, key).Annotations[desired.AnnotationConfig] }).
				ShouldNot(Equal(pod.Annotations[desired.AnnotationConfig]), "the kubelet was not told")
			process.TakeUp(file)
			expectCondition(ctx, key, v1alpha1.ConditionReady, metav1.ConditionTrue, v1alpha1.ReasonConnected)
			after := getPod(ctx, key)
			Expect(after.UID).To(Equal(pod.UID), "the pod was replaced")
			Expect(after.DeletionTimestamp).To(BeNil())
			Expect(after.Spec).To(Equal(pod.Spec))
		},
		Entry("sending", func(s *v1alpha1.WhatsAppSessionSpec) {
			s.Sending = &v1alpha1.SendingSpec{PerMinute: 20, WarmUp: &metav1.Duration{Duration: 336 * time.Hour}}
		}, `"warmUpSeconds": 1209600`),
		Entry("logLevel", func(s *v1alpha1.WhatsAppSessionSpec) { s.LogLevel = v1alpha1.LogError }, `"logLevel": "error"`),
		Entry("eventMetadata", func(s *v1alpha1.WhatsAppSessionSpec) {
			s.EventMetadata = map[string]v1alpha1.MetadataValue{"tenant": "acme"}
		}, `"tenant": "acme"`),
		Entry("webhooks", func(s *v1alpha1.WhatsAppSessionSpec) { s.Webhooks = hook() }, "https://example.com/hook"),
		Entry("history", func(s *v1alpha1.WhatsAppSessionSpec) { s.History.Retention = month }, `"retentionSeconds": 2592000`),
		Entry("groups", func(s *v1alpha1.WhatsAppSessionSpec) {
			s.Groups = &v1alpha1.GroupsSpec{Unknown: v1alpha1.GroupReport, Allowed: []string{"120363041234567890@g.us"}}
		}, "120363041234567890@g.us"),
		Entry("outbox", func(s *v1alpha1.WhatsAppSessionSpec) { s.Outbox.MaxEvents = 777 }, `"maxEvents": 777`),
		Entry("media", func(s *v1alpha1.WhatsAppSessionSpec) {
			size := resource.MustParse("64Mi")
			s.Storage.Media = &v1alpha1.MediaSpec{Volume: &v1alpha1.MediaVolumeSpec{MaxSize: &size}}
		}, `"maxBytes": 67108864`),
		Entry("other accounts", func(s *v1alpha1.WhatsAppSessionSpec) { s.Storage.OtherAccounts = v1alpha1.OtherAccountsDelete }, `"otherAccounts": "Delete"`),
		Entry("the public URL", func(s *v1alpha1.WhatsAppSessionSpec) {
			s.API = &v1alpha1.APISpec{PublicURL: "https://sales.example.com"}
		}, "https://sales.example.com"),
		Entry("a proxy without credentials", func(s *v1alpha1.WhatsAppSessionSpec) {
			s.Proxy = &v1alpha1.ProxySpec{URL: "socks5://proxy.example.com:1080"}
		}, "socks5://proxy.example.com:1080"),
		Entry("the account", func(s *v1alpha1.WhatsAppSessionSpec) { s.Pairing.Account = "15551234567" }, `"account": "15551234567"`),
	)

	DescribeTable("that only another pod can take up replaces it:",
		func(ctx SpecContext, change edit, made func(Gomega, *corev1.Pod)) {
			namespace := newNamespace(ctx)
			newSecret(ctx, namespace, "given")
			key, process := newWorkingSession(ctx, namespace, "sales")
			old := getPod(ctx, key)
			editSpec(ctx, key, change)
			endPod(ctx, key, process)
			next := runPod(ctx, key)
			next.Work()
			expectCondition(ctx, key, v1alpha1.ConditionReady, metav1.ConditionTrue, v1alpha1.ReasonConnected)
			pod := getPod(ctx, key)
			Expect(pod.UID).NotTo(Equal(old.UID))
			made(NewWithT(GinkgoTB()), pod)
			Expect(claimIn(pod)).To(Equal(claimIn(old)), "the new pod has another volume")
		},
		Entry("the image", func(s *v1alpha1.WhatsAppSessionSpec) { s.Pod = &v1alpha1.PodSpec{Image: "example.com/mine:2"} },
			func(g Gomega, pod *corev1.Pod) {
				g.Expect(pod.Spec.Containers[0].Image).To(Equal("example.com/mine:2"))
			}),
		Entry("resources", func(s *v1alpha1.WhatsAppSessionSpec) {
			s.Pod = &v1alpha1.PodSpec{Resources: &corev1.ResourceRequirements{Limits: corev1.ResourceList{corev1.ResourceMemory: resource.MustParse("1Gi")}}}
		}, func(g Gomega, pod *corev1.Pod) {
			g.Expect(pod.Spec.Containers[0].Resources.Limits.Memory().String()).To(Equal("1Gi"))
		}),
		Entry("scheduling", func(s *v1alpha1.WhatsAppSessionSpec) {
			s.Pod = &v1alpha1.PodSpec{
				NodeSelector: map[string]v1alpha1.LabelValue{"pool": "chats"},
				Tolerations:  []corev1.Toleration{{Key: "chats", Operator: corev1.TolerationOpExists}},
			}
		}, func(g Gomega, pod *corev1.Pod) {
			g.Expect(pod.Spec.NodeSelector).To(Equal(map[string]string{"pool": "chats"}))
			g.Expect(pod.Spec.Tolerations).To(ContainElement(HaveField("Key", "chats")))
		}),
		Entry("annotations", func(s *v1alpha1.WhatsAppSessionSpec) {
			s.Pod = &v1alpha1.PodSpec{Annotations: map[string]v1alpha1.AnnotationValue{"example.com/scrape": "true"}}
		}, func(g Gomega, pod *corev1.Pod) {
			g.Expect(pod.Annotations).To(HaveKeyWithValue("example.com/scrape", "true"))
		}),
		Entry("a Secret with the key of a webhook", func(s *v1alpha1.WhatsAppSessionSpec) {
			s.Webhooks = hook(func(w *v1alpha1.WebhookSpec) {
				w.HMACSecretRef = &v1alpha1.SecretKeyReference{Name: "given", Key: "hmac"}
			})
		}, func(g Gomega, pod *corev1.Pod) { g.Expect(secretsIn(pod)).To(ConsistOf("sales-keys", "given")) }),
		Entry("a Secret with the login of a proxy", func(s *v1alpha1.WhatsAppSessionSpec) {
			s.Proxy = &v1alpha1.ProxySpec{URL: "http://proxy.example.com", SecretRef: &v1alpha1.SecretReference{Name: "given"}}
		}, func(g Gomega, pod *corev1.Pod) { g.Expect(secretsIn(pod)).To(ConsistOf("sales-keys", "given")) }),
		Entry("a Secret with API keys", func(s *v1alpha1.WhatsAppSessionSpec) {
			s.API = &v1alpha1.APISpec{KeysSecretRef: &v1alpha1.SecretReference{Name: "given"}}
		}, func(g Gomega, pod *corev1.Pod) { g.Expect(secretsIn(pod)).To(ConsistOf("given")) }),
	)

	It("that is taken back before anything has come of it costs nothing", func(ctx SpecContext) {
		key, process := newWorkingSession(ctx, newNamespace(ctx), "sales")
		pod := getPod(ctx, key)
		before := mountedConfig(ctx, pod)
		editSpec(ctx, key, func(s *v1alpha1.WhatsAppSessionSpec) { s.LogLevel = v1alpha1.LogDebug })
		waitForConfig(ctx, key, ContainSubstring("debug"))
		editSpec(ctx, key, func(s *v1alpha1.WhatsAppSessionSpec) { s.LogLevel = v1alpha1.LogInfo })
		waitForConfig(ctx, key, Equal(before))
		// The runtime has never seen the other one.
		expectCondition(ctx, key, v1alpha1.ConditionReady, metav1.ConditionTrue, v1alpha1.ReasonConnected)
		Expect(getPod(ctx, key).UID).To(Equal(pod.UID))
		process.Close()
	})

	It("of labels and of the configuration at once comes with one new pod", func(ctx SpecContext) {
		key, process := newWorkingSession(ctx, newNamespace(ctx), "sales")
		editSpec(ctx, key, func(s *v1alpha1.WhatsAppSessionSpec) {
			s.LogLevel = v1alpha1.LogDebug
			s.Pod = &v1alpha1.PodSpec{Labels: map[string]v1alpha1.LabelValue{"team": "crm"}}
		})
		endPod(ctx, key, process)
		runPod(ctx, key).Work()
		expectCondition(ctx, key, v1alpha1.ConditionReady, metav1.ConditionTrue, v1alpha1.ReasonConnected)
		pod := getPod(ctx, key)
		Expect(pod.Labels).To(HaveKeyWithValue("team", "crm"))
		Expect(mountedConfig(ctx, pod)).To(ContainSubstring("debug"))
	})

	It("while a pod is being replaced counts for the next one", func(ctx SpecContext) {
		key, process := newWorkingSession(ctx, newNamespace(ctx), "sales")
		editSpec(ctx, key, func(s *v1alpha1.WhatsAppSessionSpec) {
			s.Pod = &v1alpha1.PodSpec{Labels: map[string]v1alpha1.LabelValue{"edit": "first"}}
		})
		expectPodEnding(ctx, key)
		editSpec(ctx, key, func(s *v1alpha1.WhatsAppSessionSpec) { s.Pod.Labels["edit"] = "second" })
		expectCondition(ctx, key, v1alpha1.ConditionReconciling, metav1.ConditionTrue, v1alpha1.ReasonPodReplacing)
		endPod(ctx, key, process)
		runPod(ctx, key).Work()
		expectCondition(ctx, key, v1alpha1.ConditionReady, metav1.ConditionTrue, v1alpha1.ReasonConnected)
		Expect(getPod(ctx, key).Labels).To(HaveKeyWithValue("edit", "second"))
	})

	It("that undoes the last one replaces nothing while the old pod waits", func(ctx SpecContext) {
		key, _ := newWorkingSession(ctx, newNamespace(ctx), "sales")
		annotateSession(ctx, key, v1alpha1.AnnotationPaused, "true")
		editSpec(ctx, key, func(s *v1alpha1.WhatsAppSessionSpec) {
			s.Pod = &v1alpha1.PodSpec{Labels: map[string]v1alpha1.LabelValue{"team": "crm"}}
		})
		expectCondition(ctx, key, v1alpha1.ConditionReady, metav1.ConditionFalse, v1alpha1.ReasonPaused)
		editSpec(ctx, key, func(s *v1alpha1.WhatsAppSessionSpec) { s.Pod = nil })
		annotateSession(ctx, key, v1alpha1.AnnotationPaused, "false")
		expectCondition(ctx, key, v1alpha1.ConditionReady, metav1.ConditionTrue, v1alpha1.ReasonConnected)
		Expect(getPod(ctx, key).DeletionTimestamp).To(BeNil())
	})

	DescribeTable("that the cluster takes for invalid is shown, and mended by another one:",
		func(ctx SpecContext, change edit) {
			namespace := newNamespace(ctx)
			key := newSession(ctx, namespace, "sales", func(s *v1alpha1.WhatsAppSession) { change(&s.Spec) })
			stalled := expectCondition(ctx, key, v1alpha1.ConditionStalled, metav1.ConditionTrue, v1alpha1.ReasonInvalidConfiguration)
			Expect(violations(stalled)).To(BeEmpty())
			Expect(stalled.Status.Phase).To(Equal(v1alpha1.PhaseFailed))
			expectNone(ctx, key, &corev1.Pod{})
			expectEvent(ctx, key, v1alpha1.ReasonInvalidConfiguration)

			editSpec(ctx, key, func(s *v1alpha1.WhatsAppSessionSpec) { s.Pod = nil })
			runPod(ctx, key).Work()
			expectCondition(ctx, key, v1alpha1.ConditionReady, metav1.ConditionTrue, v1alpha1.ReasonConnected)
		},
		Entry("a toleration", func(s *v1alpha1.WhatsAppSessionSpec) {
			s.Pod = &v1alpha1.PodSpec{Tolerations: []corev1.Toleration{{Key: "a b", Operator: corev1.TolerationOpExists}}}
		}),
		Entry("more requested than allowed", func(s *v1alpha1.WhatsAppSessionSpec) {
			s.Pod = &v1alpha1.PodSpec{Resources: &corev1.ResourceRequirements{
				Requests: corev1.ResourceList{corev1.ResourceMemory: resource.MustParse("2Gi")},
				Limits:   corev1.ResourceList{corev1.ResourceMemory: resource.MustParse("1Gi")},
			}}
		}),
		Entry("a skew of nothing", func(s *v1alpha1.WhatsAppSessionSpec) {
			s.Pod = &v1alpha1.PodSpec{TopologySpreadConstraints: []corev1.TopologySpreadConstraint{{
				MaxSkew: 0, TopologyKey: "zone", WhenUnsatisfiable: corev1.ScheduleAnyway,
			}}}
		}),
	)
})

// secretsIn returns the Secrets that a pod mounts.
func secretsIn(pod *corev1.Pod) []string {
	var names []string
	for _, volume := range pod.Spec.Volumes {
		if volume.Secret != nil {
			names = append(names, volume.Secret.SecretName)
		}
	}
	return names
}

// claimIn returns the claim that a pod mounts.
func claimIn(pod *corev1.Pod) string {
	for _, volume := range pod.Spec.Volumes {
		if volume.PersistentVolumeClaim != nil {
			return volume.PersistentVolumeClaim.ClaimName
		}
	}
	return ""
}
