// Command gateway measures the shipped gateway, in its own process, in front of many
// sessions on a real API server, and judges it by the thresholds beside it. This
// program plays the sessions' pods and the clients; see docs/performance.md.
package main

import (
	"context"
	_ "embed"
	"flag"
	"fmt"
	"os"

	"github.com/go-logr/logr"
	ctrllog "sigs.k8s.io/controller-runtime/pkg/log"

	"github.com/wasession/wasession/test/perf/figures"
)

//go:embed thresholds.yaml
var thresholdsFile []byte

func main() {
	ctrllog.SetLogger(logr.Discard())
	figures.Main("gateway", run)
}

func run(ctx context.Context) error {
	sessions := flag.Int("sessions", 1000, "How many sessions there are.")
	binary := flag.String("gateway", "bin/wasession-gateway", "The gateway's binary.")
	flag.Parse()
	limits, err := figures.Parse(thresholdsFile)
	if err != nil {
		return err
	}
	s, err := startStage(ctx, *sessions, *binary)
	if err != nil {
		return err
	}
	defer s.close()
	for _, section := range []func(context.Context) error{s.added, s.sockets, s.hanging, s.upload, s.dashboard} {
		if err := section(ctx); err != nil {
			return err
		}
	}
	return figures.Report(os.Stdout, s.figures, limits, []string{"gateway"},
		fmt.Sprintf("%d sessions; over the whole run, %s.", *sessions, figures.MachineTime().Since(s.began, s.ownTime())))
}

func say(format string, args ...any) { fmt.Fprintf(os.Stderr, "gateway: "+format+"\n", args...) }
