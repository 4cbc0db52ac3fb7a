package packaging

import (
	"maps"
	"slices"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	coreac "k8s.io/client-go/applyconfigurations/core/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/controllers/desired"
)

// installations are the two ways to install the operator, with the names of its
// objects.
var installations = map[string]struct {
	args []string
	name string
	role string
}{
	"kustomize": {[]string{"kustomize", "config/default"}, "wasession-operator", "wasession-operator"},
	"helm":      {[]string{"helm", "charts/wasession", "-crds"}, "wasession", "wasession"},
}

// Both ways render objects that a real API server accepts without a warning
// about a field.
func TestInstallationIsApplicable(t *testing.T) {
	for way, installation := range installations {
		t.Run(way, func(t *testing.T) { wantApplicable(t, render(t, installation.args...)) })
	}
}

// The dry run really is strict: a field that does not exist is refused.
func TestDryRunIsStrict(t *testing.T) {
	service := render(t, installations["kustomize"].args...).one(t, "Service", "wasession-operator-metrics")
	service.Object["spec"].(map[string]any)["prots"] = "x"
	ensureNamespace(t, service.GetNamespace())
	if err := dryRun(t, service); err == nil || !strings.Contains(err.Error(), "prots") {
		t.Errorf("a misspelt field was answered with %v", err)
	}
}

// The API server's own admission accepts the operator's pod where Pod Security
// is "restricted".
func TestOperatorPodIsRestricted(t *testing.T) {
	for way, installation := range installations {
		t.Run(way, func(t *testing.T) {
			deployment := into[appsv1.Deployment](t, render(t, installation.args...).one(t, "Deployment", installation.name))
			ensureNamespace(t, "restricted")
			pod := &corev1.Pod{
				ObjectMeta: metav1.ObjectMeta{Name: "operator", Namespace: "restricted", Labels: deployment.Spec.Template.Labels},
				Spec:       deployment.Spec.Template.Spec,
			}
			if err := api.Create(t.Context(), pod.DeepCopy(), client.DryRunAll); err != nil {
				t.Error(err)
			}
			if !*pod.Spec.Containers[0].SecurityContext.ReadOnlyRootFilesystem {
				t.Error("the root file system can be written to")
			}
			// The admission is active: the same pod with root is refused.
			pod.Spec.SecurityContext.RunAsNonRoot = new(bool)
			if err := api.Create(t.Context(), pod, client.DryRunAll); err == nil {
				t.Error("a pod that may run as root was admitted: this test proves nothing")
			}
		})
	}
}

// Everything that refers to the operator's pods finds them: the Deployment, the
// disruption budget, the metrics Service, and the roles by the service account.
func TestOperatorPartsFitTogether(t *testing.T) {
	for way, installation := range installations {
		t.Run(way, func(t *testing.T) {
			all := render(t, installation.args...)
			deployment := into[appsv1.Deployment](t, all.one(t, "Deployment", installation.name))
			template := deployment.Spec.Template
			pod := labels.Set(template.Labels)
			if *deployment.Spec.Replicas != 2 || !slices.Contains(template.Spec.Containers[0].Args, "--leader-elect") {
				t.Error("not two replicas with leader election")
			}
			budget := into[policyv1.PodDisruptionBudget](t, all.one(t, "PodDisruptionBudget", installation.name))
			for what, selector := range map[string]*metav1.LabelSelector{"Deployment": deployment.Spec.Selector, "budget": budget.Spec.Selector} {
				if s, err := metav1.LabelSelectorAsSelector(selector); err != nil || !s.Matches(pod) {
					t.Errorf("the %s does not select the pod: %v", what, err)
				}
			}
			service := into[corev1.Service](t, all.one(t, "Service", installation.name+"-metrics"))
			if !labels.SelectorFromSet(service.Spec.Selector).Matches(pod) {
				t.Error("the metrics Service does not select the pod")
			}
			if !slices.ContainsFunc(template.Spec.Containers[0].Ports, func(p corev1.ContainerPort) bool {
				return p.Name == service.Spec.Ports[0].TargetPort.StrVal
			}) {
				t.Errorf("the pod has no port %s", service.Spec.Ports[0].TargetPort.StrVal)
			}
			account := rbacv1.Subject{Kind: "ServiceAccount", Name: template.Spec.ServiceAccountName, Namespace: deployment.Namespace}
			all.one(t, "ServiceAccount", account.Name)
			binding := into[rbacv1.ClusterRoleBinding](t, all.one(t, "ClusterRoleBinding", installation.name))
			lease := into[rbacv1.RoleBinding](t, all.one(t, "RoleBinding", installation.name+"-leader-election"))
			if !slices.Contains(binding.Subjects, account) || !slices.Contains(lease.Subjects, account) {
				t.Errorf("roles are bound to %v and %v, not to %v", binding.Subjects, lease.Subjects, account)
			}
			all.one(t, binding.RoleRef.Kind, binding.RoleRef.Name)
			all.one(t, lease.RoleRef.Kind, lease.RoleRef.Name)
		})
	}
}

