package main

import (
	"strings"
	"testing"

	"github.com/wasession/wasession/test/chatapi"
)

var someChats = []chatapi.Chat{
	{ID: "1@c.us", Timestamp: 30, Pinned: true},
	{ID: "2@g.us", Timestamp: 20, UnreadCount: 3},
	{ID: "3@c.us", Timestamp: 20, MarkedUnread: true},
	{ID: "4@c.us", Timestamp: 10, Archived: true},
}

func TestSameChats(t *testing.T) {
	want := expected{chats: 4, archived: 1, pinned: 1, unread: 2}
	if err := sameChats(someChats, want); err != nil {
		t.Error(err)
	}
	for name, wrong := range map[string]expected{
		"a chatapi.Chat too few": {chats: 5, archived: 1, pinned: 1, unread: 2},
		"one too many hidden":    {chats: 4, archived: 0, pinned: 1, unread: 2},
		"pin lost":               {chats: 4, archived: 1, pinned: 2, unread: 2},
		"unread lost":            {chats: 4, archived: 1, pinned: 1, unread: 3},
	} {
		if sameChats(someChats, wrong) == nil {
			t.Errorf("%s: not noticed", name)
		}
	}
	if sameChats([]chatapi.Chat{{ID: "1@c.us"}}, expected{chats: 1}) == nil {
		t.Error("missing groups were not detected")
	}
}

func TestNewestFirst(t *testing.T) {
	at := func(id string, timestamp int64) chatapi.Summary {
		return chatapi.Summary{ID: id, LastMessage: &chatapi.Message{Timestamp: timestamp}}
	}
	overview := []chatapi.Summary{at("1@c.us", 30), {ID: "empty@c.us"}, at("2@g.us", 20), at("3@c.us", 20)}
	if err := newestFirst(someChats, overview); err != nil {
		t.Error(err)
	}
	if err := newestFirst([]chatapi.Chat{someChats[3], someChats[0]}, nil); err == nil {
		t.Error("an unordered list was not detected")
	}
	if err := newestFirst(nil, []chatapi.Summary{at("1@c.us", 10), {}, at("2@g.us", 11)}); err == nil || !strings.Contains(err.Error(), "2@g.us") {
		t.Errorf("an unordered overview: %v, want an error that names the chat", err)
	}
}

func TestEachOnce(t *testing.T) {
	messages := []chatapi.Message{{ID: "a"}, {ID: "b"}}
	if err := eachOnce(messages, 2); err != nil {
		t.Error(err)
	}
	if err := eachOnce(messages, 3); err == nil {
		t.Error("a missing message was not detected")
	}
	if err := eachOnce(append(messages, chatapi.Message{ID: "a"}), 3); err == nil || !strings.Contains(err.Error(), "twice") {
		t.Errorf("a double: %v", err)
	}
}
