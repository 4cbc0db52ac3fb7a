package v1alpha1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// UpdateStrategyType is when a pod from an older template of the operator is
// replaced.
//
// +kubebuilder:validation:Enum=Automatic;OnDelete;Window
type UpdateStrategyType string

const (
	// UpdateAutomatic replaces the pod as soon as it is the session's turn.
	UpdateAutomatic UpdateStrategyType = "Automatic"
	// UpdateOnDelete leaves the pod until somebody deletes it.
	UpdateOnDelete UpdateStrategyType = "OnDelete"
	// UpdateWindow replaces the pod in a recurring window only.
	UpdateWindow UpdateStrategyType = "Window"
)

// UpdateStrategySpec is when the session's pod is replaced because the operator
// makes pods differently than before: after an upgrade of the operator or a
// change of its flags. A change of the session's own fields does not wait for
// it. A pod that is gone is always made anew, and so is one that does not run,
// unless other sessions fail with what it would be made from.
//
// +kubebuilder:validation:XValidation:rule="self.type == 'Window' ? has(self.window) : !has(self.window)",message="updateStrategy.window goes with type Window: set both or neither"
type UpdateStrategySpec struct {
	// type is Automatic, OnDelete or Window. Automatic replaces the pod as soon as
	// it is the session's turn. OnDelete leaves it until somebody deletes it, such
	// as with kubectl delete pod. Window replaces it only while the window is open.
	// +required
	Type UpdateStrategyType `json:"type"`

	// window is when the pod may be replaced. Required with Window.
	// +optional
	Window *UpdateWindowSpec `json:"window,omitempty"`
}

// UpdateWindowSpec is a recurring window of time. Sessions whose turn has not
// come when it closes wait for the next one.
type UpdateWindowSpec struct {
	// schedule is when the window opens, in the five fields of cron (minute, hour,
	// day of the month, month, day of the week), such as "0 3 * * 6", or one of
	// @hourly, @daily, @midnight, @weekly, @monthly, @yearly and @annually.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=128
	// +kubebuilder:validation:XValidation:rule="!self.contains('TZ=')",message="write the time zone into window.timeZone instead of the schedule"
	// +kubebuilder:validation:XValidation:rule="self.matches('^(@(hourly|daily|midnight|weekly|monthly|yearly|annually)|[^@ ]+( [^ ]+){4})$')",message="must have the five fields of cron, one space apart (minute, hour, day of the month, month, day of the week) such as '0 3 * * 6', or be @hourly, @daily, @weekly, @monthly or @yearly"
	Schedule string `json:"schedule"`

	// duration is how long the window stays open, such as 2h. Must be 1m to 168h.
	// +required
	// +kubebuilder:validation:Type=string
	// +kubebuilder:validation:MaxLength=32
	// +kubebuilder:validation:XValidation:rule="self.size() > 0 && self.matches('^([0-9]{1,6}h)?([0-9]{1,6}m)?([0-9]{1,7}s)?$') && duration(self) >= duration('1m') && duration(self) <= duration('168h')",message="must be a duration of 1m to 168h, written in h, m and s, such as 2h"
	Duration metav1.Duration `json:"duration"`

	// timeZone is the time zone of the schedule, as a name in the IANA database.
	// Defaults to Etc/UTC. An unknown time zone or an impossible schedule makes the
	// session Stalled.
	// +optional
	// +kubebuilder:default="Etc/UTC"
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=64
	// +kubebuilder:validation:XValidation:rule="self.lowerAscii() != 'local' && self.matches('^[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+){0,2}$')",message="must be the name of a time zone such as Europe/Berlin or Etc/UTC"
	TimeZone string `json:"timeZone,omitempty"`
}

// TemplateStatus is what the session's pod was made of when the session was
// last ready. An operator tells by it, also after a restart, whether a session
// fails because of the operator's template or for a reason of its own.
type TemplateStatus struct {
	// operator identifies the operator's part: its flags and its version. Absent if
	// the session has an image of its own.
	// +optional
	Operator string `json:"operator,omitempty"`

	// session identifies the fields of the session that the pod depends on.
	// +optional
	Session string `json:"session,omitempty"`

	// failed identifies the operator's part that the session fails with after it
	// had worked with another one. It ends the rollout of that part to other
	// sessions. Absent if there is none.
	// +optional
	Failed string `json:"failed,omitempty"`
}
