package whatsapp

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/types"

	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/whatsapp/jid"
)

// Channels returns the channels that the account follows or runs.
func (a *Account) Channels(ctx context.Context) ([]chat.Channel, error) {
	c, err := a.online()
	if err != nil {
		return nil, err
	}
	found, err := c.GetSubscribedNewsletters(ctx)
	if err != nil {
		return nil, fmt.Errorf("listing the channels: %w", channelFailure(err))
	}
	channels := make([]chat.Channel, 0, len(found))
	for _, n := range found {
		if channel, ok := channelOf(n); ok {
			channels = append(channels, channel)
		}
	}
	return channels, nil
}

// Channel returns one channel, which the account need not follow.
func (a *Account) Channel(ctx context.Context, id chat.ID) (chat.Channel, error) {
	return a.lookAtChannel(func(c *whatsmeow.Client) (*types.NewsletterMetadata, error) {
		return c.GetNewsletterInfo(ctx, jid.Of(id))
	})
}

// ChannelOfInvite returns the channel that the code of a link leads to.
func (a *Account) ChannelOfInvite(ctx context.Context, code string) (chat.Channel, error) {
	found, err := a.lookAtChannel(func(c *whatsmeow.Client) (*types.NewsletterMetadata, error) {
		return c.GetNewsletterInfoWithInvite(ctx, code)
	})
	if err != nil {
		return found, err
	}
	return a.Channel(ctx, found.ID) // only by its ID does WhatsApp tell the account's role
}

func (a *Account) lookAtChannel(ask func(*whatsmeow.Client) (*types.NewsletterMetadata, error)) (chat.Channel, error) {
	c, err := a.online()
	if err != nil {
		return chat.Channel{}, err
	}
	found, err := ask(c)
	if err != nil {
		return chat.Channel{}, fmt.Errorf("getting the channel: %w", channelFailure(err))
	}
	channel, ok := channelOf(found)
	if !ok {
		return channel, fmt.Errorf("getting the channel: %w", errNoChannel)
	}
	return channel, nil
}

// FollowChannel follows a channel, or ends that.
func (a *Account) FollowChannel(ctx context.Context, id chat.ID, followed bool) error {
	c, err := a.online()
	if err != nil {
		return err
	}
	what, do := "unfollowing the channel", c.UnfollowNewsletter
	if followed {
		what, do = "following the channel", c.FollowNewsletter
	}
	if err := do(ctx, jid.Of(id)); err != nil {
		return fmt.Errorf("%s: %w", what, channelFailure(err))
	}
	return nil
}

// MuteChannel mutes a channel, or unmutes it.
func (a *Account) MuteChannel(ctx context.Context, id chat.ID, muted bool) error {
	c, err := a.online()
	if err != nil {
		return err
	}
	if err := c.NewsletterToggleMute(ctx, jid.Of(id), muted); err != nil {
		return fmt.Errorf("muting the channel: %w", channelFailure(err))
	}
	return nil
}

// CreateChannel creates a channel, with the image in a file as its picture; an empty path
// gives it none. WhatsApp wants its terms accepted first.
func (a *Account) CreateChannel(ctx context.Context, name, description, path string) (chat.Channel, error) {
	const what = "creating the channel"
	c, err := a.online()
	if err != nil {
		return chat.Channel{}, err
	}
	picture, err := pictureOf(path)
	if err != nil {
		return chat.Channel{}, fmt.Errorf("%s: %w", what, err)
	}
	if err := c.AcceptTOSNotice(ctx, "20601218", "5"); err != nil {
		return chat.Channel{}, fmt.Errorf("%s: accepting WhatsApp's terms: %w", what, channelFailure(err))
	}
	made, err := c.CreateNewsletter(ctx, whatsmeow.CreateNewsletterParams{Name: name, Description: description, Picture: picture})
	if err != nil {
		return chat.Channel{}, fmt.Errorf("%s: %w", what, channelFailure(err))
	}
	channel, ok := channelOf(made)
	if !ok {
		return channel, fmt.Errorf("%s: %w", what, errUnread)
	}
	channel.Role = chat.ChannelOwner
	return channel, nil
}

// writable fails if the account may not write in a channel. If that cannot be found out,
// sending tells.
func (a *Account) writable(ctx context.Context, id chat.ID) error {
	switch c, err := a.Channel(ctx, id); {
	case errors.As(err, new(chat.Limited)):
		return err
	case errors.Is(err, chat.ErrNotFound):
		return fmt.Errorf("%w: WhatsApp knows no such channel", chat.ErrNotSent)
	case err == nil && c.Role != chat.ChannelOwner && c.Role != chat.ChannelAdmin:
		return fmt.Errorf("%w: the account is not an admin of the channel", chat.ErrNotSent)
	}
	return nil //nolint:nilerr // as told above
}

// postable fails for what cannot be sent to a channel.
func postable(o chat.Outgoing) error {
	f, ok := o.Content.(chat.OutgoingForward)
	if ok && f.Message.Media != nil && (o.To.Kind() == chat.KindNewsletter || f.Message.Chat.Kind() == chat.KindNewsletter) {
		return chat.Impossible("files cannot be forwarded to or from channels, where they are not encrypted: download the file and send it")
	}
	return nil
}

var errUnread = chat.Impossible("WhatsApp's answer cannot be read")

var errNoChannel = fmt.Errorf("%w: WhatsApp knows no such channel", chat.ErrNotFound)

// channelRefusals are WhatsApp's reasons for not doing something with a channel, by their
// codes.
var channelRefusals = map[int]string{
	http.StatusBadRequest:   "it does not accept the values: a name has at most 100 characters",
	http.StatusUnauthorized: "the account may not do this: it does not follow the channel, or is not an admin of it",
	http.StatusForbidden:    "the account may not do this: it does not follow the channel, or is not an admin of it",
	http.StatusConflict:     "it is so already",
}

// channelFailure wraps an error about a channel in the domain error it amounts to.
func channelFailure(err error) error {
	if l, often := limited(err); often {
		return fmt.Errorf("%w: %w", l, err)
	}
	code, refused := 0, true
	var graph types.GraphQLError
	var iq *whatsmeow.IQError
	switch {
	case errors.As(err, &graph):
		code = graph.Extensions.ErrorCode
	case errors.As(err, &iq):
		code = iq.Code
	default:
		refused = false
	}
	if code == http.StatusNotFound {
		return errNoChannel
	}
	if reason, ok := channelRefusals[code]; ok {
		return fmt.Errorf("%w: %s", chat.ErrRefused, reason)
	}
	if refused {
		return fmt.Errorf("%w: %w", chat.ErrRefused, err)
	}
	known := failure(err)
	for _, is := range []error{chat.ErrNotConnected, chat.ErrUnanswered, context.Canceled} {
		if errors.Is(known, is) {
			return known
		}
	}
	return fmt.Errorf("%w: %w", errUnread, err)
}
