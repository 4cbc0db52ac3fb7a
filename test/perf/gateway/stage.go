package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"sigs.k8s.io/controller-runtime/pkg/client"

	runtimev1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/test/controlplane"
	"github.com/wasession/wasession/test/fakenode"
	"github.com/wasession/wasession/test/perf/figures"
)

const (
	// namespace holds the sessions, and own the gateway's Secrets.
	namespace = "default"
	own       = "wasession-system"
)

// stage is all that runs: an API server with sessions, their pods, and a gateway.
type stage struct {
	sessions int
	dir      string
	plane    *controlplane.ControlPlane
	client   client.Client
	network  *fakenode.Network
	gateway  *exec.Cmd
	ended    chan error
	url, key string
	began    figures.Ticks
	streams  streams

	figures []figures.Figure
}

// startStage starts everything. After an error nothing is left running.
func startStage(ctx context.Context, sessions int, binary string) (_ *stage, err error) {
	s := &stage{sessions: sessions, key: rand.Text(), began: figures.MachineTime()}
	defer func() {
		if err != nil {
			s.close()
		}
	}()
	if s.dir, err = os.MkdirTemp("", "wasession-gateway-"); err != nil {
		return nil, err
	}
	if s.network, err = fakenode.StartNetwork(runtimev1.Port); err != nil {
		return nil, err
	}
	if err := s.startCluster(ctx); err != nil {
		return nil, err
	}
	say("making %d sessions", sessions)
	if err := s.makeSessions(ctx); err != nil {
		return nil, err
	}
	return s, s.startGateway(ctx, binary)
}

func (s *stage) startCluster(ctx context.Context) error {
	root, err := controlplane.ModuleRoot(".")
	if err != nil {
		return err
	}
	assets, err := controlplane.Assets(ctx, root, os.Stderr)
	if err != nil {
		return err
	}
	if s.plane, err = controlplane.Start(controlplane.Options{Assets: assets, CRDs: []string{filepath.Join(root, "config", "crd", "bases")}}); err != nil {
		return err
	}
	scheme := runtime.NewScheme()
	if err := errors.Join(clientgoscheme.AddToScheme(scheme), v1alpha1.AddToScheme(scheme)); err != nil {
		return err
	}
	s.plane.Config.QPS = -1 // as fast as the API server takes them
	if s.client, err = client.New(s.plane.Config, client.Options{Scheme: scheme}); err != nil {
		return err
	}
	seed := make([]byte, 32)
	_, _ = rand.Read(seed)
	for _, object := range []client.Object{
		&corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: own}},
		&corev1.Secret{ObjectMeta: metav1.ObjectMeta{Namespace: own, Name: "wasession-gateway-token-key"}, Data: map[string][]byte{"ed25519-seed": seed}},
		&corev1.Secret{
			ObjectMeta: metav1.ObjectMeta{Namespace: own, Name: "admin", Labels: map[string]string{"wasession.dev/gateway-key": "true"}},
			StringData: map[string]string{"api-key": s.key, "admin": "true"},
		},
	} {
		if err := s.client.Create(ctx, object); err != nil {
			return err
		}
	}
	return nil
}

// makeSessions creates sessions that work, each with a pod.
func (s *stage) makeSessions(ctx context.Context) error {
	work, ctx := errgroup.WithContext(ctx)
	work.SetLimit(16)
	for i := range s.sessions {
		work.Go(func() error { return s.makeSession(ctx, i) })
	}
	return work.Wait()
}

func (s *stage) makeSession(ctx context.Context, i int) error {
	session := &v1alpha1.WhatsAppSession{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name(i)}}
	if err := s.client.Create(ctx, session); err != nil {
		return err
	}
	session.Status.ObservedGeneration, session.Status.Phase = session.Generation, v1alpha1.PhaseWorking
	session.Status.Me = &v1alpha1.AccountStatus{ID: fmt.Sprintf("1555%07d@c.us", i)}
	if err := s.client.Status().Update(ctx, session); err != nil {
		return err
	}
	pod := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name(i), Labels: map[string]string{
			v1alpha1.LabelManagedBy: v1alpha1.ManagerName, v1alpha1.LabelComponent: v1alpha1.ComponentRuntime, v1alpha1.LabelSession: name(i),
		}},
		Spec: corev1.PodSpec{Containers: []corev1.Container{{Name: "runtime", Image: "example.com/runtime"}}},
	}
	if err := s.client.Create(ctx, pod); err != nil {
		return err
	}
	pod.Status.Phase, pod.Status.PodIP = corev1.PodRunning, address(i)
	pod.Status.PodIPs = []corev1.PodIP{{IP: address(i)}}
	s.network.Add(address(i), http.HandlerFunc(s.answer))
	return s.client.Status().Update(ctx, pod)
}

func name(i int) string    { return fmt.Sprintf("session-%05d", i) }
func address(i int) string { return fmt.Sprintf("127.77.%d.%d", i/250, 1+i%250) }

// startGateway starts the gateway, and waits until it knows the last session.
func (s *stage) startGateway(ctx context.Context, binary string) error {
	kubeconfig := filepath.Join(s.dir, "kubeconfig")
	if err := controlplane.WriteKubeconfig(s.plane.Config, kubeconfig); err != nil {
		return err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	free := listener.Addr().String()
	if err := listener.Close(); err != nil {
		return err
	}
	s.url = "http://" + free
	log, err := os.Create(filepath.Join(s.dir, "gateway.log"))
	if err != nil {
		return err
	}
	defer func() { _ = log.Close() }()
	s.gateway = exec.Command(binary, "--kubeconfig", kubeconfig, "--namespace", own, "--listen-address", free,
		"--spool-dir", s.dir, "--requests-per-second", "0", "--drain-delay", "0s", "--websockets-per-caller", "1000")
	s.gateway.Stderr = log
	s.gateway.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := s.gateway.Start(); err != nil {
		return fmt.Errorf("starting the gateway: %w", err)
	}
	s.ended = make(chan error, 1)
	go func() { s.ended <- s.gateway.Wait() }()
	for {
		if _, err := s.get(ctx, s.url, s.sessions-1); err == nil {
			return nil
		}
		select {
		case err := <-s.ended:
			s.ended <- err
			text, _ := os.ReadFile(log.Name())
			return fmt.Errorf("the gateway ended (%v): %s", err, text)
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
}

func (s *stage) close() {
	if s.ended != nil {
		_ = s.gateway.Process.Signal(syscall.SIGTERM)
		s.ended <- <-s.ended
	}
	if s.network != nil {
		s.network.Stop()
	}
	if s.plane != nil {
		if err := s.plane.Stop(); err != nil {
			say("stopping the API server: %v", err)
		}
	}
	_ = os.RemoveAll(s.dir)
}

// ownTime is the processor time of this program and the gateway.
func (s *stage) ownTime() time.Duration {
	return figures.SelfTime() + figures.ProcessTime(s.gateway.Process.Pid)
}

func (s *stage) report(f figures.Figure) {
	f.Name = "gateway." + f.Name
	s.figures = append(s.figures, f)
}

// begin says what is measured now. The function that it returns is the share of the
// machine that other processes have used since.
func (s *stage) begin(what string) func() float64 {
	say("%s", what)
	busy, ours := figures.MachineTime(), s.ownTime()
	return func() float64 { return figures.MachineTime().Since(busy, s.ownTime()-ours).Others }
}
