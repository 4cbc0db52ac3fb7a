package status

import (
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	runtimev1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/api/v1alpha1"
)

// Compute returns the status for the input.
func Compute(in Input) v1alpha1.WhatsAppSessionStatus {
	before := &in.Session.Status
	summary := summarize(in)
	template := template(in, summary)

	after := v1alpha1.WhatsAppSessionStatus{
		ObservedGeneration: in.Session.Generation,
		Conditions:         conditions(in, summary, template),
		Phase:              phase(in, summary),
		Endpoint:           in.Endpoint,
		URLs:               in.Exposure.URLs,
		Volume:             volume(in),
		Me:                 shown(in, before.Me),
		NodeName:           nodeName(in.Pod),
		RuntimeVersion:     before.RuntimeVersion,
		Template:           template,
		Chats:              before.Chats,
		Groups:             before.Groups,
		AutoArchive:        before.AutoArchive.DeepCopy(),
		LastTermination:    lastTermination(in).DeepCopy(),

		LastHandledReconcileAt: in.Session.Annotations[v1alpha1.AnnotationReconcileRequestedAt],
	}
	if report := in.Runtime.Status; report != nil {
		after.Me = shown(in, account(report))
		after.RuntimeVersion = report.RuntimeVersion
		after.Groups = groups(in, report)
	}
	after.AutoArchive = autoArchive(in, after.AutoArchive)
	if !equality.Semantic.DeepEqual(*before, after) {
		after.Chats = chats(in)
	}
	return after
}

// chats are the latest counts. They change with every message, so they only go
// along when something else is written.
func chats(in Input) *v1alpha1.ChatsStatus {
	report := in.Runtime.Status
	if report == nil {
		return in.Session.Status.Chats
	}
	return &v1alpha1.ChatsStatus{
		Total:    int64(report.Chats.Total),
		Archived: int64(report.Chats.Archived),
		Unread:   int64(report.Chats.Unread),
	}
}

// conditions sets every condition, keeping the last transition time of those
// whose status does not change.
func conditions(in Input, s summary, template *v1alpha1.TemplateStatus) []metav1.Condition {
	all := make([]metav1.Condition, 0, 8)
	for _, c := range in.Session.Status.Conditions {
		// These are removed once the spec asks for no runs, and for no exposure.
		if c.Type == v1alpha1.ConditionArchiveHealthy && !HasRuns(in.Session) ||
			c.Type == v1alpha1.ConditionExposed && exposed(in) == nil {
			continue
		}
		all = append(all, c)
	}
	wanted := append(s.conditions(), storageReady(in), paired(in), connected(in, s), updated(in, s, template))
	if HasRuns(in.Session) {
		wanted = append(wanted, archiveHealthy(in))
	}
	if c := exposed(in); c != nil {
		wanted = append(wanted, *c)
	}
	if c := keysValid(in); c != nil {
		wanted = append(wanted, *c)
	}
	for _, c := range wanted {
		c.ObservedGeneration = in.Session.Generation
		c.LastTransitionTime = metav1.NewTime(in.Now)
		meta.SetStatusCondition(&all, c)
	}
	return all
}

// phase is the one-word status. It follows the runtime while that is reachable,
// and the pod otherwise.
func phase(in Input, s summary) v1alpha1.SessionPhase {
	switch {
	case in.Pod == nil && (in.Deleting || in.Session.Spec.State == v1alpha1.SessionStopped):
		return v1alpha1.PhaseStopped
	case in.Pod == nil && s.kind == stalled:
		return v1alpha1.PhaseFailed
	case in.Pod == nil:
		return v1alpha1.PhaseStarting
	case in.Runtime.Status != nil && (in.Runtime.Connected || in.Runtime.Grace):
		return v1alpha1.SessionPhase(in.Runtime.Status.Phase)
	case in.Runtime.Grace && in.Session.Status.Phase != "" &&
		(fromRuntime(s.reason) || in.Session.Status.Phase != v1alpha1.PhaseFailed):
		return in.Session.Status.Phase
	case s.kind == stalled:
		return v1alpha1.PhaseFailed
	default:
		return v1alpha1.PhaseStarting
	}
}

func volume(in Input) *v1alpha1.VolumeStatus {
	status := &v1alpha1.VolumeStatus{Claim: in.ClaimName}
	if in.Claim != nil {
		if capacity, ok := in.Claim.Status.Capacity["storage"]; ok {
			status.Capacity = &capacity
		}
	}
	return status
}

// nodeName is where the pod runs. One that is still pending is not worth a write.
func nodeName(pod *corev1.Pod) string {
	if pod == nil || pod.Status.Phase != corev1.PodRunning {
		return ""
	}
	return pod.Spec.NodeName
}

func account(report *runtimev1.Status) *v1alpha1.AccountStatus {
	if report.Me == nil {
		return nil
	}
	return &v1alpha1.AccountStatus{ID: report.Me.ID, LID: report.Me.LID, PushName: report.Me.PushName}
}
