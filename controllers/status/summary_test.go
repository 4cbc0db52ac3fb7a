package status

import (
	"slices"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	runtimev1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/api/v1alpha1"
)

func report(phase runtimev1.Phase, reason runtimev1.Reason) func(*Input) {
	return func(in *Input) { in.Runtime.Status.Phase, in.Runtime.Status.Reason = phase, reason }
}

func waitingFor(reason string) func(*Input) {
	return func(in *Input) {
		in.Pod.Status = corev1.PodStatus{Phase: corev1.PodPending, ContainerStatuses: []corev1.ContainerStatus{{
			Name: "runtime", Image: "img", State: corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: reason}},
		}}}
		in.Runtime = Runtime{}
	}
}

func ending(since time.Duration) func(*Input) {
	return func(in *Input) {
		deadline := metav1.NewTime(now.Add(-since))
		in.Pod.DeletionTimestamp = &deadline
		in.Runtime = Runtime{}
	}
}

// summaryCase is what a session's summary says, and when it must be computed again.
type summaryCase struct {
	name       string
	changes    []func(*Input)
	kind       kind
	reason     string
	message    string // a substring
	reconsider time.Duration
}

func testSummaries(t *testing.T, cases []summaryCase) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got := summarize(working(c.changes...))
			if got.kind != c.kind || got.reason != c.reason || !strings.Contains(got.message, c.message) || got.reconsider != c.reconsider {
				t.Errorf("summary is %+v, want kind %d, %s, …%s…, again after %s", got, c.kind, c.reason, c.message, c.reconsider)
			}
		})
	}
}

// ready sets the status of a session that is ready at this generation.
func ready(in *Input) { in.Session.Status = Compute(working()) }

func readyBeforeTheChange(in *Input) {
	ready(in)
	in.Session.Generation = 4
}

