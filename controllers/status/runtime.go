package status

import (
	"regexp"
	"strings"
	"time"

	runtimev1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/api/v1alpha1"
)

// meaning is how a reason of the runtime appears in the status.
type meaning struct {
	kind    kind
	reason  string
	message string
}

// meanings holds every reason of the contract.
var meanings = map[runtimev1.Reason]meaning{
	runtimev1.ReasonWaitingForScan: {resting, v1alpha1.ReasonWaitingForScan,
		"Waiting for the QR code to be scanned with the phone; it is renewed until then"},
	runtimev1.ReasonWaitingForCode: {resting, v1alpha1.ReasonWaitingForPhoneCode,
		"Waiting for the pairing code to be entered on the phone"},
	runtimev1.ReasonPasskeyRequired: {resting, v1alpha1.ReasonPasskeyRequired,
		"The account is protected by a passkey, which must be presented: kubectl wasession passkey does it"},
	runtimev1.ReasonPasskeyConfirmation: {resting, v1alpha1.ReasonPasskeyConfirmationRequired,
		"The code of the session must be compared with the one on the phone, and confirmed: kubectl wasession passkey does it"},
	runtimev1.ReasonConnecting: {progressing, v1alpha1.ReasonConnecting,
		"The session is connecting to WhatsApp"},
	runtimev1.ReasonDisconnected: {progressing, v1alpha1.ReasonDisconnected,
		"The connection to WhatsApp was lost; reconnecting"},
	runtimev1.ReasonStreamReplaced: {progressing, v1alpha1.ReasonStreamReplaced,
		"Another program connected with the same pairing; the session retries with increasing delays"},
	runtimev1.ReasonTemporaryBan: {progressing, v1alpha1.ReasonTemporaryBan,
		"WhatsApp has banned the number temporarily; the session reconnects when the ban ends"},
	runtimev1.ReasonRateLimited: {progressing, v1alpha1.ReasonRateLimited,
		"WhatsApp limits how often the number logs in; the session retries with increasing delays"},
	runtimev1.ReasonStorageFull: {progressing, v1alpha1.ReasonStorageFull,
		"The volume is full: enlarge spec.storage.claim.size, or set spec.history.retention or spec.storage.media.volume.maxSize. WhatsApp keeps the messages until then"},
	runtimev1.ReasonWrongAccount: {stalled, v1alpha1.ReasonWrongAccount,
		"The linked number is not spec.pairing.account"},
	runtimev1.ReasonLoggedOut: {stalled, v1alpha1.ReasonLoggedOut,
		"The device was removed on the phone: restart the session through its API and scan again"},
	runtimev1.ReasonClientOutdated: {stalled, v1alpha1.ReasonClientOutdated,
		"WhatsApp refuses this version of the runtime: upgrade wasession"},
	runtimev1.ReasonInvalidConfig: {stalled, v1alpha1.ReasonInvalidConfiguration,
		"The runtime cannot use its configuration"},
	runtimev1.ReasonEndpointMismatched: {stalled, v1alpha1.ReasonEndpointMismatched,
		"The volume was paired through a different WhatsApp endpoint than the operator now uses"},
}

// conditionReason matches what the API server accepts as a condition's reason.
var conditionReason = regexp.MustCompile(`^[A-Za-z]([A-Za-z0-9_,:]{0,126}[A-Za-z0-9_])?$`)

// reported turns the runtime's report into a summary, or nil if the session
// works. An unknown reason of a newer runtime is classified by its phase.
func reported(report *runtimev1.Status) *summary {
	if report.Phase == runtimev1.PhaseWorking && report.Reason == runtimev1.ReasonConnected {
		return nil
	}
	m, known := meanings[report.Reason]
	if known && report.Reason == runtimev1.ReasonWrongAccount && report.Phase == runtimev1.PhaseScanQRCode {
		m = meanings[runtimev1.ReasonWaitingForScan] // a phone was rejected; the right one can still scan
	}
	if !known {
		m = byPhase(report)
	}
	message := sentence(report.Message, m.message)
	waits := report.Reason == runtimev1.ReasonTemporaryBan || report.Reason == runtimev1.ReasonRateLimited
	if waits && report.RetryAt != nil {
		message += ", at " + report.RetryAt.UTC().Format(time.RFC3339)
	}
	return &summary{kind: m.kind, reason: m.reason, message: message}
}

func byPhase(report *runtimev1.Status) meaning {
	reason := v1alpha1.ReasonUnknown
	if conditionReason.MatchString(string(report.Reason)) {
		reason = string(report.Reason)
	}
	switch report.Phase {
	case runtimev1.PhaseScanQRCode, runtimev1.PhasePasskeyRequired, runtimev1.PhasePasskeyConfirmation:
		return meaning{resting, reason, "Waiting for the phone"}
	case runtimev1.PhaseFailed:
		return meaning{stalled, reason, "The session has failed: see the log of its pod"}
	default:
		return meaning{progressing, reason, "The session is starting"}
	}
}

// sentence returns the runtime's message, shortened to a limit, or ours if empty.
func sentence(theirs, ours string) string {
	const limit = 1024
	theirs = strings.ToValidUTF8(strings.TrimSpace(theirs), "")
	if theirs == "" {
		return ours
	}
	if runes := []rune(theirs); len(runes) > limit {
		return string(runes[:limit-1]) + "…"
	}
	return theirs
}
