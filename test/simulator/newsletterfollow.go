package simulator

import (
	"encoding/json"

	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/types"

	"github.com/wasession/wasession/test/simulator/stanza"
)

// What the simulator answers about newsletters. With which codes WhatsApp itself refuses is
// not known.
var (
	errNoNewsletter  = &IQError{404, "Not Found"}
	errNotYourself   = &IQError{403, "Forbidden"}
	errAlreadySo     = &IQError{409, "Conflict"}
	errNotUnderTerms = &IQError{403, "Terms of service not accepted"}
)

// Follow makes an account follow the newsletter on its phone; its clients are told. It is an
// error if it does so already.
func (u *User) Follow(n *Newsletter) error { return n.follow(u, nil) }

// Unfollow ends that. It is an error if the account does not follow it, or owns it.
func (u *User) Unfollow(n *Newsletter) error { return n.unfollow(u, nil) }

// MuteNewsletter mutes a newsletter on the phone, or unmutes it.
func (u *User) MuteNewsletter(n *Newsletter, muted bool) error { return n.mute(u, nil, muted) }

// follow adds a follower. The account's clients are told, except the one that did it.
func (n *Newsletter) follow(u *User, by *Companion) (err error) {
	n.update(func(info *newsletterInfo) {
		if _, there := info.Viewers[u.pn.User]; there {
			err = errAlreadySo
			return
		}
		info.Viewers[u.pn.User] = newsletterViewer{Role: NewsletterSubscriber}
	})
	if err == nil {
		n.tell(u, by, "NotificationNewsletterJoin", "xwa2_notify_newsletter_on_join", n.describe(u))
	}
	return err
}

func (n *Newsletter) unfollow(u *User, by *Companion) (err error) {
	n.update(func(info *newsletterInfo) {
		switch v, there := info.Viewers[u.pn.User]; {
		case !there:
			err = errAlreadySo
		case v.Role == NewsletterOwner:
			err = errNotYourself // somebody has to own it
		default:
			delete(info.Viewers, u.pn.User)
		}
	})
	if err == nil {
		n.tell(u, by, "NotificationNewsletterLeave", "xwa2_notify_newsletter_on_leave",
			map[string]any{"id": n.jid.String(), "role": string(NewsletterGuest)})
	}
	return err
}

func (n *Newsletter) mute(u *User, by *Companion, muted bool) (err error) {
	n.update(func(info *newsletterInfo) {
		v, there := info.Viewers[u.pn.User]
		if !there {
			err = errNotYourself
			return
		}
		v.Muted = muted
		info.Viewers[u.pn.User] = v
	})
	if err == nil {
		n.tell(u, by, "NotificationNewsletterMuteChange", "xwa2_notify_newsletter_on_mute_change",
			map[string]any{"id": n.jid.String(), "mute": onOff(muted)})
	}
	return err
}

// tell notifies the companions of an account, except one.
func (n *Newsletter) tell(u *User, except *Companion, operation, field string, what any) {
	content, err := json.Marshal(map[string]any{"data": map[string]any{field: what}})
	if err != nil {
		n.srv.log.Error("Failed to encode a notification of a newsletter", "error", err)
		return
	}
	u.Notify("mex", types.ServerJID, except, stanza.Node("update", waBinary.Attrs{"op_name": operation}, content))
}

func onOff(on bool) string {
	if on {
		return "ON"
	}
	return "OFF"
}
