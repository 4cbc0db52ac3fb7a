package desired

import (
	"encoding/json"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"

	"github.com/wasession/wasession/api/v1alpha1"
)

// podOf returns the session's pod as the API server reads it, without the hash.
func podOf(t *testing.T, s *v1alpha1.WhatsAppSession, settings Settings) *corev1.Pod {
	t.Helper()
	applied, err := Pod(s, settings)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := json.Marshal(applied)
	if err != nil {
		t.Fatal(err)
	}
	pod := &corev1.Pod{}
	if err := json.Unmarshal(raw, pod); err != nil {
		t.Fatal(err)
	}
	if pod.Annotations[AnnotationTemplate] == "" {
		t.Error("the pod has no template hash")
	}
	for _, key := range []string{AnnotationTemplate, AnnotationOperatorTemplate, AnnotationInputs} {
		delete(pod.Annotations, key)
	}
	return pod
}

func secretMount(name, volume string, optional bool, dir string) func(*corev1.Pod) {
	return func(p *corev1.Pod) {
		p.Spec.Volumes = append(p.Spec.Volumes, corev1.Volume{Name: volume, VolumeSource: corev1.VolumeSource{
			Secret: &corev1.SecretVolumeSource{SecretName: name, DefaultMode: ptr.To[int32](0o440), Optional: &optional},
		}})
		p.Spec.Containers[0].VolumeMounts = append(p.Spec.Containers[0].VolumeMounts,
			corev1.VolumeMount{Name: volume, MountPath: dir, ReadOnly: true})
	}
}

func volumeOf(p *corev1.Pod, name string) *corev1.Volume {
	for i := range p.Spec.Volumes {
		if p.Spec.Volumes[i].Name == name {
			return &p.Spec.Volumes[i]
		}
	}
	return &corev1.Volume{}
}

func setEnv(p *corev1.Pod, name, value string) {
	env := &p.Spec.Containers[0].Env
	for i := range *env {
		if (*env)[i].Name == name {
			(*env)[i].Value = value
			return
		}
	}
	*env = append(*env, corev1.EnvVar{Name: name, Value: value})
}

func unsetEnv(p *corev1.Pod, name string) {
	var kept []corev1.EnvVar
	for _, v := range p.Spec.Containers[0].Env {
		if v.Name != name {
			kept = append(kept, v)
		}
	}
	p.Spec.Containers[0].Env = kept
}

