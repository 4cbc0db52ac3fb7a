package command

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/types"

	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/kubectl/chat"
	"github.com/wasession/wasession/kubectl/cli"
	"github.com/wasession/wasession/kubectl/cluster"
)

const archiveLong = `Archive the chats that the policies of spec.autoArchive select, and leave the groups that
spec.groups does not allow: show the plan, run it, and show what was done.

With --dry-run, the plan is all. A run also goes ahead while scheduled runs are suspended.
It is requested of the operator with the annotation wasession.dev/auto-archive-requested-at,
and goes on if the command is interrupted.`

const (
	// archivePoll is how often a session is asked for the end of a run.
	archivePoll = time.Second
	// runsAsked is how many of the last runs are looked at for the one that was requested.
	runsAsked = 20
)

// archived is what the command prints with -o.
type archived struct {
	Namespace string           `json:"namespace"`
	Session   string           `json:"session"`
	Plan      chat.ArchivePlan `json:"plan"`
	// Run is absent if there was nothing to do, and with --dry-run.
	Run *chat.ArchiveRun `json:"run,omitempty"`
}

func newArchive(env *Env) *cobra.Command {
	var (
		dryRun  bool
		timeout cli.Timeout
		format  cli.Format
	)
	c := &cobra.Command{
		Use: "archive NAME", Short: "Archive the chats that the archive policies select", Long: archiveLong,
		Args: cobra.ExactArgs(1), ValidArgsFunction: env.completeName,
		RunE: func(c *cobra.Command, args []string) error {
			ctx, cancel := timeout.Limit(c.Context())
			defer cancel()
			return env.archive(ctx, args[0], dryRun, format)
		},
	}
	c.Flags().BoolVar(&dryRun, "dry-run", false, "Only show what would be archived.")
	timeout.Bind(c.Flags())
	format.Bind(c.Flags())
	return c
}

func (e *Env) archive(ctx context.Context, name string, dryRun bool, format cli.Format) error {
	c, err := e.Connect()
	if err != nil {
		return err
	}
	progress := &cli.Progress{Streams: e.Streams}
	s, err := awaitArchivable(ctx, c, name, dryRun, progress)
	if err != nil {
		return err
	}
	did := archived{Namespace: s.Namespace, Session: s.Name}
	var before string
	err = e.talk(ctx, name, progress, func(ctx context.Context, session *chat.Client) (err error) {
		did.Plan, before, err = planned(ctx, session)
		return err
	})
	if err != nil {
		return err
	}
	if err := e.showPlan(s, did.Plan, format); err != nil {
		return err
	}
	if dryRun || len(did.Plan.Items) == 0 {
		return e.showRun(did, format)
	}
	request, err := requestRun(ctx, c, s)
	if err != nil {
		return err
	}
	if did.Run, err = e.followRun(ctx, c, s, request, before, progress); err != nil {
		if ctx.Err() != nil {
			e.Note("The run was requested, and goes on by itself. kubectl wasession list shows how it ends")
		}
		return err
	}
	return e.showRun(did, format)
}

// awaitArchivable waits until a session is connected and uses the policies of its spec.
func awaitArchivable(ctx context.Context, c *cluster.Cluster, name string, dryRun bool, progress *cli.Progress) (*v1alpha1.WhatsAppSession, error) {
	s, err := c.Await(ctx, name, func(s *v1alpha1.WhatsAppSession) bool {
		wait := archiveWaits(s)
		if wait == "" || cannotArchive(s, dryRun) != nil {
			return true
		}
		progress.Say("Waiting for %s: %s", name, wait)
		return false
	})
	if err != nil {
		return nil, err
	}
	return s, cannotArchive(s, dryRun)
}

// planned reads the plan, and the id of the newest run.
func planned(ctx context.Context, session *chat.Client) (plan chat.ArchivePlan, newest string, err error) {
	if plan, err = session.ArchivePlan(ctx); err != nil {
		return plan, "", err
	}
	runs, err := session.ArchiveRuns(ctx, 1)
	if err == nil && len(runs) > 0 {
		newest = runs[0].ID
	}
	return plan, newest, err
}

// requestRun asks the operator for a run, and returns how it will say that it has begun.
func requestRun(ctx context.Context, c *cluster.Cluster, s *v1alpha1.WhatsAppSession) (request string, err error) {
	request = time.Now().UTC().Format(time.RFC3339Nano)
	key := types.NamespacedName{Namespace: s.Namespace, Name: s.Name}
	_, err = c.Annotate(ctx, key, func(*v1alpha1.WhatsAppSession) map[string]*string {
		return map[string]*string{v1alpha1.AnnotationAutoArchiveRequestedAt: &request}
	})
	if apierrors.IsForbidden(err) {
		return "", fmt.Errorf("you may not start a run: it needs the right to patch whatsappsessions in the namespace %s. Ask for it, or only look with --dry-run (%w)", s.Namespace, err)
	}
	return request, err
}

// followRun waits until the run that was requested has ended. before is the id of the
// newest run before it.
func (e *Env) followRun(ctx context.Context, c *cluster.Cluster, s *v1alpha1.WhatsAppSession, request, before string, progress *cli.Progress) (*chat.ArchiveRun, error) {
	s, err := c.Await(ctx, s.Name, func(s *v1alpha1.WhatsAppSession) bool {
		if handled(s, request) || cannotArchive(s, false) != nil {
			return true
		}
		progress.Say("Waiting for %s: %s", s.Name, archiveStarts(s))
		return false
	})
	if err != nil {
		return nil, err
	}
	if !handled(s, request) {
		return nil, cannotArchive(s, false)
	}
	var run chat.ArchiveRun
	err = e.talk(ctx, s.Name, progress, func(ctx context.Context, session *chat.Client) error {
		for {
			runs, err := session.ArchiveRuns(ctx, runsAsked)
			if err != nil {
				return err
			}
			if run, err = requestedRun(runs, run.ID, before); err != nil || run.FinishedAt != nil {
				return err
			}
			progress.Say("Archiving: %d of %d done", run.Archived+run.Left, run.Candidates)
			if err := cli.Sleep(ctx, archivePoll); err != nil {
				return err
			}
		}
	})
	return &run, err
}
