package realnode

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"
)

// The names by which the program runs itself, in argv[0].
const (
	firstName   = "realnode-first"
	janitorName = "realnode-janitor"
	secondName  = "realnode-second"
)

// folderVariable passes the folder of the run to the processes inside.
const folderVariable = "WASESSION_REALNODE_DIR"

// checkVariable tells the first process inside to do nothing more than to be there.
const checkVariable = "WASESSION_REALNODE_CHECK"

// Folder is the folder of this run, which is removed with it, or empty outside the
// namespaces.
func Folder() string { return os.Getenv(folderVariable) }

// commands are those of Debian's packages containerd, runc, containernetworking-plugins,
// iproute2, nftables and conntrack that a node needs.
var commands = []string{"containerd", "containerd-shim-runc-v2", "ctr", "runc", "ip", "nft", "conntrack"}

// Missing says what this machine lacks for a node, in one sentence, or is nil.
func Missing() error {
	if runtime.GOOS != "linux" || os.Geteuid() != 0 {
		return errors.New("a real node needs root on Linux: run it with sudo, or in a virtual machine")
	}
	var missing []string
	for _, name := range commands {
		if _, err := exec.LookPath(name); err != nil {
			missing = append(missing, name)
		}
	}
	if _, err := os.Stat(filepath.Join(pluginFolder, "bridge")); err != nil {
		missing = append(missing, filepath.Join(pluginFolder, "bridge"))
	}
	if len(missing) > 0 {
		return fmt.Errorf("%s not found: on Debian, apt-get install containerd runc containernetworking-plugins iproute2 nftables conntrack", strings.Join(missing, ", "))
	}
	return nil
}

// Init turns the process into one of the package's helpers if it was started as
// such, and does nothing otherwise. Call it first in main.
func Init() {
	switch os.Args[0] {
	case firstName:
		os.Exit(first())
	case janitorName:
		os.Exit(janitor(os.Args[1]))
	case secondName:
		os.Exit(runSecond(os.Args[1]))
	}
}

// Enter runs this program again, with its arguments, as the only child of the first
// process of new namespaces, and returns its exit code. However the run ends, even by
// SIGKILL, the kernel kills all that it has started, and a janitor removes its folder
// and control groups.
func Enter() int {
	code, err := enter()
	if err != nil {
		fmt.Fprintln(os.Stderr, "real node:", err)
		return 1
	}
	return code
}

// Check says whether this machine lets a node have its namespaces. The first process
// inside prints what it does not get.
func Check() error {
	code, err := enter(checkVariable + "=1")
	if err == nil && code != 0 {
		err = errors.New("this machine does not allow the namespaces and mounts of a node")
	}
	return err
}

// enter enters with some more environment variables.
func enter(environment ...string) (code int, err error) {
	if err := Missing(); err != nil {
		return 1, err
	}
	dir, err := os.MkdirTemp("", "wasession-node-")
	if err != nil {
		return 1, err
	}
	cleaned, err := startJanitor(dir)
	if err != nil {
		return 1, errors.Join(err, os.RemoveAll(dir))
	}
	defer func() { err = errors.Join(err, cleaned()) }()

	// The signal of a parent's death comes when the thread ends that started the child.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	cmd := exec.Command("/proc/self/exe")
	cmd.Args = append([]string{firstName}, os.Args[1:]...)
	cmd.Env = append(append(os.Environ(), folderVariable+"="+dir, "TMPDIR="+dir), environment...)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags: syscall.CLONE_NEWNS | syscall.CLONE_NEWNET | syscall.CLONE_NEWPID | syscall.CLONE_NEWUTS | syscall.CLONE_NEWIPC,
		Setsid:     true, // Ctrl-C reaches only this process, which passes it on
		Pdeathsig:  syscall.SIGKILL,
	}
	signals := make(chan os.Signal, 4)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer signal.Stop(signals)
	if err := cmd.Start(); err != nil {
		return 1, fmt.Errorf("new namespaces: %w", err)
	}
	ended := make(chan struct{})
	defer func() { <-ended }()
	over := make(chan struct{})
	go func() {
		defer close(ended)
		for {
			select {
			case <-signals:
				_ = cmd.Process.Signal(syscall.SIGTERM)
			case <-over:
				return
			}
		}
	}()
	err = cmd.Wait()
	close(over)
	if exit := new(exec.ExitError); errors.As(err, &exit) {
		if exit.ExitCode() >= 0 {
			return exit.ExitCode(), nil
		}
		return 1, errors.New("killed")
	}
	return 0, err
}

// startJanitor starts a process that outlives this one, however it ends, and then
// removes what the kernel does not. The function it returns asks for that and waits.
func startJanitor(dir string) (clean func() error, err error) {
	read, write, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	cmd := exec.Command("/proc/self/exe")
	cmd.Args = []string{janitorName, dir}
	cmd.Stdin, cmd.Stderr = read, os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	err = cmd.Start()
	_ = read.Close()
	if err != nil {
		return nil, errors.Join(err, write.Close())
	}
	return func() error {
		_ = write.Close()
		return cmd.Wait()
	}, nil
}

// janitor waits until the process that started it has ended or closes its standard
// input, and cleans up. Everything in the namespaces is killed by then, or dies soon.
func janitor(dir string) int {
	signal.Ignore(os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	_, _ = io.Copy(io.Discard, os.Stdin)
	deadline := time.Now().Add(time.Minute)
	for {
		err := errors.Join(removeGroups(groupOf(dir)), os.RemoveAll(dir))
		if err == nil {
			return 0
		}
		if time.Now().After(deadline) {
			fmt.Fprintln(os.Stderr, "real node: not cleaned up:", err)
			return 1
		}
		time.Sleep(100 * time.Millisecond) // nothing tells that the last process has gone
	}
}

// first is the first process of the namespaces: it makes them a machine for a node,
// runs the program, and reaps the children of processes that are gone.
func first() int {
	if err := makeMachine(firstHost, Folder()); err != nil {
		fmt.Fprintln(os.Stderr, "real node:", err)
		return 1
	}
	if os.Getenv(checkVariable) != "" {
		return 0
	}
	signals := make(chan os.Signal, 4)
	signal.Notify(signals, syscall.SIGTERM)
	self, err := os.Readlink("/proc/self/exe")
	if err != nil {
		fmt.Fprintln(os.Stderr, "real node:", err)
		return 1
	}
	program, err := os.StartProcess("/proc/self/exe", append([]string{self}, os.Args[1:]...), &os.ProcAttr{
		Env: os.Environ(), Files: []*os.File{nil, os.Stdout, os.Stderr},
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, "real node:", err)
		return 1
	}
	go func() {
		for range signals {
			_ = program.Signal(syscall.SIGTERM)
		}
	}()
	for {
		var status syscall.WaitStatus
		pid, err := syscall.Wait4(-1, &status, 0, nil)
		switch {
		case err != nil && !errors.Is(err, syscall.EINTR):
			return 1
		case err == nil && pid == program.Pid && status.Exited():
			return status.ExitStatus()
		case err == nil && pid == program.Pid:
			return 1
		}
	}
}
