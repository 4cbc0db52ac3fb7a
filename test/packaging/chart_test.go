package packaging

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	apiextensions "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"sigs.k8s.io/yaml"

	"github.com/wasession/wasession/api/v1alpha1"
)

// The chart and config/ install the same CRD and the same rights.
func TestChartDoesNotDrift(t *testing.T) {
	chart := render(t, installations["helm"].args...)
	config := render(t, installations["kustomize"].args...)
	const crd = "whatsappsessions.wasession.dev"
	wantEqual(t, chart.one(t, "CustomResourceDefinition", crd).Object, config.one(t, "CustomResourceDefinition", crd).Object)
	for inChart, inConfig := range map[string]string{
		"wasession":                "wasession-operator",
		"wasession-session-editor": "wasession-session-editor",
		"wasession-session-viewer": "wasession-session-viewer",
	} {
		left := into[rbacv1.ClusterRole](t, chart.one(t, "ClusterRole", inChart))
		right := into[rbacv1.ClusterRole](t, config.one(t, "ClusterRole", inConfig))
		wantEqual(t, left.Rules, right.Rules)
		for key, value := range right.Labels {
			if strings.HasPrefix(key, "rbac.") && left.Labels[key] != value {
				t.Errorf("%s lacks the label %s", inChart, key)
			}
		}
	}
	left := into[rbacv1.Role](t, chart.one(t, "Role", "wasession-leader-election"))
	right := into[rbacv1.Role](t, config.one(t, "Role", "wasession-operator-leader-election"))
	wantEqual(t, left.Rules, right.Rules)
}

// The operator's role uses no wildcards, and grants nothing that the operator
// does not need.
func TestRoleIsNarrow(t *testing.T) {
	role := into[rbacv1.ClusterRole](t, render(t, installations["kustomize"].args...).one(t, "ClusterRole", "wasession-operator"))
	for _, rule := range role.Rules {
		for _, words := range [][]string{rule.APIGroups, rule.Resources, rule.Verbs} {
			if slices.Contains(words, "*") {
				t.Errorf("a wildcard in %v", rule)
			}
		}
		for _, resource := range rule.Resources {
			if resource == "nodes" && !slices.Equal(rule.Verbs, []string{"get"}) {
				t.Errorf("the operator may %v nodes", rule.Verbs)
			}
			if slices.Contains([]string{"pods/exec", "pods/attach", "serviceaccounts", "roles", "clusterroles"}, resource) {
				t.Errorf("the operator may %v %s", rule.Verbs, resource)
			}
		}
		if slices.Contains(rule.Verbs, "impersonate") || slices.Contains(rule.Verbs, "deletecollection") {
			t.Errorf("the operator may %v %v", rule.Verbs, rule.Resources)
		}
	}
}

func TestChartValues(t *testing.T) {
	for set, want := range map[string]string{
		"shards={A}":                                                  "/shards/0",
		"replica=3":                                                   "additional properties 'replica' not allowed",
		"replicas=two":                                                "/replicas",
		"image.pullpolicy=Always":                                     "/image",
		"image.digest=latest":                                         "/image/digest",
		"rollouts.maxConcurrent=0":                                    "/rollouts/maxConcurrent",
		"rollouts.perMinute=0":                                        "/rollouts/perMinute",
		"rollouts.maxFailures=0":                                      "/rollouts/maxFailures",
		"rollouts.strategy=Window":                                    "rollouts.window.duration is required",
		"rollouts.window.duration=long":                               "/rollouts/window/duration",
		"watchNamespaces={Kube}":                                      "/watchNamespaces/0",
		"logLevel=loud":                                               "/logLevel",
		"rollouts.strategy=Sometimes":                                 "/rollouts/strategy",
		"egress.allow={a b}":                                          "/egress/allow/0",
		"runtime.memoryLimit=lots":                                    "/runtime/memoryLimit",
		"extraArgs={leader-elect}":                                    "/extraArgs/0",
		"runtime.serviceType=NodePort":                                "/runtime/serviceType",
		"runtime.imagePullSecrets={A_B}":                              "/runtime/imagePullSecrets/0",
		"sessions[0].spec.state=Stopped":                              "missing property 'name'",
		"sessions[0].name=Sales":                                      "/sessions/0/name",
		"sessionDefaults.sotrage.size=2Gi":                            "'sotrage' not allowed",
		"metrics.podMonitor.interval=sometimes":                       "/metrics/podMonitor/interval",
		"uninstall.timeout=ages":                                      "/uninstall/timeout",
		"metrics.sessions.namespaces={Kube}":                          "/metrics/sessions/namespaces/0",
		"metrics.sessions.podMonitor.enabled=true":                    "needs metrics.sessions.namespaces",
		"metrics.secure.certSecret=metrics-tls":                       "needs metrics.secure.enabled",
		"metrics.serviceMonitor.tokenSecret.name=scraper":             "needs metrics.secure.enabled",
		"metrics.secure.enabled=true,metrics.podMonitor.enabled=true": "set metrics.serviceMonitor.enabled instead",
		"metrics.serviceMonitor.enabled=true,metrics.podMonitor.enabled=true": "enable one of them",
		"metrics.serviceMonitor.enabled=true,metrics.service.enabled=false":   "needs metrics.service.enabled",
		"simulator.endpoint=http://simulator:8080":                            "set both, or neither",
		`commonLabels.app\.kubernetes\.io/name=chat`:                          "nameOverride changes",
		`commonLabels.wasession\.dev/operator=x`:                              "remove it",
		"commonLabels.team=1":                                                 "/commonLabels/team",
	} {
		if _, err := tryRender("helm", "charts/wasession", "-set", set); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s is answered with %v, want %q", set, err, want)
		}
	}
}

