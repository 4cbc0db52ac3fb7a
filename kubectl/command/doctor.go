package command

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"
	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/kubectl/cli"
	"github.com/wasession/wasession/kubectl/cluster"
	"github.com/wasession/wasession/kubectl/doctor"
)

const doctorLong = `Find what keeps sessions from working, and say what to do: from the session's conditions,
its pod, its claim, their events, and the queue for webhooks.

With a NAME, that session is examined. Without, all sessions of the namespace are; pods,
claims, events and queues are read for those that are not ready. The exit code is 3 if
something was found.`

// doctorPatience is how long a session may take to tell its queue.
const doctorPatience = 10 * time.Second

func newDoctor(env *Env) *cobra.Command {
	var (
		all    bool
		format cli.Format
	)
	c := &cobra.Command{
		Use: "doctor [NAME]", Short: "Find what is wrong with sessions, and say what to do", Long: doctorLong,
		Args: cobra.MaximumNArgs(1), ValidArgsFunction: env.completeName,
		RunE: func(c *cobra.Command, args []string) error {
			if all && len(args) > 0 {
				return cli.UsageError("--all-namespaces and the name of a session exclude each other")
			}
			k8s, err := env.Connect()
			if err != nil {
				return err
			}
			findings, err := env.examine(c.Context(), k8s, args, all)
			if err != nil {
				return err
			}
			if c.Context().Err() != nil { // not everything was read
				return context.Cause(c.Context())
			}
			if format != cli.Table {
				err = format.Print(env.Out, findings, nil)
			} else {
				err = report(env.Out, findings)
			}
			if err == nil && len(findings) > 0 {
				return cli.ErrUnhealthy
			}
			return err
		},
	}
	c.Flags().BoolVarP(&all, "all-namespaces", "A", false, "Examine the sessions of all namespaces.")
	format.Bind(c.Flags())
	return c
}

// examine examines the session that args name, or all.
func (e *Env) examine(ctx context.Context, c *cluster.Cluster, args []string, everywhere bool) ([]doctor.Finding, error) {
	findings := []doctor.Finding{}
	if len(args) > 0 {
		s, err := c.Session(ctx, args[0])
		if err != nil {
			return nil, err
		}
		findings = append(findings, doctor.Examine(e.facts(ctx, c, s))...)
		if len(findings) == 0 {
			e.Note("%s: nothing is wrong. It is %s", s.Name, cmp.Or(s.Status.Phase, "new"))
		}
		return findings, nil
	}
	namespace := c.Namespace
	if everywhere {
		namespace = ""
	}
	sessions, err := c.List(ctx, namespace, "")
	if err != nil {
		return nil, err
	}
	for i := range sessions {
		facts := doctor.Facts{Session: &sessions[i], Now: time.Now()}
		if doctor.Unwell(&sessions[i]) {
			facts = e.facts(ctx, c, &sessions[i])
		}
		findings = append(findings, doctor.Examine(facts)...)
	}
	if len(findings) == 0 {
		e.Note("%d sessions in %s: nothing is wrong", len(sessions), cli.Where(namespace))
	}
	return findings, nil
}

// facts reads what there is of a session. What can't be read is told, and left out.
func (e *Env) facts(ctx context.Context, c *cluster.Cluster, s *v1alpha1.WhatsAppSession) doctor.Facts {
	facts := doctor.Facts{Session: s, Now: time.Now()}
	tell := func(what string, err error) {
		if err != nil && !apierrors.IsNotFound(err) {
			e.Note("%s: not looking at %s: %s", s.Name, what, cli.Line(err.Error()))
		}
	}
	var err error
	facts.Pod, err = c.Pod(ctx, s)
	tell("the pod", err)
	facts.Claim, err = c.Claim(ctx, s)
	tell("the claim", err)
	facts.Events, err = c.Events(ctx, s)
	tell("events", err)
	facts.Queue, err = e.queue(ctx, c, s)
	tell("the queue for webhooks", err)
	return facts
}

// queue asks a session that runs for its queue.
func (e *Env) queue(ctx context.Context, c *cluster.Cluster, s *v1alpha1.WhatsAppSession) (*doctor.Queue, error) {
	if s.Status.Phase != v1alpha1.PhaseWorking {
		return nil, nil
	}
	ctx, cancel := context.WithTimeout(ctx, doctorPatience)
	defer cancel()
	link, err := e.Reach.Open(ctx, c, s)
	if err != nil {
		return nil, err
	}
	defer link.Close()
	q := &doctor.Queue{}
	if q.Pending, _, err = link.Waiting(ctx, "pending"); err != nil {
		return nil, err
	}
	q.Failed, _, err = link.Waiting(ctx, "failed")
	return q, err
}

// report writes findings for people.
func report(out io.Writer, findings []doctor.Finding) error {
	for i, f := range findings {
		if i > 0 {
			if _, err := fmt.Fprintln(out); err != nil {
				return err
			}
		}
		_, err := fmt.Fprintf(out, "%s/%s: %s\n  what  %s\n  do    %s\n  more  %s\n",
			f.Namespace, f.Session, cli.Line(f.Reason), cli.Line(f.What), cli.Line(f.Do), f.Link)
		if err != nil {
			return err
		}
	}
	return nil
}
