package httpapi

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/wire"
)

var (
	errNoChannel     = notFound("Channel not found")
	errNoChannelID   = errors.New("must be a channel ID, for example 120363000000000000@newsletter")
	errNoChannelName = errors.New("must be a channel ID, for example 120363000000000000@newsletter, or an invite code, or a link such as https://www.whatsapp.com/channel/<code>")
)

// channelID is a channel's ID.
type channelID struct{ chat.ID }

// UnmarshalText implements encoding.TextUnmarshaler.
func (c *channelID) UnmarshalText(text []byte) (err error) {
	if c.ID, err = chat.ParseID(string(text)); err != nil || c.Kind() != chat.KindNewsletter {
		return errNoChannelID
	}
	return nil
}

// channelName is a channel's ID, or the code of its link.
type channelName struct {
	id   chat.ID
	code string
}

// UnmarshalText implements encoding.TextUnmarshaler.
func (c *channelName) UnmarshalText(text []byte) error {
	name := strings.TrimSpace(string(text))
	if strings.Contains(name, "@") {
		var id channelID
		if id.UnmarshalText([]byte(name)) != nil {
			return errNoChannelName
		}
		c.id = id.ID
		return nil
	}
	for _, prefix := range []string{"https://", "http://", "www.", "whatsapp.com/channel/"} {
		name = strings.TrimPrefix(name, prefix)
	}
	var code inviteCode
	if code.UnmarshalText([]byte(name)) != nil {
		return errNoChannelName
	}
	c.code = string(code)
	return nil
}

type channelsIn struct {
	Role string `query:"role" enum:"OWNER,ADMIN,SUBSCRIBER" doc:"Only channels in which the account has this role"`
}

func (a *API) listChannels(r *http.Request, in channelsIn) ([]wire.Channel, error) {
	channels, err := a.Live.Channels(r.Context())
	if err != nil {
		return nil, err
	}
	out := []wire.Channel{}
	for i := range channels {
		if w := wire.NewChannel(&channels[i]); in.Role == "" || in.Role == w.Role {
			out = append(out, w)
		}
	}
	return out, nil
}

type newChannelIn struct {
	Body struct {
		Name        channelTitle       `json:"name" required:"true" doc:"At most 100 characters"`
		Description channelDescription `json:"description" doc:"At most 2048 characters"`
		Picture     attachment         `json:"picture" doc:"Image for the channel's picture"`
	} `body:"json"`
}

// channelTitle is the name of a channel.
type channelTitle string

// UnmarshalText implements encoding.TextUnmarshaler.
func (n *channelTitle) UnmarshalText(text []byte) error {
	name, err := nameOf(text, 100)
	*n = channelTitle(name)
	return err
}

// channelDescription says what a channel is about.
type channelDescription string

// UnmarshalText implements encoding.TextUnmarshaler.
func (d *channelDescription) UnmarshalText(text []byte) error {
	description, err := textOf(text, 2048)
	*d = channelDescription(description)
	return err
}

func (a *API) createChannel(r *http.Request, in newChannelIn) (wire.Channel, error) {
	path := ""
	if in.Body.Picture != (attachment{}) {
		file, err := a.takeFile(r, "picture", in.Body.Picture)
		if err != nil {
			return wire.Channel{}, err
		}
		defer file.Remove()
		path = file.Path
	}
	c, err := a.Live.CreateChannel(r.Context(), string(in.Body.Name), string(in.Body.Description), path)
	return wire.NewChannel(&c), err
}

type channelNamedIn struct {
	Channel channelName `path:"id" doc:"Channel ID, or the invite code or link"`
}

func (a *API) getChannel(r *http.Request, in channelNamedIn) (wire.Channel, error) {
	c, err := a.channel(r.Context(), in.Channel)
	return wire.NewChannel(&c), err
}

// channel asks WhatsApp about a channel.
func (a *API) channel(ctx context.Context, name channelName) (c chat.Channel, err error) {
	if name.code != "" {
		c, err = a.Live.ChannelOfInvite(ctx, name.code)
	} else {
		c, err = a.Live.Channel(ctx, name.id)
	}
	return c, channelFailure(err)
}

// channelFailure says which thing was not found.
func channelFailure(err error) error {
	if errors.Is(err, chat.ErrNotFound) {
		return errNoChannel
	}
	return err
}

type channelIn struct {
	Channel channelID `path:"id" doc:"Channel ID"`
}

func (a *API) followChannel(r *http.Request, in channelIn) (none, error) {
	return none{}, channelFailure(a.Live.FollowChannel(r.Context(), in.Channel.ID))
}

func (a *API) unfollowChannel(r *http.Request, in channelIn) (none, error) {
	return none{}, channelFailure(a.Live.UnfollowChannel(r.Context(), in.Channel.ID))
}

func (a *API) muteChannel(r *http.Request, in channelIn) (none, error) {
	return none{}, channelFailure(a.Live.MuteChannel(r.Context(), in.Channel.ID, true))
}

func (a *API) unmuteChannel(r *http.Request, in channelIn) (none, error) {
	return none{}, channelFailure(a.Live.MuteChannel(r.Context(), in.Channel.ID, false))
}
