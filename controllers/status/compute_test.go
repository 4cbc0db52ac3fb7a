package status

import (
	"reflect"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	runtimev1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/api/v1alpha1"
)

var (
	earlier = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	now     = time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
)

// working returns the input of a healthy session, with changes.
func working(changes ...func(*Input)) Input {
	in := Input{
		Session: &v1alpha1.WhatsAppSession{
			ObjectMeta: metav1.ObjectMeta{Name: "sales", Namespace: "crm", Generation: 3},
			Spec:       v1alpha1.WhatsAppSessionSpec{State: v1alpha1.SessionRunning},
		},
		Now: now,
		Pod: &corev1.Pod{
			ObjectMeta: metav1.ObjectMeta{Name: "sales"},
			Spec:       corev1.PodSpec{NodeName: "node-1"},
			Status: corev1.PodStatus{
				Phase:      corev1.PodRunning,
				Conditions: []corev1.PodCondition{{Type: corev1.PodReady, Status: corev1.ConditionTrue}},
			},
		},
		Claim: &corev1.PersistentVolumeClaim{
			Spec: corev1.PersistentVolumeClaimSpec{VolumeName: "pv-1", Resources: corev1.VolumeResourceRequirements{Requests: storage("2Gi")}},
			Status: corev1.PersistentVolumeClaimStatus{
				Phase: corev1.ClaimBound, Capacity: storage("2Gi"),
			},
		},
		Patience:   Patience{Blip: time.Minute, Wait: 5 * time.Minute},
		ClaimName:  "sales-data",
		ConfigHash: "abc",
		Endpoint:   "http://sales.crm.svc:3000",
		Runtime: Runtime{Connected: true, Status: &runtimev1.Status{
			Phase: runtimev1.PhaseWorking, Reason: runtimev1.ReasonConnected, Paired: true, ConfigHash: "abc",
			RuntimeVersion: "v1", Me: &runtimev1.Me{ID: "1@c.us", LID: "2@lid", PushName: "Sales"},
			Chats: runtimev1.ChatCounts{Total: 3, Archived: 2, Unread: 1},
		}},
	}
	for _, change := range changes {
		change(&in)
	}
	return in
}

func storage(size string) corev1.ResourceList {
	return corev1.ResourceList{corev1.ResourceStorage: resource.MustParse(size)}
}

func condition(conditionType string, status metav1.ConditionStatus, reason, message string) metav1.Condition {
	return metav1.Condition{
		Type: conditionType, Status: status, Reason: reason, Message: message,
		ObservedGeneration: 3, LastTransitionTime: metav1.NewTime(now),
	}
}

func TestAWorkingSession(t *testing.T) {
	capacity := resource.MustParse("2Gi")
	want := v1alpha1.WhatsAppSessionStatus{
		ObservedGeneration: 3,
		Conditions: []metav1.Condition{
			condition("Ready", "True", "Connected", "Connected to WhatsApp and serving the chat API"),
			condition("Reconciling", "False", "Settled", "No changes in progress"),
			condition("Stalled", "False", "Settled", "Nothing blocks progress"),
			condition("StorageReady", "True", "Bound", "Claim sales-data is bound"),
			condition("Paired", "True", "Paired", "Linked to 1@c.us"),
			condition("Connected", "True", "Connected", "Connected to WhatsApp"),
			condition("Updated", "True", "UpToDate", "No pod from an older template is running"),
		},
		Phase:          v1alpha1.PhaseWorking,
		Me:             &v1alpha1.AccountStatus{ID: "1@c.us", LID: "2@lid", PushName: "Sales"},
		Endpoint:       "http://sales.crm.svc:3000",
		NodeName:       "node-1",
		Volume:         &v1alpha1.VolumeStatus{Claim: "sales-data", Capacity: &capacity},
		RuntimeVersion: "v1",
		Chats:          &v1alpha1.ChatsStatus{Total: 3, Archived: 2, Unread: 1},
	}
	expect(t, Compute(working()), want)
}

