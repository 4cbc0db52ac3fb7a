package v1alpha1

// UnknownGroupAction is what happens to a group that is not on the list.
//
// +kubebuilder:validation:Enum=Keep;Report;Leave;LeaveAll
type UnknownGroupAction string

const (
	// GroupKeep does nothing.
	GroupKeep UnknownGroupAction = "Keep"
	// GroupReport counts unknown groups in the status and in metrics.
	GroupReport UnknownGroupAction = "Report"
	// GroupLeave leaves unknown groups, and reports each.
	GroupLeave UnknownGroupAction = "Leave"
	// GroupLeaveAll leaves every group, and reports each.
	GroupLeaveAll UnknownGroupAction = "LeaveAll"
)

// GroupsSpec configures the audit of the number's groups, since bots get added
// to groups that they should not be in. It is part of every run of autoArchive,
// and autoArchive.dryRun applies to it too. Without autoArchive it runs on
// demand, through the annotation wasession.dev/auto-archive-requested-at or the
// chat API. A change does not restart the pod.
//
// +kubebuilder:validation:XValidation:rule="self.unknown != 'Leave' || has(self.allowed) && self.allowed.size() > 0",message="groups.unknown Leave needs at least one group in groups.allowed: list the groups to stay in, or use LeaveAll if the number must not be in any group"
// +kubebuilder:validation:XValidation:rule="self.unknown != 'LeaveAll' || !has(self.allowed) || self.allowed.size() == 0",message="groups.unknown LeaveAll leaves the groups in groups.allowed too: remove the list, or use Leave to stay in them"
type GroupsSpec struct {
	// unknown is what happens to groups that are not in allowed: Keep (default),
	// Report, or Leave, which needs at least one allowed group. LeaveAll leaves
	// every group.
	// +optional
	// +kubebuilder:default=Keep
	Unknown UnknownGroupAction `json:"unknown,omitempty"`

	// allowed are the ids of the groups that the number may be in, such as
	// 120363041234567890@g.us. At most 1000. Required with Leave, not allowed with
	// LeaveAll.
	// +optional
	// +listType=set
	// +kubebuilder:validation:MaxItems=1000
	// +kubebuilder:validation:items:MaxLength=128
	// +kubebuilder:validation:items:Pattern=`^[0-9]+(-[0-9]+)?@g\.us$`
	Allowed []string `json:"allowed,omitempty"`
}