var summaries = []struct {
	name    string
	changes []func(*Input)
	kind    kind
	reason  string
	message string // a substring
	phase   v1alpha1.SessionPhase
}{
	{"connected", nil, settled, "Connected", "", "WORKING"},
	{"waiting for a scan", []func(*Input){report("SCAN_QR_CODE", "WaitingForScan")}, resting, "WaitingForScan", "QR", "SCAN_QR_CODE"},
	{"waiting for the right phone", []func(*Input){report("SCAN_QR_CODE", "WrongAccount")}, resting, "WaitingForScan", "QR", "SCAN_QR_CODE"},
	{"linked to the wrong number", []func(*Input){report("FAILED", "WrongAccount")}, stalled, "WrongAccount", "spec.pairing.account", "FAILED"},
	{"waiting for the code", []func(*Input){report("SCAN_QR_CODE", "WaitingForPhoneCode")}, resting, "WaitingForPhoneCode", "code", "SCAN_QR_CODE"},
	{"waiting for a passkey", []func(*Input){report("PASSKEY_REQUIRED", "PasskeyRequired")}, resting, "PasskeyRequired", "passkey", "PASSKEY_REQUIRED"},
	{"waiting for codes to be compared", []func(*Input){report("PASSKEY_CONFIRMATION_REQUIRED", "PasskeyConfirmationRequired")},
		resting, "PasskeyConfirmationRequired", "compared", "PASSKEY_CONFIRMATION_REQUIRED"},
	{"connecting", []func(*Input){report("STARTING", "Connecting")}, progressing, "Connecting", "", "STARTING"},
	{"disconnected", []func(*Input){report("STARTING", "Disconnected")}, progressing, "Disconnected", "", "STARTING"},
	{"stream replaced", []func(*Input){report("STARTING", "StreamReplaced")}, progressing, "StreamReplaced", "", "STARTING"},
	{"too many logins", []func(*Input){report("STARTING", "RateLimited")}, progressing, "RateLimited", "", "STARTING"},
	{"temporary ban", []func(*Input){report("STARTING", "TemporaryBan"), func(in *Input) {
		in.Runtime.Status.RetryAt = &now
	}}, progressing, "TemporaryBan", "2026-01-01T12:00:00Z", "STARTING"},
	{"logged out", []func(*Input){report("FAILED", "LoggedOut")}, stalled, "LoggedOut", "scan again", "FAILED"},
	{"client outdated", []func(*Input){report("FAILED", "ClientOutdated")}, stalled, "ClientOutdated", "upgrade", "FAILED"},
	{"invalid configuration", []func(*Input){report("FAILED", "InvalidConfiguration")}, stalled, "InvalidConfiguration", "", "FAILED"},
	{"endpoint mismatched", []func(*Input){report("FAILED", "EndpointMismatched")}, stalled, "EndpointMismatched", "", "FAILED"},
	{"the runtime's own words", []func(*Input){report("FAILED", "LoggedOut"), func(in *Input) {
		in.Runtime.Status.Message = " Removed by Ann's phone. "
	}}, stalled, "LoggedOut", "Removed by Ann's phone.", "FAILED"},

	{"a newer runtime's resting", []func(*Input){report("SCAN_QR_CODE", "WaitingForPasskey")}, resting, "WaitingForPasskey", "", "SCAN_QR_CODE"},
	{"a newer runtime's failure", []func(*Input){report("FAILED", "AccountLocked")}, stalled, "AccountLocked", "", "FAILED"},
	{"a newer runtime's start", []func(*Input){report("STARTING", "Migrating")}, progressing, "Migrating", "", "STARTING"},
	{"no reason at all", []func(*Input){report("STARTING", "not a reason!")}, progressing, "Unknown", "", "STARTING"},

	{"configuration pending", []func(*Input){func(in *Input) { in.ConfigHash = "new" }}, progressing, "ConfigurationPending", "", "WORKING"},
	{"configuration pending while unpaired", []func(*Input){report("SCAN_QR_CODE", "WaitingForScan"), func(in *Input) {
		in.ConfigHash = "new"
	}}, progressing, "ConfigurationPending", "", "SCAN_QR_CODE"},
	{"configuration refused", []func(*Input){func(in *Input) {
		in.ConfigHash, in.Runtime.Status.ConfigError = "new", "proxy.url: unknown scheme"
	}}, stalled, "InvalidConfiguration", "proxy.url", "WORKING"},
	{"a part of the configuration refused", []func(*Input){func(in *Input) {
		in.Runtime.Status.ConfigError = "webhooks[0].url: the address is loopback"
	}}, stalled, "InvalidConfiguration", "webhooks[0].url", "WORKING"},
	{"logged out outweighs a pending configuration", []func(*Input){report("FAILED", "LoggedOut"), func(in *Input) {
		in.ConfigHash = "new"
	}}, stalled, "LoggedOut", "", "FAILED"},

	{"no pod", []func(*Input){func(in *Input) { in.Pod, in.Runtime = nil, Runtime{} }}, progressing, "Progressing", "", "STARTING"},
	{"pod pending", []func(*Input){waitingFor("ContainerCreating")}, progressing, "PodPending", "is waiting for", "STARTING"},
	{"image pull", []func(*Input){waitingFor("ErrImagePull")}, stalled, "ImagePullFailed", "Image img", "FAILED"},
	{"container cannot be made", []func(*Input){waitingFor("CreateContainerConfigError")}, stalled, "PodFailed", "describe", "FAILED"},
	{"crash loop", []func(*Input){waitingFor("CrashLoopBackOff")}, stalled, "PodFailed", "kubectl logs", "FAILED"},
	{"evicted", []func(*Input){func(in *Input) {
		in.Pod.Status.Phase, in.Pod.Status.Reason, in.Runtime = corev1.PodFailed, "Evicted", Runtime{}
	}}, progressing, "PodReplacing", "evicted", "STARTING"},
	{"old pod ending", []func(*Input){ending(0)}, progressing, "PodReplacing", "must terminate before", "STARTING"},
	{"pod not ready", []func(*Input){func(in *Input) { in.Pod.Status.Conditions = nil }}, progressing, "PodStarting", "", "WORKING"},
	{"pod not ready and not heard of", []func(*Input){func(in *Input) {
		in.Pod.Status.Conditions, in.Runtime = nil, Runtime{Grace: true}
	}}, progressing, "PodStarting", "", "STARTING"},

	{"outdated", []func(*Input){func(in *Input) { in.PodOutdated = true }}, progressing, "PodReplacing", "", "WORKING"},
	{"outdated by a change and queued", []func(*Input){readyBeforeTheChange, outdatedAnd("RolloutQueued", ownChange)}, progressing, "RolloutQueued", "waits", "WORKING"},
	{"outdated by a change and held", []func(*Input){readyBeforeTheChange, outdatedAnd("RolloutHeld", ownChange)}, stalled, "RolloutHeld", "waits", "WORKING"},
	{"outdated by a newer operator and queued", []func(*Input){ready, outdatedAnd("RolloutQueued")}, settled, "Connected", "", "WORKING"},
	{"outdated by a newer operator and held", []func(*Input){ready, outdatedAnd("RolloutHeld")}, settled, "Connected", "", "WORKING"},
	{"outdated by a newer operator and disconnected", []func(*Input){ready, outdatedAnd("RolloutQueued"), report("STARTING", "Disconnected")}, progressing, "Disconnected", "", "STARTING"},
	{"outdated by a newer operator and logged out", []func(*Input){ready, outdatedAnd("WaitingForDelete"), report("FAILED", "LoggedOut")}, stalled, "LoggedOut", "", "FAILED"},

	{"stream not open yet", []func(*Input){func(in *Input) { in.Runtime = Runtime{Grace: true} }}, progressing, "PodStarting", "", "STARTING"},
	{"operator restarted", []func(*Input){ready, func(in *Input) { in.Runtime = Runtime{Grace: true} }}, settled, "Connected", "", "WORKING"},
	{"operator restarted while nobody has scanned", []func(*Input){before(report("SCAN_QR_CODE", "WaitingForScan")), func(in *Input) {
		in.Runtime = Runtime{Grace: true}
	}}, resting, "WaitingForScan", "QR", "SCAN_QR_CODE"},
	{"operator restarted after a logout", []func(*Input){before(report("FAILED", "LoggedOut")), func(in *Input) {
		in.Runtime = Runtime{Grace: true}
	}}, stalled, "LoggedOut", "scan again", "FAILED"},
	{"operator restarted during a ban", []func(*Input){before(report("STARTING", "TemporaryBan")), func(in *Input) {
		in.Runtime = Runtime{Grace: true}
	}}, progressing, "TemporaryBan", "banned", "STARTING"},
	{"a pod that failed starts again", []func(*Input){before(waitingFor("CrashLoopBackOff")), func(in *Input) {
		in.Runtime = Runtime{Grace: true}
	}}, progressing, "PodStarting", "is starting", "STARTING"},
	{"operator restarted after a change", []func(*Input){readyBeforeTheChange, func(in *Input) {
		in.Runtime = Runtime{Grace: true}
	}}, progressing, "PodStarting", "", "WORKING"},
	{"stream lost a moment ago", []func(*Input){func(in *Input) {
		in.Runtime.Connected, in.Runtime.Grace = false, true
	}}, settled, "Connected", "", "WORKING"},
	{"stream lost", []func(*Input){func(in *Input) { in.Runtime.Connected = false }}, progressing, "RuntimeUnreachable", "3000", "STARTING"},
	{"token refused", []func(*Input){func(in *Input) { in.Runtime = Runtime{Refused: true} }}, progressing, "RuntimeUnreachable", "token", "STARTING"},

	{"claim lost", []func(*Input){func(in *Input) { in.Claim.Status.Phase = corev1.ClaimLost }}, stalled, "StorageLost", "sales-data", "WORKING"},
	{"a person must act", []func(*Input){func(in *Input) {
		in.Problem = &Problem{"SecretNotFound", "Secret x is not there"}
	}}, stalled, "SecretNotFound", "Secret x", "WORKING"},
	{"trouble with the cluster", []func(*Input){func(in *Input) { in.Trouble = true }}, progressing, "Unknown", "retried", "WORKING"},
	{"trouble with the cluster of a ready session", []func(*Input){ready, func(in *Input) { in.Trouble = true }}, settled, "Connected", "", "WORKING"},

	{"stopped", []func(*Input){stop, away}, resting, "Stopped", "kept", "STOPPED"},
	{"trouble with the cluster of a stopped session", []func(*Input){stop, away, before(stop, away), func(in *Input) { in.Trouble = true }}, resting, "Stopped", "kept", "STOPPED"},
	{"stopping", []func(*Input){stop, ending(0)}, progressing, "Stopping", "pod is terminating", "STARTING"},
	{"stopping on a lost node", []func(*Input){stop, ending(time.Hour)}, stalled, "NodeLost", "node-1", "FAILED"},

	{"deleting", []func(*Input){func(in *Input) { in.Deleting = true }, ending(0)}, progressing, "Deleting", "pod is terminating", "STARTING"},
	{"deleting on a lost node", []func(*Input){func(in *Input) { in.Deleting = true }, ending(time.Hour)}, stalled, "NodeLost", "node-1", "FAILED"},
	{"deleting the rest", []func(*Input){func(in *Input) { in.Deleting, in.Pod, in.Runtime = true, nil, Runtime{} }}, progressing, "Deleting", "removed", "STOPPED"},

	{"paused and in order", []func(*Input){pause}, settled, "Connected", "", "WORKING"},
	{"paused before a change", []func(*Input){pause, func(in *Input) { in.ConfigHash = "new" }}, resting, "Paused", "wasession.dev/paused", "WORKING"},
	{"paused without a pod", []func(*Input){pause, func(in *Input) { in.Pod, in.Runtime = nil, Runtime{} }}, resting, "Paused", "", "STARTING"},
	{"paused while WhatsApp is away", []func(*Input){pause, report("STARTING", "Disconnected")}, progressing, "Disconnected", "", "STARTING"},
}

