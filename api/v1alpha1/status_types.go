package v1alpha1

import (
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// SessionPhase is a session's status in the chat API. It is for people and for
// clients of that API; programs on Kubernetes read the conditions.
type SessionPhase string

const (
	// PhaseStopped is a session without a pod.
	PhaseStopped SessionPhase = "STOPPED"
	// PhaseStarting is a session whose pod is starting, or that is connecting.
	PhaseStarting SessionPhase = "STARTING"
	// PhaseScanQRCode is a session that is waiting to be linked with the phone.
	PhaseScanQRCode SessionPhase = "SCAN_QR_CODE"
	// PhasePasskeyRequired is a session whose account is protected by a passkey, which
	// must be presented before the session is linked.
	PhasePasskeyRequired SessionPhase = "PASSKEY_REQUIRED"
	// PhasePasskeyConfirmation is a session whose code must be compared with the one on
	// the phone before it is linked.
	PhasePasskeyConfirmation SessionPhase = "PASSKEY_CONFIRMATION_REQUIRED"
	// PhaseWorking is a session that is connected and paired.
	PhaseWorking SessionPhase = "WORKING"
	// PhaseFailed is a session that does not recover without intervention.
	PhaseFailed SessionPhase = "FAILED"
)

// WhatsAppSessionStatus is the observed state of a session. It never contains
// secrets such as keys, QR codes or pairing codes.
type WhatsAppSessionStatus struct {
	// observedGeneration is the metadata.generation that the rest of the status
	// describes. While it is lower, a change has not been processed yet.
	// +optional
	ObservedGeneration int64 `json:"observedGeneration,omitempty"`

	// conditions are Ready, Reconciling and Stalled, as kstatus reads them, and
	// StorageReady, Paired, Connected, Updated, ArchiveHealthy, KeysValid and
	// Exposed. Types and reasons are in the reference.
	// +optional
	// +listType=map
	// +listMapKey=type
	Conditions []metav1.Condition `json:"conditions,omitempty"`

	// phase is the status in the chat API: STOPPED, STARTING, SCAN_QR_CODE,
	// PASSKEY_REQUIRED, PASSKEY_CONFIRMATION_REQUIRED, WORKING or FAILED.
	// +optional
	Phase SessionPhase `json:"phase,omitempty"`

	// me is the linked account. Absent until the session is paired.
	// +optional
	Me *AccountStatus `json:"me,omitempty"`

	// endpoint is the URL of the chat API inside the cluster, such as
	// http://sales-eu.crm.svc:3000.
	// +optional
	Endpoint string `json:"endpoint,omitempty"`

	// urls are the URLs of the chat API outside the cluster, as far as the spec
	// tells them: spec.api.publicURL, then the hosts of the Ingress and the
	// HTTPRoute without wildcards. An HTTPRoute counts as https unless all its
	// parentRefs name port 80.
	// +optional
	// +listType=atomic
	URLs []string `json:"urls,omitempty"`

	// nodeName is the node that the session's pod runs on. Absent without a running
	// pod.
	// +optional
	NodeName string `json:"nodeName,omitempty"`

	// volume is the session's volume.
	// +optional
	Volume *VolumeStatus `json:"volume,omitempty"`

	// runtimeVersion is the version that the session's pod runs.
	// +optional
	RuntimeVersion string `json:"runtimeVersion,omitempty"`

	// template is what the pod was made of when the session was last ready. Absent
	// if it does not work for a reason of its own, or is stopped.
	// +optional
	Template *TemplateStatus `json:"template,omitempty"`

	// chats counts the chats in the store, as of the last time that something else
	// in the status changed. The annotation wasession.dev/reconcile-requested-at
	// refreshes it; the session's metrics are always current.
	// +optional
	Chats *ChatsStatus `json:"chats,omitempty"`

	// autoArchive describes the last and the next run of auto-archive.
	// +optional
	AutoArchive *AutoArchiveStatus `json:"autoArchive,omitempty"`

	// groups is the outcome of the last audit of the number's groups.
	// +optional
	Groups *GroupsStatus `json:"groups,omitempty"`

	// lastTermination is the last time that the session's container or pod ended
	// without the operator's doing. Absent if it never did.
	// +optional
	LastTermination *TerminationStatus `json:"lastTermination,omitempty"`

	// lastHandledReconcileAt is the value of the annotation
	// wasession.dev/reconcile-requested-at that was handled last.
	// +optional
	LastHandledReconcileAt string `json:"lastHandledReconcileAt,omitempty"`
}

// AccountStatus is the WhatsApp account of a session.
type AccountStatus struct {
	// id is the number's chat id, such as 15551234567@c.us; with the operator's
	// --shorten-numbers, its first two and last four digits, such as +15…4567.
	// +optional
	ID string `json:"id,omitempty"`

	// lid is the account's id without its number, such as 123456789@lid.
	// +optional
	LID string `json:"lid,omitempty"`

	// pushName is the name that others see.
	// +optional
	PushName string `json:"pushName,omitempty"`
}

// VolumeStatus is a session's volume.
type VolumeStatus struct {
	// claim is the name of the PersistentVolumeClaim.
	// +optional
	Claim string `json:"claim,omitempty"`

	// capacity is the actual size of the volume in bytes; it can be more than
	// requested. Absent until the claim is bound.
	// +optional
	Capacity *resource.Quantity `json:"capacity,omitempty"`
}

// ChatsStatus counts the chats in the store. Counts alone are never written, so
// that messages cause no writes to the cluster.
type ChatsStatus struct {
	// total is the number of chats.
	// +optional
	Total int64 `json:"total"`

	// archived is how many of them are archived.
	// +optional
	Archived int64 `json:"archived"`

	// unread is how many of them have unread messages or are marked unread.
	// +optional
	Unread int64 `json:"unread"`
}

// ArchiveResult is how a run of auto-archive ended.
type ArchiveResult string

const (
	// ArchiveSucceeded is a run that archived the chats it selected, up to
	// maxChatsPerRun.
	ArchiveSucceeded ArchiveResult = "Succeeded"
	// ArchiveDryRun is a run that only reported.
	ArchiveDryRun ArchiveResult = "DryRun"
	// ArchiveFailed is a run that stopped on an error.
	ArchiveFailed ArchiveResult = "Failed"
)

// AutoArchiveStatus describes the last and the next run of auto-archive.
type AutoArchiveStatus struct {
	// lastRunTime is when the last run began.
	// +optional
	LastRunTime *metav1.Time `json:"lastRunTime,omitempty"`

	// lastResult is how the last run ended: Succeeded, DryRun or Failed.
	// +optional
	LastResult ArchiveResult `json:"lastResult,omitempty"`

	// archived is how many chats the last run archived.
	// +optional
	Archived int64 `json:"archived"`

	// candidates is how many chats the policies of the last run selected; those
	// not archived are left to the next run.
	// +optional
	Candidates int64 `json:"candidates"`

	// nextRunTime is when the next scheduled run begins. Absent without a
	// schedule, while suspended, and while the session is stopped.
	// +optional
	NextRunTime *metav1.Time `json:"nextRunTime,omitempty"`

	// lastHandledRequest is the value of the annotation
	// wasession.dev/auto-archive-requested-at that was handled last.
	// +optional
	LastHandledRequest string `json:"lastHandledRequest,omitempty"`
}

// GroupsStatus is the outcome of the last audit of groups.
type GroupsStatus struct {
	// unknown are the ids of the groups that the number is in but that are not in
	// spec.groups.allowed. At most the first 50 are listed.
	// +optional
	// +listType=atomic
	Unknown []string `json:"unknown,omitempty"`

	// left is how many groups the last audit left.
	// +optional
	Left int64 `json:"left"`
}
