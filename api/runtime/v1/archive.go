package v1

// Archive is the policy by which inactive chats are archived.
type Archive struct {
	// Schedule is a cron expression of five fields, or @daily and its like;
	// empty: runs are asked for.
	Schedule string `json:"schedule,omitempty"`
	// TimeZone is an IANA name; empty means Etc/UTC.
	TimeZone string `json:"timeZone,omitempty"`
	// Suspend stops scheduled runs; asked-for runs still work.
	Suspend bool `json:"suspend,omitempty"`
	// DryRun records what would be archived and archives nothing.
	DryRun bool `json:"dryRun,omitempty"`
	// MaxChatsPerRun bounds one run; 0 means 500.
	MaxChatsPerRun int `json:"maxChatsPerRun,omitempty"`
	// Policies are tried in order: the first that matches a chat decides.
	Policies []ArchivePolicy `json:"policies"`
}

// KeepOrArchive says what a policy does with chats in a certain state.
type KeepOrArchive string

// What a policy does.
const (
	Keep        KeepOrArchive = "Keep"
	ArchiveChat KeepOrArchive = "Archive"
)

// ChatType names a sort of chat in a policy.
type ChatType string

// The sorts of chat a policy can name.
const (
	ChatDirect     ChatType = "Direct"
	ChatGroup      ChatType = "Group"
	ChatBroadcast  ChatType = "Broadcast"
	ChatNewsletter ChatType = "Newsletter"
)

// ArchivePolicy matches chats and says what becomes of them.
type ArchivePolicy struct {
	Name string `json:"name"`
	// Action is Archive (also when empty) or Keep: a Keep rule protects the
	// chats it matches from the rules below it.
	Action KeepOrArchive `json:"action,omitempty"`
	// InactiveSeconds is the age of the chat's last message, sent or received,
	// from which the policy matches.
	InactiveSeconds int64 `json:"inactiveSeconds"`
	// ChatTypes limits the policy; empty means Direct and Group.
	ChatTypes []ChatType `json:"chatTypes,omitempty"`
	// Unread, Pinned and Muted default to Keep, Keep and Archive: what happens
	// to a matching chat that is in that state.
	Unread KeepOrArchive `json:"unread,omitempty"`
	Pinned KeepOrArchive `json:"pinned,omitempty"`
	Muted  KeepOrArchive `json:"muted,omitempty"`
	// ExcludeChatIDs are chat ids in any form the API accepts.
	ExcludeChatIDs []string `json:"excludeChatIds,omitempty"`
	// ExcludeNames are patterns with * and ?, matched without regard to case.
	ExcludeNames []string `json:"excludeNames,omitempty"`
}

// UnknownGroups says what happens to groups that are not on the list.
type UnknownGroups string

// What happens to unknown groups.
const (
	UnknownKeep   UnknownGroups = "Keep"
	UnknownReport UnknownGroups = "Report"
	UnknownLeave  UnknownGroups = "Leave"
)

// Groups is the policy for the groups a session is in. Leave is carried out by
// archive runs and respects their dryRun and schedule.
type Groups struct {
	// Unknown defaults to Keep.
	Unknown UnknownGroups `json:"unknown,omitempty"`
	// Allowed are group ids.
	Allowed []string `json:"allowed,omitempty"`
}
