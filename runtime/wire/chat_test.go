package wire

import (
	"testing"

	"github.com/wasession/wasession/runtime/chat"
)

const now = 1_700_000_000

func TestChats(t *testing.T) {
	for name, c := range map[string]chat.Chat{
		"chat-plain":   {ID: bob, Name: "Bob", Timestamp: 1666943582, ConversationTimestamp: 1666943590},
		"chat-unnamed": {ID: lid},
		"chat-states": {
			ID: group, Name: "Friends", Timestamp: 5, ConversationTimestamp: 6,
			Archived: true, PinnedAt: 4, MutedUntil: -1, Unread: 3, MarkedUnread: true,
			Labels: []chat.Label{{ID: "2", Name: "New order", Color: 1}, {ID: "6", Name: "Lead", Color: 3}},
		},
	} {
		t.Run(name, func(t *testing.T) { golden(t, name, NewChat(&c, now)) })
	}
}

func TestMuteEndsByItself(t *testing.T) {
	for until, want := range map[int64]bool{0: false, -1: true, now - 1: false, now: false, now + 1: true} {
		c := chat.Chat{ID: bob, MutedUntil: until}
		if got := NewChat(&c, now).Muted; got != want {
			t.Errorf("muted until %d is %t at %d", until, got, now)
		}
	}
}

func TestSummaries(t *testing.T) {
	last := voice()
	full := chat.Chat{
		ID: bob, Name: "Bob", Timestamp: last.Timestamp, ConversationTimestamp: last.Timestamp,
		LastMessage: &last, Picture: &chat.Picture{URL: "https://pps.whatsapp.net/p.jpg", FetchedAt: 1},
	}
	golden(t, "summary", NewSummary(&full, now, raw))
	bare := chat.Chat{ID: bob, Picture: &chat.Picture{FetchedAt: 1}}
	golden(t, "summary-bare", NewSummary(&bare, now, raw))
}

func TestSummaryRowIsTheRowOfTheList(t *testing.T) {
	c := chat.Chat{ID: bob, Name: "Bob", Unread: 2, PinnedAt: 9}
	if got, want := NewSummary(&c, now, raw).Chat, NewChat(&c, now); got.ID != want.ID || *got.Name != *want.Name ||
		got.UnreadCount != want.UnreadCount || got.Pinned != want.Pinned {
		t.Errorf("_chat is %+v, the list's row %+v", got, want)
	}
}
