package dashboard

import (
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/wasession/wasession/api/v1alpha1"
)

// paired is a session of a number that people write to.
func paired(number, name string, unread, chats int64) func(*v1alpha1.WhatsAppSession) {
	return func(s *v1alpha1.WhatsAppSession) {
		s.Status.Me = &v1alpha1.AccountStatus{ID: number + "@c.us", PushName: name}
		s.Status.Chats = &v1alpha1.ChatsStatus{Total: chats, Unread: unread}
		size := resource.MustParse("2Gi")
		s.Status.Volume = &v1alpha1.VolumeStatus{Claim: s.Name + "-data", Capacity: &size}
		s.Status.Endpoint = "http://" + s.Name + "." + s.Namespace + ".svc:3000"
	}
}

// condition gives a session a condition.
func condition(kind string, status metav1.ConditionStatus, reason, message string) func(*v1alpha1.WhatsAppSession) {
	return func(s *v1alpha1.WhatsAppSession) {
		s.Status.Conditions = append(s.Status.Conditions, metav1.Condition{
			Type: kind, Status: status, Reason: reason, Message: message, LastTransitionTime: metav1.NewTime(time.Now().Add(-3 * time.Hour)),
		})
	}
}

// someSessions creates a session in each state.
func someSessions(t *testing.T, space string) {
	t.Helper()
	ready := condition(v1alpha1.ConditionReady, "True", v1alpha1.ReasonConnected, "Connected to WhatsApp")
	lab.Session(t, space, "support-de", v1alpha1.PhaseWorking, paired("4915112345678", "Support Deutschland", 12, 1840), ready)
	lab.Session(t, space, "support-uk", v1alpha1.PhaseWorking, paired("447700900123", "Support UK", 0, 655), ready)
	lab.Session(t, space, "orders", v1alpha1.PhaseStarting, paired("33612345678", "Boutique", 3, 77),
		condition(v1alpha1.ConditionReady, "False", v1alpha1.ReasonTemporaryBan, "WhatsApp banned the account temporarily; waiting for the ban to end"))
	lab.Session(t, space, "sales-eu", v1alpha1.PhaseScanQRCode,
		condition(v1alpha1.ConditionReady, "False", v1alpha1.ReasonWaitingForScan, "Waiting for the QR code to be scanned"))
	lab.Session(t, space, "alerts", v1alpha1.PhaseFailed, paired("14155550123", "Alerts", 0, 9),
		condition(v1alpha1.ConditionReady, "False", v1alpha1.ReasonLoggedOut, "The phone unlinked this device: restart the session and pair it again"),
		condition(v1alpha1.ConditionStalled, "True", v1alpha1.ReasonLoggedOut, "The phone unlinked this device: restart the session and pair it again"),
		condition(v1alpha1.ConditionPaired, "False", v1alpha1.ReasonLoggedOut, "The phone unlinked this device"),
		condition(v1alpha1.ConditionStorageReady, "True", v1alpha1.ReasonBound, "The claim is bound"))
	lab.Session(t, space, "old-campaign", v1alpha1.PhaseStopped, paired("34600123456", "Campaña", 0, 210), func(s *v1alpha1.WhatsAppSession) { s.Spec.State = v1alpha1.SessionStopped })
}
