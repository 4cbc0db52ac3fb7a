package simulator

import (
	"context"
	"fmt"
	"strconv"
	"time"

	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/types"
	"google.golang.org/protobuf/proto"

	"github.com/wasession/wasession/test/simulator/stanza"
)

// The values of the edit attribute of a post.
const (
	editPost   = "3"
	revokePost = "8"
)

// newsletterPost is a message of a newsletter. Nothing in it is encrypted.
type newsletterPost struct {
	ServerID  int               `json:"serverID"`
	ID        string            `json:"id"`
	Type      string            `json:"type"`
	Media     string            `json:"media,omitempty"`
	At        int64             `json:"at"`
	Plain     []byte            `json:"plain"`
	Handle    string            `json:"handle,omitempty"` // of an uploaded file; not all clients give it
	Views     int               `json:"views,omitempty"`
	Reactions map[string]string `json:"reactions,omitempty"` // emoji by number
}

// Post posts a message on an admin's phone and returns its id. All followers get it,
// and the admin's own clients.
func (n *Newsletter) Post(ctx context.Context, by *User, msg *waE2E.Message) (string, error) {
	id := NewMessageID()
	plain, err := proto.Marshal(msg)
	if err != nil {
		return "", fmt.Errorf("marshal message: %w", err)
	}
	return id, by.worker.do(ctx, func(context.Context) error {
		_, err := n.publish(by, nil, newsletterPost{ID: id, Type: stanza.MessageType(msg), Media: stanza.MediaType(msg), Plain: plain})
		return err
	})
}

// EditPost replaces a post on an admin's phone. An unknown post, or somebody who is no
// admin, is an error.
func (n *Newsletter) EditPost(ctx context.Context, by *User, id string, msg *waE2E.Message) error {
	plain, err := proto.Marshal(msg)
	if err != nil {
		return fmt.Errorf("marshal message: %w", err)
	}
	return by.worker.do(ctx, func(context.Context) error {
		_, err := n.change(by, nil, id, editPost, plain)
		return err
	})
}

// RevokePost deletes a post for everyone on an admin's phone. It fails as EditPost does.
func (n *Newsletter) RevokePost(ctx context.Context, by *User, id string) error {
	return by.worker.do(ctx, func(context.Context) error {
		_, err := n.change(by, nil, id, revokePost, nil)
		return err
	})
}

// ReactToPost sets a follower's reaction to a post; an empty emoji takes it back.
func (n *Newsletter) ReactToPost(u *User, id, emoji string) error {
	for _, p := range n.snapshot().Posts {
		if p.ID == id {
			return n.react(u, p.ServerID, emoji)
		}
	}
	return errNoNewsletter
}

// View adds to the views of all posts.
func (n *Newsletter) View(times int) {
	n.update(func(info *newsletterInfo) {
		for i := range info.Posts {
			info.Posts[i].Views += times
		}
	})
}

// Reactions returns the reactions to a post: who chose which emoji.
func (n *Newsletter) Reactions(id string) map[string]string {
	for _, p := range n.snapshot().Posts {
		if p.ID == id {
			return p.Reactions
		}
	}
	return nil
}

// Handle returns the handle of the file of a post, as its client gave it.
func (n *Newsletter) Handle(id string) string {
	for _, p := range n.snapshot().Posts {
		if p.ID == id {
			return p.Handle
		}
	}
	return ""
}

// publish adds a post and delivers it to all but the client that posted it.
func (n *Newsletter) publish(by *User, from *Companion, p newsletterPost) (serverID int, err error) {
	if role, _ := n.Role(by); !role.writable() {
		return 0, errNotYourself
	}
	p.At = time.Now().Unix()
	n.update(func(info *newsletterInfo) {
		info.Last++
		p.ServerID = 100 + info.Last
		info.Posts = append(info.Posts, p)
	})
	n.spread(by, from, p, "")
	return p.ServerID, nil
}

// change edits or revokes a post.
func (n *Newsletter) change(by *User, from *Companion, id, edit string, plain []byte) (serverID int, err error) {
	if role, _ := n.Role(by); !role.writable() {
		return 0, errNotYourself
	}
	var changed newsletterPost
	n.update(func(info *newsletterInfo) {
		for i, p := range info.Posts {
			if p.ID != id {
				continue
			}
			p.Plain = plain
			changed = p
			if info.Posts[i] = p; edit == revokePost {
				info.Posts = append(info.Posts[:i:i], info.Posts[i+1:]...)
			}
			return
		}
	})
	if changed.ID == "" {
		return 0, errNoNewsletter
	}
	n.spread(by, from, changed, edit)
	return changed.ServerID, nil
}

// spread delivers a post, or the change of one.
func (n *Newsletter) spread(by *User, from *Companion, p newsletterPost, edit string) {
	var msg waE2E.Message
	if err := proto.Unmarshal(p.Plain, &msg); err != nil {
		n.srv.log.Warn("A post cannot be read", "error", err)
	}
	for _, u := range n.Followers() {
		if u != by || from != nil {
			u.receive(Received{
				Kind: KindMessage, ID: p.ID, From: n.jid, Chat: n.jid, Own: u == by, Message: &msg, Edit: edit, Time: time.Unix(p.At, 0),
			})
		}
		for _, c := range u.Companions() {
			if c != from {
				c.deliver(n.postNode(p, edit))
			}
		}
	}
}