// Every default is a value that the schema knows, and vice versa.
func TestValuesSchemaIsComplete(t *testing.T) {
	var values map[string]any
	if err := yaml.UnmarshalStrict(read(t, "charts", "wasession", "values.yaml"), &values); err != nil {
		t.Fatal(err)
	}
	var schema struct {
		Properties  map[string]any
		Definitions struct {
			SessionSpec struct{ Properties map[string]any }
		}
	}
	if err := json.Unmarshal(read(t, "charts", "wasession", "values.schema.json"), &schema); err != nil {
		t.Fatal(err)
	}
	delete(schema.Properties, "global") // Helm's own
	wantEqual(t, keys(schema.Properties), keys(values))
	wantEqual(t, keys(schema.Definitions.SessionSpec.Properties), keys(crdSpec(t).Properties))
}

// Sessions of a release override its defaults.
func TestChartSessions(t *testing.T) {
	file := filepath.Join(t.TempDir(), "values.yaml")
	if err := os.WriteFile(file, []byte(`
sessionDefaults:
  storage: {claim: {storageClassName: fast, size: 2Gi}}
  pod: {priorityClassName: messaging}
sessions:
  - name: sales-eu
    namespace: crm
    labels: {team: sales}
    annotations: {wasession.dev/paused: "true"}
    spec: {storage: {claim: {size: 5Gi}}}
  - name: support
`), 0o600); err != nil {
		t.Fatal(err)
	}
	all := render(t, "helm", "charts/wasession", "-values", file)
	sales, support := all.one(t, "WhatsAppSession", "sales-eu"), all.one(t, "WhatsAppSession", "support")
	wantApplicable(t, objects{sales, support})
	if sales.GetNamespace() != "crm" || support.GetNamespace() != "wasession-system" {
		t.Errorf("sessions are in %s and %s", sales.GetNamespace(), support.GetNamespace())
	}
	if sales.GetLabels()["team"] != "sales" || sales.GetAnnotations()[v1alpha1.AnnotationPaused] != "true" {
		t.Errorf("labels %v, annotations %v", sales.GetLabels(), sales.GetAnnotations())
	}
	wantEqual(t, sales.Object["spec"], map[string]any{
		"storage": map[string]any{"claim": map[string]any{"storageClassName": "fast", "size": "5Gi"}},
		"pod":     map[string]any{"priorityClassName": "messaging"},
	})
	wantEqual(t, support.Object["spec"], map[string]any{
		"storage": map[string]any{"claim": map[string]any{"storageClassName": "fast", "size": "2Gi"}},
		"pod":     map[string]any{"priorityClassName": "messaging"},
	})
}

// The members that the defaults set do not go with another type of a session.
func TestChartSessionsOfAnotherType(t *testing.T) {
	file := filepath.Join(t.TempDir(), "values.yaml")
	if err := os.WriteFile(file, []byte(`
sessionDefaults:
  storage: {claim: {size: 3Gi}, media: {retention: 720h, volume: {maxSize: 1Gi}}}
sessions:
  - name: adopted
    spec: {storage: {type: ExistingClaim, existingClaim: old}}
  - name: bucket
    spec: {storage: {media: {type: S3, s3: {bucket: chats, secretRef: {name: s3}}}}}
  - name: plain
`), 0o600); err != nil {
		t.Fatal(err)
	}
	all := render(t, "helm", "charts/wasession", "-values", file)
	volume := map[string]any{"retention": "720h", "volume": map[string]any{"maxSize": "1Gi"}}
	for name, want := range map[string]map[string]any{
		"adopted": {"type": "ExistingClaim", "existingClaim": "old", "media": volume},
		"bucket": {"claim": map[string]any{"size": "3Gi"}, "media": map[string]any{
			"type": "S3", "retention": "720h", "s3": map[string]any{"bucket": "chats", "secretRef": map[string]any{"name": "s3"}},
		}},
		"plain": {"claim": map[string]any{"size": "3Gi"}, "media": volume},
	} {
		session := all.one(t, "WhatsAppSession", name)
		wantApplicable(t, objects{session})
		wantEqual(t, session.Object["spec"], map[string]any{"storage": want})
	}
}

