package control_test

import (
	"testing"

	"go.mau.fi/whatsmeow/types/events"

	"github.com/wasession/wasession/test/simulator/control"
)

func TestChannelsOverHTTP(t *testing.T) {
	s := newStage(t).link()
	channel, err := s.control.AddChannel(s.ctx, control.Channel{Owner: bob, Name: "News", Description: "What is new"})
	s.must(err)
	change := func(c control.ChannelChange) control.Channel {
		t.Helper()
		changed, err := s.control.ChangeChannel(s.ctx, channel.JID, c)
		s.must(err)
		return changed
	}
	if got := change(control.ChannelChange{Follow: alice, Name: "Old news"}); got.Name != "Old news" || got.Description != "What is new" || got.Owner != bob || len(got.Followers) != 2 {
		t.Errorf("followed: %+v", got)
	}
	wait(s, func(e *events.NewsletterJoin) bool { return e.ID.String() == channel.JID })
	id, err := s.control.Send(s.ctx, control.Message{From: bob, To: channel.JID, Text: "hello"})
	s.must(err)
	wait(s, func(e *events.Message) bool { return e.Info.ID == id && e.Message.GetConversation() == "hello" })
	picture, err := s.control.Send(s.ctx, control.Message{From: bob, To: channel.JID, Kind: "image", Text: "look"})
	s.must(err)
	wait(s, func(e *events.Message) bool {
		return e.Info.ID == picture && e.Message.GetImageMessage().GetCaption() == "look"
	})
	change(control.ChannelChange{Post: id, By: alice, React: "👍", Views: 3})
	change(control.ChannelChange{Post: id, By: bob, Text: "hello again"})
	wait(s, func(e *events.Message) bool { return e.NewsletterMeta != nil })
	change(control.ChannelChange{Post: id, By: bob, Delete: true})
	change(control.ChannelChange{Mute: alice})
	wait(s, func(e *events.NewsletterMuteChange) bool { return e.Mute == "on" })
	if got := change(control.ChannelChange{Unmute: alice, Admin: alice, Description: new("")}); got.Description != "" {
		t.Errorf("changed: %+v", got)
	}
	for name, c := range map[string]control.ChannelChange{
		"a stranger": {Follow: "19990009999"}, "a second time": {Follow: alice}, "an owner who leaves": {Unfollow: bob},
		"a post that is gone": {Post: id, By: bob, Text: "x"}, "nothing": {Post: picture, By: bob}, "nobody": {Post: picture, Text: "x"},
	} {
		if _, err := s.control.ChangeChannel(s.ctx, channel.JID, c); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	for name, c := range map[string]control.Channel{"no owner": {Name: "x"}, "no name": {Owner: bob}, "a JID": {JID: "1@newsletter", Owner: bob, Name: "x"}} {
		if _, err := s.control.AddChannel(s.ctx, c); err == nil {
			t.Errorf("%s: created", name)
		}
	}
	if _, err := s.control.Send(s.ctx, control.Message{From: bob, To: channel.JID, Kind: "audio"}); err == nil {
		t.Error("a recording was posted")
	}
	if _, err := s.control.ChangeChannel(s.ctx, "120363999999999999@newsletter", control.ChannelChange{}); err == nil {
		t.Error("a channel that is not there was changed")
	}
	if all, err := s.control.Channels(s.ctx); err != nil || len(all) != 1 {
		t.Errorf("listed: %+v, %v", all, err)
	}
}
