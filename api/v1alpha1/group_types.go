package v1alpha1

// UnknownGroupAction is what happens to a group that is not on the list.
//
// +kubebuilder:validation:Enum=Keep;Report;Leave
type UnknownGroupAction string

const (
	// GroupKeep does nothing.
	GroupKeep UnknownGroupAction = "Keep"
	// GroupReport counts unknown groups in the status and in metrics.
	GroupReport UnknownGroupAction = "Report"
	// GroupLeave leaves unknown groups, and reports each.
	GroupLeave UnknownGroupAction = "Leave"
)

// GroupsSpec configures the audit of the number's groups, since bots get added
// to groups that they should not be in. It is part of every run of autoArchive,
// and autoArchive.dryRun applies to it too. Without autoArchive it runs on
// demand, through the annotation wasession.dev/auto-archive-requested-at or the
// chat API.
//
// +kubebuilder:validation:XValidation:rule="self.unknown != 'Leave' || has(self.allowed)",message="groups.unknown Leave needs groups.allowed: list the groups to stay in, or write 'allowed: []' if the number must not be in any group"
type GroupsSpec struct {
	// unknown is what happens to groups that are not in allowed: Keep (default),
	// Report, or Leave.
	// +optional
	// +kubebuilder:default=Keep
	Unknown UnknownGroupAction `json:"unknown,omitempty"`

	// allowed are the ids of the groups that the number may be in, such as
	// 120363041234567890@g.us. At most 1000. Required with Leave, where an empty
	// list means no groups.
	// +optional
	// +listType=set
	// +kubebuilder:validation:MaxItems=1000
	// +kubebuilder:validation:items:MaxLength=128
	// +kubebuilder:validation:items:Pattern=`^[0-9]+(-[0-9]+)?@g\.us$`
	Allowed []string `json:"allowed,omitzero"`
}