// Each field of the spec and each flag of the operator changes what it should in
// the pod, and nothing else.
func TestEachFieldInThePod(t *testing.T) {
	affinity := &corev1.Affinity{NodeAffinity: &corev1.NodeAffinity{RequiredDuringSchedulingIgnoredDuringExecution: &corev1.NodeSelector{
		NodeSelectorTerms: []corev1.NodeSelectorTerm{{MatchExpressions: []corev1.NodeSelectorRequirement{
			{Key: "zone", Operator: corev1.NodeSelectorOpIn, Values: []string{"a", "b"}},
		}}},
	}}}
	spread := corev1.TopologySpreadConstraint{
		MaxSkew: 2, TopologyKey: "zone", WhenUnsatisfiable: corev1.DoNotSchedule, MinDomains: ptr.To[int32](3),
		LabelSelector: &metav1.LabelSelector{MatchLabels: map[string]string{"team": "crm"}},
	}
	toleration := corev1.Toleration{Key: "spot", Operator: corev1.TolerationOpEqual, Value: "yes", Effect: corev1.TaintEffectNoExecute, TolerationSeconds: ptr.To[int64](30)}
	own := func(change func(*v1alpha1.PodSpec)) func(*v1alpha1.WhatsAppSession, *Settings) {
		return func(s *v1alpha1.WhatsAppSession, _ *Settings) {
			s.Spec.Pod = &v1alpha1.PodSpec{}
			change(s.Spec.Pod)
		}
	}
	cases := []struct {
		name   string
		change func(*v1alpha1.WhatsAppSession, *Settings)
		want   func(*corev1.Pod)
	}{
		{"nothing", func(*v1alpha1.WhatsAppSession, *Settings) {}, func(*corev1.Pod) {}},
		{"an empty spec.pod", own(func(*v1alpha1.PodSpec) {}), func(*corev1.Pod) {}},

		{"spec.pod.image", own(func(p *v1alpha1.PodSpec) { p.Image = "mine:1" }),
			func(p *corev1.Pod) { p.Spec.Containers[0].Image = "mine:1" }},
		{"spec.pod.imagePullPolicy", own(func(p *v1alpha1.PodSpec) { p.ImagePullPolicy = corev1.PullAlways }),
			func(p *corev1.Pod) { p.Spec.Containers[0].ImagePullPolicy = corev1.PullAlways }},
		{"spec.pod.imagePullSecrets", own(func(p *v1alpha1.PodSpec) {
			p.ImagePullSecrets = []v1alpha1.SecretReference{{Name: "a"}, {Name: "b"}}
		}), func(p *corev1.Pod) { p.Spec.ImagePullSecrets = []corev1.LocalObjectReference{{Name: "a"}, {Name: "b"}} }},
		{"spec.pod.resources, with the memory that Go may take", own(func(p *v1alpha1.PodSpec) {
			p.Resources = &corev1.ResourceRequirements{
				Requests: corev1.ResourceList{corev1.ResourceCPU: resource.MustParse("50m")},
				Limits:   corev1.ResourceList{corev1.ResourceMemory: resource.MustParse("1000M")},
			}
		}), func(p *corev1.Pod) {
			p.Spec.Containers[0].Resources = corev1.ResourceRequirements{
				Requests: corev1.ResourceList{corev1.ResourceCPU: resource.MustParse("50m")},
				Limits:   corev1.ResourceList{corev1.ResourceMemory: resource.MustParse("1000M")},
			}
			setEnv(p, "GOMEMLIMIT", "900000000")
		}},
		{"spec.pod.resources without any, which is an answer too", own(func(p *v1alpha1.PodSpec) { p.Resources = &corev1.ResourceRequirements{} }),
			func(p *corev1.Pod) {
				p.Spec.Containers[0].Resources = corev1.ResourceRequirements{}
				unsetEnv(p, "GOMEMLIMIT")
			}},
		{"spec.pod.nodeSelector", own(func(p *v1alpha1.PodSpec) { p.NodeSelector = map[string]v1alpha1.LabelValue{"pool": "chats"} }),
			func(p *corev1.Pod) { p.Spec.NodeSelector = map[string]string{"pool": "chats"} }},
		{"spec.pod.tolerations", own(func(p *v1alpha1.PodSpec) { p.Tolerations = []corev1.Toleration{toleration} }),
			func(p *corev1.Pod) { p.Spec.Tolerations = []corev1.Toleration{toleration} }},
		{"spec.pod.affinity", own(func(p *v1alpha1.PodSpec) { p.Affinity = affinity }),
			func(p *corev1.Pod) { p.Spec.Affinity = affinity }},
		{"spec.pod.topologySpreadConstraints", own(func(p *v1alpha1.PodSpec) {
			p.TopologySpreadConstraints = []corev1.TopologySpreadConstraint{spread}
		}), func(p *corev1.Pod) { p.Spec.TopologySpreadConstraints = []corev1.TopologySpreadConstraint{spread} }},
		{"spec.pod.priorityClassName", own(func(p *v1alpha1.PodSpec) { p.PriorityClassName = "important" }),
			func(p *corev1.Pod) { p.Spec.PriorityClassName = "important" }},
		{"spec.pod.labels, which do not replace the operator's", own(func(p *v1alpha1.PodSpec) {
			p.Labels = map[string]v1alpha1.LabelValue{"team": "crm", v1alpha1.LabelSession: "another", v1alpha1.LabelManagedBy: "me"}
		}), func(p *corev1.Pod) { p.Labels["team"] = "crm" }},
		{"spec.pod.annotations", own(func(p *v1alpha1.PodSpec) { p.Annotations = map[string]v1alpha1.AnnotationValue{"example.com/a": "1"} }),
			func(p *corev1.Pod) { p.Annotations["example.com/a"] = "1" }},

		{"the session's name", func(s *v1alpha1.WhatsAppSession, _ *Settings) { s.Name = "support" }, func(p *corev1.Pod) {
			p.Name = "support"
			p.Labels[v1alpha1.LabelInstance], p.Labels[v1alpha1.LabelSession] = "support", "support"
			p.OwnerReferences[0].Name = "support"
			p.Spec.Containers[0].Args[5] = "support"
			volumeOf(p, "data").PersistentVolumeClaim.ClaimName = "support-data"
			volumeOf(p, "config").ConfigMap.Name = "support-config"
			volumeOf(p, "keys").Secret.SecretName = "support-keys"
		}},
		{"the namespace", func(s *v1alpha1.WhatsAppSession, _ *Settings) { s.Namespace = "other" },
			func(p *corev1.Pod) { p.Namespace = "other" }},
		{"spec.storage.existingClaim", func(s *v1alpha1.WhatsAppSession, _ *Settings) {
			s.Spec.Storage = v1alpha1.StorageSpec{Type: v1alpha1.StorageExistingClaim, ExistingClaim: "mine"}
		},
			func(p *corev1.Pod) { volumeOf(p, "data").PersistentVolumeClaim.ClaimName = "mine" }},
		{"spec.api.keysSecretRef", func(s *v1alpha1.WhatsAppSession, _ *Settings) {
			s.Spec.API = &v1alpha1.APISpec{KeysSecretRef: &v1alpha1.SecretReference{Name: "my-keys"}}
		}, func(p *corev1.Pod) { volumeOf(p, "keys").Secret.SecretName = "my-keys" }},
		{"spec.proxy.secretRef", func(s *v1alpha1.WhatsAppSession, _ *Settings) {
			s.Spec.Proxy = &v1alpha1.ProxySpec{URL: "http://p", SecretRef: &v1alpha1.SecretReference{Name: "proxy"}}
		}, secretMount("proxy", "secret-1241936d4d", true, "/etc/wasession/secrets/proxy")},
		{"spec.proxy without a Secret", func(s *v1alpha1.WhatsAppSession, _ *Settings) { s.Spec.Proxy = &v1alpha1.ProxySpec{URL: "http://p"} },
			func(*corev1.Pod) {}},
		{"one Secret for many purposes is mounted once", func(s *v1alpha1.WhatsAppSession, _ *Settings) {
			for _, key := range []string{"a", "b"} {
				s.Spec.Webhooks = append(s.Spec.Webhooks, v1alpha1.WebhookSpec{
					URL: "https://example.com", HMACSecretRef: &v1alpha1.SecretKeyReference{Name: "hooks", Key: key},
				})
			}
			s.Spec.Storage.Media = &v1alpha1.MediaSpec{Type: v1alpha1.MediaS3, S3: &v1alpha1.S3Spec{SecretRef: v1alpha1.SecretReference{Name: "hooks"}}}
		}, secretMount("hooks", "secret-a9fa9fda98", true, "/etc/wasession/secrets/hooks")},

		{"--runtime-image", func(_ *v1alpha1.WhatsAppSession, o *Settings) { o.RuntimeImage = "next" },
			func(p *corev1.Pod) { p.Spec.Containers[0].Image = "next" }},
		{"the operator's pull policy", func(_ *v1alpha1.WhatsAppSession, o *Settings) { o.ImagePullPolicy = corev1.PullNever },
			func(p *corev1.Pod) { p.Spec.Containers[0].ImagePullPolicy = corev1.PullNever }},
		{"the operator's resources", func(_ *v1alpha1.WhatsAppSession, o *Settings) { o.Resources = resources("1Mi", "100Mi") },
			func(p *corev1.Pod) {
				p.Spec.Containers[0].Resources = resources("1Mi", "100Mi")
				setEnv(p, "GOMEMLIMIT", "94371840")
			}},
		{"a listen address", func(_ *v1alpha1.WhatsAppSession, o *Settings) { o.ListenAddress = "127.0.0.1:3000" },
			func(p *corev1.Pod) { p.Spec.Containers[0].Args[7] = "127.0.0.1:3000" }},
		{"the operator's egress", func(_ *v1alpha1.WhatsAppSession, o *Settings) {
			o.EgressAllow = []string{"10.0.0.0/8", "x.example.com"}
		},
			func(p *corev1.Pod) { setEnv(p, "WASESSION_EGRESS_ALLOW", "10.0.0.0/8,x.example.com") }},
		{"loopback", func(_ *v1alpha1.WhatsAppSession, o *Settings) { o.AllowLoopback = true },
			func(p *corev1.Pod) { unsetEnv(p, "WASESSION_ALLOW_LOOPBACK") }},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			session, flags := load(t, "minimal"), settings["minimal"]
			want := podOf(t, session, flags)
			if want.Annotations == nil {
				want.Annotations = map[string]string{}
			}
			c.want(want)
			c.change(session, &flags)
			got := podOf(t, session, flags)
			if !equality.Semantic.DeepEqual(got, want) {
				g, _ := json.MarshalIndent(got, "", " ")
				w, _ := json.MarshalIndent(want, "", " ")
				t.Errorf("the pod is\n%s\nwant\n%s", g, w)
			}
		})
	}
}

