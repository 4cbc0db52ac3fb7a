package v1alpha1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// SendingSpec limits the messages that are sent through the chat API, so that WhatsApp
// does not take the number for a spammer. A message beyond a limit is accepted with ack
// PENDING and waits on the volume until it may be sent. Messages of a chat keep their
// order, and one chat that must wait holds no other back. A group counts as one
// contact. Reactions, votes, edits, deletions, receipts, status updates and posts to
// channels don't count, nor does what is sent on the phone. Any change takes effect
// without a restart; without the field, what waits is sent at once.
//
// +kubebuilder:validation:XValidation:rule="!has(self.warmUp) || has(self.perMinute) || has(self.perContactPerMinute) || has(self.newContactsPerDay)",message="warmUp needs a limit that grows: set perMinute, perContactPerMinute or newContactsPerDay"
type SendingSpec struct {
	// perMinute is how many messages may be sent in any 60 seconds. Must be 1 to 600.
	// Defaults to no limit.
	// +optional
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=600
	PerMinute int32 `json:"perMinute,omitempty"`

	// perContactPerMinute is how many messages may be sent to one chat in any 60
	// seconds. Must be 1 to 600. Defaults to no limit.
	// +optional
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=600
	PerContactPerMinute int32 `json:"perContactPerMinute,omitempty"`

	// newContactsPerDay is how many new contacts may be written to in any 24 hours: chats
	// in which no message was sent or received before. Must be 1 to 10000. Defaults to
	// no limit.
	// +optional
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=10000
	NewContactsPerDay int32 `json:"newContactsPerDay,omitempty"`

	// warmUp is for a new number: how long after it was linked to the session for the
	// first time the limits take to reach their full size. They begin with a tenth and
	// grow evenly, and each allows at least one message. Must be 24h to 2160h, in h, m
	// and s: 336h is two weeks. Defaults to full limits from the start.
	// +optional
	// +kubebuilder:validation:Type=string
	// +kubebuilder:validation:MaxLength=32
	// +kubebuilder:validation:XValidation:rule="self.size() > 0 && self.matches('^([0-9]{1,6}h)?([0-9]{1,6}m)?([0-9]{1,7}s)?$') && duration(self) >= duration('24h') && duration(self) <= duration('2160h')",message="must be a duration of 24h to 2160h, written in h, m and s: 336h is two weeks"
	WarmUp *metav1.Duration `json:"warmUp,omitempty"`
}
