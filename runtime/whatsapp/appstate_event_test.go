package whatsapp

import (
	"reflect"
	"strings"
	"testing"

	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/proto/waSyncAction"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"
	"google.golang.org/protobuf/proto"

	"github.com/wasession/wasession/runtime/chat"
)

func TestAppState(t *testing.T) {
	const bob chat.ID = "15550002222@c.us"
	now := at.Unix()
	label := &waSyncAction.LabelEditAction{Name: proto.String("Lead"), Color: proto.Int32(3), PredefinedID: proto.Int32(2)}
	rawLabel, err := proto.Marshal(label)
	if err != nil {
		t.Fatal(err)
	}
	until := func(seconds int64) *waSyncAction.SyncActionMessageRange {
		return &waSyncAction.SyncActionMessageRange{LastMessageTimestamp: &seconds}
	}
	for _, c := range []struct {
		name string
		evt  any
		want []chat.Change
	}{
		{"archive", &events.Archive{JID: bobPN, Timestamp: at, Action: &waSyncAction.ArchiveChatAction{Archived: proto.Bool(true)}},
			[]chat.Change{chat.Archived{Chat: bob, Archived: true, Timestamp: now}}},
		{"unarchive by LID", &events.Archive{JID: bobLID, Timestamp: at, Action: &waSyncAction.ArchiveChatAction{}},
			[]chat.Change{chat.Archived{Chat: bob, Timestamp: now}}},
		{"archive of nowhere", &events.Archive{Timestamp: at}, nil},
		{"pin", &events.Pin{JID: bobPN, Timestamp: at, Action: &waSyncAction.PinAction{Pinned: proto.Bool(true)}}, []chat.Change{chat.PinnedChat{Chat: bob, At: now}}},
		{"unpin", &events.Pin{JID: bobPN, Timestamp: at, Action: &waSyncAction.PinAction{}}, []chat.Change{chat.PinnedChat{Chat: bob}}},
		{"mute till", &events.Mute{JID: bobPN, Action: &waSyncAction.MuteAction{Muted: proto.Bool(true), MuteEndTimestamp: proto.Int64(now * 1000)}}, []chat.Change{chat.Muted{Chat: bob, Until: now}}},
		{"mute for ever", &events.Mute{JID: bobPN, Action: &waSyncAction.MuteAction{Muted: proto.Bool(true), MuteEndTimestamp: proto.Int64(-1)}}, []chat.Change{chat.Muted{Chat: bob, Until: -1}}},
		{"unmute", &events.Mute{JID: bobPN, Action: &waSyncAction.MuteAction{MuteEndTimestamp: proto.Int64(-1)}}, []chat.Change{chat.Muted{Chat: bob}}},
		{"read", &events.MarkChatAsRead{JID: bobPN, Timestamp: at, Action: &waSyncAction.MarkChatAsReadAction{Read: proto.Bool(true), MessageRange: until(now - 5)}},
			[]chat.Change{chat.SelfRead{Chat: bob, Timestamp: now - 5}, chat.MarkedUnread{Chat: bob}}},
		{"unread", &events.MarkChatAsRead{JID: bobPN, Timestamp: at, Action: &waSyncAction.MarkChatAsReadAction{}}, []chat.Change{chat.MarkedUnread{Chat: bob, Unread: true}}},
		{"delete", &events.DeleteChat{JID: bobPN, Timestamp: at, Action: &waSyncAction.DeleteChatAction{MessageRange: until((now - 5) * 1000)}}, []chat.Change{chat.ChatDeleted{Chat: bob, Timestamp: now - 5}}},
		{"clear without a range", &events.ClearChat{JID: bobPN, Timestamp: at, Action: &waSyncAction.ClearChatAction{}}, []chat.Change{chat.ChatCleared{Chat: bob, Timestamp: now}}},
		{"star", &events.Star{ChatJID: bobPN, MessageID: "A", Action: &waSyncAction.StarAction{Starred: proto.Bool(true)}}, []chat.Change{chat.Starred{Chat: bob, Stanza: "A", Starred: true}}},
		{"delete for me", &events.DeleteForMe{ChatJID: bobPN, MessageID: "A"}, []chat.Change{chat.DeletedForMe{Chat: bob, Stanza: "A"}}},
		{"label", &events.LabelEdit{LabelID: "6", Action: label}, []chat.Change{chat.LabelEdited{Label: chat.Label{ID: "6", Name: "Lead", Color: 3, Raw: rawLabel}}}},
		{"label deleted", &events.LabelEdit{LabelID: "6", Action: &waSyncAction.LabelEditAction{Deleted: proto.Bool(true)}},
			[]chat.Change{chat.LabelEdited{Label: chat.Label{ID: "6", Raw: []byte{0x20, 1}}, Deleted: true}}},
		{"label with a forged ID", &events.LabelEdit{LabelID: "6,7", Action: label}, nil},
		{"label that is too large", &events.LabelEdit{LabelID: "6", Action: &waSyncAction.LabelEditAction{Name: proto.String(strings.Repeat("x", 1<<20))}},
			[]chat.Change{chat.LabelEdited{Label: chat.Label{ID: "6", Name: strings.Repeat("x", 1<<10)}}}},
		{"labelled by LID", &events.LabelAssociationChat{JID: bobLID, LabelID: "6", Action: &waSyncAction.LabelAssociationAction{Labeled: proto.Bool(true)}},
			[]chat.Change{chat.ChatLabelled{Chat: bob, Label: "6", Labelled: true}}},
		{"labelled no more", &events.LabelAssociationChat{JID: bobPN, LabelID: "6", Action: &waSyncAction.LabelAssociationAction{}}, []chat.Change{chat.ChatLabelled{Chat: bob, Label: "6"}}},
		{"labelled with a forged ID", &events.LabelAssociationChat{JID: bobPN, LabelID: strings.Repeat("6", 99)}, nil},
		{"contact", &events.Contact{JID: bobPN, Action: &waSyncAction.ContactAction{FullName: proto.String("Bob Brown"), FirstName: proto.String("Bob")}}, []chat.Change{chat.ContactNamed{ID: bob, Name: "Bob Brown"}}},
		{"contact with its LID", &events.Contact{JID: bobPN, Action: &waSyncAction.ContactAction{FirstName: proto.String("Bob"), LidJID: proto.String(bobLID.String())}},
			[]chat.Change{chat.LIDMapped{LID: "1002@lid", Phone: bob}, chat.ContactNamed{ID: bob, Name: "Bob"}}},
		{"contact under its LID", &events.Contact{JID: carolLID, Action: &waSyncAction.ContactAction{FullName: proto.String("Carol"), LidJID: proto.String(carolLID.String()), PnJID: proto.String("15550003333@s.whatsapp.net")}},
			[]chat.Change{chat.LIDMapped{LID: "1003@lid", Phone: "15550003333@c.us"}, chat.ContactNamed{ID: "15550003333@c.us", Name: "Carol"}}},
		{"a setting", &events.UnarchiveChatsSetting{Action: &waSyncAction.UnarchiveChatsSetting{UnarchiveChats: proto.Bool(true)}}, []chat.Change{chat.UnarchiveChats{On: true}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := alices.appStateChanges(c.evt); !reflect.DeepEqual(got, c.want) {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
		})
	}
}

func TestGroups(t *testing.T) {
	const room, bob, alice chat.ID = "120363000000000001@g.us", "15550002222@c.us", "15550001111@c.us"
	base := chat.GroupChanged{Group: chat.Group{ID: room}, Author: bob, Timestamp: at.Unix()}
	change := func(f func(*chat.GroupChanged)) chat.Change { c := base; f(&c); return c }
	from := func(f func(*events.GroupInfo)) *events.GroupInfo {
		evt := &events.GroupInfo{JID: lunch, Sender: &bobLID, Timestamp: at}
		f(evt)
		return evt
	}
	for _, c := range []struct {
		name string
		evt  *events.GroupInfo
		want []chat.Change
	}{
		{"renamed", from(func(e *events.GroupInfo) { e.Name = &types.GroupName{Name: "Dinner"} }),
			[]chat.Change{change(func(c *chat.GroupChanged) { c.Event, c.Group.Subject = chat.EventGroupUpdate, "Dinner" })}},
		{"only admins may write", from(func(e *events.GroupInfo) { e.Announce = &types.GroupAnnounce{IsAnnounce: true} }),
			[]chat.Change{change(func(c *chat.GroupChanged) { c.Event, c.Group.Announce = chat.EventGroupUpdate, new(true) })}},
		{"described", from(func(e *events.GroupInfo) { e.Topic = &types.GroupTopic{Topic: strings.Repeat("ä", 1<<19)} }),
			[]chat.Change{change(func(c *chat.GroupChanged) {
				c.Event, c.Group.Description = chat.EventGroupUpdate, strings.Repeat("ä", maxTopic/2)
			})}},
		{"described no longer", from(func(e *events.GroupInfo) { e.Topic = &types.GroupTopic{TopicDeleted: true} }),
			[]chat.Change{change(func(c *chat.GroupChanged) { c.Event, c.Undescribed = chat.EventGroupUpdate, true })}},
		{"a new link", from(func(e *events.GroupInfo) { e.NewInviteLink = new("https://chat.whatsapp.com/abc") }),
			[]chat.Change{change(func(c *chat.GroupChanged) {
				c.Event, c.Group.Invite = chat.EventGroupUpdate, "https://chat.whatsapp.com/abc"
			})}},
		{"only admins add members", from(func(e *events.GroupInfo) {
			e.UnknownChanges = []*waBinary.Node{{Tag: "something", Content: []byte("else")}, {Tag: "member_add_mode", Content: []byte("admin_add")}}
		}), []chat.Change{change(func(c *chat.GroupChanged) { c.Event, c.Group.MembersAdd = chat.EventGroupUpdate, new(false) })}},
		{"admins approve, or no longer do", from(func(e *events.GroupInfo) { e.MembershipApprovalMode = &types.GroupMembershipApprovalMode{} }), nil},
		{"a name of nothing", from(func(e *events.GroupInfo) { e.Name = &types.GroupName{} }), nil},
		{"somebody joins", from(func(e *events.GroupInfo) { e.Join = []types.JID{bobLID, carolLID} }),
			[]chat.Change{change(func(c *chat.GroupChanged) {
				c.Event, c.Action, c.Participants = chat.EventGroupParticipants, "add", []chat.ID{bob, "1003@lid"}
			})}},
		{"somebody is made admin and somebody leaves", from(func(e *events.GroupInfo) { e.Promote, e.Leave = []types.JID{bobPN}, []types.JID{carolLID} }),
			[]chat.Change{
				change(func(c *chat.GroupChanged) {
					c.Event, c.Action, c.Participants = chat.EventGroupParticipants, "remove", []chat.ID{"1003@lid"}
				}),
				change(func(c *chat.GroupChanged) {
					c.Event, c.Action, c.Participants = chat.EventGroupParticipants, "promote", []chat.ID{bob}
				}),
			}},
		{"I am removed", from(func(e *events.GroupInfo) { e.Leave = []types.JID{aliceLID} }),
			[]chat.Change{change(func(c *chat.GroupChanged) {
				c.Event, c.Action, c.Participants = chat.EventGroupLeave, "remove", []chat.ID{alice}
			})}},
		{"the group ends", from(func(e *events.GroupInfo) { e.Delete = &types.GroupDelete{} }),
			[]chat.Change{change(func(c *chat.GroupChanged) {
				c.Event, c.Action, c.Participants = chat.EventGroupLeave, "remove", []chat.ID{alice}
			})}},
		{"something else", from(func(*events.GroupInfo) {}), nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := alices.groupChanges(c.evt); !reflect.DeepEqual(got, c.want) {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
		})
	}
}

func TestJoinRequests(t *testing.T) {
	const room, bob chat.ID = "120363000000000001@g.us", "15550002222@c.us"
	attrs := func(j types.JID) waBinary.Attrs { return waBinary.Attrs{"jid": j} }
	asked := func(method string, people ...waBinary.Node) *waBinary.Node {
		return &waBinary.Node{Tag: "created_membership_requests", Attrs: waBinary.Attrs{"request_method": method}, Content: people}
	}
	ended := func(people ...waBinary.Node) *waBinary.Node {
		return &waBinary.Node{Tag: "revoked_membership_requests", Content: people}
	}
	base := chat.JoinRequested{Group: room, Who: bob, Timestamp: at.Unix()}
	change := func(action chat.JoinAction, method string) chat.Change {
		c := base
		c.Action, c.Method = action, method
		return c
	}
	byNumber := waBinary.Node{Tag: "requested_user", Attrs: waBinary.Attrs{"jid": bobLID, "phone_number": bobPN}}
	for _, c := range []struct {
		name   string
		sender *types.JID
		node   *waBinary.Node
		want   []chat.Change
	}{
		{"asked", &bobLID, asked("invite_link", byNumber), []chat.Change{change(chat.JoinAsked, "invite_link")}},
		{"asked, by the sender alone", &bobLID, asked("", []waBinary.Node{}...), []chat.Change{change(chat.JoinAsked, "")}},
		{"asked in an unknown way", &bobLID, asked("<script>", byNumber), []chat.Change{change(chat.JoinAsked, "")}},
		{"withdrawn", &bobLID, ended(waBinary.Node{Tag: "participant", Attrs: attrs(bobLID)}), []chat.Change{change(chat.JoinWithdrawn, "")}},
		{"rejected", &carolLID, ended(waBinary.Node{Tag: "participant", Attrs: attrs(bobLID)}), []chat.Change{change(chat.JoinRejected, "")}},
		{"nobody", nil, ended(waBinary.Node{Tag: "participant", Attrs: attrs(lunch)}, waBinary.Node{Tag: "participant"}), nil},
		{"something else", &bobLID, &waBinary.Node{Tag: "member_add_mode"}, nil},
	} {
		evt := &events.GroupInfo{JID: lunch, Sender: c.sender, Timestamp: at, UnknownChanges: []*waBinary.Node{c.node}}
		if got := alices.joinRequests(evt); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: got %+v, want %+v", c.name, got, c.want)
		}
	}
}

func TestParticipants(t *testing.T) {
	for _, c := range []struct {
		in   types.GroupParticipant
		want chat.Participant
	}{
		{types.GroupParticipant{JID: bobPN, LID: bobLID}, chat.Participant{ID: "15550002222@c.us", LID: "1002@lid"}},
		{types.GroupParticipant{JID: carolLID, PhoneNumber: types.NewJID("15550003333", types.DefaultUserServer), IsAdmin: true}, chat.Participant{ID: "15550003333@c.us", LID: "1003@lid", Role: "admin"}},
		{types.GroupParticipant{JID: carolLID, IsAdmin: true, IsSuperAdmin: true}, chat.Participant{ID: "1003@lid", LID: "1003@lid", Role: "superadmin"}},
	} {
		if got := alices.participant(c.in); got != c.want {
			t.Errorf("%+v is %+v, want %+v", c.in, got, c.want)
		}
	}
}
