package status

import (
	"reflect"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	runtimev1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/api/v1alpha1"
)

// unpaired makes the report that of a session without a linked phone.
func unpaired(in *Input) {
	in.Runtime.Status.Paired, in.Runtime.Status.Me = false, nil
}

func deletion(in *Input) { in.Deleting = true }

func noClaim(in *Input) { in.Claim = nil }

func stalledBy(reason string) func(*Input) {
	return func(in *Input) { in.Problem = &Problem{reason, "a person must act"} }
}

// silent closes the stream: just now with grace, or long ago.
func silent(grace bool) func(*Input) {
	return func(in *Input) { in.Runtime = Runtime{Grace: grace} }
}

// state is a status in short form: the phase, and each condition's status and
// reason.
type state struct {
	phase                                        v1alpha1.SessionPhase
	ready, reconciling, stalled                  string
	storage, paired, connected, archive, keysAre string
}

const (
	idle      = "False Settled"
	bound     = "True Bound"
	linked    = "True Paired"
	isWorking = "True Connected"
)

func stateOf(s v1alpha1.WhatsAppSessionStatus) state {
	of := func(conditionType string) string {
		c := meta.FindStatusCondition(s.Conditions, conditionType)
		if c == nil {
			return ""
		}
		return string(c.Status) + " " + c.Reason
	}
	return state{
		s.Phase, of("Ready"), of("Reconciling"), of("Stalled"), of("StorageReady"), of("Paired"), of("Connected"), of("ArchiveHealthy"), of("KeysValid"),
	}
}

