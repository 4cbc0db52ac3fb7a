package realnode

import (
	"context"
	"fmt"
	"os/exec"
	"path/filepath"

	"github.com/wasession/wasession/test/process"
)

// agents are what a host runs to be a node: containerd, kube-proxy and kubelet.
type agents struct {
	host     host
	options  Options
	programs []*process.Process // in the order of their start
	kubelet  *process.Process
}

// start starts them all.
func (a *agents) start(ctx context.Context) error {
	if err := a.startContainerd(ctx); err != nil {
		return err
	}
	if err := a.launch(filepath.Join(a.options.NodeAssets, "kube-proxy"), "--config="+a.host.files().of("kube-proxy.yaml")); err != nil {
		return err
	}
	return a.startKubelet()
}

// launch starts a program that runs until stop.
func (a *agents) launch(program string, args ...string) error {
	p, err := process.Start(string(a.host.files()), filepath.Base(program), a.options.Failed, program, args...)
	if err == nil {
		a.programs = append(a.programs, p)
	}
	return err
}

func (a *agents) startKubelet() (err error) {
	of := a.host.files().of
	a.kubelet, err = process.Start(string(a.host.files()), "kubelet", a.options.Failed, filepath.Join(a.options.NodeAssets, "kubelet"),
		"--config="+of("kubelet.yaml"), "--kubeconfig="+of("kubelet.kubeconfig"),
		"--root-dir="+of("kubelet"), "--hostname-override="+a.host.name, "--node-ip="+a.host.address)
	return err
}

// startContainerd starts containerd with the images of the node.
func (a *agents) startContainerd(ctx context.Context) error {
	program, err := exec.LookPath("containerd")
	if err != nil {
		return err
	}
	if err := a.launch(program, "--config", a.host.files().of("containerd.toml")); err != nil {
		return err
	}
	if err := poll(ctx, func() error { return ctr(ctx, "version") }); err != nil {
		return fmt.Errorf("containerd does not answer: %w", err)
	}
	pause := a.host.files().of("pause.tar")
	if err := WriteImage(pause, PauseImage, a.options.Pause); err != nil {
		return fmt.Errorf("pause image: %w", err)
	}
	for _, image := range append([]string{pause}, a.options.Images...) {
		if err := loadImage(ctx, image); err != nil {
			return err
		}
	}
	for _, tag := range a.options.Tags {
		if err := ctr(ctx, "images", "tag", tag[0], tag[1]); err != nil {
			return err
		}
	}
	return nil
}

// stop ends the programs. What still runs in pods ends with the namespaces.
func (a *agents) stop() {
	if a.kubelet != nil {
		a.kubelet.Kill()
	}
	for i := len(a.programs) - 1; i >= 0; i-- {
		a.programs[i].Kill()
	}
}
