package control

import (
	"context"
	"net/http"

	"go.mau.fi/whatsmeow/proto/waE2E"

	"github.com/wasession/wasession/test/simulator"
	"github.com/wasession/wasession/test/simulator/history"
	"github.com/wasession/wasession/test/simulator/media"
)

func (a *API) channels(*http.Request) (any, error) {
	out := []Channel{}
	for _, n := range a.srv.Newsletters() {
		out = append(out, describeChannel(n))
	}
	return out, nil
}

func (a *API) addChannel(r *http.Request) (any, error) {
	body, err := read[Channel](r)
	if err != nil {
		return nil, err
	}
	if body.JID != "" || body.Name == "" {
		return nil, invalid("a new channel needs a name, and gets its JID from the server")
	}
	owner, err := a.user(body.Owner)
	if err != nil {
		return nil, err
	}
	n := a.srv.AddNewsletter(owner, body.Name)
	n.Describe(body.Name, body.Description)
	return describeChannel(n), nil
}

func describeChannel(n *simulator.Newsletter) Channel {
	c := Channel{JID: n.JID().String(), Name: n.Name(), Description: n.Description(), Invite: n.Invite(), Followers: numbers(n.Followers())}
	for _, u := range n.Followers() {
		if role, _ := n.Role(u); role == simulator.NewsletterOwner {
			c.Owner = u.PN().User
		}
	}
	return c
}

func (a *API) changeChannel(r *http.Request) (any, error) {
	body, err := read[ChannelChange](r)
	if err != nil {
		return nil, err
	}
	jid, err := chat(r.PathValue("jid"))
	if err != nil {
		return nil, err
	}
	n := a.srv.Newsletter(jid)
	if n == nil {
		return nil, unknown("there is no channel %s", jid)
	}
	name, description := n.Name(), n.Description()
	if body.Name != "" {
		name = body.Name
	}
	if body.Description != nil {
		description = *body.Description
	}
	n.Describe(name, description)
	n.View(body.Views)
	if err := a.changeFollowers(n, body); err != nil {
		return nil, err
	}
	if body.Post != "" {
		err = a.changePost(r.Context(), n, body)
	}
	return describeChannel(n), err
}

func (a *API) changeFollowers(n *simulator.Newsletter, body ChannelChange) error {
	for _, c := range []struct {
		number string
		do     func(*simulator.User) error
	}{
		{body.Admin, func(u *simulator.User) error { n.SetRole(u, simulator.NewsletterAdmin); return nil }},
		{body.Follow, func(u *simulator.User) error { return u.Follow(n) }},
		{body.Unfollow, func(u *simulator.User) error { return u.Unfollow(n) }},
		{body.Mute, func(u *simulator.User) error { return u.MuteNewsletter(n, true) }},
		{body.Unmute, func(u *simulator.User) error { return u.MuteNewsletter(n, false) }},
	} {
		if c.number == "" {
			continue
		}
		u, err := a.user(c.number)
		if err == nil {
			err = c.do(u)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (a *API) changePost(ctx context.Context, n *simulator.Newsletter, body ChannelChange) error {
	by, err := a.user(body.By)
	switch {
	case err != nil:
		return err
	case body.Delete:
		return n.RevokePost(ctx, by, body.Post)
	case body.React != "":
		return n.ReactToPost(by, body.Post, body.React)
	case body.Text == "":
		return invalid("the change of a post needs a text, delete or react")
	}
	return n.EditPost(ctx, by, body.Post, simulator.TextMessage(body.Text))
}

// postTo posts a text or an image, which is not encrypted in channels.
func (a *API) postTo(ctx context.Context, n *simulator.Newsletter, from *simulator.User, body Message) (any, error) {
	var content *waE2E.Message
	var err error
	switch body.Kind {
	case "", "text":
		content, err = a.content(body)
	case "image":
		blob := body.Content
		if len(blob) == 0 {
			blob = sampleImage()
		}
		var file history.File
		file, err = a.srv.UploadPlain(media.Image, "image/jpeg", blob)
		content = history.Image(file, body.Text)
	default:
		err = invalid("the kind %q is none of text, image in a channel", body.Kind)
	}
	if err != nil {
		return nil, err
	}
	id, err := n.Post(ctx, from, content)
	return Sent{ID: id}, err
}
