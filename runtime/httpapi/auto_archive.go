package httpapi

import (
	"context"
	"errors"
	"net/http"
	"time"

	v1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/runtime/archive"
	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/wire"
)

// AutoArchive is the engine that applies the archive policies.
type AutoArchive interface {
	// Request starts a run: chat.ErrArchiveBusy, chat.ErrNoPolicies.
	Request(ctx context.Context, id string, dryRun bool) (chat.ArchiveRun, error)
	// Plan returns what a run would do now.
	Plan(ctx context.Context) (archive.Plan, error)
	// Runs returns the last runs, newest first.
	Runs(ctx context.Context, limit int) ([]chat.ArchiveRun, error)
}

type archiveRunIn struct {
	DryRun bool `query:"dryRun" default:"false" doc:"Only report what would be archived"`
}

func (a *API) runAutoArchive(r *http.Request, in archiveRunIn) (wire.ArchiveRun, error) {
	if !in.DryRun && a.Live.Status().Phase != v1.PhaseWorking {
		return wire.ArchiveRun{}, chat.ErrNotConnected
	}
	run, err := a.AutoArchive.Request(r.Context(), "", in.DryRun)
	switch {
	case errors.Is(err, chat.ErrArchiveBusy):
		return wire.ArchiveRun{}, textFailure(http.StatusConflict, err.Error())
	case errors.Is(err, chat.ErrNoPolicies):
		return wire.ArchiveRun{}, unprocessable(err.Error())
	case err != nil:
		return wire.ArchiveRun{}, err
	}
	return newArchiveRun(run), nil
}

func newArchiveRun(run chat.ArchiveRun) wire.ArchiveRun {
	out := wire.ArchiveRun{
		ID: run.ID, Trigger: run.Trigger, DryRun: run.DryRun, StartedAt: run.StartedAt.Unix(), Result: run.Result,
		Message: run.Message, Candidates: run.Candidates, Archived: run.Archived, Left: run.Left,
	}
	if !run.FinishedAt.IsZero() {
		at := run.FinishedAt.Unix()
		out.FinishedAt = &at
	}
	return out
}

func (a *API) planAutoArchive(r *http.Request, _ noInput) (wire.ArchivePlan, error) {
	plan, err := a.AutoArchive.Plan(r.Context())
	if err != nil {
		return wire.ArchivePlan{}, err
	}
	out := wire.ArchivePlan{Candidates: plan.Candidates, Items: make([]wire.PlannedChat, len(plan.Items)), UnknownGroups: plan.UnknownGroups}
	if out.UnknownGroups == nil {
		out.UnknownGroups = []chat.ID{}
	}
	now := a.Now()
	for i, item := range plan.Items {
		out.Items[i] = newPlannedChat(item, now)
	}
	return out, nil
}

func newPlannedChat(item chat.ArchiveItem, now time.Time) wire.PlannedChat {
	out := wire.PlannedChat{ID: item.Chat, Name: item.Name, Action: "archive", Policy: item.Policy}
	if item.Leave {
		out.Action = "leave"
	}
	if item.LastActivity > 0 {
		days := int64(now.Sub(time.Unix(item.LastActivity, 0)) / (24 * time.Hour))
		out.LastActivity, out.InactiveDays = &item.LastActivity, &days
	}
	return out
}

type archiveRunsIn struct {
	Limit int `query:"limit" min:"1" max:"100" default:"20" doc:"Maximum number of runs, newest first"`
}

func (a *API) listArchiveRuns(r *http.Request, in archiveRunsIn) ([]wire.ArchiveRun, error) {
	runs, err := a.AutoArchive.Runs(r.Context(), in.Limit)
	if err != nil {
		return nil, err
	}
	out := make([]wire.ArchiveRun, len(runs))
	for i, run := range runs {
		out[i] = newArchiveRun(run)
	}
	return out, nil
}
