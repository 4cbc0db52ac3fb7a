package simulator_test

import (
	"errors"
	"path/filepath"
	"testing"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/proto/waCommon"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"
	"google.golang.org/protobuf/proto"

	"github.com/wasession/wasession/test/simulator"
)

// refused checks that a query about a newsletter failed with a code.
func refused(t *testing.T, what string, err error, code int) {
	t.Helper()
	var refusal types.GraphQLError
	if !errors.As(err, &refusal) || refusal.Extensions.ErrorCode != code {
		t.Errorf("%s: %v, want %d", what, err, code)
	}
}

func TestANewsletterIsFollowedAndMuted(t *testing.T) {
	w := newWorld(t)
	n := w.srv.AddNewsletter(w.bob, "News")
	n.Describe("News", "What is new")
	n.SetPicture([]byte("\xff\xd8\xffpicture"))
	n.SetVerified(true)
	c, _ := w.linked(w.alice)

	info, err := c.GetNewsletterInfoWithInvite(w.ctx, whatsmeow.NewsletterLinkPrefix+n.Invite())
	w.ok(err)
	if thread := info.ThreadMeta; info.ID != n.JID() || thread.Name.Text != "News" || thread.Description.Text != "What is new" ||
		thread.VerificationState != types.NewsletterVerificationStateVerified || thread.Picture.DirectPath == "" || info.ViewerMeta != nil {
		t.Errorf("found %+v", info)
	}
	refused(t, "muted by a guest", c.NewsletterToggleMute(w.ctx, n.JID(), true), 403)
	w.ok(c.FollowNewsletter(w.ctx, n.JID()))
	refused(t, "followed twice", c.FollowNewsletter(w.ctx, n.JID()), 409)
	w.ok(c.NewsletterToggleMute(w.ctx, n.JID(), true))
	all, err := c.GetSubscribedNewsletters(w.ctx)
	w.ok(err)
	if len(all) != 1 || all[0].ViewerMeta.Role != types.NewsletterRoleSubscriber || all[0].ViewerMeta.Mute != types.NewsletterMuteOn {
		t.Errorf("subscribed: %+v", all)
	}

	// The phone does it: the client is told.
	w.ok(w.alice.MuteNewsletter(n, false))
	event(w, c, func(e *events.NewsletterMuteChange) bool { return e.ID == n.JID() && e.Mute == types.NewsletterMuteOff })
	w.ok(w.alice.Unfollow(n))
	event(w, c, func(e *events.NewsletterLeave) bool { return e.ID == n.JID() })
	w.ok(w.alice.Follow(n))
	event(w, c, func(e *events.NewsletterJoin) bool { return e.ID == n.JID() && e.ThreadMeta.Name.Text == "News" })
	w.ok(c.UnfollowNewsletter(w.ctx, n.JID()))
	refused(t, "unfollowed twice", c.UnfollowNewsletter(w.ctx, n.JID()), 409)

	unknown := types.NewJID("120363999999999999", types.NewsletterServer)
	refused(t, "followed one that is not there", c.FollowNewsletter(w.ctx, unknown), 404)
	_, err = c.GetNewsletterInfo(w.ctx, unknown)
	refused(t, "one that is not there", err, 404)
	if _, err := c.GetNewsletterMessages(w.ctx, unknown, nil); !errors.Is(err, whatsmeow.ErrIQNotFound) {
		t.Errorf("posts of one that is not there: %v", err)
	}
}

