package dashboard

import (
	"cmp"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"

	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/gateway/fleet"
	"github.com/wasession/wasession/gateway/waha"
)

// statusDeleting is the status of a session that is being deleted, which WAHA does not
// have.
const statusDeleting = "DELETING"

// states are the statuses that sessions have, in the order in which they are shown.
// The first stands for all.
var states = []struct{ value, label, tone string }{
	{"", "All", ""},
	{string(v1alpha1.PhaseWorking), "Working", "good"},
	{string(v1alpha1.PhaseScanQRCode), "Waiting for scan", "wait"},
	{string(v1alpha1.PhasePasskeyRequired), "Waiting for passkey", "wait"},
	{string(v1alpha1.PhasePasskeyConfirmation), "Codes to compare", "wait"},
	{string(v1alpha1.PhaseStarting), "Starting", "busy"},
	{string(v1alpha1.PhaseFailed), "Failed", "bad"},
	{string(v1alpha1.PhaseStopped), "Stopped", "off"},
	{statusDeleting, "Deleting", "off"},
}

// facts are what a resource tells of its session, for people.
type facts struct {
	Path, Namespace, Resource string
	// Name is what clients call the session.
	Name string
	// Number is the linked number in digits, or as short as the operator shows it.
	// Account is the name that others see.
	Number, Account string
	// Status is WAHA's word or statusDeleting. Label and Tone are for its badge.
	Status, Label, Tone string
	// Problem is what keeps the session from working; empty if nothing does.
	Problem       string
	Unread, Chats int64
	// Volume is the size of its volume; empty if there is none yet.
	Volume string
	// Since is when the session came into its condition.
	Since time.Time
	// Counted says whether the chats were counted.
	Counted bool
	// Pending are events that wait for webhooks, GivenUp those that no webhook took.
	Pending, GivenUp int64
	// LastMessage is the time of the newest message; zero for none.
	LastMessage time.Time
	// Used is how full the volume is, in percent; negative if that is not known.
	Used int
}

// facts are those of the resource, and what the session has told of itself within the
// last minute: the resource's counts are as old as its last change.
func (d *Dashboard) facts(s fleet.Session) facts {
	f := factsOf(s)
	if d.History == nil {
		return f
	}
	told, ok := d.History.Present(s.Key(), s.Pod.UID)
	if !ok {
		f.Counted = f.Counted && s.Pod == (fleet.Pod{}) // one that runs will tell soon
		return f
	}
	f.Counted, f.Unread, f.Chats, f.Pending, f.GivenUp = true, told.Unread, told.Chats, told.Pending, told.GivenUp
	if told.LastMessage > 0 {
		f.LastMessage = time.Unix(told.LastMessage, 0)
	}
	if v := s.Status.Volume; v != nil && v.Capacity != nil && v.Capacity.Value() > 0 && told.Free > 0 {
		f.Used = int(max(0, 100-100*told.Free/v.Capacity.Value()))
	}
	return f
}

func factsOf(s fleet.Session) facts {
	f := facts{
		Path: sessionOf(s).Path, Namespace: s.Namespace, Resource: s.Name, Name: s.Called,
		Status: waha.StatusOf(s.WhatsAppSession), Since: s.CreationTimestamp.Time, Used: -1,
	}
	if s.DeletionTimestamp != nil {
		f.Status, f.Since = statusDeleting, s.DeletionTimestamp.Time
	}
	f.Label, f.Tone = f.Status, "off"
	for _, state := range states {
		if state.value == f.Status {
			f.Label, f.Tone = state.label, state.tone
		}
	}
	if me := s.Status.Me; me != nil {
		f.Number, f.Account = strings.TrimPrefix(strings.TrimSuffix(me.ID, "@c.us"), "+"), me.PushName
	}
	if ready := meta.FindStatusCondition(s.Status.Conditions, v1alpha1.ConditionReady); ready != nil {
		f.Since = later(f.Since, ready.LastTransitionTime.Time)
		if ready.Status != "True" && f.Status != statusDeleting && s.Status.ObservedGeneration == s.Generation {
			f.Problem = cmp.Or(ready.Message, ready.Reason)
		}
	}
	if f.Tone == "off" {
		f.Problem = ""
	}
	if s.Status.Chats != nil {
		f.Counted, f.Unread, f.Chats = true, s.Status.Chats.Unread, s.Status.Chats.Total
	}
	if v := s.Status.Volume; v != nil && v.Capacity != nil {
		f.Volume = v.Capacity.String()
	}
	return f
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
