package command

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"
	"k8s.io/apimachinery/pkg/types"

	"github.com/wasession/wasession/api/v1alpha1"
)

const (
	// annotationPausedBy marks a session that this plugin paused.
	annotationPausedBy = "wasession.dev/paused-by"
	pausedByPlugin     = "kubectl-wasession-rollout"
	// annotateAtOnce is how many sessions are changed at the same time.
	annotateAtOnce = 8
)

const rolloutPauseLong = `Pause the sessions that wait for a rollout: they keep the pods that they have.

The operator has no switch for all. Each session gets the annotation wasession.dev/paused,
which stops every change of its objects: until "rollout resume", an edit of its spec has no
effect either, and a pod that is lost is not made anew. Sessions that are up to date, or
whose pod is being replaced, are left alone; --all pauses them too, before an upgrade.`

const rolloutResumeLong = `Resume the sessions that "rollout pause" paused. Those that somebody else paused with
the annotation wasession.dev/paused stay so.`

func newRolloutPause(env *Env) *cobra.Command {
	var fleet fleet
	var all bool
	c := &cobra.Command{
		Use: "pause", Short: "Keep the pods of the sessions that wait for a rollout", Long: rolloutPauseLong,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return env.annotate(c.Context(), fleet, "paused", func(s *v1alpha1.WhatsAppSession) map[string]*string {
				return pausing(s, all)
			})
		},
	}
	fleet.bind(c)
	c.Flags().BoolVar(&all, "all", false, "Pause the sessions that are up to date too.")
	return c
}

func newRolloutResume(env *Env) *cobra.Command {
	var fleet fleet
	c := &cobra.Command{
		Use: "resume", Short: "Resume the sessions that rollout pause paused", Long: rolloutResumeLong,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return env.annotate(c.Context(), fleet, "resumed", resuming)
		},
	}
	fleet.bind(c)
	return c
}

// pausing are the annotations that pause a session, if it is one to pause.
func pausing(s *v1alpha1.WhatsAppSession, all bool) map[string]*string {
	if s.Annotations[v1alpha1.AnnotationPaused] == "true" || s.DeletionTimestamp != nil {
		return nil
	}
	state := rolloutOf([]*v1alpha1.WhatsAppSession{s})
	if !all && (len(state.Outdated) == 0 || !waitsForRollout(state.Outdated[0].Reason)) {
		return nil
	}
	yes, by := "true", pausedByPlugin
	return map[string]*string{v1alpha1.AnnotationPaused: &yes, annotationPausedBy: &by}
}

func waitsForRollout(reason string) bool {
	switch reason {
	case v1alpha1.ReasonRolloutQueued, v1alpha1.ReasonRolloutHeld, v1alpha1.ReasonWaitingForWindow:
		return true
	}
	return false
}

// resuming takes away what pausing has added.
func resuming(s *v1alpha1.WhatsAppSession) map[string]*string {
	if s.Annotations[annotationPausedBy] != pausedByPlugin {
		return nil
	}
	return map[string]*string{v1alpha1.AnnotationPaused: nil, annotationPausedBy: nil}
}

// annotate changes the sessions of a fleet, some at a time, and prints those that were
// changed. One that fails does not stop the others.
func (e *Env) annotate(ctx context.Context, f fleet, done string, change func(*v1alpha1.WhatsAppSession) map[string]*string) error {
	k8s, err := e.Connect()
	if err != nil {
		return err
	}
	sessions, err := k8s.List(ctx, f.namespace(k8s), f.selector)
	if err != nil {
		return err
	}
	var (
		group   errgroup.Group
		mutex   sync.Mutex
		changed int
		failed  []error
	)
	group.SetLimit(annotateAtOnce)
	for i := range sessions {
		if change(&sessions[i]) == nil {
			continue
		}
		key := types.NamespacedName{Namespace: sessions[i].Namespace, Name: sessions[i].Name}
		group.Go(func() error {
			ok, err := k8s.Annotate(ctx, key, change)
			mutex.Lock()
			defer mutex.Unlock()
			if ok {
				changed++
				_, err = fmt.Fprintf(e.Out, "%s %s\n", key, done)
			}
			if err != nil {
				failed = append(failed, fmt.Errorf("%s: %w", key, err))
			}
			return nil
		})
	}
	_ = group.Wait() // the errors are in failed
	e.Note("%d of %d sessions %s", changed, len(sessions), done)
	return errors.Join(failed...)
}
