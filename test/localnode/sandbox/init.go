package sandbox

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// Init turns the process into the requested command if Command started it, and
// does nothing otherwise. Call it first in main or TestMain.
func Init() {
	if len(os.Args) == 0 || os.Args[0] != helperName {
		return
	}
	if err := enter(); err != nil {
		fmt.Fprintln(os.Stderr, "sandbox:", err)
		os.Exit(StartFailed)
	}
	os.Exit(0)
}

// enter reads the spec from standard input, sets up the root and executes the
// command. Without a command it returns.
func enter() error {
	encoded, err := io.ReadAll(os.Stdin)
	if err != nil {
		return fmt.Errorf("read the spec: %w", err)
	}
	var spec Spec
	if err := json.Unmarshal(encoded, &spec); err != nil {
		return fmt.Errorf("read the spec: %w", err)
	}
	if err := buildRoot(spec); err != nil {
		return err
	}
	if err := changeRoot(spec.Dir); err != nil {
		return err
	}
	if len(spec.Args) == 0 {
		return nil
	}
	if err := os.Chdir(filepath.Join("/", spec.WorkDir)); err != nil {
		return err
	}
	if err := nullStdin(); err != nil {
		return err
	}
	program, err := lookPath(spec.Args[0], spec.Env)
	if err != nil {
		return err
	}
	if err := syscall.Exec(program, spec.Args, spec.Env); err != nil {
		return fmt.Errorf("run %s: %w", program, err)
	}
	return nil
}

// changeRoot makes dir the root and unmounts everything outside it.
func changeRoot(dir string) error {
	if err := os.Chdir(dir); err != nil {
		return err
	}
	// The old root is stacked on the new one, and then unmounted.
	if err := unix.PivotRoot(".", "."); err != nil {
		return fmt.Errorf("pivot_root: %w", err)
	}
	if err := unix.Unmount(".", unix.MNT_DETACH); err != nil {
		return fmt.Errorf("leave the old root: %w", err)
	}
	return os.Chdir("/")
}

// nullStdin replaces the pipe that the spec came through.
func nullStdin() error {
	null, err := os.Open(os.DevNull)
	if err != nil {
		return err
	}
	return unix.Dup2(int(null.Fd()), 0)
}

func lookPath(name string, env []string) (string, error) {
	if strings.Contains(name, "/") {
		return name, nil
	}
	for _, pair := range env {
		folders, found := strings.CutPrefix(pair, "PATH=")
		if !found {
			continue
		}
		for _, folder := range filepath.SplitList(folders) {
			path := filepath.Join("/", folder, name)
			if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0 {
				return path, nil
			}
		}
	}
	return "", fmt.Errorf("%w: %s", exec.ErrNotFound, name)
}