func TestPostsOfANewsletterBothWays(t *testing.T) {
	file := filepath.Join(t.TempDir(), "state.json")
	w := newWorldWith(t, simulator.Options{StateFile: file})
	c, comp := w.linked(w.alice)
	create := whatsmeow.CreateNewsletterParams{Name: "Mine", Description: "of Alice"}
	_, err := c.CreateNewsletter(w.ctx, create)
	refused(t, "created without the terms", err, 403)
	w.ok(c.AcceptTOSNotice(w.ctx, "20601218", "5"))
	_, err = c.CreateNewsletter(w.ctx, whatsmeow.CreateNewsletterParams{})
	refused(t, "created without a name", err, 400)
	info, err := c.CreateNewsletter(w.ctx, create)
	w.ok(err)
	n := w.srv.Newsletter(info.ID)
	w.ok(w.bob.Follow(n))
	refused(t, "left by its owner", c.UnfollowNewsletter(w.ctx, n.JID()), 403)

	sent, err := c.SendMessage(w.ctx, n.JID(), simulator.TextMessage("first"))
	w.ok(err)
	if got := w.expect(w.bob, simulator.Text("first")); got.Chat != n.JID() || sent.ServerID == 0 {
		t.Errorf("Bob got %+v, the client %+v", got, sent)
	}
	key := &waCommon.MessageKey{ID: proto.String(sent.ID)}
	_, err = c.SendMessage(w.ctx, n.JID(), &waE2E.Message{EditedMessage: &waE2E.FutureProofMessage{Message: &waE2E.Message{
		ProtocolMessage: &waE2E.ProtocolMessage{Key: key, EditedMessage: simulator.TextMessage("changed")},
	}}})
	w.ok(err)
	w.expect(w.bob, simulator.Text("changed"))
	if err := n.ReactToPost(w.carol, sent.ID, "👍"); err == nil {
		t.Error("somebody reacted who does not follow it")
	}
	w.ok(n.ReactToPost(w.bob, sent.ID, "👍"))
	w.ok(c.NewsletterSendReaction(w.ctx, n.JID(), sent.ServerID, "👍", ""))

	id, err := n.Post(w.ctx, w.alice, simulator.TextMessage("from the phone"))
	w.ok(err)
	if msg := w.message(c, "from the phone"); msg.Info.Chat != n.JID() || msg.Info.ServerID == 0 || msg.Info.ID != id {
		t.Errorf("came as %+v", msg.Info)
	}
	w.ok(comp.WaitAcked(w.ctx, id))
	w.ok(n.EditPost(w.ctx, w.alice, id, simulator.TextMessage("edited on the phone")))
	if msg := w.message(c, "edited on the phone"); msg.NewsletterMeta == nil || msg.NewsletterMeta.EditTS.IsZero() {
		t.Errorf("the edit came as %+v", msg)
	}
	w.ok(comp.WaitIdle(w.ctx))
	w.ok(n.RevokePost(w.ctx, w.alice, id))
	event(w, c, func(e *events.Message) bool {
		return e.Info.ID == id && e.Info.Edit == types.EditAttributeAdminRevoke && proto.Size(e.Message) == 0
	})

	n.View(7)
	posts, err := c.GetNewsletterMessages(w.ctx, n.JID(), &whatsmeow.GetNewsletterMessagesParams{Count: 10})
	w.ok(err)
	if len(posts) != 1 || posts[0].Message.GetConversation() != "changed" || posts[0].ViewsCount != 7 || posts[0].ReactionCounts["👍"] != 2 {
		t.Errorf("posts: %+v", posts)
	}
	if _, err := n.Post(w.ctx, w.bob, simulator.TextMessage("not mine")); err == nil {
		t.Error("a follower posted")
	}

	w.ok(c.Close())
	w.ok(w.srv.Close())
	again, err := simulator.New(simulator.Options{StateFile: file})
	w.ok(err)
	w.srv = again
	if n := again.Newsletter(info.ID); n == nil || n.Name() != "Mine" || len(n.Followers()) != 2 || len(n.Reactions(sent.ID)) != 2 {
		t.Errorf("after a restart: %+v", n)
	}
}

func TestAFollowerCannotPost(t *testing.T) {
	w := newWorld(t)
	n := w.srv.AddNewsletter(w.bob, "News")
	c, _ := w.linked(w.alice)
	w.ok(w.alice.Follow(n))
	if _, err := c.SendMessage(w.ctx, n.JID(), simulator.TextMessage("spam")); !errors.Is(err, whatsmeow.ErrServerReturnedError) {
		t.Errorf("posted: %v", err)
	}
}
