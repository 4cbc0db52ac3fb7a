package simulator

import (
	"context"
	"time"

	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/types"

	"github.com/wasession/wasession/test/simulator/stanza"
)

// handlePresence handles a client that goes online or offline, or subscribes to
// somebody's presence.
func (c *conn) handlePresence(n *waBinary.Node) {
	typ := jidText(n.Attrs["type"])
	if typ == "subscribe" {
		to, _ := n.Attrs["to"].(types.JID)
		if target := c.srv.UserByJID(to); target != nil {
			target.mu.Lock()
			target.watchers[c.user] = to.Server
			answer := target.presenceNode(to.Server)
			target.mu.Unlock()
			c.companion.push(answer)
		}
		return
	}
	if name := jidText(n.Attrs["name"]); name != "" {
		c.user.SetName(name)
	}
	c.user.receive(Received{Kind: KindPresence, From: c.companion.JID(), Own: true, State: typ})
	c.user.setAvailable(typ != "unavailable")
}

// SetPresence makes the phone go online or offline, and tells the accounts that
// subscribed to its presence.
func (u *User) SetPresence(ctx context.Context, available bool) error {
	return u.worker.do(ctx, func(context.Context) error {
		u.setAvailable(available)
		return nil
	})
}

func (u *User) setAvailable(available bool) {
	u.mu.Lock()
	if u.available && !available {
		u.lastSeen = time.Now()
	}
	u.available = available
	nodes := make(map[*User]waBinary.Node, len(u.watchers))
	for w, server := range u.watchers {
		nodes[w] = u.presenceNode(server)
	}
	u.mu.Unlock()
	for w, node := range nodes {
		w.pushAll(node)
	}
}

// presenceNode returns the account's presence. The caller holds u.mu.
func (u *User) presenceNode(server string) waBinary.Node {
	attrs := waBinary.Attrs{"from": u.on(server)}
	if !u.available {
		attrs["type"], attrs["last"] = "unavailable", u.lastSeen.Unix()
	}
	return stanza.Node("presence", attrs, nil)
}

// handleChatState handles a client's typing notification.
func (c *conn) handleChatState(n *waBinary.Node) {
	to, _ := n.Attrs["to"].(types.JID)
	children := n.GetChildren()
	if len(children) == 0 {
		return
	}
	state := Received{
		Kind: KindChatState, From: c.companion.JID(), Chat: to,
		State: children[0].Tag, Media: jidText(children[0].Attrs["media"]),
	}
	if g := c.srv.Group(to); g != nil {
		for _, member := range g.Members() {
			if member != c.user {
				member.receive(state)
				member.pushAll(groupChatState(g, c.user, c.companion.device, children))
			}
		}
		return
	}
	if target := c.srv.UserByJID(to); target != nil && target != c.user {
		target.receive(state)
		attrs := waBinary.Attrs{}
		addSender(attrs, c.user, c.companion.device, to.Server == types.HiddenUserServer)
		target.pushAll(stanza.Node("chatstate", attrs, children))
	}
}

func groupChatState(g *Group, from *User, device uint16, children []waBinary.Node) waBinary.Node {
	attrs := waBinary.Attrs{"from": g.JID()}
	addParticipant(attrs, from, device, g.byLID())
	return stanza.Node("chatstate", attrs, children)
}

// ChatState is what somebody does in a chat: types.ChatPresenceComposing or
// Paused.
type ChatState = types.ChatPresence

// Typing shows another account that somebody is typing on the phone (or
// recording, with media types.ChatPresenceMediaAudio), or has stopped.
func (u *User) Typing(ctx context.Context, to *User, state ChatState, media types.ChatPresenceMedia) error {
	return u.worker.do(ctx, func(context.Context) error {
		u.mu.Lock()
		byLID := u.addressing == AddressLID
		u.mu.Unlock()
		attrs := waBinary.Attrs{}
		addSender(attrs, u, 0, byLID)
		to.pushAll(stanza.Node("chatstate", attrs, chatStateNode(state, media)))
		return nil
	})
}

// TypingIn is Typing in a group.
func (u *User) TypingIn(ctx context.Context, g *Group, state ChatState, media types.ChatPresenceMedia) error {
	return u.worker.do(ctx, func(context.Context) error {
		for _, member := range g.Members() {
			if member != u {
				member.pushAll(groupChatState(g, u, 0, chatStateNode(state, media)))
			}
		}
		return nil
	})
}

func chatStateNode(state ChatState, media types.ChatPresenceMedia) []waBinary.Node {
	return []waBinary.Node{stanza.Node(string(state), waBinary.Attrs{"media": string(media)}, nil)}
}

// pushAll sends a transient stanza to all companions.
func (u *User) pushAll(n waBinary.Node) {
	for _, c := range u.Companions() {
		c.push(n)
	}
}
