// Command racecheck runs tests under the race detector when a library they use
// has data races of its own. It reads every report: a race counts unless both
// of its stacks are listed in known.txt.
//
//	racecheck [go test flags] PACKAGE...
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "racecheck:", err)
		os.Exit(1)
	}
}

// run runs the tests, then judges the reports that they left.
func run(ctx context.Context, args []string) error {
	dir, err := os.MkdirTemp("", "racecheck-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	overlay, err := writeOverlay(ctx, dir)
	if err != nil {
		return err
	}
	test := exec.CommandContext(ctx, "go", append([]string{"test", "-race", "-overlay", overlay}, args...)...)
	test.Env = append(os.Environ(), "GORACE=exitcode=0 log_path="+filepath.Join(dir, "report"))
	test.Stdout, test.Stderr = os.Stdout, os.Stderr
	test.Cancel = func() error { return test.Process.Signal(syscall.SIGTERM) }
	failed := test.Run()
	return errors.Join(failed, judge(dir))
}

// judge reads all reports in a folder and fails if any race counts.
func judge(dir string) error {
	known, err := readKnown(knownFile)
	if err != nil {
		return err
	}
	files, err := filepath.Glob(filepath.Join(dir, "report.*"))
	if err != nil {
		return err
	}
	counted, excused := map[string]int{}, 0
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		for _, r := range parseReports(string(text)) {
			if known.excuses(r) {
				excused++
				continue
			}
			if counted[r.String()]++; counted[r.String()] == 1 {
				fmt.Fprintf(os.Stderr, "%s\n", r.text)
			}
		}
	}
	if len(counted) == 0 {
		fmt.Printf("racecheck: no race of ours, %d reports of known ones\n", excused)
		return nil
	}
	for race, n := range counted {
		fmt.Fprintf(os.Stderr, "racecheck: %d × %s\n", n, race)
	}
	return fmt.Errorf("%d races; the reports are above", len(counted))
}
