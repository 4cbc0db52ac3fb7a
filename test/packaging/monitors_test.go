package packaging

import (
	"maps"
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// monitored are ways to be watched by the Prometheus operator, and the objects for it.
var monitored = map[string]struct {
	args []string
	want []string
}{
	"kustomize": {
		[]string{"kustomize", "config/prometheus"},
		[]string{"PodMonitor wasession-operator", "PodMonitor wasession-sessions", "PrometheusRule wasession-operator", "ServiceMonitor wasession-gateway"},
	},
	"helm, pods": {
		[]string{"helm", "charts/wasession", "-set", "metrics.podMonitor.enabled=true,metrics.prometheusRule.enabled=true",
			"-set", "metrics.sessions.namespaces={monitoring},metrics.sessions.podMonitor.enabled=true"},
		[]string{"PodMonitor wasession", "PodMonitor wasession-sessions", "PrometheusRule wasession"},
	},
	"helm, services": {
		withGateway("gateway.serviceMonitor.enabled=true", "metrics.serviceMonitor.enabled=true", "watchNamespaces={crm}"),
		[]string{"ServiceMonitor wasession", "ServiceMonitor wasession-gateway"},
	},
	"helm, with a certificate of each start": {
		[]string{"helm", "charts/wasession", "-set", "metrics.serviceMonitor.enabled=true,metrics.secure.enabled=true"},
		[]string{"ServiceMonitor wasession"},
	},
	"helm, with a certificate": {
		[]string{"helm", "charts/wasession", "-set", "metrics.serviceMonitor.enabled=true,metrics.secure.enabled=true,metrics.secure.certSecret=metrics-tls"},
		[]string{"ServiceMonitor wasession"},
	},
	"helm, with a token": {
		withGateway("gateway.serviceMonitor.enabled=true,gateway.serviceMonitor.tokenSecret.name=scraper",
			"metrics.secure.enabled=true,metrics.serviceMonitor.enabled=true,metrics.serviceMonitor.tokenSecret.name=scraper"),
		[]string{"ServiceMonitor wasession", "ServiceMonitor wasession-gateway"},
	},
}

// The Prometheus operator takes what is made for it, by its own schemas and with no field
// that it does not know.
func TestThePrometheusOperatorTakesItsObjects(t *testing.T) {
	for way, c := range monitored {
		t.Run(way, func(t *testing.T) {
			ours := monitoring(render(t, c.args...))
			names := ours.names()
			slices.Sort(names)
			wantEqual(t, names, c.want)
			wantApplicable(t, ours)
		})
	}
}

// Prometheus finds the gateway's pods, and sends the token that they ask for: that of its
// own account, or of a Secret.
func TestMonitorsFindTheGateway(t *testing.T) {
	own := map[string]any{"bearerTokenFile": "/var/run/secrets/kubernetes.io/serviceaccount/token"}
	secret := map[string]any{"authorization": map[string]any{"credentials": map[string]any{"name": "scraper", "key": "token"}}}
	for way, c := range map[string]struct {
		monitor, gateway objects
		token            map[string]any
	}{
		"kustomize": {render(t, monitored["kustomize"].args...), render(t, "kustomize", "config/gateway"), own},
		"helm":      {render(t, monitored["helm, services"].args...), render(t, monitored["helm, services"].args...), own},
		"a token":   {render(t, monitored["helm, with a token"].args...), render(t, monitored["helm, with a token"].args...), secret},
	} {
		t.Run(way, func(t *testing.T) {
			monitor := c.monitor.one(t, "ServiceMonitor", gatewayName)
			selector, _, err := unstructured.NestedStringMap(monitor.Object, "spec", "selector", "matchLabels")
			if err != nil {
				t.Fatal(err)
			}
			service := into[corev1.Service](t, c.gateway.one(t, "Service", gatewayName))
			if !selects(selector, service.Labels) || monitor.GetNamespace() != service.Namespace {
				t.Errorf("the monitor looks for %v, the Service has %v", selector, service.Labels)
			}
			endpoints, _, err := unstructured.NestedSlice(monitor.Object, "spec", "endpoints")
			if err != nil {
				t.Fatal(err)
			}
			want := map[string]any{"port": service.Spec.Ports[0].Name, "interval": "30s"}
			maps.Copy(want, c.token)
			wantEqual(t, endpoints, []any{want})
		})
	}
}

// monitoring are the objects for the Prometheus operator.
func monitoring(all objects) objects {
	return slices.DeleteFunc(slices.Clone(all), func(o *unstructured.Unstructured) bool {
		return !strings.HasPrefix(o.GetAPIVersion(), "monitoring.coreos.com/")
	})
}

// The schemas are really there: a misspelt field of a monitor and of a rule is refused.
func TestMisspeltMonitorsAreRefused(t *testing.T) {
	ensureNamespace(t, "wasession-system")
	all := render(t, "kustomize", "config/prometheus")
	for kind, list := range map[string][]string{"PodMonitor": {"spec", "podMetricsEndpoints"}, "PrometheusRule": {"spec", "groups"}} {
		object := all.one(t, kind, "wasession-operator")
		items, _, err := unstructured.NestedSlice(object.Object, list...)
		if err != nil {
			t.Fatal(err)
		}
		items[0].(map[string]any)["intervall"] = "30s"
		if err := unstructured.SetNestedSlice(object.Object, items, list...); err != nil {
			t.Fatal(err)
		}
		if err := dryRun(t, object); err == nil || !strings.Contains(err.Error(), "intervall") {
			t.Errorf("a misspelt field of a %s is answered with %v", kind, err)
		}
	}
}
