package chat

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
)

// ArchivePlan is what a run of the archive policies would do now.
type ArchivePlan struct {
	// Candidates counts all chats that match, also those beyond the limit of one run.
	Candidates int           `json:"candidates"`
	Items      []PlannedChat `json:"items"`
	// UnknownGroups are those that the audit of groups reports.
	UnknownGroups []string `json:"unknownGroups"`
}

// Leave is the action for a group that the audit of groups leaves.
const Leave = "leave"

// PlannedChat is what a run would do to a chat, and why.
type PlannedChat struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Action string `json:"action"` // archive or leave
	Policy string `json:"policy"` // empty for a group to leave
	// LastActivity is in Unix seconds. It and InactiveDays are nil if unknown.
	LastActivity *int64 `json:"lastActivity"`
	InactiveDays *int64 `json:"inactiveDays"`
}

// ArchiveRun is a run of the archive policies.
type ArchiveRun struct {
	// ID sorts after those of older runs.
	ID         string `json:"id"`
	Trigger    string `json:"trigger"` // request or schedule
	DryRun     bool   `json:"dryRun"`
	StartedAt  int64  `json:"startedAt"`  // Unix seconds
	FinishedAt *int64 `json:"finishedAt"` // nil while it goes on
	Result     string `json:"result"`     // Succeeded, Failed or DryRun; empty while it goes on
	Message    string `json:"message"`
	Candidates int    `json:"candidates"`
	Archived   int    `json:"archived"`
	Left       int    `json:"left"` // groups
}

// ArchivePlan asks what a run would do, and changes nothing.
func (c *Client) ArchivePlan(ctx context.Context) (plan ArchivePlan, err error) {
	_, err = c.call(ctx, http.MethodGet, c.path("auto-archive", "plan"), nil, nil, &plan)
	return plan, err
}

// ArchiveRuns are the last runs, the newest first.
func (c *Client) ArchiveRuns(ctx context.Context, limit int) (runs []ArchiveRun, err error) {
	_, err = c.call(ctx, http.MethodGet, c.path("auto-archive", "runs"), url.Values{"limit": {strconv.Itoa(limit)}}, nil, &runs)
	return runs, err
}
