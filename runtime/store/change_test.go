package store

import (
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wasession/wasession/runtime/chat"
)

func TestAcksNeverFall(t *testing.T) {
	s := open(t, Options{})
	apply(t, s, sent(alice, "A1", 100), received(alice, "B1", 110))
	for _, step := range []struct{ news, want chat.Ack }{
		{chat.AckServer, chat.AckServer}, {chat.AckError, chat.AckServer}, {chat.AckRead, chat.AckRead},
		{chat.AckDevice, chat.AckRead}, {chat.AckRead, chat.AckRead}, {chat.AckPlayed, chat.AckPlayed},
	} {
		apply(t, s, chat.AckChanged{Chat: alice, Stanzas: []string{"A1", "B1", "nothing"}, Ack: step.news})
		if got := must(s.Message(t.Context(), alice, "A1"))(t).Ack; got != step.want {
			t.Errorf("after %s it is %s, want %s", step.news, got, step.want)
		}
	}
	if got := must(s.Message(t.Context(), alice, "B1"))(t).Ack; got != chat.AckDevice {
		t.Errorf("a receipt changed a message of the other side to %s", got)
	}
	acks := 0
	for _, name := range eventNames(t, s) {
		if name == chat.EventMessageAck {
			acks++
		}
	}
	if acks != 3 {
		t.Errorf("%d events, want one for each rise", acks)
	}
}

func TestAGroupsReceiptsAreEventsOncePerMember(t *testing.T) {
	s := open(t, Options{})
	m := inGroup(team, "1@c.us", "G1", 100)
	m.Message.FromMe, m.Message.Ack = true, chat.AckServer
	apply(t, s, m)
	before := len(eventNames(t, s))
	read := chat.AckChanged{Chat: team, Participant: alice, Stanzas: []string{"G1"}, Ack: chat.AckRead}
	late := chat.AckChanged{Chat: team, Participant: bob, Stanzas: []string{"G1"}, Ack: chat.AckDevice}
	apply(t, s, read, read, late, late)
	names := eventNames(t, s)[before:]
	if !slices.Equal(names, []string{chat.EventMessageAckGroup, chat.EventMessageAckGroup}) {
		t.Errorf("events %v", names)
	}
	if got := must(s.Message(t.Context(), team, "G1"))(t).Ack; got != chat.AckRead {
		t.Errorf("ack is %s", got)
	}
}

func TestUnreadFollowsReadingAndWriting(t *testing.T) {
	s := open(t, Options{})
	unread := func(want int, why string) {
		t.Helper()
		if got := chatOf(t, s, alice).Unread; got != want {
			t.Errorf("%s: %d unread, want %d", why, got, want)
		}
	}
	apply(t, s, received(alice, "A1", 100), received(alice, "A2", 200), received(alice, "A3", 200), received(alice, "A4", 300))
	unread(4, "four came")
	apply(t, s, chat.SelfRead{Chat: alice, Stanzas: []string{"A2"}, Timestamp: 999})
	unread(2, "read up to the second, of two in one second")
	apply(t, s, chat.SelfRead{Chat: alice, Stanzas: []string{"A1"}, Timestamp: 999})
	unread(2, "an old receipt raises nothing")
	apply(t, s, chat.SelfRead{Chat: alice, Timestamp: 250})
	unread(1, "read up to a time")
	fromAPI := sent(alice, "S1", 400)
	fromAPI.Message.FromAPI = true
	apply(t, s, fromAPI)
	unread(1, "what the API sends reads nothing")
	apply(t, s, chat.MarkedUnread{Chat: alice, Unread: true}, sent(alice, "S2", 500))
	unread(0, "written on the phone")
	if chatOf(t, s, alice).MarkedUnread {
		t.Error("the mark is still there")
	}
	apply(t, s, received(alice, "A5", 600), chat.MarkedUnread{Chat: alice, Unread: true}, chat.MarkedUnread{Chat: alice})
	unread(1, "a mark that is removed reads nothing")
	if chatOf(t, s, alice).MarkedUnread {
		t.Error("the mark that was removed is still there")
	}
	apply(t, s, chat.SelfRead{Chat: alice})
	unread(0, "all read")
	apply(t, s, received(chat.StatusBroadcast, "ST", 600))
	if c := chatOf(t, s, chat.StatusBroadcast); c.Unread != 0 {
		t.Errorf("a status update counts as unread")
	}
}

