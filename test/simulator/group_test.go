package simulator_test

import (
	"errors"
	"testing"
	"time"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"

	"github.com/wasession/wasession/test/simulator"
	"github.com/wasession/wasession/test/simulator/simclient"
)

func TestGroupMessagesBothWays(t *testing.T) {
	for name, mode := range map[string]simulator.Addressing{"by LID": simulator.AddressLID, "by number": simulator.AddressPN} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			g := w.srv.AddGroup("Team", w.bob, w.alice, w.carol)
			g.SetAddressing(mode)
			c, comp := w.linked(w.alice)
			var ids []string
			for _, text := range []string{"one", "two", "three"} { // the sender key goes with the first
				id, err := w.bob.SendGroupText(w.ctx, g, text)
				w.ok(err)
				ids = append(ids, id)
				msg := w.message(c, text)
				if msg.Info.Chat != g.JID() || msg.Info.ID != id || !msg.Info.IsGroup {
					t.Errorf("came as %+v", msg.Info)
				}
				sender, alt := w.bob.LID(), w.bob.PN()
				if mode == simulator.AddressPN {
					sender, alt = alt, sender
				}
				if msg.Info.Sender != sender || msg.Info.SenderAlt != alt {
					t.Errorf("from %s (%s), want %s (%s)", msg.Info.Sender, msg.Info.SenderAlt, sender, alt)
				}
			}
			w.ok(comp.WaitAcked(w.ctx, ids...))
			w.expect(w.bob, simulator.Receipt("inactive", ids[0]))

			for _, text := range []string{"uno", "due", "tre"} {
				sent, err := c.SendMessage(w.ctx, g.JID(), simulator.TextMessage(text))
				w.ok(err)
				for _, member := range []*simulator.User{w.alice, w.bob, w.carol} {
					if got := w.expect(member, simulator.Text(text)); got.Chat != g.JID() || got.ID != sent.ID {
						t.Errorf("%s got %+v", member.Name(), got)
					}
				}
				w.ok(w.carol.MarkRead(w.ctx, sent.ID))
				event(w, c, func(r *events.Receipt) bool {
					return r.Type == types.ReceiptTypeRead && r.MessageIDs[0] == sent.ID && r.IsGroup
				})
			}
		})
	}
}

func TestOwnPhoneWritesToAGroup(t *testing.T) {
	w := newWorld(t)
	g := w.srv.AddGroup("Team", w.alice, w.bob)
	c, _ := w.linked(w.alice)
	_, err := w.alice.SendGroupText(w.ctx, g, "typed on the phone")
	w.ok(err)
	if msg := w.message(c, "typed on the phone"); !msg.Info.IsFromMe || msg.Info.Chat != g.JID() {
		t.Errorf("came as %+v", msg.Info)
	}
	if _, err = w.carol.SendGroupText(w.ctx, g, "let me in"); !errors.Is(err, simulator.ErrNotMember) {
		t.Errorf("a stranger wrote to the group: %v", err)
	}
}

func TestGroupBetweenTwoLinkedAccounts(t *testing.T) {
	w := newWorld(t)
	g := w.srv.AddGroup("Team", w.alice, w.bob)
	alice, _ := w.linked(w.alice)
	bob, bobComp := w.linked(w.bob)
	sent, err := alice.SendMessage(w.ctx, g.JID(), simulator.TextMessage("to the group"))
	w.ok(err)
	w.message(bob, "to the group")
	w.ok(bobComp.WaitAcked(w.ctx, sent.ID))
	_, err = bob.SendMessage(w.ctx, g.JID(), simulator.TextMessage("and back"))
	w.ok(err)
	w.message(alice, "and back")
}

