// Command perf measures the product against its thresholds: the shipped runtime
// as a separate process, against the simulated WhatsApp. `make perf` runs it.
// Its exit code tells whether all thresholds hold.
package main

import (
	"context"
	_ "embed"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/wasession/wasession/test/perf/figures"
)

//go:embed thresholds.yaml
var thresholdsFile []byte

// section is a group of measurements that can be run alone.
type section struct {
	name string
	run  func(context.Context, *lab) error
}

// sections in the order they run: later ones use results of earlier ones.
var sections = []section{
	{"receive", measureReceive},
	{"webhooks", measureWebhooks},
	{"backlog", measureBacklog},
	{"send", measureSend},
	{"disk", measureDisk},
	{"import", measureImport},
	{"lists", measureLists},
	{"memory", measureMemory},
	{"start", measureStart},
}

func main() {
	figures.Main("perf", func(ctx context.Context) error { return run(ctx, os.Args[1:]) })
}

func run(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("perf", flag.ContinueOnError)
	var opts options
	flags.StringVar(&opts.runtime, "runtime", "bin/wasession-runtime", "the runtime's `binary`")
	flags.StringVar(&opts.bare, "bare", "bin/wasession-bare", "the bare client's `binary`")
	only := flags.String("only", "", "`sections` to run, separated by commas; default all of "+names())
	bound := flags.Duration("timeout", 40*time.Minute, "give up after this time")
	flags.BoolVar(&opts.verbose, "verbose", false, "show the runtime's log")
	if err := flags.Parse(args); err != nil {
		return err
	}
	chosen, err := choose(*only)
	if err != nil {
		return err
	}
	limits, err := figures.Parse(thresholdsFile)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, *bound)
	defer cancel()
	l, err := newLab(opts)
	if err != nil {
		return err
	}
	defer l.close()
	return measure(ctx, l, chosen, limits)
}

// measure runs sections, prints their figures, and judges them.
func measure(ctx context.Context, l *lab, chosen []section, limits []figures.Threshold) error {
	begin, own := figures.MachineTime(), ownTime(l)
	for _, s := range chosen {
		began := time.Now()
		l.section()
		fmt.Fprintf(os.Stderr, "perf: %s ...\n", s.name)
		if err := s.run(ctx, l); err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
		fmt.Fprintf(os.Stderr, "perf: %s took %s, %s\n", s.name, time.Since(began).Round(time.Second), l.sinceSection())
	}
	return figures.Report(os.Stdout, l.figures, limits, namesOf(chosen),
		fmt.Sprintf("Over the whole run, %s.", figures.MachineTime().Since(begin, ownTime(l)-own)))
}

func namesOf(sections []section) []string {
	var all []string
	for _, s := range sections {
		all = append(all, s.name)
	}
	return all
}

func names() string { return strings.Join(namesOf(sections), ", ") }

// choose finds sections by name; an empty name selects all.
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
