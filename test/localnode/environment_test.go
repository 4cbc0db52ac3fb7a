package localnode

import (
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"
)

func TestExpand(t *testing.T) {
	env := newEnvironment([]string{"A=1", "LONG_NAME=two", "EMPTY="})
	for text, want := range map[string]string{
		"":                      "",
		"plain":                 "plain",
		"$(A)":                  "1",
		"x$(A)y$(LONG_NAME)z":   "x1ytwoz",
		"$(EMPTY)":              "",
		"$(UNKNOWN)":            "$(UNKNOWN)",
		"$$(A)":                 "$(A)",
		"$$$(A)":                "$1",
		"$A ${A} $":             "$A ${A} $",
		"$(A":                   "$(A",
		"cost: 5$, then $(A)":   "cost: 5$, then 1",
		"$(UNKNOWN)$(A)":        "$(UNKNOWN)1",
		":3000 stays, $(A) not": ":3000 stays, 1 not",
	} {
		if got := env.expand(text); got != want {
			t.Errorf("expand(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestContainerEnvironment(t *testing.T) {
	ns := namespace(t)
	create(t,
		&corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Namespace: ns, Name: "settings"}, Data: map[string]string{"LEVEL": "debug", "NAME": "from map"}},
		&corev1.Secret{ObjectMeta: metav1.ObjectMeta{Namespace: ns, Name: "key"}, StringData: map[string]string{"token": "hush"}})
	pod := webPod(ns, "p", nil)
	pod.UID, pod.Status.PodIP = "u-1", "127.2.0.9"
	pod.Annotations = map[string]string{"example.org/team": "sales"}
	field := func(path string) *corev1.EnvVarSource {
		return &corev1.EnvVarSource{FieldRef: &corev1.ObjectFieldSelector{FieldPath: path}}
	}
	secret := func(name, key string, optional bool) *corev1.EnvVarSource {
		return &corev1.EnvVarSource{SecretKeyRef: &corev1.SecretKeySelector{
			LocalObjectReference: corev1.LocalObjectReference{Name: name}, Key: key, Optional: ptr.To(optional)}}
	}
	container := &corev1.Container{
		EnvFrom: []corev1.EnvFromSource{
			{Prefix: "APP_", ConfigMapRef: &corev1.ConfigMapEnvSource{LocalObjectReference: corev1.LocalObjectReference{Name: "settings"}}},
			{SecretRef: &corev1.SecretEnvSource{LocalObjectReference: corev1.LocalObjectReference{Name: "nothing"}, Optional: ptr.To(true)}},
		},
		Env: []corev1.EnvVar{
			{Name: "IP", ValueFrom: field("status.podIP")},
			{Name: "UID", ValueFrom: field("metadata.uid")},
			{Name: "TEAM", ValueFrom: field("metadata.annotations['example.org/team']")},
			{Name: "TOKEN", ValueFrom: secret("key", "token", false)},
			{Name: "GONE", ValueFrom: secret("key", "other", true)},
			{Name: "APP_NAME", Value: "$(TOKEN) at $(IP)"},
			{Name: "CPUS", ValueFrom: &corev1.EnvVarSource{ResourceFieldRef: &corev1.ResourceFieldSelector{Resource: "limits.cpu"}}},
			{Name: "MIB", ValueFrom: &corev1.EnvVarSource{ResourceFieldRef: &corev1.ResourceFieldSelector{Resource: "requests.memory", Divisor: resource.MustParse("1Mi")}}},
		},
		Resources: corev1.ResourceRequirements{
			Limits:   corev1.ResourceList{corev1.ResourceCPU: resource.MustParse("1500m")},
			Requests: corev1.ResourceList{corev1.ResourceMemory: resource.MustParse("10Mi")},
		},
	}
	env, err := containerEnvironment(t.Context(), shared.client, pod, container, []string{"PATH=/bin"})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"PATH=/bin", "APP_LEVEL=debug", "APP_NAME=hush at 127.2.0.9", "IP=127.2.0.9", "UID=u-1",
		"TEAM=sales", "TOKEN=hush", "CPUS=2", "MIB=10",
	}
	if !slices.Equal(env.pairs(), want) {
		t.Errorf("environment\n%q, want\n%q", env.pairs(), want)
	}

	for name, test := range map[string]struct {
		source *corev1.EnvVarSource
		want   string
	}{
		"a missing secret":     {secret("absent", "token", false), `"absent" not found`},
		"a missing key":        {secret("key", "absent", false), "couldn't find key absent in key"},
		"an unknown field":     {field("spec.hostNetwork"), "unsupported fieldPath"},
		"an unknown resource":  {&corev1.EnvVarSource{ResourceFieldRef: &corev1.ResourceFieldSelector{Resource: "limits.gpu"}}, "unsupported resource"},
		"a source of no kind":  {&corev1.EnvVarSource{}, "does not know"},
		"an unknown selection": {&corev1.EnvVarSource{ResourceFieldRef: &corev1.ResourceFieldSelector{Resource: "memory"}}, "unsupported resource"},
	} {
		t.Run(name, func(t *testing.T) {
			broken := &corev1.Container{Env: []corev1.EnvVar{{Name: "X", ValueFrom: test.source}}}
			_, err := containerEnvironment(t.Context(), shared.client, pod, broken, nil)
			if err == nil || !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), "X") {
				t.Errorf("error %v, want one that names the variable and says %q", err, test.want)
			}
		})
	}
}