// Both ways start the same operator: same flags, same security, same probes.
func TestInstallationsAgree(t *testing.T) {
	containers := map[string]corev1.Container{}
	for way, installation := range installations {
		deployment := into[appsv1.Deployment](t, render(t, installation.args...).one(t, "Deployment", installation.name))
		containers[way] = deployment.Spec.Template.Spec.Containers[0]
	}
	wantEqual(t, containers["helm"], containers["kustomize"])
}

// The runtime's image follows the operator's, however the latter is set.
func TestRuntimeImageFollows(t *testing.T) {
	digest := "sha256:" + strings.Repeat("0a", 32)
	for set, want := range map[string]string{
		"image.tag=v9":                         "ghcr.io/wasession/wasession:v9",
		"image.repository=registry.local/was":  "registry.local/was:v0.1.0",
		"image.digest=" + digest:               "ghcr.io/wasession/wasession@" + digest,
		"runtime.image=registry.local/other:1": "registry.local/other:1",
	} {
		deployment := into[appsv1.Deployment](t, render(t, "helm", "charts/wasession", "-set", set).one(t, "Deployment", "wasession"))
		if args := deployment.Spec.Template.Spec.Containers[0].Args; !slices.Contains(args, "--runtime-image="+want) {
			t.Errorf("with %s the arguments are %q", set, args)
		}
	}
}

// Both ways of installing monitor sessions by the labels and the port of their
// pods, in the namespaces that the operator watches.
func TestMonitorsFindSessions(t *testing.T) {
	pod, err := desired.Pod(&v1alpha1.WhatsAppSession{ObjectMeta: metav1.ObjectMeta{Name: "sales", Namespace: "crm"}},
		desired.Settings{RuntimeImage: "x", MetricsNamespaces: []string{"monitoring"}})
	if err != nil {
		t.Fatal(err)
	}
	for way, c := range map[string]struct {
		args       []string
		name       string
		namespaces map[string]any
	}{
		"kustomize": {[]string{"kustomize", "config/prometheus"}, "wasession-sessions", map[string]any{"any": true}},
		"helm": {[]string{"helm", "charts/wasession", "-set", "metrics.sessions.podMonitor.enabled=true",
			"-set", "metrics.sessions.namespaces={monitoring}"}, "wasession-sessions", map[string]any{"any": true}},
		"helm in namespaces": {[]string{"helm", "charts/wasession", "-set", "metrics.sessions.podMonitor.enabled=true",
			"-set", "metrics.sessions.namespaces={monitoring}", "-set", "watchNamespaces={crm}"}, "wasession-sessions", map[string]any{"matchNames": []any{"crm"}}},
	} {
		t.Run(way, func(t *testing.T) {
			all := render(t, c.args...)
			spec := all.one(t, "PodMonitor", c.name).Object["spec"].(map[string]any)
			for key, value := range spec["selector"].(map[string]any)["matchLabels"].(map[string]any) {
				if pod.Labels[key] != value {
					t.Errorf("the monitor looks for %s=%v, the pod has %q", key, value, pod.Labels[key])
				}
			}
			port := spec["podMetricsEndpoints"].([]any)[0].(map[string]any)["port"]
			if !slices.ContainsFunc(pod.Spec.Containers[0].Ports, func(p coreac.ContainerPortApplyConfiguration) bool { return *p.Name == port }) {
				t.Errorf("the pod has no port %v", port)
			}
			wantEqual(t, spec["namespaceSelector"], any(c.namespaces))
			if way == "kustomize" {
				return
			}
			operator := into[appsv1.Deployment](t, all.one(t, "Deployment", "wasession"))
			if args := operator.Spec.Template.Spec.Containers[0].Args; !slices.Contains(args, "--metrics-namespaces=monitoring") {
				t.Errorf("the operator's arguments are %q", args)
			}
		})
	}
}

// The monitors select the operator's pods and a port that they have.
func TestMonitorsFindTheOperator(t *testing.T) {
	operator := render(t, "kustomize", "config/default").one(t, "Deployment", "wasession-operator")
	pod := into[appsv1.Deployment](t, operator).Spec.Template
	monitor := render(t, "kustomize", "config/prometheus").one(t, "PodMonitor", "wasession-operator")
	spec := monitor.Object["spec"].(map[string]any)
	selector := map[string]string{}
	for key, value := range spec["selector"].(map[string]any)["matchLabels"].(map[string]any) {
		selector[key] = value.(string)
	}
	if !labels.SelectorFromSet(selector).Matches(labels.Set(pod.Labels)) {
		t.Errorf("the monitor looks for %v, the pod has %v", slices.Collect(maps.Keys(selector)), pod.Labels)
	}
	port := spec["podMetricsEndpoints"].([]any)[0].(map[string]any)["port"]
	if !slices.ContainsFunc(pod.Spec.Containers[0].Ports, func(p corev1.ContainerPort) bool { return p.Name == port }) {
		t.Errorf("the pod has no port %v", port)
	}
}