// With watchNamespaces the operator has no right outside of them.
func TestChartWatchNamespaces(t *testing.T) {
	all := render(t, "helm", "charts/wasession", "-set", "watchNamespaces={crm,support}")
	wantApplicable(t, all)
	var bound []string
	for _, object := range all.installed() {
		switch object.GetKind() {
		case "ClusterRoleBinding":
			t.Errorf("%s binds in the whole cluster", object.GetName())
		case "RoleBinding":
			bound = append(bound, object.GetNamespace())
		}
	}
	slices.Sort(bound)
	wantEqual(t, bound, []string{"crm", "support", "wasession-system"})
}

// The egress that all sessions are allowed reaches the operator unchanged.
func TestChartEgress(t *testing.T) {
	all := render(t, "helm", "charts/wasession", "-set", "egress.allow={10.20.0.0/16,fd00::/8,*.corp.example.com}")
	args := into[appsv1.Deployment](t, all.one(t, "Deployment", "wasession")).Spec.Template.Spec.Containers[0].Args
	for _, want := range []string{"--egress-allow=10.20.0.0/16", "--egress-allow=fd00::/8", "--egress-allow=*.corp.example.com"} {
		if !slices.Contains(args, want) {
			t.Errorf("the operator's arguments lack %s: %v", want, args)
		}
	}
}

// How pods are replaced reaches the operator unchanged.
func TestChartRollouts(t *testing.T) {
	all := render(t, "helm", "charts/wasession", "-set",
		"rollouts.perMinute=12,rollouts.maxFailures=2,rollouts.strategy=Window,rollouts.window.schedule=0 3 * * 6,rollouts.window.duration=1h30m")
	args := into[appsv1.Deployment](t, all.one(t, "Deployment", "wasession")).Spec.Template.Spec.Containers[0].Args
	for _, want := range []string{
		"--max-concurrent-rollouts=10", "--rollouts-per-minute=12", "--max-rollout-failures=2", "--update-strategy=Window",
		"--update-window-schedule=0 3 * * 6", "--update-window-duration=1h30m", "--update-window-time-zone=Etc/UTC",
	} {
		if !slices.Contains(args, want) {
			t.Errorf("the operator's arguments lack %s: %v", want, args)
		}
	}
}

// The chart installs the alerts of config/prometheus.
func TestChartAlerts(t *testing.T) {
	chart := render(t, "helm", "charts/wasession", "-set", "metrics.prometheusRule.enabled=true,metrics.prometheusRule.labels.release=prometheus").
		one(t, "PrometheusRule", "wasession")
	config := render(t, "kustomize", "config/prometheus").one(t, "PrometheusRule", "wasession-operator")
	wantEqual(t, chart.Object["spec"], config.Object["spec"])
	if got := chart.GetLabels()["release"]; got != "prometheus" {
		t.Errorf("the label is %q", got)
	}
}

// Every switch renders something the API server accepts.
func TestChartSwitches(t *testing.T) {
	for _, set := range []string{
		"uninstall.hook=false", "rbac.create=false", "rbac.aggregate=false", "serviceAccount.create=false", "podDisruptionBudget.enabled=false",
		"podDisruptionBudget.maxUnavailable=50%", "metrics.service.enabled=false", "imagePullSecrets[0].name=registry",
		"priorityClassName=high", "nodeSelector.disk=ssd", "tolerations[0].operator=Exists", "podLabels.team=chat",
		"podAnnotations.note=x", "extraArgs={--feature=x}", "extraEnv[0].name=A,extraEnv[0].value=b", "replicas=1",
		"topologySpreadConstraints[0].maxSkew=1,topologySpreadConstraints[0].topologyKey=zone,topologySpreadConstraints[0].whenUnsatisfiable=DoNotSchedule",
	} {
		t.Run(set, func(t *testing.T) { wantApplicable(t, render(t, "helm", "charts/wasession", "-set", set)) })
	}
}

func crdSpec(t *testing.T) apiextensions.JSONSchemaProps {
	t.Helper()
	return crdPart(t, "spec")
}

func crdPart(t *testing.T, name string) apiextensions.JSONSchemaProps {
	t.Helper()
	var crd apiextensions.CustomResourceDefinition
	if err := yaml.UnmarshalStrict(read(t, "config", "crd", "bases", "wasession.dev_whatsappsessions.yaml"), &crd); err != nil {
		t.Fatal(err)
	}
	return crd.Spec.Versions[0].Schema.OpenAPIV3Schema.Properties[name]
}

func keys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

func wantEqual(t *testing.T, got, want any) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		left, _ := json.MarshalIndent(got, "", "  ")
		right, _ := json.MarshalIndent(want, "", "  ")
		t.Errorf("got\n%s\nwant\n%s", left, right)
	}
}
