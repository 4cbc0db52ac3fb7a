// Package app is the plugin's root command: it puts the commands together.
package app

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/go-logr/logr"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"k8s.io/klog/v2"

	"github.com/wasession/wasession/kubectl/cli"
	"github.com/wasession/wasession/kubectl/cluster"
	"github.com/wasession/wasession/kubectl/command"
)

const long = `Work with WhatsApp sessions.

Commands that talk to a session go through the API server to its pod, as kubectl
port-forward does, with the API key in the session's Secret. You need the rights to
"create" pods/portforward and to "get" that Secret. Or name the gateway with --gateway:
then your token is enough.

Exit codes: 0 done, 1 failed, 2 wrong command line, 3 what was looked at is not well,
4 --timeout is over, 130 interrupted.`

// Run runs the plugin and returns its exit code. ctx ends when the user interrupts it.
func Run(ctx context.Context, version string, args []string, streams cli.Streams) cli.Code {
	klog.SetLogger(logr.Discard()) // the API client logs what is returned as an error too
	root := newRoot(version, streams)
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	code := cli.CodeOf(ctx, err)
	switch {
	case err == nil, errors.Is(err, cli.ErrUnhealthy):
	case code == cli.Interrupted:
		streams.Note("interrupted")
	default:
		streams.Note("error: %s", cli.Line(err.Error()))
	}
	return code
}

func newRoot(version string, streams cli.Streams) *cobra.Command {
	flags := cluster.NewFlags(version)
	env := &command.Env{Streams: streams, Version: version}
	env.Connect = func() (*cluster.Cluster, error) {
		c, err := flags.Connect()
		if err != nil {
			return nil, err
		}
		if err := env.Reach.Check(c.Config); err != nil {
			return nil, cli.UsageError("%w", err)
		}
		return c, nil
	}
	env.Reach.GatewayKey = os.Getenv("WASESSION_GATEWAY_KEY")
	root := &cobra.Command{
		Use:   "kubectl-wasession",
		Short: "Work with WhatsApp sessions",
		Long:  long,
		// kubectl finds the plugin by its file's name; people call it by this one.
		Annotations:   map[string]string{cobra.CommandDisplayNameAnnotation: "kubectl wasession"},
		Version:       version,
		SilenceErrors: true, SilenceUsage: true,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) > 0 {
				return cli.UsageError("there is no command %q: see %s --help", args[0], c.CommandPath())
			}
			return nil
		},
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	root.SetVersionTemplate("{{.Version}}\n")
	root.SetIn(streams.In)
	root.SetOut(streams.Out)
	root.SetErr(streams.Err)
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return cli.UsageError("%w: see %s --help", err, c.CommandPath())
	})
	persistent := root.PersistentFlags()
	flags.Bind(persistent)
	persistent.StringVar(&env.Reach.Gateway, "gateway", "", "Reach sessions through the gateway at this URL, with your token or the key in WASESSION_GATEWAY_KEY.")
	persistent.BoolVar(&env.Reach.Direct, "direct", false, "Reach sessions at their pods' addresses, from inside the cluster.")
	root.AddCommand(command.All(env)...)
	checkArguments(root)
	completeFlags(root, flags)
	return root
}

// checkArguments makes errors of the arguments of all commands ones of the command line.
func checkArguments(parent *cobra.Command) {
	for _, c := range parent.Commands() {
		c.Args = usageOf(c.Args)
		checkArguments(c)
	}
}

// usageOf makes an error of the arguments one of the command line.
func usageOf(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if check == nil {
			return nil
		}
		if err := check(c, args); err != nil {
			return cli.UsageError("%w: see %s --help", err, c.CommandPath())
		}
		return nil
	}
}

// completeFlags answers Tab after the flags whose values the plugin knows.
func completeFlags(root *cobra.Command, flags *cluster.Flags) {
	err := root.RegisterFlagCompletionFunc("context", func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return flags.Contexts(), cobra.ShellCompDirectiveNoFileComp
	})
	if err == nil {
		err = completeFormats(root)
	}
	if err != nil {
		panic(fmt.Sprintf("the flag is gone: %v", err)) // a mistake in this file
	}
}

// completeFormats does so for the output formats of all commands.
func completeFormats(parent *cobra.Command) (err error) {
	for _, c := range parent.Commands() {
		c.Flags().VisitAll(func(f *pflag.Flag) {
			if _, ok := f.Value.(*cli.Format); ok {
				err = errors.Join(err, c.RegisterFlagCompletionFunc(f.Name, cobra.FixedCompletions([]string{string(cli.JSON), string(cli.YAML)}, cobra.ShellCompDirectiveNoFileComp)))
			}
		})
		err = errors.Join(err, completeFormats(c))
	}
	return err
}
