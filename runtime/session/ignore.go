package session

import (
	v1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/runtime/chat"
)

// ignore are the kinds of chats that are ignored now.
func (s *Session) ignore() []v1.IgnoredChats {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.config.Ignore
}

// ignores reports whether a chat is of one of these kinds.
func ignores(kinds []v1.IgnoredChats, id chat.ID) bool {
	status := id.Kind() == chat.KindBroadcast && id.User() == "status"
	for _, kind := range kinds {
		switch {
		case kind == v1.IgnoreStatus && status,
			kind == v1.IgnoreBroadcasts && id.Kind() == chat.KindBroadcast,
			kind == v1.IgnoreGroups && id.Kind() == chat.KindGroup,
			kind == v1.IgnoreChannels && id.Kind() == chat.KindNewsletter:
			return true
		}
	}
	return false
}

// heeded leaves out the changes of chats of these kinds. What groups there are stays
// known, as they can be listed and audited; only their events are left out.
func heeded(kinds []v1.IgnoredChats, changes []chat.Change) []chat.Change {
	if len(kinds) == 0 {
		return changes
	}
	var kept []chat.Change
	for _, c := range changes {
		if id := chat.ChatOf(c); id != "" && ignores(kinds, id) {
			group, ok := c.(chat.GroupChanged)
			if !ok {
				continue
			}
			group.Event = ""
			c = group
		}
		kept = append(kept, c)
	}
	return kept
}
