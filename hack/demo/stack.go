package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"

	"github.com/go-logr/logr"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/test/cluster"
	"github.com/wasession/wasession/test/controlplane"
	"github.com/wasession/wasession/test/localnode"
	"github.com/wasession/wasession/test/localnode/sandbox"
	"github.com/wasession/wasession/test/process"
	"github.com/wasession/wasession/test/story"
)

// runtimeImage is the image of session pods. The local node runs the programs
// just built instead.
const runtimeImage = "ghcr.io/wasession/wasession"

// operatorUser is the operator's service account, so that the demo tests its
// role too.
const operatorUser = "system:serviceaccount:" + systemNamespace + ":wasession-operator"

// stack is all that runs.
type stack struct {
	dir        string
	kubeconfig string
	cluster    *cluster.Cluster
	phones     *phones

	plane    *controlplane.ControlPlane
	operator *process.Process
	gateway  *process.Process
	door     frontDoor
	// launchOperator starts an operator like the first.
	launchOperator func() (*process.Process, error)
	node           chan error // receives the end of the local node, for whatever reason
	stopNode       context.CancelFunc
	failed         chan error // receives the first unexpected end
}

// start starts everything in the order of dependencies. After an error nothing
// is left running.
func start(ctx context.Context, o options, assets, dir string, story *story.Story) (_ *stack, err error) {
	s := &stack{dir: dir, kubeconfig: filepath.Join(dir, "kubeconfig"), failed: make(chan error, 1)}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.stop())
		}
	}()
	// A second demo on the same machine should use other addresses.
	network := 10 + rand.IntN(80)

	story.Chapter("Starting")
	s.plane, err = controlplane.Start(controlplane.Options{
		Assets:      assets,
		ServiceCIDR: fmt.Sprintf("127.%d.0.0/16", 100+network),
		CRDs:        []string{filepath.Join(o.root, "config", "crd", "bases")},
	})
	if err != nil {
		return nil, err
	}
	if err := controlplane.WriteKubeconfig(s.plane.Config, s.kubeconfig); err != nil {
		return nil, err
	}
	if s.cluster, err = cluster.New(s.plane.Config); err != nil {
		return nil, err
	}
	story.Step("etcd and kube-apiserver started, CRD installed")

	if s.phones, err = newPhones(ctx, s.logs()); err != nil {
		return nil, fmt.Errorf("start the simulator: %w", err)
	}
	story.Step("WhatsApp simulator started on %s", s.phones.endpoint())

	if err := s.startOperator(ctx, o); err != nil {
		return nil, err
	}
	story.Step("operator started as %s, with the permissions of config/rbac", operatorUser)

	if err := s.startGateway(ctx, o, 3000+network); err != nil {
		return nil, err
	}
	story.Step("gateway started as %s on %s", gatewayUser, s.door.url)

	if err := s.startNode(ctx, o, fmt.Sprintf("127.%d", network)); err != nil {
		return nil, err
	}
	story.Step("local node started; it runs pods as processes")
	return s, nil
}

// startOperator installs the operator's roles and runs it with them.
func (s *stack) startOperator(ctx context.Context, o options) error {
	if err := cluster.ApplyFile(ctx, s.cluster, "", filepath.Join(o.root, "config", "manager", "namespace.yaml")); err != nil {
		return err
	}
	if err := cluster.ApplyFolder(ctx, s.cluster, "", filepath.Join(o.root, "config", "rbac")); err != nil {
		return err
	}
	config, err := s.plane.User(operatorUser, "system:serviceaccounts", "system:serviceaccounts:"+systemNamespace, "system:authenticated")
	if err != nil {
		return err
	}
	kubeconfig := filepath.Join(s.dir, "operator.kubeconfig")
	if err := controlplane.WriteKubeconfig(config, kubeconfig); err != nil {
		return err
	}
	s.launchOperator = func() (*process.Process, error) {
		return process.Start(s.logs(), "operator", s.fail, filepath.Join(o.bin, "wasession-operator"),
			"--kubeconfig", kubeconfig,
			"--metrics-bind-address", "0",
			"--health-probe-bind-address", "0",
			"--runtime-image", runtimeImage+":demo",
			"--runtime-listen-address", "[$(POD_IP)]:3000",
			"--whatsapp-endpoint", s.phones.endpoint(),
			"--whatsapp-root-key", s.phones.rootKey(),
		)
	}
	s.operator, err = s.launchOperator()
	return err
}

// restartOperator stops the operator and starts another.
func (s *stack) restartOperator() error {
	if err := s.operator.Stop(); err != nil {
		return err
	}
	operator, err := s.launchOperator()
	if err != nil {
		return err
	}
	s.operator = operator
	return nil
}

// startNode runs the local node in this process until stop.
func (s *stack) startNode(ctx context.Context, o options, podNet string) error {
	if _, err := os.Stat(filepath.Join(o.bin, "wasession-runtime")); err != nil {
		return fmt.Errorf("%w: run make build first", err)
	}
	nodeContext, cancel := context.WithCancel(context.WithoutCancel(ctx))
	s.stopNode, s.node = cancel, make(chan error, 1)
	go func() {
		err := localnode.Run(nodeContext, s.plane.Config, localnode.Options{
			Name:   "local",
			Dir:    filepath.Join(s.dir, "node"),
			PodNet: podNet,
			Images: map[string]localnode.Image{runtimeImage: {
				Mounts:     []sandbox.Mount{{Source: filepath.Join(o.bin, "wasession-runtime"), Target: "/wasession-runtime", ReadOnly: true}},
				Entrypoint: []string{"/wasession-runtime"},
			}},
			Owners: []schema.GroupVersionKind{v1alpha1.GroupVersion.WithKind(v1alpha1.Kind)},
			Log:    logr.Discard(),
		})
		if nodeContext.Err() == nil {
			s.fail(fmt.Errorf("the local node exited unexpectedly: %w", err))
		}
		s.node <- err
	}()
	return nil
}

func (s *stack) logs() string { return filepath.Join(s.dir, "logs") }

// podLogs returns the last lines of the session pods' logs.
func (s *stack) podLogs() string {
	files, _ := filepath.Glob(filepath.Join(s.dir, "node", "pods", "*", "*.log"))
	var text strings.Builder
	for _, file := range files {
		fmt.Fprintf(&text, "\n%s:\n%s", filepath.Base(filepath.Dir(file)), process.Tail(file, 8))
	}
	return text.String()
}

// fail records that a part has stopped unexpectedly.
func (s *stack) fail(err error) {
	select {
	case s.failed <- err:
	default: // only the first matters: the others follow from it
	}
}

// guarding runs f, and cancels it with the reason if a part of the stack fails
// meanwhile.
func (s *stack) guarding(ctx context.Context, f func(context.Context) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	go func() {
		select {
		case err := <-s.failed:
			cancel(err)
		case <-ctx.Done():
		}
	}()
	err := f(ctx)
	if cause := context.Cause(ctx); cause != nil && !errors.Is(cause, context.Canceled) && !errors.Is(err, cause) {
		return errors.Join(cause, err)
	}
	return err
}

// stop stops everything in reverse order.
func (s *stack) stop() error {
	var errs []error
	if s.gateway != nil {
		errs = append(errs, s.gateway.Stop())
	}
	if s.operator != nil {
		errs = append(errs, s.operator.Stop())
	}
	if s.stopNode != nil {
		s.stopNode()
		errs = append(errs, <-s.node)
	}
	if s.phones != nil {
		errs = append(errs, s.phones.close())
	}
	if s.plane != nil {
		errs = append(errs, s.plane.Stop())
	}
	return errors.Join(errs...)
}
