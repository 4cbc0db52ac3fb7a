package packaging

import (
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
)

// everyFlag sets what the chart renders no flag for by default.
var everyFlag = []string{
	"gateway.enabled=true",
	"rollouts.strategy=Window,rollouts.window.schedule=0 3 * * 6,rollouts.window.duration=1h",
	"kubeAPIQPS=50,shortenNumbers=true,requireSessionAccess=true,shards={a},watchNamespaces={crm},apiAllowedNamespaces={ingress}",
	"metrics.secure.enabled=true,metrics.secure.certSecret=metrics-tls,metrics.sessions.namespaces={monitoring}",
	"egress.allow={10.0.0.0/8},egress.allowLoopback=true",
	"simulator.endpoint=http://simulator:8080,simulator.rootKey=" + strings.Repeat("0a", 32),
	"runtime.imagePullPolicy=Always,runtime.imagePullSecrets={registry},runtime.priorityClassName=high,runtime.serviceType=Headless",
	"runtime.listenAddress=$(POD_IP):3000,runtime.tolerations[0].operator=Exists",
	"runtime.cpuRequest=20m,runtime.memoryRequest=64Mi,runtime.memoryLimit=256Mi",
	"gateway.defaultNamespace=crm,gateway.trustedProxies={10.0.0.0/8},gateway.allowStateOfGit=true",
}

// Each flag of the two commands has a value, which sets it to what the command takes.
func TestEveryFlagHasAValue(t *testing.T) {
	args := []string{"helm", "charts/wasession"}
	for _, set := range everyFlag {
		args = append(args, "-set", set)
	}
	all := render(t, args...)
	for name, c := range map[string]struct {
		folder  string
		without []string // which no installation needs to set
	}{
		"wasession":         {"operator", []string{"kubeconfig", "leader-election-namespace"}},
		"wasession-gateway": {"gateway", []string{"kubeconfig", "namespace", "version"}},
	} {
		t.Run(c.folder, func(t *testing.T) {
			binary := filepath.Join(t.TempDir(), c.folder)
			build := exec.Command("go", "build", "-o", binary, "./cmd/"+c.folder)
			build.Dir = root
			if _, err := output(build); err != nil {
				t.Fatal(err)
			}
			container := into[appsv1.Deployment](t, all.one(t, "Deployment", name)).Spec.Template.Spec.Containers[0]
			set := append(flagsOf(container), c.without...)
			slices.Sort(set)
			wantEqual(t, slices.Compact(set), helpOf(t, binary))

			// The command takes them all: what it misses is a cluster.
			command := exec.Command(binary, container.Args...)
			command.Env = []string{"KUBECONFIG=" + filepath.Join(t.TempDir(), "none")}
			if _, err := output(command); err == nil || !strings.Contains(err.Error(), "configuration") || strings.Contains(err.Error(), "Usage") {
				t.Errorf("%q is answered with %v", container.Args, err)
			}
		})
	}
}

func flagsOf(container corev1.Container) []string {
	var flags []string
	for _, arg := range container.Args {
		name, _, _ := strings.Cut(strings.TrimPrefix(arg, "--"), "=")
		flags = append(flags, name)
	}
	return flags
}

// helpOf are the flags that a command's help lists, in order.
func helpOf(t *testing.T, binary string) []string {
	t.Helper()
	help, err := exec.Command(binary, "-h").CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, help)
	}
	var flags []string
	for _, line := range regexp.MustCompile(`(?m)^  -([a-z][-a-z]*)`).FindAllSubmatch(help, -1) {
		flags = append(flags, string(line[1]))
	}
	slices.Sort(flags)
	return flags
}
