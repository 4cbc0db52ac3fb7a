// Command perf measures the product against its thresholds: the shipped runtime as a
// separate process, against the simulated WhatsApp. `make perf` runs it. Its exit code
// says whether all thresholds hold.
package main

import (
	"context"
	_ "embed"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"
)

//go:embed thresholds.yaml
var thresholdsFile []byte

// section is a group of measurements that can be run alone.
type section struct {
	name string
	run  func(context.Context, *lab) error
}

// sections in the order they run: later ones use what earlier ones left.
var sections = []section{
	{"import", measureImport},
	{"pages", measurePages},
	{"idle", measureIdle},
	{"start", measureStart},
	{"receive", measureReceive},
	{"webhooks", measureWebhooks},
}

// errMissed says that the measurements went well and a threshold did not hold.
var errMissed = errors.New("a threshold is missed")

func main() {
	if len(os.Args) > 1 && os.Args[1] == bareCommand {
		exit(runBare(os.Args[2:]))
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:])
	stop()
	exit(err)
}

func exit(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "perf:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

func run(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("perf", flag.ContinueOnError)
	binary := flags.String("runtime", "bin/wasession-runtime", "the runtime's `binary`")
	only := flags.String("only", "", "`sections` to run, separated by commas; default all of "+names())
	bound := flags.Duration("timeout", 20*time.Minute, "give up after this time")
	verbose := flags.Bool("verbose", false, "show the runtime's log")
	if err := flags.Parse(args); err != nil {
		return err
	}
	chosen, err := choose(*only)
	if err != nil {
		return err
	}
	limits, err := parseThresholds(thresholdsFile)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, *bound)
	defer cancel()
	l, err := newLab(*binary, *verbose)
	if err != nil {
		return err
	}
	defer l.close()
	return measure(ctx, l, chosen, limits)
}

// measure runs sections, prints what they found, and judges it.
func measure(ctx context.Context, l *lab, chosen []section, limits []threshold) error {
	for _, s := range chosen {
		began := time.Now()
		l.section()
		fmt.Fprintf(os.Stderr, "perf: %s ...\n", s.name)
		if err := s.run(ctx, l); err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
		fmt.Fprintf(os.Stderr, "perf: %s took %s, %s\n", s.name, time.Since(began).Round(time.Second), l.sinceSection())
	}
	rows, ok, err := judge(l.figures, limits, chosen)
	if err != nil {
		return err
	}
	printTable(os.Stdout, rows)
	if !ok {
		return errMissed
	}
	return nil
}

func names() string {
	var all []string
	for _, s := range sections {
		all = append(all, s.name)
	}
	return strings.Join(all, ", ")
}

// choose finds sections by name; all for none.
func choose(only string) ([]section, error) {
	if only == "" {
		return sections, nil
	}
	var chosen []section
	wanted := strings.Split(only, ",")
	for _, name := range wanted {
		if !slices.ContainsFunc(sections, func(s section) bool { return s.name == name }) {
			return nil, fmt.Errorf("there is no section %q: they are %s", name, names())
		}
	}
	for _, s := range sections {
		if slices.Contains(wanted, s.name) {
			chosen = append(chosen, s)
		}
	}
	return chosen, nil
}