// The account's setting decides whether a message un-archives a chat, except
// while a run archives it.
func TestAMessageUnarchivesWhereTheAccountIsSetSo(t *testing.T) {
	path := filepath.Join(t.TempDir(), "chats.db")
	s := reopen(t, path, Options{})
	apply(t, s, received(alice, "A1", 100), chat.Archived{Chat: alice, Archived: true}, received(alice, "A2", 200))
	if !chatOf(t, s, alice).Archived {
		t.Error("a message unarchived the chat against the account's setting")
	}
	apply(t, s, chat.UnarchiveChats{On: true})
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = reopen(t, path, Options{})
	before := len(eventNames(t, s))
	apply(t, s, received(alice, "A3", 300))
	if chatOf(t, s, alice).Archived {
		t.Error("the chat is still archived")
	}
	if got := eventNames(t, s)[before:]; !slices.Contains(got, chat.EventChatArchive) {
		t.Errorf("events %v, want chat.archive among them", got)
	}
}

// A chat that a run archived comes back from WhatsApp without the policy's
// name; the journal has it, also after a restart.
func TestAnArchiveOfARunNamesItsPolicy(t *testing.T) {
	path := filepath.Join(t.TempDir(), "chats.db")
	s := reopen(t, path, Options{})
	apply(t, s, received(alice, "A1", 100), received(bob, "B1", 100))
	run := chat.ArchiveRun{ID: "01A", StartedAt: time.Now()}
	if err := s.BeginArchiveRun(t.Context(), run, []chat.ArchiveItem{{Chat: alice, Policy: "zombies"}}); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = reopen(t, path, Options{})
	apply(t, s, chat.Archived{Chat: alice, Archived: true}, chat.Archived{Chat: bob, Archived: true})
	policies := map[any]any{}
	for _, e := range must(s.EventsFrom(t.Context(), 0, 0))(t) {
		var payload map[string]any
		if err := json.Unmarshal(e.Payload, &payload); err != nil {
			t.Fatal(err)
		}
		if e.Name == chat.EventChatArchive {
			policies[payload["chat"]] = payload["policy"]
		}
	}
	if policies[string(alice)] != "zombies" || policies[string(bob)] != "" {
		t.Errorf("policies %v, want zombies for %s alone", policies, alice)
	}
	if runs := must(s.ArchiveRuns(t.Context(), 1))(t); runs[0].Archived != 1 {
		t.Errorf("run %+v, want 1 archived", runs[0])
	}
	if left := must(s.PendingArchiveItems(t.Context(), "01A"))(t); len(left) != 0 {
		t.Errorf("pending %+v, want none", left)
	}
}

func TestArchivingIsAnEventWhenItChanges(t *testing.T) {
	s := open(t, Options{})
	apply(t, s, received(alice, "A1", 100), chat.PinnedChat{Chat: alice, At: 7})
	before := len(eventNames(t, s))
	change := chat.Archived{Chat: alice, Archived: true, Policy: "zombies"}
	apply(t, s, change, change, chat.Archived{Chat: bob, Archived: true})
	if got := eventNames(t, s)[before:]; !slices.Equal(got, []string{chat.EventChatArchive}) {
		t.Errorf("events %v", got)
	}
	if c := chatOf(t, s, alice); !c.Archived || c.PinnedAt != 0 {
		t.Errorf("chat is %+v", c)
	}
	apply(t, s, received(alice, "A2", 200))
	if c := chatOf(t, s, alice); !c.Archived {
		t.Error("a message unarchived the chat, which only WhatsApp does")
	}
	if _, err := s.Chat(t.Context(), bob); !errors.Is(err, chat.ErrNotFound) {
		t.Errorf("a chat known only by its state is listed: %v", err)
	}
	apply(t, s, received(bob, "B1", 300))
	if c := chatOf(t, s, bob); !c.Archived {
		t.Error("the state known before is lost")
	}
}

func TestOnlyTheSenderEdits(t *testing.T) {
	s := open(t, Options{})
	apply(t, s, inGroup(team, alice, "G1", 100))
	edit := func(by chat.ID, stanza, body string, ts int64) {
		t.Helper()
		m := inGroup(team, by, stanza, ts).Message
		m.Body = body
		apply(t, s, chat.Edited{Message: m, Target: "G1"}, chat.Edited{Message: m, Target: "G1"})
	}
	edit(bob, "E1", "not mine", 110)
	edit(alice, "E2", "second", 120)
	edit(alice, "E3", "older", 115)
	got := must(s.Message(t.Context(), team, "G1"))(t)
	if got.Body != "second" || got.EditedAt != 120 {
		t.Errorf("message is %+v", got)
	}
	if names := eventNames(t, s)[2:]; !slices.Equal(names, []string{chat.EventMessageEdited}) {
		t.Errorf("events %v", names)
	}
}

