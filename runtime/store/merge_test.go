package store

import (
	"slices"
	"testing"

	"github.com/wasession/wasession/runtime/chat"
)

func TestALIDAndItsNumberBecomeOneChat(t *testing.T) {
	s := open(t, Options{})
	apply(t, s,
		received(alice, "P1", 100), received(aliceLID, "L1", 200), received(alice, "P2", 300), received(aliceLID, "L2", 400),
		chat.PinnedChat{Chat: aliceLID, At: 50}, chat.Muted{Chat: alice, Until: -1})
	if got := idsOf(t, s, chat.ChatQuery{}); !slices.Equal(got, []chat.ID{aliceLID, alice}) {
		t.Fatalf("before the mapping: %v", got)
	}
	apply(t, s, chat.LIDMapped{LID: aliceLID, Phone: alice})
	if got := idsOf(t, s, chat.ChatQuery{}); !slices.Equal(got, []chat.ID{alice}) {
		t.Fatalf("after the mapping: %v", got)
	}
	for _, id := range []chat.ID{alice, aliceLID} {
		c := chatOf(t, s, id)
		if c.ID != alice || c.Unread != 4 || c.Timestamp != 400 || c.LastMessage.Stanza != "L2" || c.PinnedAt != 50 || c.MutedUntil != -1 {
			t.Errorf("%s is %+v, last %+v", id, c, c.LastMessage)
		}
		if got := stanzasOf(t, s, chat.MessageQuery{Chat: id}); !slices.Equal(got, []string{"L2", "P2", "L1", "P1"}) {
			t.Errorf("messages of %s: %v", id, got)
		}
	}
	m := must(s.Message(t.Context(), aliceLID, "L1"))(t)
	if m.Chat != alice || m.Arrived != aliceLID || m.ID().String() != "false_1001@c.us_L1" {
		t.Errorf("message is %+v", m)
	}
}

func TestApartShowsWhatArrivedUnderEachID(t *testing.T) {
	s := open(t, Options{})
	apply(t, s, received(alice, "P1", 100), received(aliceLID, "L1", 200), chat.LIDMapped{LID: aliceLID, Phone: alice},
		received(aliceLID, "L2", 400), received(alice, "P2", 300))
	chats := must(s.Chats(t.Context(), chat.ChatQuery{Apart: true, WithLast: true}))(t)
	if len(chats) != 2 || chats[0].ID != aliceLID || chats[1].ID != alice {
		t.Fatalf("chats apart: %+v", chats)
	}
	for i, want := range []struct {
		ts   int64
		last string
		all  []string
	}{{400, "L2", []string{"L2", "L1"}}, {300, "P2", []string{"P2", "P1"}}} {
		c := chats[i]
		if c.Timestamp != want.ts || c.LastMessage.Stanza != want.last || c.LastMessage.Chat != c.ID {
			t.Errorf("%s apart: ts %d, last %+v", c.ID, c.Timestamp, c.LastMessage)
		}
		if got := stanzasOf(t, s, chat.MessageQuery{Chat: c.ID, Apart: true}); !slices.Equal(got, want.all) {
			t.Errorf("messages of %s apart: %v", c.ID, got)
		}
	}
	if got := idsOf(t, s, chat.ChatQuery{Apart: true, IDs: []chat.ID{aliceLID}}); !slices.Equal(got, []chat.ID{aliceLID}) {
		t.Errorf("asked for the LID apart: %v", got)
	}
}

func TestWhatComesUnderAKnownLIDGoesToTheNumbersChat(t *testing.T) {
	s := open(t, Options{})
	apply(t, s, chat.LIDMapped{LID: aliceLID, Phone: alice})
	if got := idsOf(t, s, chat.ChatQuery{}); got != nil {
		t.Fatalf("a mapping alone made chats: %v", got)
	}
	apply(t, s, received(aliceLID, "L1", 100), chat.Archived{Chat: aliceLID, Archived: true})
	if c := chatOf(t, s, alice); !c.Archived || c.Unread != 1 {
		t.Errorf("chat is %+v", c)
	}
	if got := idsOf(t, s, chat.ChatQuery{Apart: true}); !slices.Equal(got, []chat.ID{aliceLID}) {
		t.Errorf("apart: %v", got)
	}
}

func TestAMessageWithBothIDsTeachesTheMapping(t *testing.T) {
	s := open(t, Options{})
	m := received(alice, "A1", 100)
	m.Message.Arrived = aliceLID
	apply(t, s, m)
	if got := must(s.PhoneOf(t.Context(), aliceLID))(t); got != alice {
		t.Errorf("phone is %s", got)
	}
	if got := must(s.LIDOf(t.Context(), alice))(t); got != aliceLID {
		t.Errorf("LID is %s", got)
	}
}

