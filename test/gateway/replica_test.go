package gateway

import (
	"bytes"
	"net"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"testing"

	"github.com/wasession/wasession/test/controlplane"
)

// replica is a gateway in a process of its own, as it is deployed.
type replica struct {
	t       *testing.T
	address string
	command *exec.Cmd
	ended   chan error
}

// buildGateway builds the command.
func buildGateway(t *testing.T) string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "wasession-gateway")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", binary, "../../cmd/gateway")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("building the gateway: %v\n%s", err, out)
	}
	return binary
}

// startReplica starts the command as the gateway's user.
func startReplica(t *testing.T, binary string, args ...string) *replica {
	t.Helper()
	config, err := plane.User(user, "system:serviceaccounts", "system:authenticated")
	if err != nil {
		t.Fatal(err)
	}
	kubeconfig := filepath.Join(t.TempDir(), "kubeconfig")
	if err := controlplane.WriteKubeconfig(config, kubeconfig); err != nil {
		t.Fatal(err)
	}
	address := freeAddress(t)
	command := exec.Command(binary, append([]string{"--kubeconfig", kubeconfig, "--namespace", own, "--listen-address", address, "--spool-dir", t.TempDir(), "--requests-per-second", "0"}, args...)...)
	command.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	log := &lines{}
	command.Stderr = log
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	r := &replica{t: t, address: address, command: command, ended: make(chan error, 1)}
	go func() { r.ended <- command.Wait() }()
	t.Cleanup(func() {
		r.signal(syscall.SIGKILL)
		r.ended <- <-r.ended
		if t.Failed() {
			t.Logf("the log of the gateway at %s:\n%s", address, log)
		}
	})
	return r
}

func (r *replica) signal(s syscall.Signal) { _ = r.command.Process.Signal(s) } // it may have ended

func freeAddress(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	return listener.Addr().String()
}

// lines is a log that can be read while it is written.
type lines struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write implements io.Writer.
func (l *lines) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

// String implements fmt.Stringer.
func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}
