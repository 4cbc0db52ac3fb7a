package history

import (
	"slices"
	"time"
)

// Before answers a request for older messages of one chat: up to count messages
// before the one with the given id, or before a time if the chat does not have
// that message. The returned chat only has those, and tells whether there are
// older ones.
func Before(chat Chat, messageID string, at time.Time, count int) Chat {
	sorted := slices.Clone(chat.Messages)
	slices.SortStableFunc(sorted, func(a, b Message) int { return a.At.Compare(b.At) })
	end := slices.IndexFunc(sorted, func(m Message) bool { return m.ID == messageID })
	if end < 0 {
		end = slices.IndexFunc(sorted, func(m Message) bool { return !m.At.Before(at) })
	}
	if end < 0 {
		end = len(sorted)
	}
	begin := max(0, end-max(0, count))
	chat.Messages = sorted[begin:end]
	chat.Complete = begin == 0
	return chat
}
