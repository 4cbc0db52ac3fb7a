package realnode

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync/atomic"
	"syscall"

	"k8s.io/client-go/tools/clientcmd"

	"github.com/wasession/wasession/test/controlplane"
)

// second is the other machine of the cluster, with namespaces inside those of the first.
type second struct {
	process *exec.Cmd
	lost    atomic.Bool
	over    chan struct{}
}

// StartSecond adds a node to the cluster, and returns once it is ready for pods. It sees
// the volumes of the first, as nodes do with storage in a network.
func (n *Node) StartSecond(ctx context.Context) error {
	files := secondHost.files()
	if err := os.MkdirAll(files.of("cni"), 0o755); err != nil {
		return err
	}
	if err := prepare(secondHost, n.authority); err != nil {
		return err
	}
	if err := controlplane.WriteKubeconfig(n.Config, files.of("admin.kubeconfig")); err != nil {
		return err
	}
	log, err := os.Create(n.files.of(SecondName + ".log"))
	if err != nil {
		return err
	}
	defer func() { _ = log.Close() }()
	options, err := json.Marshal(n.options)
	if err != nil {
		return err
	}
	cmd := exec.Command("/proc/self/exe")
	cmd.Args = []string{secondName, string(options)}
	cmd.Stdout, cmd.Stderr = log, log
	connected, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags: syscall.CLONE_NEWNS | syscall.CLONE_NEWNET | syscall.CLONE_NEWPID | syscall.CLONE_NEWUTS | syscall.CLONE_NEWIPC,
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	s := &second{process: cmd, over: make(chan struct{})}
	n.second = s
	go func() {
		_ = cmd.Wait()
		close(s.over)
		if !s.lost.Load() {
			n.options.Failed(fmt.Errorf("the second node ended: see %s", log.Name()))
		}
	}()
	if err := ip(
		fmt.Sprintf("link add second0 type veth peer name eth0 netns %d", cmd.Process.Pid),
		"link set second0 master node0 up",
		"route add "+secondHost.pods+" via "+secondHost.address,
	); err != nil {
		return err
	}
	if err := connected.Close(); err != nil {
		return err
	}
	return awaitReady(ctx, n.Config, SecondName)
}

// LoseSecond ends the second node as the loss of its power does: everything at once.
func (n *Node) LoseSecond() {
	n.second.lost.Store(true)
	_ = n.second.process.Process.Kill() // and the kernel kills all that is inside
	<-n.second.over
}

// runSecond is the first process of the second node. It ends when it is killed.
func runSecond(encoded string) int {
	fmt.Fprintln(os.Stderr, "second node:", secondNode(encoded))
	return 1
}

func secondNode(encoded string) error {
	options := Options{}
	if err := json.Unmarshal([]byte(encoded), &options); err != nil {
		return err
	}
	// The end of the input says that the machine is connected.
	if _, err := io.Copy(io.Discard, os.Stdin); err != nil {
		return err
	}
	files := secondHost.files()
	if err := makeMachine(secondHost, string(files)); err != nil {
		return err
	}
	ctx, fail := context.WithCancelCause(context.Background())
	options.Failed = fail
	a := &agents{host: secondHost, options: options}
	if err := a.start(ctx); err != nil {
		return err
	}
	config, err := clientcmd.BuildConfigFromFlags("", files.of("admin.kubeconfig"))
	if err != nil {
		return err
	}
	manager, err := newManager(config, os.Stderr)
	if err != nil {
		return err
	}
	if err := servePolicies(manager); err != nil {
		return err
	}
	return errors.Join(manager.Start(ctx), context.Cause(ctx))
}
