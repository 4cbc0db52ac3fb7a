package v1

// Archive configures the archiving of inactive chats.
type Archive struct {
	// Schedule is a cron expression with five fields, or a macro such as @daily.
	// Empty means on-demand runs only.
	Schedule string `json:"schedule,omitempty"`
	// TimeZone is an IANA time zone. Defaults to Etc/UTC.
	TimeZone string `json:"timeZone,omitempty"`
	// Suspend stops scheduled runs. On-demand runs still work.
	Suspend bool `json:"suspend,omitempty"`
	// DryRun records what would be archived, without archiving.
	DryRun bool `json:"dryRun,omitempty"`
	// MaxChatsPerRun limits one run. Defaults to 500.
	MaxChatsPerRun int `json:"maxChatsPerRun,omitempty"`
	// Policies are evaluated in order; the first that matches a chat decides.
	Policies []ArchivePolicy `json:"policies"`
}

// KeepOrArchive is what a policy does with a chat.
type KeepOrArchive string

// What a policy can do with a chat.
const (
	Keep        KeepOrArchive = "Keep"
	ArchiveChat KeepOrArchive = "Archive"
)

// ChatType is a kind of chat.
type ChatType string

// The kinds of chats.
const (
	ChatDirect     ChatType = "Direct"
	ChatGroup      ChatType = "Group"
	ChatBroadcast  ChatType = "Broadcast"
	ChatNewsletter ChatType = "Newsletter"
)

// ArchivePolicy matches chats and decides what happens to them.
type ArchivePolicy struct {
	Name string `json:"name"`
	// Action defaults to Archive. Keep protects the matching chats from later
	// policies.
	Action KeepOrArchive `json:"action,omitempty"`
	// InactiveSeconds is the minimum age of the last message, sent or received,
	// for the policy to match.
	InactiveSeconds int64 `json:"inactiveSeconds"`
	// ChatTypes are the kinds of chats to match. Defaults to Direct and Group.
	ChatTypes []ChatType `json:"chatTypes,omitempty"`
	// Unread, Pinned and Muted are what happens to a matching chat in that state.
	// They default to Keep, Keep and Archive.
	Unread KeepOrArchive `json:"unread,omitempty"`
	Pinned KeepOrArchive `json:"pinned,omitempty"`
	Muted  KeepOrArchive `json:"muted,omitempty"`
	// ExcludeChatIDs are chat ids in any form that the API accepts.
	ExcludeChatIDs []string `json:"excludeChatIds,omitempty"`
	// ExcludeNames are case-insensitive patterns with * and ?.
	ExcludeNames []string `json:"excludeNames,omitempty"`
	// Labels keeps chats by their labels.
	Labels *ArchiveLabels `json:"labels,omitempty"`
}

// ArchiveLabels are the labels of chats that a policy keeps.
type ArchiveLabels struct {
	// Exclude are IDs or names of labels; case is ignored. A matching chat that has one
	// of them is kept.
	Exclude []string `json:"exclude"`
	// Action is what the policy does with the other chats. The operator writes it here,
	// and Keep as the policy's own Action: a runtime that does not know labels then
	// keeps all chats, where it would otherwise archive the excluded ones. Defaults to
	// the policy's own.
	Action KeepOrArchive `json:"action,omitempty"`
}

// UnknownGroups is what happens to groups that are not in Groups.Allowed.
type UnknownGroups string

// What can happen to unknown groups.
const (
	UnknownKeep   UnknownGroups = "Keep"
	UnknownReport UnknownGroups = "Report"
	// UnknownLeave acts as UnknownReport without allowed groups, so that a lost list
	// does not leave every group.
	UnknownLeave UnknownGroups = "Leave"
	// UnknownLeaveAll leaves every group, whatever is allowed.
	UnknownLeaveAll UnknownGroups = "LeaveAll"
)

// Groups is the policy for the groups that the number is in. Archive runs report
// and leave groups, so their schedule and dryRun apply.
type Groups struct {
	// Unknown defaults to Keep.
	Unknown UnknownGroups `json:"unknown,omitempty"`
	// Allowed are group ids.
	Allowed []string `json:"allowed,omitempty"`
}
