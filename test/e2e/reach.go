package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"runtime"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
	corev1 "k8s.io/api/core/v1"

	"github.com/wasession/wasession/test/cluster"
)

// way is a connection that somebody tries from within a pod.
type way struct {
	what string
	from *corev1.Pod
	to   string // address and port
	open bool
}

// expect waits until each way is open or closed as it should be. Rules follow a change
// after a moment.
func expect(ctx context.Context, ways ...way) error {
	for _, w := range ways {
		if err := cluster.Eventually(ctx, func() (bool, error) {
			err := dialFrom(w.from, w.to)
			switch {
			case w.open && err == nil, !w.open && errors.Is(err, syscall.EHOSTUNREACH):
				return true, nil
			case w.open:
				return false, fmt.Errorf("%s, %s: %w", w.what, w.to, err)
			default:
				return false, fmt.Errorf("%s, %s: want it rejected by a policy, got %w", w.what, w.to, err)
			}
		}); err != nil {
			return err
		}
	}
	return nil
}

// dialFrom connects from within a pod, as its processes would.
func dialFrom(pod *corev1.Pod, address string) error {
	return inNetwork(pod, func() error {
		connection, err := net.DialTimeout("tcp", address, 5*time.Second)
		if err == nil {
			err = connection.Close()
		}
		return err
	})
}

// listenIn listens within a pod.
func listenIn(pod *corev1.Pod, port int) (listener net.Listener, err error) {
	err = inNetwork(pod, func() error {
		listener, err = net.Listen("tcp", fmt.Sprintf(":%d", port))
		return err
	})
	return listener, err
}

// inNetwork calls f where sockets are those of a pod.
func inNetwork(pod *corev1.Pod, f func() error) error {
	pids, err := processesOf(string(pod.UID), "")
	if err != nil {
		return err
	}
	if len(pids) == 0 {
		return fmt.Errorf("pod %s has no process", pod.Name)
	}
	network, err := os.Open(fmt.Sprintf("/proc/%d/ns/net", pids[0]))
	if err != nil {
		return err
	}
	defer func() { _ = network.Close() }()
	result := make(chan error, 1)
	go func() {
		runtime.LockOSThread() // and never unlocked: the thread ends with the goroutine
		if err := unix.Setns(int(network.Fd()), unix.CLONE_NEWNET); err != nil {
			result <- err
			return
		}
		result <- f()
	}()
	return <-result
}
