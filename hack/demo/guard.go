package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"syscall"

	"github.com/wasession/wasession/test/localnode/sandbox"
)

// guardedFolder passes the demo's folder to the guarded process, and marks it
// as such.
const guardedFolder = "WASESSION_DEMO_DIR"

func guarded() bool { return os.Getenv(guardedFolder) != "" }

// guard runs this program again as the first process of a PID namespace, with a
// folder that is removed afterwards, and returns its exit code. However the
// demo ends, even if either process gets SIGKILL, the kernel kills everything
// that it has started.
func guard(keep bool) int {
	dir, err := os.MkdirTemp("", "wasession-demo-")
	if err != nil {
		fmt.Fprintln(os.Stderr, "demo:", err)
		return 1
	}
	if !keep {
		defer func() { _ = os.RemoveAll(dir) }()
	}
	cmd := exec.Command("/proc/self/exe", os.Args[1:]...)
	// Temporary files of other programs are removed with the demo too.
	cmd.Env = append(os.Environ(), guardedFolder+"="+dir, "TMPDIR="+dir)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	cmd.SysProcAttr = sandbox.Namespaces(syscall.CLONE_NEWPID)

	// The guarded process has its own session, so Ctrl-C only reaches this
	// process, which passes it on.
	signals := make(chan os.Signal, 4)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	if err := cmd.Start(); err != nil {
		fmt.Fprintln(os.Stderr, "demo:", sandbox.Refused(err))
		return 1
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	for {
		select {
		case <-signals:
			_ = cmd.Process.Signal(syscall.SIGTERM)
		case err := <-ended:
			var exit *exec.ExitError
			if err != nil && !errors.As(err, &exit) {
				fmt.Fprintln(os.Stderr, "demo:", err)
				return 1
			}
			if code := cmd.ProcessState.ExitCode(); code >= 0 {
				return code
			}
			fmt.Fprintln(os.Stderr, "demo: killed")
			return 1
		}
	}
}
