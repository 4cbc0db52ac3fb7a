package httpapi

import (
	"context"
	"errors"
	"net/http"
	"time"

	v1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/runtime/archive"
	"github.com/wasession/wasession/runtime/chat"
)

// AutoArchive is the engine that carries out the archive policies.
type AutoArchive interface {
	// Request starts a run: archive.ErrBusy, archive.ErrNoPolicies.
	Request(ctx context.Context, id string, dryRun bool) (chat.ArchiveRun, error)
	// Plan is what a run would do now.
	Plan(ctx context.Context) (archive.Plan, error)
	// Runs are the newest runs first.
	Runs(ctx context.Context, limit int) ([]chat.ArchiveRun, error)
}

type archiveRunIn struct {
	DryRun bool `query:"dryRun" default:"false" doc:"find out what would be archived, and archive nothing"`
}

// archiveRun is a run of the policies.
type archiveRun struct {
	ID      string              `json:"id"`
	Trigger chat.ArchiveTrigger `json:"trigger" doc:"schedule or request"`
	DryRun  bool                `json:"dryRun"`
	// Times are unix seconds.
	StartedAt  int64  `json:"startedAt"`
	FinishedAt *int64 `json:"finishedAt" doc:"null while the run is under way"`
	Result     string `json:"result" doc:"Succeeded, Failed or DryRun; empty while the run is under way"`
	Message    string `json:"message"`
	Candidates int    `json:"candidates" doc:"chats and groups that matched"`
	Archived   int    `json:"archived"`
	Left       int    `json:"left" doc:"groups left"`
}

func (a *API) runAutoArchive(r *http.Request, in archiveRunIn) (archiveRun, error) {
	if !in.DryRun && a.Live.Status().Phase != v1.PhaseWorking {
		return archiveRun{}, chat.ErrNotConnected
	}
	run, err := a.AutoArchive.Request(r.Context(), "", in.DryRun)
	switch {
	case errors.Is(err, archive.ErrBusy):
		return archiveRun{}, textFailure(http.StatusConflict, err.Error())
	case errors.Is(err, archive.ErrNoPolicies):
		return archiveRun{}, unprocessable(err.Error())
	case err != nil:
		return archiveRun{}, err
	}
	return newArchiveRun(run), nil
}

func newArchiveRun(run chat.ArchiveRun) archiveRun {
	out := archiveRun{
		ID: run.ID, Trigger: run.Trigger, DryRun: run.DryRun, StartedAt: run.StartedAt.Unix(), Result: run.Result,
		Message: run.Message, Candidates: run.Candidates, Archived: run.Archived, Left: run.Left,
	}
	if !run.FinishedAt.IsZero() {
		at := run.FinishedAt.Unix()
		out.FinishedAt = &at
	}
	return out
}

// plannedChat is what a run would do to a chat or group.
type plannedChat struct {
	ID     chat.ID `json:"id"`
	Name   string  `json:"name"`
	Action string  `json:"action" doc:"archive, or leave for a group off the list"`
	Policy string  `json:"policy" doc:"the policy that says so; empty for a group off the list"`
	// LastActivity is in unix seconds.
	LastActivity *int64 `json:"lastActivity" doc:"null where unknown"`
	InactiveDays *int64 `json:"inactiveDays" doc:"null where unknown"`
}

type archivePlan struct {
	Candidates    int           `json:"candidates" doc:"all that match, also those beyond the limit of one run"`
	Items         []plannedChat `json:"items" doc:"what one run would do, the longest silent chats first"`
	UnknownGroups []chat.ID     `json:"unknownGroups" doc:"groups off the list, at most 50"`
}

func (a *API) planAutoArchive(r *http.Request, _ noInput) (archivePlan, error) {
	plan, err := a.AutoArchive.Plan(r.Context())
	if err != nil {
		return archivePlan{}, err
	}
	out := archivePlan{Candidates: plan.Candidates, Items: make([]plannedChat, len(plan.Items)), UnknownGroups: plan.UnknownGroups}
	if out.UnknownGroups == nil {
		out.UnknownGroups = []chat.ID{}
	}
	now := a.Now()
	for i, item := range plan.Items {
		out.Items[i] = newPlannedChat(item, now)
	}
	return out, nil
}

func newPlannedChat(item chat.ArchiveItem, now time.Time) plannedChat {
	out := plannedChat{ID: item.Chat, Name: item.Name, Action: "archive", Policy: item.Policy}
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
	Limit int `query:"limit" min:"1" max:"100" default:"20" doc:"runs at most, newest first"`
}

func (a *API) listArchiveRuns(r *http.Request, in archiveRunsIn) ([]archiveRun, error) {
	runs, err := a.AutoArchive.Runs(r.Context(), in.Limit)
	if err != nil {
		return nil, err
	}
	out := make([]archiveRun, len(runs))
	for i, run := range runs {
		out[i] = newArchiveRun(run)
	}
	return out, nil
}
