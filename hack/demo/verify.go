package main

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/wasession/wasession/test/chatapi"
)

// sameChats compares the chat API's list with the phone's chats.
func sameChats(chats []chatapi.Chat, want expected) error {
	got := count(chats)
	if got.total != want.chats || got.archived != want.archived || got.pinned != want.pinned || got.unread != want.unread {
		return fmt.Errorf("the chats differ from the phone: got %+v, want %+v", got, want)
	}
	if got.direct == 0 || got.groups == 0 {
		return fmt.Errorf("direct chats or groups are missing: %+v", got)
	}
	return nil
}

// newestFirst checks the order of the list and of the overview. Chats without a
// message are ordered by other activity, so the overview skips them.
func newestFirst(chats []chatapi.Chat, overview []chatapi.Summary) error {
	if !slices.IsSortedFunc(chats, func(a, b chatapi.Chat) int { return int(b.Timestamp - a.Timestamp) }) {
		return errors.New("GET chats is not ordered newest first")
	}
	before := int64(math.MaxInt64)
	for _, row := range overview {
		if row.LastMessage == nil {
			continue
		}
		if row.LastMessage.Timestamp > before {
			return fmt.Errorf("GET chats/overview is not ordered newest first: %s is out of order", row.ID)
		}
		before = row.LastMessage.Timestamp
	}
	return nil
}

// eachOnce checks that there are as many messages as there should be, without
// duplicates.
func eachOnce(messages []chatapi.Message, want int) error {
	ids := map[string]bool{}
	for _, m := range messages {
		if ids[m.ID] {
			return fmt.Errorf("message %s is listed twice", m.ID)
		}
		ids[m.ID] = true
	}
	if len(messages) != want {
		return fmt.Errorf("%d messages, want %d", len(messages), want)
	}
	return nil
}
