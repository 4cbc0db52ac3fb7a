package command

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/kubectl/chat"
	"github.com/wasession/wasession/kubectl/cli"
)

// showPlan prints what a run would do. With -o it is printed at the end, with the run.
func (e *Env) showPlan(s *v1alpha1.WhatsAppSession, plan chat.ArchivePlan, format cli.Format) error {
	if more := plan.Candidates - len(plan.Items); more > 0 {
		e.Note("%d more match: later runs archive them, as spec.autoArchive.maxChatsPerRun says", more)
	}
	if len(plan.UnknownGroups) > 0 {
		e.Note("groups that spec.groups does not allow: %s", strings.Join(plan.UnknownGroups, ", "))
	}
	if len(plan.Items) == 0 {
		e.Note("%s has nothing to archive", s.Name)
		return nil
	}
	if format != cli.Table {
		return nil
	}
	return format.Print(e.Out, nil, func(w *cli.Rows) {
		w.Add("ID", "NAME", "LAST ACTIVITY", "ACTION", "WHY")
		for _, item := range plan.Items {
			last := ""
			if item.LastActivity != nil {
				last = time.Unix(*item.LastActivity, 0).Local().Format(time.DateTime)
			}
			w.Add(item.ID, cli.Short(item.Name, maxName), last, item.Action, why(item))
		}
	})
}

// why says what selected a chat.
func why(item chat.PlannedChat) string {
	switch {
	case item.Action == chat.Leave:
		return "not allowed by spec.groups"
	case item.InactiveDays == nil:
		return "policy " + item.Policy
	default:
		return fmt.Sprintf("policy %s: idle for %d days", item.Policy, *item.InactiveDays)
	}
}

// showRun prints what was done. A run that failed is an error.
func (e *Env) showRun(did archived, format cli.Format) error {
	if format != cli.Table {
		if err := format.Print(e.Out, did, nil); err != nil {
			return err
		}
	}
	run := did.Run
	if run == nil {
		return nil
	}
	if run.Result == string(v1alpha1.ArchiveFailed) {
		return errors.New(run.Message)
	}
	if format != cli.Table {
		return nil
	}
	_, err := fmt.Fprintln(e.Out, cli.Line(run.Message))
	return err
}