func TestGroupInfoAndList(t *testing.T) {
	w := newWorld(t)
	g := w.srv.AddGroup("Team", w.bob, w.alice)
	other := w.srv.AddGroup("Others", w.bob, w.carol)
	c, _ := w.linked(w.alice)
	info, err := c.GetGroupInfo(w.ctx, g.JID())
	w.ok(err)
	if info.Name != "Team" || info.OwnerPN != w.bob.PN() || len(info.Participants) != 2 {
		t.Errorf("group info: %+v", info)
	}
	owner := info.Participants[0]
	if !owner.IsSuperAdmin || owner.LID != w.bob.LID() || owner.PhoneNumber != w.bob.PN() {
		t.Errorf("owner: %+v", owner)
	}
	groups, err := c.GetJoinedGroups(w.ctx)
	w.ok(err)
	if len(groups) != 1 || groups[0].JID != g.JID() {
		t.Errorf("joined groups: %+v", groups)
	}
	if _, err = c.GetGroupInfo(w.ctx, other.JID()); !errors.Is(err, whatsmeow.ErrNotInGroup) {
		t.Errorf("a group of others: %v", err)
	}
	if _, err = c.GetGroupInfo(w.ctx, types.NewJID("1203630000", types.GroupServer)); !errors.Is(err, whatsmeow.ErrGroupNotFound) {
		t.Errorf("no group: %v", err)
	}
}

func TestClientRunsAGroup(t *testing.T) {
	w := newWorld(t)
	c, _ := w.linked(w.alice)
	info, err := c.CreateGroup(w.ctx, whatsmeow.ReqCreateGroup{Name: "Mine", Participants: []types.JID{w.bob.PN()}})
	w.ok(err)
	g := w.srv.Group(info.JID)
	if g == nil || g.Subject() != "Mine" || len(g.Members()) != 2 {
		t.Fatalf("created %+v", info)
	}
	event[*events.JoinedGroup](w, c)

	added, err := c.UpdateGroupParticipants(w.ctx, g.JID(), []types.JID{w.carol.PN(), types.NewJID("1999", types.DefaultUserServer)}, whatsmeow.ParticipantChangeAdd)
	w.ok(err)
	if len(added) != 2 || added[0].Error != 0 || added[1].Error != 404 {
		t.Errorf("added: %+v", added)
	}
	event(w, c, func(e *events.GroupInfo) bool { return len(e.Join) == 1 && e.Join[0] == w.carol.LID() })
	_, err = c.UpdateGroupParticipants(w.ctx, g.JID(), []types.JID{w.carol.LID()}, whatsmeow.ParticipantChangePromote)
	w.ok(err)
	if rank, _ := g.Rank(w.carol); rank != simulator.RankAdmin {
		t.Errorf("Carol's rank is %q", rank)
	}
	_, err = c.UpdateGroupParticipants(w.ctx, g.JID(), []types.JID{w.carol.LID()}, whatsmeow.ParticipantChangeDemote)
	w.ok(err)
	_, err = c.UpdateGroupParticipants(w.ctx, g.JID(), []types.JID{w.carol.LID()}, whatsmeow.ParticipantChangeRemove)
	w.ok(err)
	if _, member := g.Rank(w.carol); member {
		t.Error("Carol is still in the group")
	}

	w.ok(c.SetGroupName(w.ctx, g.JID(), "Renamed"))
	event(w, c, func(e *events.GroupInfo) bool { return e.Name != nil && e.Name.Name == "Renamed" })
	w.ok(c.SetGroupTopic(w.ctx, g.JID(), "", "", "what it is about"))
	event(w, c, func(e *events.GroupInfo) bool { return e.Topic != nil && e.Topic.Topic == "what it is about" })
	w.ok(c.SetGroupTopic(w.ctx, g.JID(), "", "", ""))
	event(w, c, func(e *events.GroupInfo) bool { return e.Topic != nil && e.Topic.TopicDeleted })
	w.ok(c.SetGroupLocked(w.ctx, g.JID(), true))
	w.ok(c.SetGroupAnnounce(w.ctx, g.JID(), true))
	w.ok(c.SetDisappearingTimer(w.ctx, g.JID(), whatsmeow.DisappearingTimer24Hours, time.Now()))
	event(w, c, func(e *events.GroupInfo) bool { return e.Ephemeral != nil && e.Ephemeral.DisappearingTimer == 86400 })
	w.ok(c.SetGroupJoinApprovalMode(w.ctx, g.JID(), true))
	w.ok(c.SetGroupMemberAddMode(w.ctx, g.JID(), types.GroupMemberAddModeAdmin))
	full, err := c.GetGroupInfo(w.ctx, g.JID())
	w.ok(err)
	if !full.IsLocked || !full.IsAnnounce || !full.IsEphemeral || full.MemberAddMode != types.GroupMemberAddModeAdmin || full.Topic != "" {
		t.Errorf("after the changes: %+v", full)
	}

	link, err := c.GetGroupInviteLink(w.ctx, g.JID(), false)
	w.ok(err)
	reset, err := c.GetGroupInviteLink(w.ctx, g.JID(), true)
	w.ok(err)
	if link == reset {
		t.Error("the invite link is the old one after a reset")
	}
	w.ok(c.LeaveGroup(w.ctx, g.JID()))
	if _, member := g.Rank(w.alice); member {
		t.Error("Alice is still in the group")
	}
	event(w, c, func(e *events.GroupInfo) bool { return len(e.Leave) == 1 && e.Leave[0] == w.alice.LID() })
	if _, err = c.SendMessage(w.ctx, g.JID(), simulator.TextMessage("still here?")); err == nil {
		t.Error("the client wrote to a group it has left")
	}
}