func TestEveryConditionOfEveryState(t *testing.T) {
	cases := []struct {
		name    string
		changes []func(*Input)
		want    state
	}{
		{"working", nil,
			state{"WORKING", isWorking, idle, idle, bound, linked, isWorking, "", ""}},
		{"working, with policies for chats", []func(*Input){withArchive(&runtimev1.ArchiveStatus{})},
			state{"WORKING", isWorking, idle, idle, bound, linked, isWorking, "True Scheduled", ""}},
		{"working, with an invalid key", []func(*Input){func(in *Input) { in.Runtime.Status.KeysError = "x" }},
			state{"WORKING", isWorking, idle, idle, bound, linked, isWorking, "", "False InvalidKeys"}},

		// From nothing to a working session.
		{"just made", []func(*Input){away, noClaim},
			state{"STARTING", "False Progressing", "True Progressing", idle, "False ClaimPending", "Unknown Unknown", "False Progressing", "", ""}},
		{"waiting for a node", []func(*Input){waitingFor("")},
			state{"STARTING", "False PodPending", "True PodPending", idle, bound, "Unknown Unknown", "Unknown RuntimeUnreachable", "", ""}},
		{"waiting for a volume", []func(*Input){waitingFor(""), func(in *Input) { in.Claim.Status.Phase = corev1.ClaimPending }},
			state{"STARTING", "False PodPending", "True PodPending", idle, "False ClaimPending", "Unknown Unknown", "Unknown RuntimeUnreachable", "", ""}},
		{"running and not heard of yet", []func(*Input){silent(true)},
			state{"STARTING", "False PodStarting", "True PodStarting", idle, bound, "Unknown Unknown", "Unknown Unknown", "", ""}},
		{"connecting for the first time", []func(*Input){report("STARTING", "Connecting"), unpaired},
			state{"STARTING", "False Connecting", "True Connecting", idle, bound, "False NotPaired", "False Connecting", "", ""}},
		{"showing a QR code", []func(*Input){report("SCAN_QR_CODE", "WaitingForScan"), unpaired},
			state{"SCAN_QR_CODE", "False WaitingForScan", idle, idle, bound, "False NotPaired", "False WaitingForScan", "", ""}},
		{"showing a pairing code", []func(*Input){report("SCAN_QR_CODE", "WaitingForPhoneCode"), unpaired},
			state{"SCAN_QR_CODE", "False WaitingForPhoneCode", idle, idle, bound, "False NotPaired", "False WaitingForPhoneCode", "", ""}},
		{"asking for a passkey", []func(*Input){report("PASSKEY_REQUIRED", "PasskeyRequired"), unpaired},
			state{"PASSKEY_REQUIRED", "False PasskeyRequired", idle, idle, bound, "False NotPaired", "False PasskeyRequired", "", ""}},
		{"paired and connecting", []func(*Input){report("STARTING", "Connecting")},
			state{"STARTING", "False Connecting", "True Connecting", idle, bound, linked, "False Connecting", "", ""}},

		// Recovers by itself.
		{"disconnected", []func(*Input){report("STARTING", "Disconnected")},
			state{"STARTING", "False Disconnected", "True Disconnected", idle, bound, linked, "False Disconnected", "", ""}},
		{"banned for a time", []func(*Input){report("FAILED", "TemporaryBan")},
			state{"FAILED", "False TemporaryBan", "True TemporaryBan", idle, bound, linked, "False TemporaryBan", "", ""}},
		{"out of room", []func(*Input){report("STARTING", "StorageFull"), func(in *Input) { in.Runtime.Status.Storage = &runtimev1.StorageStatus{Full: true} }},
			state{"STARTING", "False StorageFull", "True StorageFull", idle, "False StorageFull", linked, "False StorageFull", "", ""}},
		{"out of room while the volume grows", []func(*Input){report("STARTING", "StorageFull"), func(in *Input) {
			in.Runtime.Status.Storage, in.Claim.Status.Capacity = &runtimev1.StorageStatus{Full: true}, storage("1Gi")
		}}, state{"STARTING", "False StorageFull", "True StorageFull", idle, "False Resizing", linked, "False StorageFull", "", ""}},
		{"growing", []func(*Input){func(in *Input) { in.Claim.Status.Capacity = storage("1Gi") }},
			state{"WORKING", isWorking, idle, idle, "False Resizing", linked, isWorking, "", ""}},
		{"being configured", []func(*Input){func(in *Input) { in.ConfigHash = "new" }},
			state{"WORKING", "False ConfigurationPending", "True ConfigurationPending", idle, bound, linked, isWorking, "", ""}},
		{"waiting for its turn", []func(*Input){readyBeforeTheChange, outdatedAnd("RolloutQueued", ownChange)},
			state{"WORKING", "False RolloutQueued", "True RolloutQueued", idle, bound, linked, isWorking, "", ""}},
		{"being replaced", []func(*Input){before(), ending(0)},
			state{"STARTING", "False PodReplacing", "True PodReplacing", idle, bound, linked, "Unknown RuntimeUnreachable", "", ""}},
		{"not answering", []func(*Input){before(), silent(false)},
			state{"STARTING", "False RuntimeUnreachable", "True RuntimeUnreachable", idle, bound, linked, "Unknown RuntimeUnreachable", "", ""}},
		{"not answering for a moment", []func(*Input){before(), silent(true)},
			state{"WORKING", isWorking, idle, idle, bound, linked, isWorking, "", ""}},

		// Needs a person.
		{"logged out", []func(*Input){report("FAILED", "LoggedOut"), unpaired},
			state{"FAILED", "False LoggedOut", idle, "True LoggedOut", bound, "False LoggedOut", "False LoggedOut", "", ""}},
		{"linked to another number", []func(*Input){report("FAILED", "WrongAccount")},
			state{"FAILED", "False WrongAccount", idle, "True WrongAccount", bound, "False WrongAccount", "False WrongAccount", "", ""}},
		{"scanned with another phone", []func(*Input){report("SCAN_QR_CODE", "WrongAccount"), unpaired},
			state{"SCAN_QR_CODE", "False WaitingForScan", idle, idle, bound, "False WrongAccount", "False WaitingForScan", "", ""}},
		{"too old for WhatsApp", []func(*Input){report("FAILED", "ClientOutdated")},
			state{"FAILED", "False ClientOutdated", idle, "True ClientOutdated", bound, linked, "False ClientOutdated", "", ""}},
		{"without an image", []func(*Input){waitingFor("ImagePullBackOff")},
			state{"FAILED", "False ImagePullFailed", idle, "True ImagePullFailed", bound, "Unknown Unknown", "Unknown RuntimeUnreachable", "", ""}},
		{"without a Secret that a pod needs", []func(*Input){away, stalledBy("SecretNotFound")},
			state{"FAILED", "False SecretNotFound", idle, "True SecretNotFound", bound, "Unknown Unknown", "False SecretNotFound", "", ""}},
		{"without a Secret that it works without", []func(*Input){stalledBy("SecretNotFound")},
			state{"WORKING", "False SecretNotFound", idle, "True SecretNotFound", bound, linked, isWorking, "", ""}},
		{"without the claim it adopts", []func(*Input){away, noClaim, stalledBy("ClaimNotFound")},
			state{"FAILED", "False ClaimNotFound", idle, "True ClaimNotFound", "False ClaimNotFound", "Unknown Unknown", "False ClaimNotFound", "", ""}},
		{"without the volume it was paired with", []func(*Input){before(), away, noClaim, stalledBy("StorageLost")},
			state{"FAILED", "False StorageLost", idle, "True StorageLost", "False StorageLost", linked, "False StorageLost", "", ""}},
		{"with a claim that lost its volume", []func(*Input){func(in *Input) { in.Claim.Status.Phase = corev1.ClaimLost }},
			state{"WORKING", "False StorageLost", idle, "True StorageLost", "False StorageLost", linked, isWorking, "", ""}},
		{"beside an object of its name", []func(*Input){away, noClaim, stalledBy("NameConflict")},
			state{"FAILED", "False NameConflict", idle, "True NameConflict", "False ClaimPending", "Unknown Unknown", "False NameConflict", "", ""}},
		{"with a time zone that does not exist", []func(*Input){withArchive(nil), stalledBy("InvalidConfiguration"), func(in *Input) {
			in.ArchiveProblem = in.Problem
		}}, state{"WORKING", "False InvalidConfiguration", idle, "True InvalidConfiguration", bound, linked, isWorking, "False InvalidConfiguration", ""}},

		// Requested by the user.
		{"stopping", []func(*Input){before(), stop, ending(0)},
			state{"STARTING", "False Stopping", "True Stopping", idle, bound, linked, "Unknown RuntimeUnreachable", "", ""}},
		{"stopped", []func(*Input){before(), stop, away},
			state{"STOPPED", "False Stopped", idle, idle, bound, linked, "False Stopped", "", ""}},
		{"stopped before it was ever paired", []func(*Input){stop, away},
			state{"STOPPED", "False Stopped", idle, idle, bound, "Unknown Unknown", "False Stopped", "", ""}},
		{"stopped, with policies for chats", []func(*Input){before(withArchive(&runtimev1.ArchiveStatus{LastResult: "Failed"})), withArchive(nil), stop, away},
			state{"STOPPED", "False Stopped", idle, idle, bound, linked, "False Stopped", "False RunFailed", ""}},
		{"paused", []func(*Input){pause},
			state{"WORKING", isWorking, idle, idle, bound, linked, isWorking, "", ""}},
		{"paused before a change", []func(*Input){pause, func(in *Input) { in.ConfigHash = "new" }},
			state{"WORKING", "False Paused", idle, idle, bound, linked, isWorking, "", ""}},
		{"deleting", []func(*Input){before(), deletion, ending(0)},
			state{"STARTING", "False Deleting", "True Deleting", idle, bound, linked, "Unknown RuntimeUnreachable", "", ""}},
		{"deleting, in trouble", []func(*Input){before(), deletion, away, stalledBy("Forbidden")},
			state{"STOPPED", "False Deleting", "True Deleting", idle, bound, linked, "False Deleting", "", ""}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := stateOf(Compute(working(c.changes...))); got != c.want {
				t.Errorf("the status says\n%+v, want\n%+v", got, c.want)
			}
		})
	}
}

