package whatsapp

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/types"

	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/whatsapp/jid"
)

// mostPosts is how many posts of a channel WhatsApp is asked for at once.
const mostPosts = 100

// ChannelPosts returns the last posts of a channel, newest first. The account need not
// follow it.
func (a *Account) ChannelPosts(ctx context.Context, id chat.ID, limit int) ([]chat.ChannelPost, error) {
	c, err := a.online()
	if err != nil {
		return nil, err
	}
	found, err := postsOf(ctx, c, id, limit)
	if err != nil {
		return nil, err
	}
	m, posts := a.mapper(), make([]chat.ChannelPost, 0, len(found))
	for _, n := range found {
		info := types.MessageInfo{
			MessageSource: types.MessageSource{Chat: jid.Of(id), Sender: jid.Of(id)},
			ID:            n.MessageID, ServerID: n.MessageServerID, Type: n.Type, Timestamp: n.Timestamp,
		}
		a.claimPost(&info)
		if p, ok := m.post(info, n); ok {
			posts = append(posts, p)
		}
	}
	return posts, nil
}

// postsOf asks for the last posts of a channel, newest first.
func postsOf(ctx context.Context, c *whatsmeow.Client, id chat.ID, limit int) ([]*types.NewsletterMessage, error) {
	found, err := c.GetNewsletterMessages(ctx, jid.Of(id), &whatsmeow.GetNewsletterMessagesParams{Count: min(limit, mostPosts)})
	if err != nil {
		return nil, fmt.Errorf("getting the messages of the channel: %w", channelFailure(err))
	}
	slices.SortStableFunc(found, func(a, b *types.NewsletterMessage) int { return b.MessageServerID - a.MessageServerID })
	return found[:min(len(found), limit)], nil
}

// reactToPost sets the account's reaction to a post. It names the post by the server's
// number, which is asked for where it is not stored.
func (a *Account) reactToPost(ctx context.Context, m chat.Message, text string) (chat.Message, error) {
	c, err := a.online()
	if err != nil {
		return chat.Message{}, err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cmp.Or(a.opts.SendPatience, defaultPatience))
	defer cancel()
	defer context.AfterFunc(a.ctx, cancel)()
	if m.ServerID == 0 {
		if m.ServerID, err = serverID(ctx, c, m); err != nil {
			return chat.Message{}, err
		}
	}
	stanza := c.GenerateMessageID()
	answer := c.DangerousInternals().WaitResponse(stanza)
	if err := c.NewsletterSendReaction(ctx, jid.Of(m.Chat), m.ServerID, text, stanza); err != nil {
		c.DangerousInternals().CancelResponse(stanza, answer)
		return chat.Message{}, sendFailure(fmt.Errorf("reacting: %w", err))
	}
	envelope := a.mapper().envelope(a.outgoing(m.Chat, stanza))
	envelope.FromAPI = true
	select {
	case node := <-answer:
		if node == nil || node.Tag != "ack" {
			return chat.Message{}, fmt.Errorf("reacting: %w", chat.ErrUnanswered) // the connection has ended
		}
		attrs := node.AttrGetter()
		if code := attrs.OptionalInt("error"); code != 0 {
			return chat.Message{}, fmt.Errorf("reacting: %w", channelFailure(&whatsmeow.IQError{Code: code}))
		}
		if at := attrs.UnixTime("t"); !at.IsZero() {
			envelope.Timestamp = unix(at)
		}
	case <-ctx.Done():
		c.DangerousInternals().CancelResponse(stanza, answer)
		return chat.Message{}, fmt.Errorf("reacting: %w", chat.ErrUnanswered)
	}
	return envelope, nil
}

// serverID finds the server's number of a post among the last ones of its channel.
func serverID(ctx context.Context, c *whatsmeow.Client, m chat.Message) (int, error) {
	found, err := postsOf(ctx, c, m.Chat, mostPosts)
	if err != nil {
		return 0, err
	}
	for _, n := range found {
		if n.MessageID == m.OnWire() {
			return n.MessageServerID, nil
		}
	}
	return 0, chat.Impossiblef("the message is not among the last %d of the channel", mostPosts)
}