func TestARevokedMessageStaysAway(t *testing.T) {
	s := open(t, Options{})
	revoke := func(by chat.ID, stanza, target string) chat.Revoked {
		return chat.Revoked{Message: inGroup(team, by, stanza, 500).Message, Target: target}
	}
	apply(t, s, inGroup(team, alice, "G1", 100), inGroup(team, bob, "G2", 200))
	apply(t, s, revoke(bob, "R1", "G1"))
	if n := len(stanzasOf(t, s, chat.MessageQuery{Chat: team})); n != 2 {
		t.Fatal("a member revoked what another wrote")
	}
	apply(t, s, revoke(bob, "R2", "G2"), revoke(bob, "R2", "G2"), inGroup(team, bob, "G2", 200))
	if got := stanzasOf(t, s, chat.MessageQuery{Chat: team}); !slices.Equal(got, []string{"G1"}) {
		t.Errorf("messages %v", got)
	}
	if c := chatOf(t, s, team); c.Timestamp != 100 || c.LastMessage.Stanza != "G1" || c.ConversationTimestamp != 200 {
		t.Errorf("chat is %+v", c)
	}
	apply(t, s, revoke(alice, "R3", "G3"), inGroup(team, alice, "G3", 300), inGroup(team, bob, "G3", 300))
	if got := stanzasOf(t, s, chat.MessageQuery{Chat: team}); !slices.Equal(got, []string{"G3", "G1"}) {
		t.Errorf("revoked before it came, of two senders: %v", got)
	}
	apply(t, s, chat.GroupChanged{Group: chat.Group{ID: team, Participants: []chat.Participant{{ID: bob, Role: "admin"}}}},
		revoke(bob, "R4", "G1"))
	if got := stanzasOf(t, s, chat.MessageQuery{Chat: team}); !slices.Equal(got, []string{"G3"}) {
		t.Errorf("an admin revoked: %v", got)
	}
}

func TestReactionsAreEventsOnce(t *testing.T) {
	s := open(t, Options{})
	apply(t, s, sent(alice, "A1", 100))
	r := chat.Reacted{
		Message: chat.Message{Chat: aliceLID, Stanza: "R1", Timestamp: 110}, Text: "👍",
		Target: chat.MessageID{FromMe: true, Chat: aliceLID, Stanza: "A1"},
	}
	apply(t, s, chat.LIDMapped{LID: aliceLID, Phone: alice}, r, r)
	if got := eventNames(t, s)[1:]; !slices.Equal(got, []string{chat.EventMessageReaction}) {
		t.Errorf("events %v", got)
	}
}

func TestReactionsStayWithTheirMessage(t *testing.T) {
	s := open(t, Options{})
	n := 0
	react := func(by chat.ID, text string, at int64) chat.Reacted {
		n++
		m := chat.Message{Chat: team, Stanza: fmt.Sprintf("R%d", n), Participant: by, FromMe: by == "", Timestamp: at}
		return chat.Reacted{Message: m, Target: chat.MessageID{Chat: team, Stanza: "G1", Participant: bob}, Text: text, Timestamp: at}
	}
	is := func(what string, want ...chat.Reaction) {
		t.Helper()
		m := must(s.Message(t.Context(), team, "G1"))(t)
		if !slices.Equal(m.Reactions, want) {
			t.Errorf("%s: %+v, want %+v", what, m.Reactions, want)
		}
	}
	apply(t, s, inGroup(team, bob, "G1", 100), inGroup(team, bob, "G2", 100))
	is("none")
	apply(t, s, react(bob, "👍", 101), react(aliceLID, "😂", 102), react("", "🙏", 103))
	is("three people", chat.Reaction{Person: bob, Text: "👍", Timestamp: 101}, chat.Reaction{Person: aliceLID, Text: "😂", Timestamp: 102}, chat.Reaction{Text: "🙏", Timestamp: 103})
	apply(t, s, react(bob, "", 105), react(bob, "😮", 104), react("", "👍", 106))
	is("taken back, with a late one", chat.Reaction{Person: aliceLID, Text: "😂", Timestamp: 102}, chat.Reaction{Text: "👍", Timestamp: 106})
	apply(t, s, chat.LIDMapped{LID: aliceLID, Phone: alice}, react(alice, "❤️", 107))
	is("under both ids", chat.Reaction{Text: "👍", Timestamp: 106}, chat.Reaction{Person: alice, Text: "❤️", Timestamp: 107})
	apply(t, s, react(alice, strings.Repeat("x", chat.MaxReaction+1), 108))
	is("longer than any emoji", chat.Reaction{Text: "👍", Timestamp: 106})
	if m := must(s.Message(t.Context(), team, "G2"))(t); m.Reactions != nil {
		t.Errorf("another message has %+v", m.Reactions)
	}
	apply(t, s, chat.DeletedForMe{Chat: team, Stanza: "G1"})
	var left int
	if err := s.read.QueryRowContext(t.Context(), `SELECT count(*) FROM reactions`).Scan(&left); err != nil || left != 0 {
		t.Errorf("%d reactions are left of a deleted message, %v", left, err)
	}
}

