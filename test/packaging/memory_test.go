package packaging

import (
	"fmt"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
)

// goMemoryLimit returns the operator's GOMEMLIMIT and its memory limit in bytes.
func goMemoryLimit(t *testing.T, name string, args ...string) (limit string, memory int64) {
	t.Helper()
	container := into[appsv1.Deployment](t, render(t, args...).one(t, "Deployment", name)).Spec.Template.Spec.Containers[0]
	for _, variable := range container.Env {
		if variable.Name == "GOMEMLIMIT" {
			limit = variable.Value
		}
	}
	return limit, container.Resources.Limits.Name(corev1.ResourceMemory, "").Value()
}

func TestGarbageIsCollectedBelowTheMemoryLimit(t *testing.T) {
	for way, installation := range installations {
		t.Run(way, func(t *testing.T) {
			limit, memory := goMemoryLimit(t, installation.name, installation.args...)
			if want := fmt.Sprint(memory * 9 / 10); limit != want {
				t.Errorf("GOMEMLIMIT is %q with a limit of %d bytes, want %s", limit, memory, want)
			}
		})
	}
}

func TestTheMemoryLimitOfTheChart(t *testing.T) {
	for set, want := range map[string]string{
		"resources.limits.memory=512Mi":                      "483183820",
		"resources.limits.memory=1.5Gi":                      "1449551462",
		"resources.limits.memory=500M":                       "450000000",
		"resources.limits.memory=1000000000":                 "900000000",
		"resources.limits.memory=null":                       "",
		"extraEnv[0].name=GOMEMLIMIT,extraEnv[0].value=1GiB": "1GiB",
	} {
		if got, _ := goMemoryLimit(t, "wasession", "helm", "charts/wasession", "-set", set); got != want {
			t.Errorf("with %s GOMEMLIMIT is %q, want %q", set, got, want)
		}
	}
	_, err := tryRender("helm", "charts/wasession", "-set", "resources.limits.memory=1024m")
	if err == nil || !strings.Contains(err.Error(), "resources.limits.memory") {
		t.Errorf("a limit in thousandths of a byte: %v", err)
	}
}
