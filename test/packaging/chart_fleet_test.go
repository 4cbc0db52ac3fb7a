package packaging

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
)

// The defaults for sessions reach the operator as the flags that it parses.
func TestChartFleetDefaults(t *testing.T) {
	file := filepath.Join(t.TempDir(), "values.yaml")
	if err := os.WriteFile(file, []byte(`
runtime:
  imagePullSecrets: [registry, mirror]
  priorityClassName: messaging
  tolerations:
    - {key: chats, operator: Equal, value: "yes", effect: NoSchedule}
  serviceType: Headless
apiAllowedNamespaces: [ingress-nginx, gateways]
shortenNumbers: true
`), 0o600); err != nil {
		t.Fatal(err)
	}
	all := render(t, "helm", "charts/wasession", "-values", file)
	wantApplicable(t, all)
	args := into[appsv1.Deployment](t, all.one(t, "Deployment", "wasession")).Spec.Template.Spec.Containers[0].Args
	for _, want := range []string{
		"--runtime-image-pull-secrets=registry,mirror",
		"--runtime-priority-class=messaging",
		`--runtime-tolerations=[{"effect":"NoSchedule","key":"chats","operator":"Equal","value":"yes"}]`,
		"--service-type=Headless",
		"--api-allowed-namespaces=ingress-nginx,gateways",
		"--shorten-numbers",
	} {
		if !slices.Contains(args, want) {
			t.Errorf("the operator's arguments lack %s: %v", want, args)
		}
	}
}

// A session's number is personal: who may view a namespace may not view sessions,
// unless the installation says so.
func TestViewersSeeSessionsOnlyIfAsked(t *testing.T) {
	const label = "rbac.authorization.k8s.io/aggregate-to-view"
	for name, c := range map[string]struct {
		args []string
		role string
		want string
	}{
		"kustomize":      {installations["kustomize"].args, "wasession-session-viewer", ""},
		"helm":           {installations["helm"].args, "wasession-session-viewer", ""},
		"helm, if asked": {[]string{"helm", "charts/wasession", "-set", "rbac.aggregateToView=true"}, "wasession-session-viewer", "true"},
	} {
		if got := render(t, c.args...).one(t, "ClusterRole", c.role).GetLabels()[label]; got != c.want {
			t.Errorf("%s: the label is %q, want %q", name, got, c.want)
		}
	}
}
