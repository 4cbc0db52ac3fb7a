package command

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"
	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/wasession/wasession/kubectl/cli"
	"github.com/wasession/wasession/kubectl/cluster"
)

const logsLong = `Print the log of a session's container: with -f also what comes, with --previous that of
its last run, which says why it ended.`

func newLogs(env *Env) *cobra.Command {
	var o cluster.LogOptions
	c := &cobra.Command{
		Use: "logs NAME", Short: "Print the log of a session", Long: logsLong,
		Args: cobra.ExactArgs(1), ValidArgsFunction: env.completeName,
		RunE: func(c *cobra.Command, args []string) error {
			if o.Tail < -1 {
				return cli.UsageError("--tail must be a number of lines, or -1 for all")
			}
			return env.logs(c.Context(), args[0], o)
		},
	}
	c.Flags().BoolVarP(&o.Follow, "follow", "f", false, "Go on with what comes.")
	c.Flags().BoolVarP(&o.Previous, "previous", "p", false, "Print the log of the last run of the container.")
	c.Flags().Int64Var(&o.Tail, "tail", -1, "How many of the last lines. Defaults to all.")
	return c
}

func (e *Env) logs(ctx context.Context, name string, o cluster.LogOptions) error {
	c, err := e.Connect()
	if err != nil {
		return err
	}
	s, err := c.Session(ctx, name)
	if err != nil {
		return err
	}
	log, err := c.Log(ctx, s, o)
	if apierrors.IsNotFound(err) {
		return fmt.Errorf("the session %s has no pod: it is %s. kubectl wasession doctor %s says more", name, s.Status.Phase, name)
	}
	if err != nil {
		return err
	}
	defer func() { _ = log.Close() }()
	return copyLines(e.Out, log)
}

// copyLines copies a log, without what a terminal would take as a command: it may have
// words of others. A line that is longer than the buffer continues on the next one.
func copyLines(out io.Writer, log io.Reader) error {
	reader := bufio.NewReaderSize(log, 64<<10)
	for {
		line, _, err := reader.ReadLine()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("reading the log: %w", err)
		}
		if _, err := fmt.Fprintln(out, cli.Line(string(line))); err != nil {
			return err
		}
	}
}