func stop(in *Input)  { in.Session.Spec.State = v1alpha1.SessionStopped }
func pause(in *Input) { in.Paused = true }
func away(in *Input)  { in.Pod, in.Runtime = nil, Runtime{} }

// before sets the status that the changes gave at this generation.
func before(changes ...func(*Input)) func(*Input) {
	return func(in *Input) { in.Session.Status = Compute(working(changes...)) }
}

func TestSummaries(t *testing.T) {
	for _, c := range summaries {
		t.Run(c.name, func(t *testing.T) {
			in := working(c.changes...)
			s := summarize(in)
			if s.kind != c.kind || s.reason != c.reason || !strings.Contains(s.message, c.message) {
				t.Errorf("summary is %+v, want kind %d, %s, …%s…", s, c.kind, c.reason, c.message)
			}
			after := Compute(in)
			if after.Phase != c.phase {
				t.Errorf("phase is %s, want %s", after.Phase, c.phase)
			}
			for conditionType, holds := range map[string]bool{
				v1alpha1.ConditionReady: c.kind == settled, v1alpha1.ConditionReconciling: c.kind == progressing, v1alpha1.ConditionStalled: c.kind == stalled,
			} {
				if got := meta.IsStatusConditionTrue(after.Conditions, conditionType); got != holds {
					t.Errorf("%s is %v, want %v", conditionType, got, holds)
				}
			}
		})
	}
}

