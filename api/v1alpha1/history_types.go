package v1alpha1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// HistorySync is how much history a phone is asked for when it is paired.
//
// +kubebuilder:validation:Enum=None;Recent;Full
type HistorySync string

const (
	// HistoryNone imports nothing: the store begins with the pairing.
	HistoryNone HistorySync = "None"
	// HistoryRecent imports the chats and the messages of the last days.
	HistoryRecent HistorySync = "Recent"
	// HistoryFull imports whatever the phone will hand over.
	HistoryFull HistorySync = "Full"
)

// HistorySpec is what is asked of the phone at pairing. A later change holds
// from the next pairing: WhatsApp sends history only once.
type HistorySpec struct {
	// sync is None, Recent (default) or Full.
	// +optional
	// +kubebuilder:default=Recent
	Sync HistorySync `json:"sync,omitempty"`

	// days is how far back messages are imported, in days: 90 unless told, 1 to
	// 3650. Chats without a message in those days are imported without one. Not
	// looked at with None.
	// +optional
	// +kubebuilder:default=90
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=3650
	Days int32 `json:"days,omitempty"`

	// retention is the age at which messages are removed from the volume, with
	// their files. Chats stay, and so does what the phone has. At least 24h, written
	// in h, m and s: 8760h is a year. Messages are kept for good where it is absent.
	// +optional
	// +kubebuilder:validation:Type=string
	// +kubebuilder:validation:MaxLength=32
	// +kubebuilder:validation:XValidation:rule="self.size() > 0 && self.matches('^([0-9]{1,6}h)?([0-9]{1,6}m)?([0-9]{1,7}s)?$') && duration(self) >= duration('24h')",message="must be a duration of at least 24h, written in h, m and s: 8760h is a year"
	Retention *metav1.Duration `json:"retention,omitempty"`

	// groups is whether group chats are imported as well: true unless told.
	// +optional
	// +kubebuilder:default=true
	Groups *bool `json:"groups,omitempty"`
}