// A condition keeps its last transition time while its status stays the same,
// even if its reason changes.
func TestTransitionTimes(t *testing.T) {
	in := working()
	in.Session.Status = Compute(in)
	step := func(change func(*Input)) {
		in.Now = in.Now.Add(time.Minute)
		change(&in)
		in.Session.Status = Compute(in)
	}
	at := func(minutes int) metav1.Time { return metav1.NewTime(now.Add(time.Duration(minutes) * time.Minute)) }
	expectTimes := func(what string, ready, stalled, connected, storage int) {
		t.Helper()
		want := map[string]metav1.Time{"Ready": at(ready), "Stalled": at(stalled), "Connected": at(connected), "StorageReady": at(storage)}
		got := map[string]metav1.Time{}
		for name := range want {
			got[name] = meta.FindStatusCondition(in.Session.Status.Conditions, name).LastTransitionTime
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s: transitions at %v, want %v", what, got, want)
		}
	}
	step(report("STARTING", "Disconnected"))
	expectTimes("disconnected", 1, 0, 1, 0)
	step(report("FAILED", "TemporaryBan"))
	expectTimes("another reason", 1, 0, 1, 0)
	step(report("FAILED", "LoggedOut"))
	expectTimes("stalled", 1, 3, 1, 0)
	step(func(in *Input) { in.Session.Generation++ })
	expectTimes("another generation", 1, 3, 1, 0)
	step(report("WORKING", "Connected"))
	expectTimes("working again", 5, 5, 5, 0)
	step(func(in *Input) { in.Claim.Status.Phase = corev1.ClaimPending })
	expectTimes("storage", 5, 5, 5, 6)
}