func TestJoiningByLink(t *testing.T) {
	w := newWorld(t)
	g := w.srv.AddGroup("Open", w.bob)
	c, _ := w.linked(w.alice)
	info, err := c.GetGroupInfoFromLink(w.ctx, whatsmeow.InviteLinkPrefix+g.Invite())
	w.ok(err)
	if info.JID != g.JID() {
		t.Errorf("the link leads to %s", info.JID)
	}
	jid, err := c.JoinGroupWithLink(w.ctx, g.Invite())
	w.ok(err)
	if _, member := g.Rank(w.alice); !member || jid != g.JID() {
		t.Errorf("joined %s, member %t", jid, member)
	}
	if _, err = c.JoinGroupWithLink(w.ctx, "nonsense"); !errors.Is(err, whatsmeow.ErrInviteLinkInvalid) {
		t.Errorf("a wrong code: %v", err)
	}
}

func TestGroupNotifications(t *testing.T) {
	w := newWorld(t)
	g := w.srv.AddGroup("Team", w.bob, w.carol)
	c, comp := w.linked(w.alice)
	g.Add(w.bob, w.alice)
	joined := event[*events.JoinedGroup](w, c)
	if joined.JID != g.JID() || joined.Name != "Team" || joined.Sender == nil || *joined.Sender != w.bob.LID() {
		t.Errorf("joined: %+v", joined)
	}
	g.SetRank(w.bob, simulator.RankAdmin, w.alice)
	event(w, c, func(e *events.GroupInfo) bool { return len(e.Promote) == 1 && e.Promote[0] == w.alice.LID() })
	g.SetAnnounce(w.bob, true)
	event(w, c, func(e *events.GroupInfo) bool { return e.Announce != nil && e.Announce.IsAnnounce })
	g.ResetInvite(w.bob)
	event(w, c, func(e *events.GroupInfo) bool { return e.NewInviteLink != nil })
	g.SetPicture(w.bob, []byte("jpeg"))
	event(w, c, func(e *events.Picture) bool { return e.JID == g.JID() && !e.Remove })
	g.Remove(w.carol, w.carol)
	event(w, c, func(e *events.GroupInfo) bool { return len(e.Leave) == 1 && e.Leave[0] == w.carol.LID() })
	g.Remove(w.bob, w.alice)
	event(w, c, func(e *events.GroupInfo) bool { return len(e.Leave) == 1 && e.Leave[0] == w.alice.LID() })
	w.ok(comp.WaitIdle(w.ctx))
	if n := simclient.Count[*events.UndecryptableMessage](c.Events); n != 0 {
		t.Errorf("%d messages could not be decrypted", n)
	}
}

func TestMembersMayNotDoWhatAdminsMay(t *testing.T) {
	w := newWorld(t)
	g := w.srv.AddGroup("Team", w.bob, w.alice)
	c, _ := w.linked(w.alice)
	if err := c.SetGroupLocked(w.ctx, g.JID(), true); err == nil {
		t.Error("a member locked the group")
	}
	if _, err := c.GetGroupInviteLink(w.ctx, g.JID(), false); !errors.Is(err, whatsmeow.ErrGroupInviteLinkUnauthorized) {
		t.Errorf("a member got the invite link: %v", err)
	}
	g.SetAnnounce(w.bob, true)
	if _, err := c.SendMessage(w.ctx, g.JID(), simulator.TextMessage("me too")); err == nil {
		t.Error("a member wrote to a group in which only admins write")
	}
}
