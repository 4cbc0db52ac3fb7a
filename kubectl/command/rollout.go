package command

import (
	"strconv"

	"github.com/spf13/cobra"

	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/kubectl/cli"
	"github.com/wasession/wasession/kubectl/cluster"
)

const rolloutStatusLong = `Show how many sessions run a pod of the current template, and what the others wait for.

It follows until all are up to date. It ends with exit code 3 when the others need
somebody who acts: the rollout is held, sessions fail or are paused, or wait for somebody
to delete their pod.

Right after an upgrade the operator has not looked at every session yet: wait for its
Deployment first, with kubectl rollout status.`

// fleet says which sessions a command is about.
type fleet struct {
	all      bool
	selector string
}

func (f *fleet) bind(c *cobra.Command) {
	c.Flags().BoolVarP(&f.all, "all-namespaces", "A", false, "The sessions of all namespaces.")
	c.Flags().StringVarP(&f.selector, "selector", "l", "", "The sessions with these labels, such as team=sales.")
}

func (f *fleet) namespace(c *cluster.Cluster) string {
	if f.all {
		return ""
	}
	return c.Namespace
}

func newRollout(env *Env) *cobra.Command {
	c := &cobra.Command{
		Use: "rollout", Short: "Follow, pause and resume rollouts of the operator's template",
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(newRolloutStatus(env), newRolloutPause(env), newRolloutResume(env))
	return c
}

func newRolloutStatus(env *Env) *cobra.Command {
	var (
		fleet   fleet
		watch   bool
		timeout cli.Timeout
		format  cli.Format
	)
	c := &cobra.Command{
		Use: "status", Short: "Show how many sessions are up to date, and what the others wait for", Long: rolloutStatusLong,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			ctx, cancel := timeout.Limit(c.Context())
			defer cancel()
			k8s, err := env.Connect()
			if err != nil {
				return err
			}
			var state rolloutState
			progress := cli.Progress{Streams: env.Streams}
			followed := k8s.Follow(ctx, fleet.namespace(k8s), fleet.selector, func(sessions []*v1alpha1.WhatsAppSession) bool {
				state = rolloutOf(sessions)
				if !watch || !state.moves() {
					return true
				}
				progress.Say("%s", state)
				return false
			})
			if followed != nil {
				return followed
			}
			if state.Sessions == 0 && format == cli.Table {
				env.Note("No sessions found in %s.", cli.Where(fleet.namespace(k8s)))
				return nil
			}
			if err := format.Print(env.Out, state, func(w *cli.Rows) { rolloutTable(w, state) }); err != nil {
				return err
			}
			if len(state.Outdated) > 0 && !state.moves() {
				return cli.ErrUnhealthy
			}
			return nil
		},
	}
	fleet.bind(c)
	c.Flags().BoolVarP(&watch, "watch", "w", true, "Follow until the rollout is done.")
	timeout.Bind(c.Flags())
	format.Bind(c.Flags())
	return c
}

func rolloutTable(w *cli.Rows, state rolloutState) {
	w.Add("STATE", "SESSIONS", "FIRST", "MESSAGE")
	w.Add(v1alpha1.ReasonUpToDate, strconv.Itoa(state.UpToDate), "", "")
	for _, group := range state.byReason() {
		first := group[0]
		w.Add(first.Reason, strconv.Itoa(len(group)), first.Namespace+"/"+first.Name, first.Message)
	}
}
