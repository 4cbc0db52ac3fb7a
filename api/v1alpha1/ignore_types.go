package v1alpha1

// IgnoredChats is a kind of chats that a session can ignore.
//
// +kubebuilder:validation:Enum=Status;Groups;Channels;Broadcasts
type IgnoredChats string

const (
	// IgnoreStatus ignores status updates.
	IgnoreStatus IgnoredChats = "Status"
	// IgnoreGroups ignores groups.
	IgnoreGroups IgnoredChats = "Groups"
	// IgnoreChannels ignores channels.
	IgnoreChannels IgnoredChats = "Channels"
	// IgnoreBroadcasts ignores broadcast lists and status updates.
	IgnoreBroadcasts IgnoredChats = "Broadcasts"
)
