package store

import (
	"slices"
	"testing"

	"github.com/wasession/wasession/runtime/chat"
)

const (
	alice    chat.ID = "1001@c.us"
	bob      chat.ID = "1002@c.us"
	aliceLID chat.ID = "9001@lid"
	bobLID   chat.ID = "9002@lid"
	team     chat.ID = "777@g.us"
)

func TestAMessageListsItsChatAndRaisesItsEvents(t *testing.T) {
	s := open(t, Options{})
	apply(t, s, received(alice, "A1", 100), sent(alice, "A2", 200))
	c := chatOf(t, s, alice)
	if c.Timestamp != 200 || c.ConversationTimestamp != 200 || c.LastMessage == nil || c.LastMessage.Stanza != "A2" {
		t.Errorf("chat is %+v, last %+v", c, c.LastMessage)
	}
	want := []string{chat.EventMessageAny, chat.EventMessage, chat.EventMessageAny}
	if got := eventNames(t, s); !slices.Equal(got, want) {
		t.Errorf("events %v, want %v", got, want)
	}
}

func TestAMessageDeliveredTwiceIsThereOnce(t *testing.T) {
	s := open(t, Options{})
	other := inGroup(team, bob, "G1", 100)
	for range 2 {
		apply(t, s, received(alice, "A1", 100), inGroup(team, alice, "G1", 100), other)
	}
	if got := stanzasOf(t, s, chat.MessageQuery{Chat: alice}); !slices.Equal(got, []string{"A1"}) {
		t.Errorf("messages %v", got)
	}
	if got := stanzasOf(t, s, chat.MessageQuery{Chat: team}); len(got) != 2 {
		t.Errorf("two senders may use one id, got %v", got)
	}
	if c := chatOf(t, s, alice); c.Unread != 1 {
		t.Errorf("unread %d", c.Unread)
	}
	if got := eventNames(t, s); len(got) != 6 {
		t.Errorf("events %v", got)
	}
}
