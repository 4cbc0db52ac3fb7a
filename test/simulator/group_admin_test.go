package simulator_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"

	"github.com/wasession/wasession/test/simulator"
)

func TestEachMemberIsJudgedAlone(t *testing.T) {
	w := newWorld(t)
	dave := w.srv.AddUser("15550004444", "", "Dave")
	g := w.srv.AddGroup("Team", w.alice, w.bob)
	c, _ := w.linked(w.alice)
	w.carol.SetPrivacy("groupadd", "contacts")
	stranger := types.NewJID("19990009999", types.DefaultUserServer)
	change := func(action whatsmeow.ParticipantChange, who ...types.JID) (codes []int, first types.GroupParticipant) {
		t.Helper()
		answer, err := c.UpdateGroupParticipants(w.ctx, g.JID(), who, action)
		w.ok(err)
		for _, p := range answer {
			codes = append(codes, p.Error)
		}
		return codes, answer[0]
	}
	codes, first := change(whatsmeow.ParticipantChangeAdd, w.carol.PN(), w.bob.PN(), stranger, dave.PN())
	if want := []int{403, 409, 404, 0}; !slices.Equal(codes, want) || first.AddRequest == nil || first.AddRequest.Code != g.Invitation(w.carol) {
		t.Errorf("added: %v, want %v; %+v", codes, want, first)
	}
	if err := w.carol.AcceptInvitation(g, "nonsense"); err == nil {
		t.Error("Carol joined by a wrong invitation")
	}
	w.ok(w.carol.AcceptInvitation(g, first.AddRequest.Code))
	event(w, c, func(e *events.GroupInfo) bool { return len(e.Join) == 1 && e.Join[0] == w.carol.LID() })
	if codes, _ := change(whatsmeow.ParticipantChangePromote, w.alice.PN(), stranger, w.bob.LID()); !slices.Equal(codes, []int{405, 404, 0}) {
		t.Errorf("promoted: %v", codes)
	}
	if codes, _ := change(whatsmeow.ParticipantChangeRemove, dave.PN(), dave.PN()); codes[0] != 0 {
		t.Errorf("removed: %v", codes)
	}
	if _, _, err := dave.JoinGroup(g.Invite()); err == nil {
		t.Error("Dave came back by the link after he was removed")
	}
}

func TestAdminsApproveWhoJoins(t *testing.T) {
	w := newWorld(t)
	g := w.srv.AddGroup("Club", w.bob, w.carol)
	c, _ := w.linked(w.alice)
	g.SetApproval(w.bob, true)
	jid, err := c.JoinGroupWithLink(w.ctx, g.Invite())
	w.ok(err)
	if _, member := g.Rank(w.alice); member || jid != g.JID() {
		t.Fatalf("joined %s at once: %t", jid, member)
	}
	if r := g.Requests(); len(r) != 1 || r[0] != w.alice {
		t.Fatalf("requests: %v", r)
	}
	g.Reject(w.bob, w.alice)
	if len(g.Requests()) != 0 {
		t.Error("the request is still there")
	}
	_, _, err = w.alice.JoinGroup(g.Invite())
	w.ok(err)
	g.Approve(w.bob, w.alice)
	event(w, c, func(e *events.JoinedGroup) bool { return e.JID == g.JID() })

	dave := w.srv.AddUser("15550004444", "", "Dave")
	_, _, err = dave.JoinGroup(g.Invite())
	w.ok(err)
	if _, err := c.GetGroupRequestParticipants(w.ctx, g.JID()); err == nil {
		t.Error("a member saw the requests")
	}
	g.SetRank(w.bob, simulator.RankAdmin, w.alice)
	requests, err := c.GetGroupRequestParticipants(w.ctx, g.JID())
	w.ok(err)
	if len(requests) != 1 || requests[0].JID != dave.LID() || requests[0].RequestedAt.IsZero() {
		t.Errorf("requests: %+v", requests)
	}
	answer, err := c.UpdateGroupRequestParticipants(w.ctx, g.JID(), []types.JID{dave.LID(), w.carol.LID()}, whatsmeow.ParticipantChangeApprove)
	w.ok(err)
	if len(answer) != 2 || answer[0].Error != 0 || answer[1].Error != 404 {
		t.Errorf("approved: %+v", answer)
	}
	if _, member := g.Rank(dave); !member {
		t.Error("Dave was approved and is no member")
	}
}

func TestRevokedInviteCodes(t *testing.T) {
	w := newWorld(t)
	g := w.srv.AddGroup("Open", w.bob)
	c, _ := w.linked(w.alice)
	old := g.Invite()
	g.ResetInvite(w.bob)
	if _, err := c.JoinGroupWithLink(w.ctx, old); !errors.Is(err, whatsmeow.ErrInviteLinkRevoked) {
		t.Errorf("a revoked code: %v", err)
	}
	if _, err := c.GetGroupInfoFromLink(w.ctx, old); !errors.Is(err, whatsmeow.ErrInviteLinkRevoked) {
		t.Errorf("a revoked code: %v", err)
	}
	_, err := c.JoinGroupWithLink(w.ctx, g.Invite())
	w.ok(err)
	if _, err := c.JoinGroupWithLink(w.ctx, g.Invite()); err == nil {
		t.Error("joined twice")
	}
}

func TestTextsOfGroupsAreBounded(t *testing.T) {
	w := newWorld(t)
	g := w.srv.AddGroup("Mine", w.alice)
	c, _ := w.linked(w.alice)
	for _, subject := range []string{"", strings.Repeat("ä", 101)} {
		if err := c.SetGroupName(w.ctx, g.JID(), subject); !errors.Is(err, whatsmeow.ErrIQNotAcceptable) {
			t.Errorf("a subject of %d bytes: %v", len(subject), err)
		}
	}
	w.ok(c.SetGroupName(w.ctx, g.JID(), strings.Repeat("ä", 100)))
	if err := c.SetGroupTopic(w.ctx, g.JID(), "", "", strings.Repeat("x", 2049)); !errors.Is(err, whatsmeow.ErrIQNotAcceptable) {
		t.Errorf("a long description: %v", err)
	}
	for _, topic := range []string{"one", "", "two"} { // removed, and set again
		w.ok(c.SetGroupTopic(w.ctx, g.JID(), "", "", topic))
	}
	if err := c.SetGroupTopic(w.ctx, g.JID(), "nonsense", "", "three"); err == nil {
		t.Error("a description was replaced by somebody who had not seen it")
	}
	if _, err := c.SetGroupPhoto(w.ctx, g.JID(), []byte("no picture")); !errors.Is(err, whatsmeow.ErrInvalidImageFormat) {
		t.Errorf("a picture that is none: %v", err)
	}
	if _, err := c.CreateGroup(w.ctx, whatsmeow.ReqCreateGroup{Name: strings.Repeat("x", 101)}); err == nil {
		t.Error("created a group with a long name")
	}
}
