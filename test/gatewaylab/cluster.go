package gatewaylab

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/go-logr/logr"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/test/controlplane"
	"github.com/wasession/wasession/test/localnode"
	"github.com/wasession/wasession/test/localnode/sandbox"
	"github.com/wasession/wasession/test/simulator"
)

// Cluster runs the operator for a namespace, and a node for its pods. The sessions talk
// to the simulator.
func (l *Lab) Cluster(t *testing.T, namespace string, sim *simulator.Server) {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"operator", "runtime"} {
		build := exec.CommandContext(t.Context(), "go", "build", "-o", filepath.Join(dir, "wasession-"+name), filepath.Join(l.root, "cmd", name))
		build.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := build.CombinedOutput(); err != nil {
			t.Fatalf("build %s: %v\n%s", name, err, out)
		}
	}
	kubeconfig := filepath.Join(dir, "kubeconfig")
	if err := controlplane.WriteKubeconfig(l.Plane.Config, kubeconfig); err != nil {
		t.Fatal(err)
	}
	const image = "ghcr.io/wasession/wasession"
	operator := exec.Command(filepath.Join(dir, "wasession-operator"), "--kubeconfig", kubeconfig,
		"--watch-namespaces", namespace, "--metrics-bind-address", "0", "--health-probe-bind-address", "0",
		"--runtime-image", image+":test", "--runtime-listen-address", "[$(POD_IP)]:3000",
		"--whatsapp-endpoint", sim.URL(), "--whatsapp-root-key", sim.RootKeyHex())
	log, err := os.Create(filepath.Join(dir, "operator.log"))
	if err != nil {
		t.Fatal(err)
	}
	operator.Stdout, operator.Stderr = log, log
	if err := operator.Start(); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() {
		ended <- localnode.Run(ctx, l.Plane.Config, localnode.Options{
			Name: "local", Dir: filepath.Join(dir, "node"), PodNet: "127.95",
			Images: map[string]localnode.Image{image: {
				Mounts:     []sandbox.Mount{{Source: filepath.Join(dir, "wasession-runtime"), Target: "/wasession-runtime", ReadOnly: true}},
				Entrypoint: []string{"/wasession-runtime"},
			}},
			Owners: []schema.GroupVersionKind{v1alpha1.GroupVersion.WithKind(v1alpha1.Kind)},
			Log:    logr.Discard(),
		})
	}()
	t.Cleanup(func() {
		_ = operator.Process.Signal(syscall.SIGTERM)
		_ = operator.Wait()
		stop()
		if err := <-ended; err != nil {
			t.Errorf("the node ended with %v", err)
		}
		if t.Failed() {
			text, _ := os.ReadFile(log.Name())
			t.Logf("the operator's log ends with %s", text[max(0, len(text)-4000):])
		}
	})
}
