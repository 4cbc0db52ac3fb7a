package httpapi

import (
	"context"

	"github.com/wasession/wasession/runtime/chat"
)

// scriptedChannel is the only channel of a scripted session.
var scriptedChannel = chat.Channel{
	ID: "120363000000500001@newsletter", Name: "News", Description: "What is new", Invite: "0029Va4K0PZ5a245NkngBA2M",
	Picture: "https://mmg.whatsapp.net/p", Role: chat.ChannelSubscriber, Verified: true, Subscribers: 36,
}

func (s *scripted) Channels(context.Context) ([]chat.Channel, error) {
	own := scriptedChannel
	own.ID, own.Role = "120363000000500002@newsletter", chat.ChannelOwner
	return []chat.Channel{scriptedChannel, own}, s.did("list channels")
}

func (s *scripted) Channel(_ context.Context, id chat.ID) (chat.Channel, error) {
	return scriptedChannel, s.did("look at %s", id)
}

func (s *scripted) ChannelOfInvite(_ context.Context, code string) (chat.Channel, error) {
	return scriptedChannel, s.did("look at %s", code)
}

func (s *scripted) FollowChannel(_ context.Context, id chat.ID) error { return s.did("follow %s", id) }

func (s *scripted) UnfollowChannel(_ context.Context, id chat.ID) error {
	return s.did("unfollow %s", id)
}

func (s *scripted) MuteChannel(_ context.Context, id chat.ID, muted bool) error {
	return s.did("mute %s %t", id, muted)
}

func (s *scripted) ChannelPosts(_ context.Context, id chat.ID, limit int) ([]chat.ChannelPost, error) {
	post := chat.Message{Chat: id, Arrived: id, Stanza: "3EB0AAAA", Timestamp: testNow, Type: chat.TypeText, Body: "news"}
	return []chat.ChannelPost{{Message: post, Views: 7, Reactions: map[string]int64{"👍": 2}}}, s.did("posts of %s %d", id, limit)
}

func (s *scripted) CreateChannel(_ context.Context, name, description, path string) (chat.Channel, error) {
	return scriptedChannel, s.did("create channel %q %q %t", name, description, path != "")
}
