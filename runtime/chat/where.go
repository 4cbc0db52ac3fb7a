package chat

// ChatOf is the chat that a change is about; empty for a change of the account or of a
// person.
func ChatOf(c Change) ID {
	switch c := c.(type) {
	case MessageReceived:
		return c.Message.Chat
	case AckChanged:
		return c.Chat
	case SelfRead:
		return c.Chat
	case Reacted:
		return c.Message.Chat
	case Edited:
		return c.Message.Chat
	case Revoked:
		return c.Message.Chat
	case DeletedForMe:
		return c.Chat
	case PinnedMessage:
		return c.Chat
	case Starred:
		return c.Chat
	case Archived:
		return c.Chat
	case PinnedChat:
		return c.Chat
	case Muted:
		return c.Chat
	case MarkedUnread:
		return c.Chat
	case ChatDeleted:
		return c.Chat
	case ChatCleared:
		return c.Chat
	case ChatLabelled:
		return c.Chat
	case ChannelSeen:
		return c.Chat
	case GroupChanged:
		return c.Group.ID
	case JoinRequested:
		return c.Group
	case PresenceChanged:
		return c.Chat
	case MessageWaiting:
		return c.ID.Chat
	case PollVoted:
		return c.Poll.Chat
	case EventResponded:
		return c.Message.Chat
	}
	return ""
}
