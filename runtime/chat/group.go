package chat

// Group is a group's own data.
type Group struct {
	ID          ID
	Subject     string
	Description string
	Owner       ID
	CreatedAt   int64
	Announce    *bool
	Locked      *bool
	// MembersAdd says that all members may add others, Approval that admins
	// approve who joins by a link.
	MembersAdd   *bool
	Approval     *bool
	Participants []Participant
}

// Participant is a member of a group.
type Participant struct {
	ID, LID ID
	Role    GroupRole
}

// GroupRole is what a member may do.
type GroupRole string

// The roles.
const (
	RoleMember     GroupRole = ""
	RoleAdmin      GroupRole = "admin"
	RoleSuperAdmin GroupRole = "superadmin"
)

// GroupAction is what was done to members of a group.
type GroupAction string

// The actions.
const (
	GroupAdd     GroupAction = "add"
	GroupRemove  GroupAction = "remove"
	GroupPromote GroupAction = "promote"
	GroupDemote  GroupAction = "demote"
)

// GroupChanged updates a group; nil and empty fields leave it unchanged.
type GroupChanged struct {
	Group Group
	// Event is EventGroupJoin, EventGroupLeave, EventGroupUpdate or
	// EventGroupParticipants; empty raises none.
	Event string
	// Participants were changed as Action says.
	Participants []ID
	Action       GroupAction
	Author       ID
	Timestamp    int64
}
