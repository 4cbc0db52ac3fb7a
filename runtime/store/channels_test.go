package store

import (
	"testing"

	"github.com/wasession/wasession/runtime/chat"
)

const news chat.ID = "120363000000500001@newsletter"

func TestChannelsAreNamedAndListed(t *testing.T) {
	s := open(t, Options{})
	seen := chat.ChannelSeen{Chat: news, Name: "News", Muted: true}
	apply(t, s, seen)
	if all := must(s.Chats(t.Context(), chat.ChatQuery{}))(t); len(all) != 0 {
		t.Errorf("a channel that is only known is listed: %+v", all)
	}
	followed := seen
	followed.Followed, followed.Timestamp = true, 1000
	apply(t, s, followed, followed)
	if c := chatOf(t, s, news); c.Name != "News" || c.MutedUntil != -1 || c.ConversationTimestamp != 1000 {
		t.Errorf("followed: %+v", c)
	}
	seen.Name, seen.Muted = "Old news", false
	apply(t, s, received(news, "A1", 2000), seen)
	if c := chatOf(t, s, news); c.Name != "Old news" || c.MutedUntil != 0 || c.Unread != 1 || c.Timestamp != 2000 {
		t.Errorf("renamed: %+v", c)
	}
	// Where its name could not be had, it keeps the one that it has.
	apply(t, s, chat.ChannelSeen{Chat: news, Followed: true, Timestamp: 2001})
	if c := chatOf(t, s, news); c.Name != "Old news" {
		t.Errorf("followed without a name: %+v", c)
	}
	apply(t, s, chat.ChatDeleted{Chat: news}, chat.ChatDeleted{Chat: news})
	if all := must(s.Chats(t.Context(), chat.ChatQuery{}))(t); len(all) != 0 {
		t.Errorf("left are %+v", all)
	}
	// A channel that is followed again has its name at once.
	apply(t, s, received(news, "A2", 3000))
	if c := chatOf(t, s, news); c.Name != "Old news" || c.Unread != 1 {
		t.Errorf("again: %+v", c)
	}
	if names := must(s.Contacts(t.Context(), chat.ListQuery{}))(t); len(names) != 0 {
		t.Errorf("channels among the contacts: %+v", names)
	}
}

func TestPostsAreChangedByAnyAdmin(t *testing.T) {
	s := open(t, Options{})
	post := received(news, "A1", 1000)
	post.Message.ServerID = 101
	apply(t, s, post)
	if m := must(s.Message(t.Context(), news, "A1"))(t); m.ServerID != 101 {
		t.Errorf("the server's number is %d", m.ServerID)
	}
	edit := received(news, "A1.1001000", 1001).Message
	edit.Body = "first edit"
	again := received(news, "A1.1002000", 1002).Message
	again.Body = "second edit"
	apply(t, s, chat.Edited{Message: edit, Target: "A1"}, chat.Edited{Message: edit, Target: "A1"}, chat.Edited{Message: again, Target: "A1"})
	if m := must(s.Message(t.Context(), news, "A1"))(t); m.Body != "second edit" || m.EditedAt != 1002 || m.ServerID != 101 {
		t.Errorf("edited: %+v", m)
	}
	own := sent(news, "B1", 1003).Message
	apply(t, s, chat.Revoked{Message: own, Target: "A1"})
	if all := must(s.Messages(t.Context(), chat.MessageQuery{Chat: news}))(t); len(all) != 0 {
		t.Errorf("left are %+v", all)
	}
	// A deletion has the ID of the post, which does not come back.
	apply(t, s, received(news, "A2", 1004), chat.Revoked{Message: received(news, "A2", 1005).Message, Target: "A2"}, received(news, "A2", 1004))
	if all := must(s.Messages(t.Context(), chat.MessageQuery{Chat: news}))(t); len(all) != 0 {
		t.Errorf("left are %+v", all)
	}
}