// The pod's privileges on its node cannot be changed through the spec.
func TestNoSessionLoosensThePod(t *testing.T) {
	for name, flags := range settings {
		t.Run(name, func(t *testing.T) {
			pod := podOf(t, load(t, name), flags)
			if len(pod.Spec.Containers) != 1 || len(pod.Spec.InitContainers) != 0 {
				t.Fatalf("containers are %+v, and at first %+v", pod.Spec.Containers, pod.Spec.InitContainers)
			}
			want := &corev1.PodSecurityContext{
				RunAsNonRoot: ptr.To(true), RunAsUser: ptr.To[int64](65532), RunAsGroup: ptr.To[int64](65532), FSGroup: ptr.To[int64](65532),
				FSGroupChangePolicy: ptr.To(corev1.FSGroupChangeOnRootMismatch),
				SeccompProfile:      &corev1.SeccompProfile{Type: corev1.SeccompProfileTypeRuntimeDefault},
			}
			if got := pod.Spec.SecurityContext; !equality.Semantic.DeepEqual(got, want) {
				t.Errorf("the pod's security context is %+v", got)
			}
			inContainer := &corev1.SecurityContext{
				AllowPrivilegeEscalation: ptr.To(false), ReadOnlyRootFilesystem: ptr.To(true), RunAsNonRoot: ptr.To(true),
				Capabilities: &corev1.Capabilities{Drop: []corev1.Capability{"ALL"}},
			}
			if got := pod.Spec.Containers[0].SecurityContext; !equality.Semantic.DeepEqual(got, inContainer) {
				t.Errorf("the container's security context is %+v", got)
			}
			if pod.Spec.HostNetwork || pod.Spec.HostPID || pod.Spec.HostIPC || pod.Spec.ServiceAccountName != "" || *pod.Spec.EnableServiceLinks {
				t.Errorf("the pod has more access to its node or cluster than it needs: %+v", pod.Spec)
			}
			for _, mount := range pod.Spec.Containers[0].VolumeMounts {
				if writable := mount.MountPath == "/data" || mount.MountPath == "/tmp"; mount.ReadOnly == writable {
					t.Errorf("%s is mounted with read-only %t", mount.MountPath, mount.ReadOnly)
				}
			}
			for _, volume := range pod.Spec.Volumes {
				if volume.HostPath != nil || volume.Projected != nil {
					t.Errorf("volume %s is from the node: %+v", volume.Name, volume)
				}
			}
			// Committing everything on shutdown takes time.
			if got := *pod.Spec.TerminationGracePeriodSeconds; got != 30 {
				t.Errorf("the grace period is %d s", got)
			}
		})
	}
}

// The same pod has the same template hash, regardless of map order.
func TestTheTemplateHashIsStable(t *testing.T) {
	session, flags := load(t, "full"), settings["full"]
	session.Spec.Pod.Labels = map[string]v1alpha1.LabelValue{"a": "1", "b": "2", "c": "3", "d": "4", "e": "5"}
	session.Spec.Pod.NodeSelector = session.Spec.Pod.Labels
	first := template(t, session, flags)
	for range 20 {
		if got := template(t, session.DeepCopy(), flags); got != first {
			t.Fatalf("the hash is %s and then %s", first, got)
		}
	}
}
