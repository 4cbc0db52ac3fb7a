package dashboard

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"time"

	"k8s.io/apimachinery/pkg/types"

	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/gateway/dashboard/chats"
	"github.com/wasession/wasession/gateway/dashboard/pod"
	"github.com/wasession/wasession/gateway/dashboard/text"
)

// archiveRoutes are the page of a session's archive policies.
func (d *Dashboard) archiveRoutes() []route {
	const page = ofSession + "/archive"
	return []route{
		{"GET " + page, d.archivePage},
		{"GET " + page + "/live", d.archiveLive},
		{"POST " + page + "/run", d.runArchive},
	}
}

const (
	// mostPlanned is how many chats of the plan are shown, and mostRuns how many runs.
	mostPlanned = 200
	mostRuns    = 20
)

// archiveView is what the page of archive policies shows.
type archiveView struct {
	Frame frame
	// Schedule is the resource's, with its defaults.
	Schedule schedule
	Policies []archivePolicy
	CanRun   bool
	// Plan is what a run would do now; Problem is why that is not known.
	Plan    *plan
	Problem string
	Runs    []archiveRun
	// Done is what a button has done.
	Done string
}

// schedule is when runs begin.
type schedule struct {
	Cron, Zone        string
	Suspended, DryRun bool
	Limit             int32
	Next, Last        time.Time
}

// plan is what a run would do.
type plan struct {
	// Now is how many chats one run would change, of Matching.
	Now, Matching, Left int
	Items               []planned
	Unknown             []string
	// More is how many are not shown.
	More int
}

// planned is a chat that a run would archive, or a group that it would leave.
type planned struct {
	Name, About, Href string
	Leave             bool
	Policy            string
	Last              time.Time
	Idle              string
}

// archiveRun is a run, for people.
type archiveRun struct {
	pod.ArchiveRun
	At           time.Time
	Took         string
	Label, Tone  string
	What, Reason string
}

func (d *Dashboard) archivePage(v *visit) error {
	view, err := v.onArchive()
	if err != nil {
		return err
	}
	return v.show(http.StatusOK, "archive", view)
}

// onArchive reads the plan and the runs.
func (v *visit) onArchive() (archiveView, error) {
	s, err := v.session()
	if err == nil {
		err = v.mustMay(s, pod.ReadChats)
	}
	if err != nil {
		return archiveView{}, err
	}
	view := archiveView{Frame: v.frame(s, "archive"), Schedule: scheduleOf(s.WhatsAppSession)}
	if spec := s.Spec.AutoArchive; spec != nil {
		view.Policies = explainPolicies(spec.Policies)
	}
	if view.CanRun, err = v.may(s, pod.ChangeChats); err != nil {
		return archiveView{}, err
	}
	client := v.podOf(s)
	found, err := client.ArchivePlan(v.r.Context())
	if err == nil {
		p := newPlan(found, chatsPath(s))
		view.Plan = &p
		var runs []pod.ArchiveRun
		runs, err = client.ArchiveRuns(v.r.Context(), mostRuns)
		for _, run := range runs {
			view.Runs = append(view.Runs, newArchiveRun(run))
		}
	}
	var problem pod.Problem
	if errors.As(err, &problem) {
		view.Problem, err = sentence(problem.Text), nil
	}
	return view, err
}

func scheduleOf(s *v1alpha1.WhatsAppSession) schedule {
	var out schedule
	if spec := s.Spec.AutoArchive; spec != nil {
		out = schedule{Cron: spec.Schedule, Zone: spec.TimeZone, Suspended: spec.Suspend, DryRun: spec.DryRun, Limit: spec.MaxChatsPerRun}
	}
	if status := s.Status.AutoArchive; status != nil {
		if status.NextRunTime != nil {
			out.Next = status.NextRunTime.Time
		}
		if status.LastRunTime != nil {
			out.Last = status.LastRunTime.Time
		}
	}
	return out
}

func newPlan(p pod.ArchivePlan, base string) plan {
	v := plan{Now: len(p.Items), Matching: p.Candidates}
	for i, item := range p.Items {
		leave := item.Action == "leave"
		if leave {
			v.Left++
		}
		if i >= mostPlanned {
			v.More++
			continue
		}
		row := planned{Leave: leave, Policy: item.Policy, Idle: idle(item.InactiveDays)}
		row.Name, row.About, row.Href = chats.Named(item.ID, item.Name, base)
		if item.LastActivity != nil {
			row.Last = time.Unix(*item.LastActivity, 0)
		}
		v.Items = append(v.Items, row)
	}
	for _, id := range p.UnknownGroups {
		name, _, _ := chats.Named(id, "", base)
		v.Unknown = append(v.Unknown, name)
	}
	return v
}

func newArchiveRun(r pod.ArchiveRun) archiveRun {
	v := archiveRun{ArchiveRun: r, At: time.Unix(r.StartedAt, 0), Reason: text.Line(r.Message, 300), What: "On request"}
	if r.Trigger == "schedule" {
		v.What = "Scheduled"
	}
	switch {
	case r.FinishedAt == nil:
		v.Label, v.Tone = "Running", "busy"
	case r.Result == string(v1alpha1.ArchiveSucceeded):
		v.Label, v.Tone = "Done", "good"
	case r.Result == string(v1alpha1.ArchiveDryRun):
		v.Label, v.Tone = "Dry run", "off"
	default:
		v.Label, v.Tone = "Failed", "bad"
	}
	if r.FinishedAt != nil {
		v.Took = "less than a second"
		if took := time.Duration(*r.FinishedAt-r.StartedAt) * time.Second; took > 0 {
			v.Took = took.String()
		}
	}
	return v
}

// archiveLive sends the page's parts anew when the session's status changes: it tells of
// the end of runs.
func (d *Dashboard) archiveLive(v *visit) error {
	view, err := v.onArchive()
	if err != nil {
		return err
	}
	key := types.NamespacedName{Namespace: view.Frame.Namespace, Name: view.Frame.Resource}
	return v.stream(func(ctx context.Context, st *stream) error {
		return st.follow(ctx, func(keys []types.NamespacedName) error {
			if keys != nil && !slices.Contains(keys, key) {
				return nil
			}
			view, err := v.onArchive()
			if err != nil {
				return err
			}
			return st.show("archive", "part-archive", view)
		})
	})
}

// runArchive starts a run, and shows it. The session has one run at a time, so a second
// click starts no second one.
func (d *Dashboard) runArchive(v *visit) error {
	s, err := v.session()
	if err != nil {
		return err
	}
	dry := v.r.PostFormValue("dry") != ""
	run, err := v.podOf(s).RunArchive(v.r.Context(), dry)
	if err != nil {
		return told(err)
	}
	if !v.asksPart() {
		return v.to(s.Path + "/archive")
	}
	view, err := v.onArchive()
	if err != nil {
		return err
	}
	switch {
	case dry:
		view.Done = "The dry run changed nothing. What it found is below."
	case run.FinishedAt != nil:
		view.Done = "The run is done."
	default:
		view.Done = "The run has begun. Its result appears below."
	}
	return v.part(http.StatusOK, "archive", "part-done", view)
}
