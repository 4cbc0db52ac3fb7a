// Package command has the plugin's commands, one file each.
package command

import (
	"context"
	"slices"

	"github.com/spf13/cobra"

	"github.com/wasession/wasession/kubectl/cli"
	"github.com/wasession/wasession/kubectl/cluster"
	"github.com/wasession/wasession/kubectl/reach"
)

// Env is what the commands work with.
type Env struct {
	cli.Streams
	// Connect returns the cluster that the flags say.
	Connect func() (*cluster.Cluster, error)
	Reach   reach.Options
	// Version is the plugin's.
	Version string
}

// All returns the commands, in the order of the help.
func All(env *Env) []*cobra.Command {
	return []*cobra.Command{
		newQR(env), newCode(env), newPasskey(env), newList(env),
		newChats(env), newMessages(env), newSend(env), newArchive(env),
		newLogs(env), newDoctor(env), newSupportBundle(env),
		newRollout(env), newImportWAHA(env),
	}
}

// completeName completes the name of a session, the first argument.
func (e *Env) completeName(c *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return e.names(c.Context()), cobra.ShellCompDirectiveNoFileComp
}

// completeNames completes names of sessions that are not there yet.
func (e *Env) completeNames(c *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	names := slices.DeleteFunc(e.names(c.Context()), func(name string) bool { return slices.Contains(args, name) })
	return names, cobra.ShellCompDirectiveNoFileComp
}

// names are those of the namespace's sessions, for completion, which says no errors.
func (e *Env) names(ctx context.Context) (names []string) {
	c, err := e.Connect()
	if err != nil {
		return nil
	}
	list, err := c.List(ctx, c.Namespace, "")
	if err != nil {
		return nil
	}
	for i := range list {
		names = append(names, list[i].Name)
	}
	return names
}