func TestANewSession(t *testing.T) {
	in := working(func(in *Input) { in.Pod, in.Claim, in.Runtime = nil, nil, Runtime{} })
	want := v1alpha1.WhatsAppSessionStatus{
		ObservedGeneration: 3,
		Conditions: []metav1.Condition{
			condition("Ready", "False", "Progressing", "The session's objects are being created"),
			condition("Reconciling", "True", "Progressing", "The session's objects are being created"),
			condition("Stalled", "False", "Settled", "Nothing blocks progress"),
			condition("StorageReady", "False", "ClaimPending", "Claim sales-data does not exist yet"),
			condition("Paired", "Unknown", "Unknown", "Unknown until the runtime has started"),
			condition("Connected", "False", "Progressing", "The session's objects are being created"),
			condition("Updated", "True", "UpToDate", "No pod from an older template is running"),
		},
		Phase:    v1alpha1.PhaseStarting,
		Endpoint: "http://sales.crm.svc:3000",
		Volume:   &v1alpha1.VolumeStatus{Claim: "sales-data"},
	}
	expect(t, Compute(in), want)
}

func TestAStoppedSessionKeepsWhatIsKnownOfIt(t *testing.T) {
	in := working()
	in.Session.Status = Compute(working())
	in.Session.Generation = 4
	in.Session.Spec.State = v1alpha1.SessionStopped
	in.Pod, in.Runtime = nil, Runtime{}
	in.Now = now.Add(time.Hour)

	got := Compute(in)
	want := *in.Session.Status.DeepCopy()
	want.ObservedGeneration, want.Phase, want.NodeName = 4, v1alpha1.PhaseStopped, ""
	for i := range want.Conditions {
		want.Conditions[i].ObservedGeneration = 4
	}
	for i, message := range map[int]string{0: "Stopped by spec.state; volume and pairing are kept", 5: "No pod is running"} {
		c := &want.Conditions[i] // Ready and Connected
		c.Status, c.Reason, c.Message, c.LastTransitionTime = "False", "Stopped", message, metav1.NewTime(in.Now)
	}
	expect(t, got, want)
}

func TestTheSameInputGivesTheSameStatus(t *testing.T) {
	in := working()
	in.Session.Status = Compute(in)
	in.Now = in.Now.Add(time.Hour)
	expect(t, Compute(in), in.Session.Status)
}

func TestComputeChangesNothingOfItsInput(t *testing.T) {
	in := working(withArchive(&runtimev1.ArchiveStatus{Archived: 1, LastResult: runtimev1.RunSucceeded}))
	in.Session.Status = Compute(in)
	in.Runtime.Status.Archive.Archived = 2
	before := in.Session.DeepCopy()
	Compute(in)
	if !reflect.DeepEqual(before, in.Session) {
		t.Error("the session was changed")
	}
}

func TestWhoTheNumberIsGoesWithThePairing(t *testing.T) {
	in := working()
	in.Session.Status = Compute(in)
	in.Runtime.Status = &runtimev1.Status{Phase: runtimev1.PhaseFailed, Reason: runtimev1.ReasonLoggedOut, ConfigHash: "abc"}
	if got := Compute(in); got.Me != nil {
		t.Errorf("me is still %+v", got.Me)
	}
}

func expect(t *testing.T, got, want v1alpha1.WhatsAppSessionStatus) {
	t.Helper()
	if equality.Semantic.DeepEqual(got, want) {
		return
	}
	t.Errorf("status differs:\n got %+v\nwant %+v", got, want)
	for i := range min(len(got.Conditions), len(want.Conditions)) {
		if !equality.Semantic.DeepEqual(got.Conditions[i], want.Conditions[i]) {
			t.Errorf("condition differs:\n got %+v\nwant %+v", got.Conditions[i], want.Conditions[i])
		}
	}
}
