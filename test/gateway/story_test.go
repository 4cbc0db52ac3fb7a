package gateway

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/go-logr/logr"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/gateway/access"
	"github.com/wasession/wasession/test/controlplane"
	"github.com/wasession/wasession/test/localnode"
	"github.com/wasession/wasession/test/localnode/sandbox"
	"github.com/wasession/wasession/test/simulator"
)

// cluster runs the operator for a namespace, and a node for its pods.
func cluster(t *testing.T, namespace string, sim *simulator.Server) {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"operator", "runtime"} {
		build := exec.CommandContext(t.Context(), "go", "build", "-o", filepath.Join(dir, "wasession-"+name), "../../cmd/"+name)
		build.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := build.CombinedOutput(); err != nil {
			t.Fatalf("build %s: %v\n%s", name, err, out)
		}
	}
	kubeconfig := filepath.Join(dir, "kubeconfig")
	if err := controlplane.WriteKubeconfig(plane.Config, kubeconfig); err != nil {
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
		ended <- localnode.Run(ctx, plane.Config, localnode.Options{
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

// What a client of WAHA does with a new installation: create a session, scan it, send
// and receive, stop it and start it again, and delete it. One URL and one key do.
func TestASessionsWholeStory(t *testing.T) {
	sim, err := simulator.New(simulator.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = sim.Close() }()
	alice, bob := sim.AddUser("15550001111", "", "Alice"), sim.AddUser("15550002222", "", "Bob")
	space := namespace(t)
	cluster(t, space, sim)
	d := open(t)
	key := d.key(map[string]string{access.EntryNamespaces: space})
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
	defer cancel()

	if got := d.do(key, "POST", "/api/sessions", `{"name":"Sales_EU"}`); got.status != 201 || !strings.Contains(got.body, `"name":"Sales_EU","status":"STARTING"`) {
		t.Fatalf("create: %d %s", got.status, got.body)
	}
	status := func(want string) {
		t.Helper()
		d.await("the status "+want, func() reply { return d.do(key, "GET", "/api/sessions/Sales_EU", "") }, func(r reply) bool {
			return strings.Contains(r.body, `"status":"`+want+`"`)
		})
	}
	status("SCAN_QR_CODE")
	var code struct{ Value string }
	d.await("a QR code", func() reply { return d.do(key, "GET", "/api/Sales_EU/auth/qr?format=raw", "") }, func(r reply) bool {
		return r.status == 200 && json.Unmarshal([]byte(r.body), &code) == nil && code.Value != ""
	})
	if _, err := alice.ScanQR(ctx, code.Value); err != nil {
		t.Fatal(err)
	}
	status("WORKING")
	sent := d.await("a send", func() reply {
		return d.do(key, "POST", "/api/sendText", `{"chatId":"15550002222@c.us","text":"hello from the gateway","session":"Sales_EU"}`)
	}, is(201))
	if !strings.Contains(sent.body, `"id":"true_15550002222@c.us_`) {
		t.Errorf("sent: %s", sent.body)
	}
	if _, err := bob.Expect(ctx, func(r simulator.Received) bool {
		return r.Message.GetConversation() == "hello from the gateway" || r.Message.GetExtendedTextMessage().GetText() == "hello from the gateway"
	}); err != nil {
		t.Errorf("Bob's phone: %v", err)
	}
	if _, err := bob.SendText(ctx, alice, "hello back"); err != nil {
		t.Fatal(err)
	}
	d.await("the answer", func() reply {
		return d.do(key, "GET", "/api/Sales_EU/chats/15550002222@c.us/messages?limit=5", "")
	}, func(r reply) bool { return r.status == 200 && strings.Contains(r.body, "hello back") })
	if got := d.do(key, "GET", "/api/sessions/Sales_EU/me", ""); got.status != 200 || !strings.Contains(got.body, "15550001111@c.us") {
		t.Errorf("me: %d %s", got.status, got.body)
	}

	if got := d.do(key, "POST", "/api/sessions/Sales_EU/stop", ""); got.status != 201 {
		t.Errorf("stop: %d %s", got.status, got.body)
	}
	d.await("the pod gone", func() reply { return d.do(key, "GET", "/api/Sales_EU/chats", "") }, func(r reply) bool {
		return r.status == 422 && strings.Contains(r.body, `"status":"STOPPED"`)
	})
	if got := d.do(key, "POST", "/api/sessions/Sales_EU/start", ""); got.status != 201 {
		t.Errorf("start: %d %s", got.status, got.body)
	}
	status("WORKING") // without another scan
	if got := d.do(key, "DELETE", "/api/sessions/Sales_EU", ""); got.status != 200 {
		t.Errorf("delete: %d %s", got.status, got.body)
	}
	d.await("the session gone", func() reply { return d.do(key, "GET", "/api/sessions/Sales_EU", "") }, is(404))
}