// The operator knows every reason of the contract.
func TestEveryReasonOfTheContractHasAMeaning(t *testing.T) {
	for _, reason := range []runtimev1.Reason{
		runtimev1.ReasonConnecting, runtimev1.ReasonWaitingForScan, runtimev1.ReasonWaitingForCode, runtimev1.ReasonDisconnected,
		runtimev1.ReasonStreamReplaced, runtimev1.ReasonTemporaryBan, runtimev1.ReasonLoggedOut, runtimev1.ReasonClientOutdated,
		runtimev1.ReasonInvalidConfig, runtimev1.ReasonEndpointMismatched,
		runtimev1.ReasonPasskeyRequired, runtimev1.ReasonPasskeyConfirmation,
		runtimev1.ReasonStorageFull, runtimev1.ReasonRateLimited,
	} {
		if m, ok := meanings[reason]; !ok || m.message == "" || !conditionReason.MatchString(m.reason) {
			t.Errorf("%s means %+v", reason, m)
		}
	}
}

// Every combination of inputs gives a complete and consistent status.
func TestStatusIsTotal(t *testing.T) {
	dimensions := [][]func(*Input){
		{func(*Input) {}, stop, pause, func(in *Input) { in.Deleting = true }},
		{func(*Input) {}, func(in *Input) { in.Pod, in.Runtime = nil, Runtime{} }, ending(0), waitingFor("ErrImagePull"),
			func(in *Input) { in.Pod.Status = corev1.PodStatus{} }},
		{func(*Input) {}, func(in *Input) { in.Claim = nil }, func(in *Input) { in.Claim.Status = corev1.PersistentVolumeClaimStatus{} }},
		{func(*Input) {}, func(in *Input) { in.Runtime = Runtime{} }, func(in *Input) { in.Runtime = Runtime{Grace: true} },
			func(in *Input) { in.Runtime = Runtime{Connected: true, Status: &runtimev1.Status{}} }},
		{func(*Input) {}, func(in *Input) { in.Problem = &Problem{"NameConflict", "x"} }, func(in *Input) { in.Trouble = true }},
		{func(*Input) {}, ready, readyBeforeTheChange},
		{func(*Input) {}, func(in *Input) { in.PodOutdated = true }, outdatedAnd("RolloutQueued", ownChange)},
		{func(*Input) {}, withArchive(nil)},
	}
	count := 0
	var try func(chosen []func(*Input), rest [][]func(*Input))
	try = func(chosen []func(*Input), rest [][]func(*Input)) {
		if len(rest) > 0 {
			for _, change := range rest[0] {
				try(append(slices.Clone(chosen), change), rest[1:])
			}
			return
		}
		count++
		checkConsistent(t, Compute(working(chosen...)))
	}
	try(nil, dimensions)
	t.Logf("%d combinations", count)
}

func checkConsistent(t *testing.T, status v1alpha1.WhatsAppSessionStatus) {
	t.Helper()
	holding := 0
	for _, c := range status.Conditions {
		if c.Reason == "" || c.Message == "" || c.ObservedGeneration != status.ObservedGeneration || c.LastTransitionTime.IsZero() {
			t.Fatalf("incomplete condition %+v", c)
		}
		switch c.Type {
		case v1alpha1.ConditionReady, v1alpha1.ConditionReconciling, v1alpha1.ConditionStalled:
			if c.Status == metav1.ConditionTrue {
				holding++
			}
		}
	}
	if holding > 1 || len(status.Conditions) < 6 || status.Volume == nil || status.Endpoint == "" {
		t.Fatalf("contradictory or incomplete status %+v", status)
	}
}