func TestTheSameMessageUnderBothIDsIsOne(t *testing.T) {
	s := open(t, Options{})
	apply(t, s, received(alice, "A1", 100), received(aliceLID, "A1", 100), chat.LIDMapped{LID: aliceLID, Phone: alice},
		received(aliceLID, "A1", 100))
	if got := stanzasOf(t, s, chat.MessageQuery{Chat: alice}); !slices.Equal(got, []string{"A1"}) {
		t.Errorf("messages: %v", got)
	}
}

func TestALIDThatChangesItsNumberTakesItsMessagesAlong(t *testing.T) {
	s := open(t, Options{})
	apply(t, s, received(alice, "P1", 100), received(aliceLID, "L1", 200), chat.LIDMapped{LID: aliceLID, Phone: alice},
		chat.LIDMapped{LID: aliceLID, Phone: bob})
	if got := stanzasOf(t, s, chat.MessageQuery{Chat: alice}); !slices.Equal(got, []string{"P1"}) {
		t.Errorf("the old number's messages: %v", got)
	}
	if got := stanzasOf(t, s, chat.MessageQuery{Chat: bob}); !slices.Equal(got, []string{"L1"}) {
		t.Errorf("the new number's messages: %v", got)
	}
	if c := chatOf(t, s, alice); c.Timestamp != 100 || c.LastMessage.Stanza != "P1" {
		t.Errorf("the old number's chat: %+v", c)
	}
	if c := chatOf(t, s, bob); c.Timestamp != 200 {
		t.Errorf("the new number's chat: %+v", c)
	}
}

func TestArchivedOfTwoChatsIsThatOfTheLaterActivity(t *testing.T) {
	for name, test := range map[string]struct {
		pnTS, lidTS  int64
		pn, lid      *bool
		wantArchived bool
	}{
		"only the LID's is known":   {pnTS: 500, lidTS: 100, lid: yes(), wantArchived: true},
		"the LID's chat is later":   {pnTS: 100, lidTS: 500, pn: yes(), lid: no()},
		"the phone's chat is later": {pnTS: 500, lidTS: 100, pn: yes(), lid: no(), wantArchived: true},
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t, Options{})
			apply(t, s, received(alice, "P1", test.pnTS), received(aliceLID, "L1", test.lidTS))
			if test.pn != nil {
				apply(t, s, chat.Archived{Chat: alice, Archived: *test.pn})
			}
			if test.lid != nil {
				apply(t, s, chat.Archived{Chat: aliceLID, Archived: *test.lid})
			}
			apply(t, s, chat.LIDMapped{LID: aliceLID, Phone: alice})
			if c := chatOf(t, s, alice); c.Archived != test.wantArchived {
				t.Errorf("archived is %v", c.Archived)
			}
		})
	}
}

func yes() *bool { b := true; return &b }
func no() *bool  { b := false; return &b }

func TestMembersAreShownByTheirNumber(t *testing.T) {
	s := open(t, Options{})
	m := inGroup(team, aliceLID, "G1", 100)
	m.Message.ReplyTo = &chat.Reply{Stanza: "X", Participant: bobLID}
	m.Message.Mentions = []chat.ID{bobLID, "5@c.us"}
	apply(t, s, m, chat.GroupChanged{Group: chat.Group{ID: team, Participants: []chat.Participant{
		{ID: aliceLID}, {ID: bob, LID: bobLID, Role: "admin"}, {ID: bobLID},
	}}})
	apply(t, s, chat.LIDMapped{LID: aliceLID, Phone: alice}, chat.LIDMapped{LID: bobLID, Phone: bob})
	got := must(s.Message(t.Context(), team, "G1"))(t)
	if got.Participant != alice || got.ReplyTo.Participant != bob || got.Mentions[0] != bob || got.Mentions[1] != "5@c.us" {
		t.Errorf("message is %+v, reply %+v", got, got.ReplyTo)
	}
	apply(t, s, inGroup(team, alice, "G1", 100))
	if n := len(stanzasOf(t, s, chat.MessageQuery{Chat: team})); n != 1 {
		t.Errorf("delivered again under the number: %d messages", n)
	}
	g := must(s.Group(t.Context(), team))(t)
	want := []chat.Participant{{ID: alice, LID: aliceLID}, {ID: bob, LID: bobLID, Role: "admin"}}
	if !slices.Equal(g.Participants, want) {
		t.Errorf("participants are %+v", g.Participants)
	}
	full := chat.MessageID{Chat: team, Stanza: "G1", Participant: aliceLID}
	if m := must(s.MessageByID(t.Context(), full))(t); m.Participant != alice {
		t.Errorf("by full id: %+v", m)
	}
}
