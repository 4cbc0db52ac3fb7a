// Package sandbox runs a command like a container, as far as the demo needs it:
// as the first process of a new PID namespace, with a root folder made of bind
// mounts. It only uses Linux namespaces, so it works without root if the
// machine allows user namespaces. It separates file names, not users: it is not
// a security boundary.
package sandbox

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
)

// helperName is argv[0] with which a program runs itself to set up a root.
const helperName = "localnode-sandbox"

// StartFailed is the exit code of a command whose root could not be set up or
// whose program could not be run; the reason is on its standard error.
const StartFailed = 125

// Mount shows a host file or folder at a path inside the sandbox.
type Mount struct {
	Source   string
	Target   string
	ReadOnly bool
}

// Spec says what to run and what it sees.
type Spec struct {
	// Dir is an empty host folder on which the root is built.
	Dir string
	// Mounts may nest; order does not matter.
	Mounts []Mount
	// ReadOnlyRoot forbids writing outside of writable Mounts.
	ReadOnlyRoot bool
	// Args is the command. Its first element is looked up inside, in the PATH
	// of Env.
	Args []string
	// Env is the whole environment, as NAME=value pairs.
	Env []string
	// WorkDir is a path inside; empty means /.
	WorkDir string
}

// Command prepares spec for the caller to start. The command and everything it
// starts die with the caller, however that ends: the kernel kills a PID
// namespace when its first process ends, and that process when its parent does.
//
// The program that calls Command must call Init first in main.
func Command(spec Spec) (*exec.Cmd, error) {
	encoded, err := json.Marshal(spec)
	if err != nil {
		return nil, err
	}
	cmd := exec.Command("/proc/self/exe")
	cmd.Args = []string{helperName}
	cmd.Env = []string{}
	cmd.Stdin = bytes.NewReader(encoded)
	cmd.SysProcAttr = Namespaces(syscall.CLONE_NEWNS | syscall.CLONE_NEWPID)
	return cmd, nil
}

// Namespaces returns the attributes of a process with the namespaces of flags,
// in a new session, that is killed when its parent dies. Without root, it also
// gets a user namespace in which it is root.
func Namespaces(flags uintptr) *syscall.SysProcAttr {
	attributes := &syscall.SysProcAttr{
		Cloneflags: flags,
		Setsid:     true,
		Pdeathsig:  syscall.SIGKILL,
	}
	if os.Geteuid() != 0 {
		attributes.Cloneflags |= syscall.CLONE_NEWUSER
		attributes.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Geteuid(), Size: 1}}
		attributes.GidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getegid(), Size: 1}}
	}
	return attributes
}

// Check sets up a root without a command, and explains what the machine lacks.
func Check(ctx context.Context) error {
	dir, err := os.MkdirTemp("", "sandbox-check-")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(dir) }()
	cmd, err := Command(Spec{Dir: dir})
	if err != nil {
		return err
	}
	var output bytes.Buffer
	cmd.Stdout, cmd.Stderr = &output, &output
	if err = cmd.Start(); err == nil {
		stop := context.AfterFunc(ctx, func() { _ = cmd.Process.Kill() })
		err = cmd.Wait()
		stop()
	}
	if err == nil {
		return nil
	}
	cause := strings.TrimSpace(output.String())
	if cause == "" {
		cause = err.Error()
	}
	return Refused(errors.New(cause))
}

// Refused explains an error from creating namespaces.
func Refused(cause error) error { return fmt.Errorf("%w (%w)", errRefused, cause) }

var errRefused = errors.New("this machine refuses mount and PID namespaces, in which session pods run: " +
	"run as root, or allow user namespaces (sysctl -w kernel.apparmor_restrict_unprivileged_userns=0 on Ubuntu); " +
	"a Docker container needs --privileged")
