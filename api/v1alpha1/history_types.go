package v1alpha1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// HistorySync is how much history is requested from the phone at pairing.
//
// +kubebuilder:validation:Enum=None;Recent;Full
type HistorySync string

const (
	// HistoryNone imports the chats without messages.
	HistoryNone HistorySync = "None"
	// HistoryRecent imports the chats and recent messages.
	HistoryRecent HistorySync = "Recent"
	// HistoryFull imports everything the phone sends.
	HistoryFull HistorySync = "Full"
)

// GroupChats is whether group chats are part of the history.
//
// +kubebuilder:validation:Enum=Import;Skip
type GroupChats string

const (
	// GroupChatsImport imports group chats like the others.
	GroupChatsImport GroupChats = "Import"
	// GroupChatsSkip leaves group chats out. New messages in groups are kept.
	GroupChatsSkip GroupChats = "Skip"
)

// HistorySpec is the history that is requested from the phone at pairing, and
// how long messages are kept. A later change takes effect at the next pairing,
// as WhatsApp sends history only once, except retention, which always applies.
// A change does not restart the pod.
type HistorySpec struct {
	// sync is None, which imports the chats without messages, Recent (default) or
	// Full.
	// +optional
	// +kubebuilder:default=Recent
	Sync HistorySync `json:"sync,omitempty"`

	// days is how far back messages are imported, in days. Must be 1 to 3650.
	// Defaults to 90 with Recent; without it, Full has no limit. Chats without a
	// message in that time are still imported, without messages. Ignored with
	// None.
	// +optional
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=3650
	Days int32 `json:"days,omitempty"`

	// retention is the age at which messages are removed from the volume, with
	// their files. Chats and the data on the phone are not affected. Must be at
	// least 24h, in h, m and s: 8760h is a year. Messages are kept forever without
	// it.
	// +optional
	// +kubebuilder:validation:Type=string
	// +kubebuilder:validation:MaxLength=32
	// +kubebuilder:validation:XValidation:rule="self.size() > 0 && self.matches('^([0-9]{1,6}h)?([0-9]{1,6}m)?([0-9]{1,7}s)?$') && duration(self) >= duration('24h')",message="must be a duration of at least 24h, written in h, m and s: 8760h is a year"
	Retention *metav1.Duration `json:"retention,omitempty"`

	// groupChats is Import (default), or Skip to leave group chats out.
	// +optional
	// +kubebuilder:default=Import
	GroupChats GroupChats `json:"groupChats,omitempty"`
}
