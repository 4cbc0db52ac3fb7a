package sandbox_test

import (
	"bufio"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/wasession/wasession/test/localnode/sandbox"
)

func TestMain(m *testing.M) {
	sandbox.Init()
	if os.Getenv("SANDBOX_TEST_PARENT") != "" {
		beParent()
	}
	os.Exit(m.Run())
}

// view is what testdata/look reports.
type view struct {
	PID            int
	Args, Env      []string
	Dir            string
	Root           []string
	Config, Nested string
	Writes         map[string]bool
}

// buildLook compiles testdata/look statically, like an image's programs.
func buildLook(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	build := exec.Command("go", "build", "-o", filepath.Join(folder, "look"), "./testdata/look")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build look: %v\n%s", err, out)
	}
	return folder
}

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestSandbox(t *testing.T) {
	if err := sandbox.Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	bin, data, config, secret := buildLook(t), t.TempDir(), t.TempDir(), t.TempDir()
	write(t, filepath.Join(config, "file"), "settings")
	write(t, filepath.Join(secret, "key"), "hidden")
	if err := os.Mkdir(filepath.Join(config, "secret"), 0o755); err != nil {
		t.Fatal(err)
	}

	spec := sandbox.Spec{
		Dir: t.TempDir(),
		Mounts: []sandbox.Mount{
			{Source: secret, Target: "/etc/app/config/secret", ReadOnly: true},
			{Source: bin, Target: "/usr/local/bin", ReadOnly: true},
			{Source: data, Target: "/data"},
			{Source: config, Target: "/etc/app/config", ReadOnly: true},
		},
		ReadOnlyRoot: true,
		Args:         []string{"look", "one", "two words"},
		Env:          []string{"PATH=/nowhere:/usr/local/bin", "WRITE_TO=/data /etc/app/config / /tmp"},
		WorkDir:      "/data",
	}
	got := look(t, spec)
	if got.PID != 1 {
		t.Errorf("PID %d, want 1: the command is the first process of its namespace", got.PID)
	}
	if !slices.Equal(got.Args, []string{"one", "two words"}) || !slices.Equal(got.Env, spec.Env) || got.Dir != "/data" {
		t.Errorf("args %q, env %q, dir %q", got.Args, got.Env, got.Dir)
	}
	if got.Config != "settings" || got.Nested != "hidden" {
		t.Errorf("mounted files read %q and %q", got.Config, got.Nested)
	}
	if want := []string{"data", "dev", "etc", "proc", "tmp", "usr"}; !slices.Equal(got.Root, want) {
		t.Errorf("root holds %v, want %v and nothing of the host's", got.Root, want)
	}
	for folder, want := range map[string]bool{"/data": true, "/etc/app/config": false, "/": false, "/tmp": false} {
		if got.Writes[folder] != want {
			t.Errorf("writing to %s: %v, want %v", folder, got.Writes[folder], want)
		}
	}
	if _, err := os.Stat(filepath.Join(data, "written")); err != nil {
		t.Errorf("what is written to a mount must appear on the host: %v", err)
	}

	spec.ReadOnlyRoot = false
	if got := look(t, spec); !got.Writes["/tmp"] {
		t.Error("a writable root is not writable")
	}
}

func look(t *testing.T, spec sandbox.Spec) view {
	t.Helper()
	cmd, err := sandbox.Command(spec)
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var got view
	if err := json.Unmarshal(out, &got); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return got
}

func TestCommandThatCannotStart(t *testing.T) {
	for name, test := range map[string]struct {
		spec sandbox.Spec
		want string
	}{
		"no such program": {sandbox.Spec{Args: []string{"nothing"}, Env: []string{"PATH=/usr/local/bin"}}, "nothing"},
		"no such mount":   {sandbox.Spec{Args: []string{"x"}, Mounts: []sandbox.Mount{{Source: "/no/such", Target: "/data"}}}, "mount /data"},
	} {
		t.Run(name, func(t *testing.T) {
			test.spec.Dir = t.TempDir()
			cmd, err := sandbox.Command(test.spec)
			if err != nil {
				t.Fatal(err)
			}
			out, err := cmd.CombinedOutput()
			if err == nil || cmd.ProcessState.ExitCode() != sandbox.StartFailed || !strings.Contains(string(out), test.want) {
				t.Fatalf("exit %v, output %q; want code %d and %q", err, out, sandbox.StartFailed, test.want)
			}
		})
	}
}

// TestDiesWithItsParent kills a parent with SIGKILL: the command it ran and
// that command's own child must be gone.
func TestDiesWithItsParent(t *testing.T) {
	parent := exec.Command("/proc/self/exe")
	parent.Env = append(os.Environ(), "SANDBOX_TEST_PARENT="+buildLook(t), "SANDBOX_TEST_ROOT="+t.TempDir())
	parent.Stderr = os.Stderr
	out, err := parent.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := parent.Start(); err != nil {
		t.Fatal(err)
	}
	scanner := bufio.NewScanner(out)
	scanner.Scan()
	pid, err := strconv.Atoi(scanner.Text())
	if err != nil {
		t.Fatalf("the parent reported %q", scanner.Text())
	}
	fd, err := unix.PidfdOpen(pid, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = unix.Close(fd) }()

	if err := parent.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = parent.Wait()
	// A pidfd becomes readable when its process ends; the first process of a
	// PID namespace ends after all others in it.
	n, err := unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}, 10_000)
	if err != nil || n != 1 {
		t.Fatalf("the command outlives its parent (%v)", err)
	}
}

// beParent starts a sandbox, reports its PID once it runs, and waits forever.
func beParent() {
	cmd, err := sandbox.Command(sandbox.Spec{
		Dir:    os.Getenv("SANDBOX_TEST_ROOT"),
		Mounts: []sandbox.Mount{{Source: os.Getenv("SANDBOX_TEST_PARENT"), Target: "/bin"}},
		Args:   []string{"/bin/look", "wait"},
	})
	if err != nil {
		panic(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		panic(err)
	}
	if err := cmd.Start(); err != nil {
		panic(err)
	}
	bufio.NewScanner(out).Scan()
	_, _ = os.Stdout.WriteString(strconv.Itoa(cmd.Process.Pid) + "\n")
	select {}
}