// postNode is a post as it is delivered.
func (n *Newsletter) postNode(p newsletterPost, edit string) waBinary.Node {
	attrs := waBinary.Attrs{"from": n.jid, "id": p.ID, "server_id": p.ServerID, "t": p.At, "type": p.Type}
	content := []waBinary.Node{plaintext(p)}
	if edit != "" {
		attrs["edit"] = edit
	}
	if edit == editPost {
		content = append(content, stanza.Node("meta", waBinary.Attrs{
			"msg_edit_t": strconv.FormatInt(time.Now().UnixMilli(), 10), "original_msg_t": p.At,
		}, nil))
	}
	return stanza.Node("message", attrs, content)
}

func plaintext(p newsletterPost) waBinary.Node {
	attrs := waBinary.Attrs{}
	if p.Media != "" {
		attrs["mediatype"] = p.Media
	}
	return stanza.Node("plaintext", attrs, p.Plain)
}

func (n *Newsletter) react(u *User, serverID int, emoji string) error {
	if role, _ := n.Role(u); role == NewsletterGuest {
		return errNotYourself
	}
	err := error(errNoNewsletter)
	n.update(func(info *newsletterInfo) {
		for i := range info.Posts {
			p := &info.Posts[i]
			if p.ServerID != serverID {
				continue
			}
			if p.Reactions == nil {
				p.Reactions = map[string]string{}
			}
			if p.Reactions[u.pn.User] = emoji; emoji == "" {
				delete(p.Reactions, u.pn.User)
			}
			err = nil
		}
	})
	return err
}

// routeNewsletter handles a client's message to a newsletter.
func (c *conn) routeNewsletter(n *waBinary.Node, to types.JID) {
	id := jidText(n.Attrs["id"])
	serverID, err := 0, error(errNoNewsletter)
	if letter := c.srv.Newsletter(to); letter != nil {
		content, _ := n.GetChildByTag("plaintext").Content.([]byte)
		switch edit := jidText(n.Attrs["edit"]); {
		case n.Attrs["type"] == "reaction":
			serverID = n.AttrGetter().OptionalInt("server_id")
			reaction := n.GetChildByTag("reaction")
			err = letter.react(c.user, serverID, jidText(reaction.Attrs["code"]))
		case edit == editPost, edit == revokePost:
			serverID, err = letter.change(c.user, c.companion, id, edit, content)
		default:
			plain := n.GetChildByTag("plaintext")
			serverID, err = letter.publish(c.user, c.companion, newsletterPost{
				ID: id, Type: jidText(n.Attrs["type"]), Media: jidText(plain.Attrs["mediatype"]), Plain: content,
				Handle: jidText(n.Attrs["media_id"]),
			})
		}
	}
	code := 0
	if refusal, ok := err.(*IQError); ok { //nolint:errorlint // all are
		code = refusal.Code
	}
	ack := stanza.Ack(*n, time.Now(), code)
	if code == 0 {
		ack.Attrs["server_id"] = serverID
	}
	c.send(ack)
}

// newsletterMessages answers with the posts before one, the newest last.
func (s *Server) newsletterMessages(_ context.Context, iq *IQ) ([]waBinary.Node, error) {
	jid, _ := iq.Child.Attrs["jid"].(types.JID)
	before := iq.Child.AttrGetter().OptionalInt("before")
	list, err := s.listPosts(jid, iq, func(p newsletterPost) bool { return before == 0 || p.ServerID < before })
	return []waBinary.Node{list}, err
}

// newsletterUpdates answers with the posts after one, for their counts.
func (s *Server) newsletterUpdates(_ context.Context, iq *IQ) ([]waBinary.Node, error) {
	jid, _ := iq.Node.Attrs["to"].(types.JID)
	after := iq.Child.AttrGetter().OptionalInt("after")
	list, err := s.listPosts(jid, iq, func(p newsletterPost) bool { return p.ServerID > after })
	return []waBinary.Node{stanza.Node("message_updates", nil, []waBinary.Node{list})}, err
}

// listPosts lists the last posts that a query is for.
func (s *Server) listPosts(jid types.JID, iq *IQ, wanted func(newsletterPost) bool) (waBinary.Node, error) {
	n := s.Newsletter(jid)
	if n == nil {
		return waBinary.Node{}, errNotFound
	}
	var list []waBinary.Node
	for _, p := range n.snapshot().Posts {
		if wanted(p) {
			list = append(list, p.listed())
		}
	}
	if count := iq.Child.AttrGetter().OptionalInt("count"); count > 0 && len(list) > count {
		list = list[len(list)-count:]
	}
	return stanza.Node("messages", waBinary.Attrs{"jid": n.jid, "t": time.Now().Unix()}, list), nil
}

// listed is a post in a list, with its counts.
func (p newsletterPost) listed() waBinary.Node {
	content := []waBinary.Node{plaintext(p), stanza.Node("views_count", waBinary.Attrs{"count": p.Views}, nil)}
	counts := map[string]int{}
	for _, emoji := range p.Reactions {
		counts[emoji]++
	}
	var reactions []waBinary.Node
	for emoji, count := range counts {
		reactions = append(reactions, stanza.Node("reaction", waBinary.Attrs{"code": emoji, "count": count}, nil))
	}
	content = append(content, stanza.Node("reactions", nil, reactions))
	return stanza.Node("message", waBinary.Attrs{"id": p.ID, "server_id": p.ServerID, "t": p.At, "type": p.Type}, content)
}
