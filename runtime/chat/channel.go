package chat

// Channel is a channel, which WhatsApp's protocol calls a newsletter, as this account sees it.
type Channel struct {
	ID                ID
	Name, Description string
	// Invite is the code in the channel's link.
	Invite string
	// Picture and Preview are the URLs of its picture, whole and small; empty for none.
	Picture, Preview string
	Role             ChannelRole
	Verified, Muted  bool
	Subscribers      int64
}

// ChannelRole is what the account is to a channel.
type ChannelRole string

// The roles.
const (
	ChannelGuest      ChannelRole = "guest"
	ChannelSubscriber ChannelRole = "subscriber"
	ChannelAdmin      ChannelRole = "admin"
	ChannelOwner      ChannelRole = "owner"
)

// ChannelPost is a message of a channel, with what WhatsApp counts of it.
type ChannelPost struct {
	Message Message
	Views   int64
	// Reactions is how often each emoji was chosen.
	Reactions map[string]int64
}

// ChannelSeen says what a channel is called that the account follows or runs, and whether
// it is muted. Name is empty if it is not known.
type ChannelSeen struct {
	Chat  ID
	Name  string
	Muted bool
	// Followed says that this has just begun, at Timestamp in Unix seconds: the chat is
	// listed then.
	Followed  bool
	Timestamp int64
}

// Seen is the channel as it is stored.
func (c *Channel) Seen() ChannelSeen { return ChannelSeen{Chat: c.ID, Name: c.Name, Muted: c.Muted} }

func (ChannelSeen) change() {}

// MutedUntil is the value of Muted for ever, or not at all.
func MutedUntil(muted bool) int64 {
	if muted {
		return -1
	}
	return 0
}
