package whatsapp

import (
	"net/url"
	"strings"
	"time"

	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"

	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/whatsapp/content"
	"github.com/wasession/wasession/runtime/whatsapp/jid"
)

// channelOf translates the metadata of a channel, whose owner chose much of it; ok is
// false without a channel's ID.
func channelOf(n *types.NewsletterMetadata) (c chat.Channel, ok bool) {
	if n == nil {
		return c, false
	}
	thread := &n.ThreadMeta
	c = chat.Channel{
		ID: channelID(n.ID), Name: content.Shortened(thread.Name.Text, content.MaxName),
		Description: content.Shortened(thread.Description.Text, maxTopic), Invite: inviteOf(thread.InviteCode),
		Picture: channelPicture(thread.Picture), Preview: channelPicture(&thread.Preview), Role: chat.ChannelGuest,
		Verified: thread.VerificationState == types.NewsletterVerificationStateVerified, Subscribers: max(int64(thread.SubscriberCount), 0),
	}
	if v := n.ViewerMeta; v != nil {
		c.Role, c.Muted = channelRoles[v.Role], v.Mute == types.NewsletterMuteOn
	}
	if c.Role == "" {
		c.Role = chat.ChannelGuest
	}
	return c, c.ID != ""
}

var channelRoles = map[types.NewsletterRole]chat.ChannelRole{
	types.NewsletterRoleOwner: chat.ChannelOwner, types.NewsletterRoleAdmin: chat.ChannelAdmin,
	types.NewsletterRoleSubscriber: chat.ChannelSubscriber,
}

// channelID returns a channel's ID; empty for that of another chat.
func channelID(j types.JID) chat.ID {
	if j.Server != types.NewsletterServer {
		return ""
	}
	return jid.ChatID(j)
}

// maxInvite is the longest code of a channel's link in bytes. WhatsApp's have 24.
const maxInvite = 64

// inviteOf returns the code of a channel's link; empty if it would be no plain part of one.
func inviteOf(code string) string {
	if len(code) > maxInvite || url.PathEscape(code) != code {
		return ""
	}
	return code
}

// channelPicture returns the URL of a channel's picture; empty if there is none, or if it
// is not WhatsApp's.
func channelPicture(p *types.ProfilePictureInfo) string {
	if p == nil {
		return ""
	}
	if sound(p.DirectPath) {
		return "https://" + mediaHost + p.DirectPath
	}
	u, err := url.Parse(p.URL)
	if err != nil || len(p.URL) > maxDirectPath || u.Scheme != "https" || u.User != nil || !strings.HasSuffix(u.Host, ".whatsapp.net") {
		return ""
	}
	return p.URL
}

// channelChanges translates what the account did to a channel on another device. The chat
// of one that it no longer follows is deleted.
func channelChanges(evt any) []chat.Change {
	switch evt := evt.(type) {
	case *events.NewsletterJoin:
		c, ok := channelOf(&evt.NewsletterMetadata)
		if !ok {
			return nil
		}
		seen := c.Seen()
		seen.Followed, seen.Timestamp = true, unix(evt.Mex.Timestamp)
		if seen.Timestamp == 0 {
			seen.Timestamp = time.Now().Unix()
		}
		return []chat.Change{seen}
	case *events.NewsletterLeave:
		if id := channelID(evt.ID); id != "" {
			return []chat.Change{chat.ChatDeleted{Chat: id}}
		}
	case *events.NewsletterMuteChange:
		if id := channelID(evt.ID); id != "" {
			return []chat.Change{chat.Muted{Chat: id, Until: chat.MutedUntil(evt.Mute == types.NewsletterMuteOn)}}
		}
	}
	return nil
}