// Conditions set by others are kept.
func TestConditionsOfOthersStay(t *testing.T) {
	theirs := metav1.Condition{
		Type: "example.com/Audited", Status: metav1.ConditionTrue, Reason: "Yes", Message: "x",
		ObservedGeneration: 1, LastTransitionTime: metav1.NewTime(earlier),
	}
	in := working()
	in.Session.Status.Conditions = []metav1.Condition{theirs}
	got := meta.FindStatusCondition(Compute(in).Conditions, theirs.Type)
	if got == nil || !reflect.DeepEqual(*got, theirs) {
		t.Errorf("it is %+v", got)
	}
}

func TestArchiveHealthyGoesWithItsPolicies(t *testing.T) {
	in := working(withArchive(&runtimev1.ArchiveStatus{LastResult: runtimev1.RunSucceeded, LastRunTime: &earlier}))
	in.Session.Status = Compute(in)
	if got := stateOf(in.Session.Status).archive; got != "True RunSucceeded" {
		t.Fatalf("with policies it is %q", got)
	}
	in.Session.Spec.AutoArchive = nil
	after := Compute(in)
	if got := stateOf(after).archive; got != "" {
		t.Errorf("without policies it is %q", got)
	}
	// The last run is kept, the next one is not.
	if run := after.AutoArchive; run == nil || run.LastRunTime == nil || run.NextRunTime != nil {
		t.Errorf("autoArchive is %+v", run)
	}
}

func TestWhatIsKnownOfANumber(t *testing.T) {
	cases := []struct {
		name   string
		change func(*Input)
		want   func(*v1alpha1.WhatsAppSessionStatus)
	}{
		{"nothing new", func(*Input) {}, func(*v1alpha1.WhatsAppSessionStatus) {}},
		{"no pod", away, func(s *v1alpha1.WhatsAppSessionStatus) { s.NodeName = "" }},
		{"no answer", silent(false), func(*v1alpha1.WhatsAppSessionStatus) {}},
		{"another name", func(in *Input) { in.Runtime.Status.Me.PushName = "Support" },
			func(s *v1alpha1.WhatsAppSessionStatus) { s.Me.PushName = "Support" }},
		{"another version", func(in *Input) { in.Runtime.Status.RuntimeVersion = "v2" },
			func(s *v1alpha1.WhatsAppSessionStatus) { s.RuntimeVersion = "v2" }},
		{"other counts", func(in *Input) {
			in.Runtime.Status.Chats = runtimev1.ChatCounts{Total: 9, Archived: 8, Unread: 7}
		}, func(*v1alpha1.WhatsAppSessionStatus) {}},
		{"other counts and another version", func(in *Input) {
			in.Runtime.Status.RuntimeVersion = "v2"
			in.Runtime.Status.Chats = runtimev1.ChatCounts{Total: 9, Archived: 8, Unread: 7}
		}, func(s *v1alpha1.WhatsAppSessionStatus) {
			s.RuntimeVersion = "v2"
			s.Chats = &v1alpha1.ChatsStatus{Total: 9, Archived: 8, Unread: 7}
		}},
		{"no claim", noClaim, func(s *v1alpha1.WhatsAppSessionStatus) { s.Volume.Capacity = nil }},
		{"another claim", func(in *Input) { in.ClaimName = "mine" }, func(s *v1alpha1.WhatsAppSessionStatus) { s.Volume.Claim = "mine" }},
		{"a larger volume", func(in *Input) { in.Claim.Status.Capacity = storage("3Gi") },
			func(s *v1alpha1.WhatsAppSessionStatus) { *s.Volume.Capacity = storage("3Gi")["storage"] }},
		{"a requested reconcile", func(in *Input) {
			in.Session.Annotations = map[string]string{v1alpha1.AnnotationReconcileRequestedAt: "noon"}
		}, func(s *v1alpha1.WhatsAppSessionStatus) { s.LastHandledReconcileAt = "noon" }},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			want := Compute(working())
			c.want(&want)
			in := working(before(), c.change)
			got := Compute(in)
			want.Conditions, got.Conditions, want.Phase, got.Phase = nil, nil, "", ""
			expect(t, got, want)
		})
	}
}
