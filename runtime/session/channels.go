package session

import (
	"context"
	"slices"
	"time"

	v1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/runtime/chat"
)

// Channels lists the channels that the account follows or runs, and stores their names.
func (s *Session) Channels(ctx context.Context) (channels []chat.Channel, err error) {
	err = s.ask(ctx, func(ctx context.Context) error {
		channels, err = s.account.Channels(ctx)
		return err
	})
	if err != nil {
		return nil, err
	}
	return channels, s.seen(ctx, channels...)
}

// readChannels stores the names of all channels after a login.
func (s *Session) readChannels(ctx context.Context) error {
	if slices.Contains(s.ignore(), v1.IgnoreChannels) {
		return nil
	}
	channels, err := s.account.Channels(ctx)
	if err != nil {
		return err
	}
	return s.seen(ctx, channels...)
}

// channelsPerCommit is the maximum number of channels in one transaction.
const channelsPerCommit = 50

// seen stores what the channels are called that the account follows.
func (s *Session) seen(ctx context.Context, channels ...chat.Channel) error {
	for part := range slices.Chunk(channels, channelsPerCommit) {
		var changes []chat.Change
		for i := range part {
			if part[i].Role != chat.ChannelGuest {
				changes = append(changes, part[i].Seen())
			}
		}
		if err := s.keep(ctx, changes...); err != nil {
			return err
		}
	}
	return nil
}

// Channel asks WhatsApp about a channel.
func (s *Session) Channel(ctx context.Context, id chat.ID) (chat.Channel, error) {
	return s.lookAtChannel(ctx, func(ctx context.Context) (chat.Channel, error) { return s.account.Channel(ctx, id) })
}

// ChannelOfInvite asks WhatsApp about the channel that the code of a link leads to.
func (s *Session) ChannelOfInvite(ctx context.Context, code string) (chat.Channel, error) {
	return s.lookAtChannel(ctx, func(ctx context.Context) (chat.Channel, error) { return s.account.ChannelOfInvite(ctx, code) })
}

func (s *Session) lookAtChannel(ctx context.Context, look func(context.Context) (chat.Channel, error)) (c chat.Channel, err error) {
	err = s.ask(ctx, func(ctx context.Context) error {
		c, err = look(ctx)
		return err
	})
	if err != nil {
		return chat.Channel{}, err
	}
	return c, s.seen(ctx, c)
}

// ChannelPosts asks WhatsApp for the last posts of a channel, newest first.
func (s *Session) ChannelPosts(ctx context.Context, id chat.ID, limit int) (posts []chat.ChannelPost, err error) {
	err = s.ask(ctx, func(ctx context.Context) error {
		posts, err = s.account.ChannelPosts(ctx, id, limit)
		return err
	})
	return posts, err
}

// FollowChannel follows a channel, whose chat is listed then.
func (s *Session) FollowChannel(ctx context.Context, id chat.ID) error {
	err := s.ask(ctx, func(ctx context.Context) error { return s.account.FollowChannel(ctx, id, true) })
	if err != nil {
		return err
	}
	followed := chat.Channel{ID: id}
	// It is followed, whether its name can be had or not.
	if c, err := s.Channel(ctx, id); err == nil {
		followed = c
	}
	return s.listed(ctx, &followed)
}

// CreateChannel creates a channel, with the image in a file as its picture; an empty path
// gives it none.
func (s *Session) CreateChannel(ctx context.Context, name, description, path string) (c chat.Channel, err error) {
	err = s.ask(ctx, func(ctx context.Context) error {
		c, err = s.account.CreateChannel(ctx, name, description, path)
		return err
	})
	if err != nil {
		return chat.Channel{}, err
	}
	return c, s.listed(ctx, &c)
}

// listed lists the chat of a channel that the account has begun to follow.
func (s *Session) listed(ctx context.Context, c *chat.Channel) error {
	seen := c.Seen()
	seen.Followed, seen.Timestamp = true, time.Now().Unix()
	return s.keep(ctx, seen)
}

// UnfollowChannel unfollows a channel. Its chat is deleted with its messages.
func (s *Session) UnfollowChannel(ctx context.Context, id chat.ID) error {
	err := s.ask(ctx, func(ctx context.Context) error { return s.account.FollowChannel(ctx, id, false) })
	if err != nil {
		return err
	}
	return s.keep(ctx, chat.ChatDeleted{Chat: id})
}

// MuteChannel mutes a channel, or unmutes it.
func (s *Session) MuteChannel(ctx context.Context, id chat.ID, muted bool) error {
	err := s.ask(ctx, func(ctx context.Context) error { return s.account.MuteChannel(ctx, id, muted) })
	if err != nil {
		return err
	}
	return s.keep(ctx, chat.Muted{Chat: id, Until: chat.MutedUntil(muted)})
}
