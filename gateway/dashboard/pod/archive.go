package pod

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
)

// ArchivePlan is what a run of the archive policies would do now.
type ArchivePlan struct {
	Candidates    int           `json:"candidates"`
	Items         []PlannedChat `json:"items"`
	UnknownGroups []string      `json:"unknownGroups"`
}

// PlannedChat is what a run would do to a chat, and why.
type PlannedChat struct {
	ID           string `json:"id"`
	Name         string `json:"name"`
	Action       string `json:"action"`
	Policy       string `json:"policy"`
	LastActivity *int64 `json:"lastActivity"`
	InactiveDays *int64 `json:"inactiveDays"`
}

// ArchiveRun is a run of the archive policies. Times are in unix seconds.
type ArchiveRun struct {
	ID         string `json:"id"`
	Trigger    string `json:"trigger"`
	DryRun     bool   `json:"dryRun"`
	StartedAt  int64  `json:"startedAt"`
	FinishedAt *int64 `json:"finishedAt"`
	Result     string `json:"result"`
	Message    string `json:"message"`
	Candidates int    `json:"candidates"`
	Archived   int    `json:"archived"`
	Left       int    `json:"left"`
}

// ArchivePlan returns what a run would do now.
func (c Client) ArchivePlan(ctx context.Context) (p ArchivePlan, err error) {
	return p, c.get(ctx, c.api("auto-archive", "plan"), nil, maxList, &p)
}

// ArchiveRuns returns the last runs, newest first.
func (c Client) ArchiveRuns(ctx context.Context, limit int) (runs []ArchiveRun, err error) {
	return runs, c.get(ctx, c.api("auto-archive", "runs"), url.Values{"limit": {strconv.Itoa(limit)}}, maxList, &runs)
}

// RunArchive starts a run, or one that only says what it would do.
func (c Client) RunArchive(ctx context.Context, dryRun bool) (run ArchiveRun, err error) {
	ctx, cancel := context.WithTimeout(ctx, writeTime)
	defer cancel()
	return run, c.read(ctx, request{
		method: http.MethodPost, path: c.api("auto-archive", "run"), query: url.Values{"dryRun": {strconv.FormatBool(dryRun)}},
	}, maxShort, &run)
}