func TestReactionsOfAHistory(t *testing.T) {
	s := open(t, Options{})
	m := received(bob, "B1", 100).Message
	m.Reactions = []chat.Reaction{{Text: "👍", Timestamp: 101}, {Person: bob, Text: "🙏", Timestamp: 102}}
	for range 2 { // imports are repeated after a crash
		batch := []chat.HistoryChat{{Chat: chat.Chat{ID: bob}, Messages: []chat.Message{received(bob, "B0", 50).Message, m}}}
		if err := errors.Join(s.Import(t.Context(), batch), s.ImportDone(t.Context())); err != nil {
			t.Fatal(err)
		}
	}
	if got := must(s.Message(t.Context(), bob, "B1"))(t); !slices.Equal(got.Reactions, m.Reactions) {
		t.Errorf("reactions %+v", got.Reactions)
	}
}

func TestDeletingAndClearing(t *testing.T) {
	s := open(t, Options{})
	apply(t, s, received(alice, "A1", 100), received(alice, "A2", 200), received(bob, "B1", 100), received(team, "T1", 100))
	apply(t, s, chat.ChatCleared{Chat: alice, Timestamp: 100}, chat.ChatDeleted{Chat: bob}, chat.DeletedForMe{Chat: team, Stanza: "T1"},
		chat.ChatDeleted{Chat: "404@c.us"})
	if got := stanzasOf(t, s, chat.MessageQuery{Chat: alice}); !slices.Equal(got, []string{"A2"}) {
		t.Errorf("cleared up to a time: %v", got)
	}
	if got := idsOf(t, s, chat.ChatQuery{}); !slices.Equal(got, []chat.ID{alice, team}) {
		t.Errorf("chats %v", got)
	}
	if c := chatOf(t, s, team); c.Timestamp != 0 || c.LastMessage != nil {
		t.Errorf("an empty chat is %+v", c)
	}
	old := chat.HistoryChat{Chat: chat.Chat{ID: bob}, Messages: []chat.Message{received(bob, "B0", 50).Message}}
	if err := errors.Join(s.Import(t.Context(), []chat.HistoryChat{old}), s.ImportDone(t.Context())); err != nil {
		t.Fatal(err)
	}
	if got := idsOf(t, s, chat.ChatQuery{}); slices.Contains(got, bob) {
		t.Error("the history brought a deleted chat back")
	}
	apply(t, s, received(bob, "B2", 300))
	if c := chatOf(t, s, bob); c.Unread != 1 || c.Timestamp != 300 {
		t.Errorf("a message after the deletion: %+v", c)
	}
	apply(t, s, chat.ChatDeleted{Chat: alice, Timestamp: 150})
	if c := chatOf(t, s, alice); c.Timestamp != 200 {
		t.Errorf("deleted up to a time before its last message: %+v", c)
	}
}

func TestPinsAndStarsOfMessages(t *testing.T) {
	s := open(t, Options{})
	apply(t, s, received(alice, "A1", 100), chat.PinnedMessage{Chat: alice, Stanza: "A1", Until: 900},
		chat.Starred{Chat: alice, Stanza: "A1", Starred: true})
	if m := must(s.Message(t.Context(), "", "A1"))(t); m.PinnedUntil != 900 || !m.Starred {
		t.Errorf("message is %+v", m)
	}
}
