package desired

import (
	"encoding/json"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/wasession/wasession/api/v1alpha1"
)

func template(t *testing.T, session *v1alpha1.WhatsAppSession, settings Settings) string {
	t.Helper()
	pod, err := Pod(session, settings)
	if err != nil {
		t.Fatal(err)
	}
	return pod.Annotations[AnnotationTemplate]
}

func TestWhatNeedsANewPod(t *testing.T) {
	cases := []struct {
		name   string
		change func(*v1alpha1.WhatsAppSession, *Settings)
		want   bool
	}{
		{"nothing", func(*v1alpha1.WhatsAppSession, *Settings) {}, false},
		{"another owner", func(s *v1alpha1.WhatsAppSession, _ *Settings) { s.UID = "restored" }, false},
		{"another shard", func(s *v1alpha1.WhatsAppSession, _ *Settings) {
			s.Labels = map[string]string{v1alpha1.LabelShard: "b"}
		}, false},
		{"archive policies", func(s *v1alpha1.WhatsAppSession, _ *Settings) { s.Spec.AutoArchive = nil }, false},
		{"webhooks without secrets", func(s *v1alpha1.WhatsAppSession, _ *Settings) {
			s.Spec.Webhooks = append(s.Spec.Webhooks, v1alpha1.WebhookSpec{URL: "https://example.com/c"})
		}, false},
		{"the order of webhooks", func(s *v1alpha1.WhatsAppSession, _ *Settings) {
			w := s.Spec.Webhooks
			w[0], w[1] = w[1], w[0]
		}, false},
		{"log level", func(s *v1alpha1.WhatsAppSession, _ *Settings) { s.Spec.LogLevel = v1alpha1.LogDebug }, false},
		{"size of the volume", func(s *v1alpha1.WhatsAppSession, _ *Settings) { s.Spec.Storage.Claim.Size = resource.MustParse("20Gi") }, false},
		{"stopping", func(s *v1alpha1.WhatsAppSession, _ *Settings) { s.Spec.State = v1alpha1.SessionStopped }, false},
		{"image of the operator where the spec has one", func(_ *v1alpha1.WhatsAppSession, o *Settings) { o.RuntimeImage = "next" }, false},

		{"image", func(s *v1alpha1.WhatsAppSession, _ *Settings) { s.Spec.Pod.Image = "next" }, true},
		{"resources", func(s *v1alpha1.WhatsAppSession, _ *Settings) { s.Spec.Pod.Resources = nil }, true},
		{"labels", func(s *v1alpha1.WhatsAppSession, _ *Settings) { s.Spec.Pod.Labels = nil }, true},
		{"annotations", func(s *v1alpha1.WhatsAppSession, _ *Settings) { s.Spec.Pod.Annotations = nil }, true},
		{"a secret more", func(s *v1alpha1.WhatsAppSession, _ *Settings) {
			s.Spec.Webhooks[0].HMACSecretRef.Name = "another"
		}, true},
		{"the Secret with the API keys", func(s *v1alpha1.WhatsAppSession, _ *Settings) { s.Spec.API = nil }, true},
		{"endpoint of the operator", func(_ *v1alpha1.WhatsAppSession, o *Settings) { o.WhatsAppEndpoint = "http://127.0.0.1:1" }, true},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			session, changed := load(t, "full"), settings["full"]
			before := template(t, session, changed)
			c.change(session, &changed)
			if got := template(t, session, changed) != before; got != c.want {
				t.Errorf("needs a new pod: %v, want %v", got, c.want)
			}
		})
	}
}

func TestTheImageOfTheOperatorIsForSessionsWithoutOne(t *testing.T) {
	session, changed := load(t, "minimal"), settings["minimal"]
	before := template(t, session, changed)
	changed.RuntimeImage = "next"
	if template(t, session, changed) == before {
		t.Error("an operator upgrade does not change the pod")
	}
}

func TestThePodHoldsNoSecret(t *testing.T) {
	for name, settings := range settings {
		pod, err := Pod(load(t, name), settings)
		if err != nil {
			t.Fatal(err)
		}
		if *pod.Spec.AutomountServiceAccountToken {
			t.Errorf("%s: the pod gets Kubernetes credentials", name)
		}
		for _, env := range pod.Spec.Containers[0].Env {
			if env.ValueFrom != nil && env.ValueFrom.SecretKeyRef != nil {
				t.Errorf("%s: variable %s holds a secret", name, *env.Name)
			}
		}
	}
}

func TestGOMEMLIMITLeavesRoom(t *testing.T) {
	session := load(t, "minimal")
	session.Spec.Pod = &v1alpha1.PodSpec{Resources: &corev1.ResourceRequirements{
		Limits: corev1.ResourceList{corev1.ResourceMemory: resource.MustParse("100M")},
	}}
	settings := Settings{AllowLoopback: true}
	pod, err := Pod(session, settings)
	if err != nil {
		t.Fatal(err)
	}
	limit := func() string {
		for _, variable := range pod.Spec.Containers[0].Env {
			if *variable.Name == "GOMEMLIMIT" {
				return *variable.Value
			}
		}
		return ""
	}
	if got := limit(); got != "90000000" {
		t.Errorf("GOMEMLIMIT is %q", got)
	}
	session.Spec.Pod.Resources = &corev1.ResourceRequirements{}
	if pod, err = Pod(session, settings); err != nil {
		t.Fatal(err)
	}
	if got := limit(); got != "" {
		t.Errorf("without a limit GOMEMLIMIT is %q", got)
	}
}

func TestConfigurationNamesFilesAndHoldsNoSecret(t *testing.T) {
	config := Config(load(t, "full"), nil)
	raw, err := json.Marshal(config)
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{
		config.Webhooks[0].HMACKeyFile, config.Webhooks[1].HeadersDir, config.Proxy.PasswordFile, config.Media.S3.SecretAccessKeyFile,
	} {
		if !strings.HasPrefix(path, "/etc/wasession/secrets/") || !strings.Contains(string(raw), path) {
			t.Errorf("the pod mounts no file %q", path)
		}
	}
}

func TestVolumesOfSecretsHaveShortNames(t *testing.T) {
	long := strings.Repeat("a.b", 84)
	if got := secretVolume(long); len(got) > 63 || strings.Contains(got, ".") {
		t.Errorf("%q is not a valid volume name", got)
	}
	if secretVolume(long) == secretVolume(long+"x") {
		t.Error("two Secrets share a volume")
	}
}

func TestTheAutoscalerMayMoveAPodUnlessTheSpecForbidsIt(t *testing.T) {
	session := load(t, "minimal")
	evictable := func() string {
		pod, err := Pod(session, settings["minimal"])
		if err != nil {
			t.Fatal(err)
		}
		return pod.Annotations[AnnotationSafeToEvict]
	}
	if got := evictable(); got != "true" {
		t.Errorf("safe to evict: %q", got)
	}
	session.Spec.Pod = &v1alpha1.PodSpec{Annotations: map[string]v1alpha1.AnnotationValue{AnnotationSafeToEvict: "false"}}
	if got := evictable(); got != "false" {
		t.Errorf("the spec says false, the pod %q", got)
	}
}
