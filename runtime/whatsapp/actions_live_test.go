package whatsapp

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/store"
	"go.mau.fi/whatsmeow/types"

	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/test/simulator"
	simstate "github.com/wasession/wasession/test/simulator/appstate"
)

// calls are all calls that need WhatsApp.
func calls(a *Account) map[string]func(context.Context) error {
	own := chat.Message{Chat: bobID, Stanza: "A", FromMe: true, Type: chat.TypeText, Body: "x", Timestamp: time.Now().Unix()}
	theirs := chat.Message{Chat: bobID, Stanza: "B", Type: chat.TypeText, Timestamp: time.Now().Unix()}
	const room, news chat.ID = "120363000000000001@g.us", "120363000000500001@newsletter"
	return map[string]func(context.Context) error{
		"Send": func(ctx context.Context) error {
			_, err := a.Send(ctx, chat.Outgoing{To: bobID, Content: chat.OutgoingText{Text: "x"}})
			return err
		},
		"Edit":          func(ctx context.Context) error { _, err := a.Edit(ctx, own, "y", nil); return err },
		"Revoke":        func(ctx context.Context) error { _, err := a.Revoke(ctx, own); return err },
		"React":         func(ctx context.Context) error { _, err := a.React(ctx, own, "👍"); return err },
		"Pin":           func(ctx context.Context) error { return a.Pin(ctx, own, time.Hour) },
		"Star":          func(ctx context.Context) error { return a.Star(ctx, own, true) },
		"Archive":       func(ctx context.Context) error { _, err := a.Archive(ctx, []ChatState{{Chat: bobID}}); return err },
		"MarkChat":      func(ctx context.Context) error { return a.MarkChat(ctx, bobID, true, nil) },
		"DeleteChat":    func(ctx context.Context) error { return a.DeleteChat(ctx, bobID, nil) },
		"ClearChat":     func(ctx context.Context) error { return a.ClearChat(ctx, bobID, nil) },
		"SendRead":      func(ctx context.Context) error { return a.SendRead(ctx, bobID, []chat.Message{theirs}) },
		"Show":          func(ctx context.Context) error { return a.Show(ctx, bobID, chat.DoingTyping) },
		"WatchPresence": func(ctx context.Context) error { return a.WatchPresence(ctx, bobID) },
		"SetOnline":     func(ctx context.Context) error { return a.SetOnline(ctx, true) },
		"Lookup":        func(ctx context.Context) error { _, err := a.Lookup(ctx, "15550002222"); return err },
		"SetName":       func(ctx context.Context) error { return a.SetName(ctx, "Al") },
		"SetAbout":      func(ctx context.Context) error { return a.SetAbout(ctx, "busy") },
		"About":         func(ctx context.Context) error { _, err := a.About(ctx, bobID); return err },
		"Block":         func(ctx context.Context) error { return a.Block(ctx, bobID, true) },
		"Picture":       func(ctx context.Context) error { _, err := a.Picture(ctx, bobID); return err },
		"Groups":        func(ctx context.Context) error { _, err := a.Groups(ctx); return err },
		"ReadGroups":    a.ReadGroups,
		"LeaveGroup":    func(ctx context.Context) error { return a.LeaveGroup(ctx, room) },
		"CreateGroup":   func(ctx context.Context) error { _, _, err := a.CreateGroup(ctx, "x", nil); return err },
		"EditGroup":     func(ctx context.Context) error { return a.EditGroup(ctx, room, chat.GroupEdit{Subject: new("x")}) },
		"InviteLink":    func(ctx context.Context) error { _, err := a.InviteLink(ctx, room, false); return err },
		"JoinGroup":     func(ctx context.Context) error { _, _, err := a.JoinGroup(ctx, "x"); return err },
		"GroupOfInvite": func(ctx context.Context) error { _, err := a.GroupOfInvite(ctx, "x"); return err },
		"ChangeMembers": func(ctx context.Context) error {
			_, err := a.ChangeMembers(ctx, room, chat.GroupAdd, []chat.ID{bobID})
			return err
		},
		"JoinRequests": func(ctx context.Context) error { _, err := a.JoinRequests(ctx, room); return err },
		"AnswerJoinRequests": func(ctx context.Context) error {
			_, err := a.AnswerJoinRequests(ctx, room, true, []chat.ID{bobID})
			return err
		},
		"Channels":          func(ctx context.Context) error { _, err := a.Channels(ctx); return err },
		"Channel":           func(ctx context.Context) error { _, err := a.Channel(ctx, news); return err },
		"ChannelOfInvite":   func(ctx context.Context) error { _, err := a.ChannelOfInvite(ctx, "x"); return err },
		"CreateChannel":     func(ctx context.Context) error { _, err := a.CreateChannel(ctx, "x", "", ""); return err },
		"ChannelPosts":      func(ctx context.Context) error { _, err := a.ChannelPosts(ctx, news, 1); return err },
		"FollowChannel":     func(ctx context.Context) error { return a.FollowChannel(ctx, news, true) },
		"MuteChannel":       func(ctx context.Context) error { return a.MuteChannel(ctx, news, true) },
		"SetProfilePicture": func(ctx context.Context) error { return a.SetProfilePicture(ctx, "") },
		"SetGroupPicture":   func(ctx context.Context) error { return a.SetGroupPicture(ctx, room, "") },
		"Resync":            a.Resync,
		"Refresh":           a.Refresh,
		"Logout":            a.Logout,
		"Download":          func(ctx context.Context) error { return a.Download(ctx, theirs, nil) },
		"PairCode":          func(ctx context.Context) error { _, err := a.PairCode(ctx, "15550001111"); return err },
		"DropHistory":       func(ctx context.Context) error { a.DropHistory(ctx, []byte("x")); return chat.ErrNotConnected },
	}
}

func TestWithoutAConnectionEveryCallSaysSo(t *testing.T) {
	for name, call := range calls(offline(t)) {
		if err := call(t.Context()); !errors.Is(err, chat.ErrNotConnected) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What WhatsApp refuses is told as a refusal, by what was asked for.
func TestWhatWhatsAppRefuses(t *testing.T) {
	l := paired(t)
	l.received("hello")
	l.keys()
	all := calls(l.Account)
	for name, c := range map[string]struct{ xmlns, text string }{
		"Lookup":             {"usync", "looking up the number: WhatsApp refused the request: "},
		"About":              {"usync", "getting the about text: WhatsApp refused the request: "},
		"SetName":            {"w:sync:app:state", "changing the app state: WhatsApp refused the request: "},
		"SetAbout":           {"w:mex", "changing the about text: WhatsApp refused the request: "},
		"Block":              {"blocklist", "changing the block list: WhatsApp refused the request: "},
		"Picture":            {"w:profile:picture", "getting the picture: WhatsApp refused the request: "},
		"Groups":             {"w:g2", "listing the groups: WhatsApp refused the request: "},
		"ReadGroups":         {"w:g2", "listing the groups: WhatsApp refused the request: "},
		"LeaveGroup":         {"w:g2", "leaving the group: WhatsApp refused the request: "},
		"CreateGroup":        {"w:g2", "creating the group: WhatsApp refused the request: "},
		"EditGroup":          {"w:g2", "changing the group: WhatsApp refused the request: "},
		"InviteLink":         {"w:g2", "getting the invite code: WhatsApp refused the request: "},
		"JoinGroup":          {"w:g2", "joining the group: WhatsApp refused the request: "},
		"GroupOfInvite":      {"w:g2", "reading the invite code: WhatsApp refused the request: "},
		"ChangeMembers":      {"w:g2", "adding members: WhatsApp refused the request: "},
		"JoinRequests":       {"w:g2", "listing the requests to join: WhatsApp refused the request: "},
		"AnswerJoinRequests": {"w:g2", "answering requests to join: WhatsApp refused the request: "},
		"SetProfilePicture":  {"w:profile:picture", "changing the picture: WhatsApp refused the request: "},
		"SetGroupPicture":    {"w:profile:picture", "changing the picture: WhatsApp refused the request: "},
		"Channels":           {"w:mex", "listing the channels: WhatsApp refused the request: "},
		"Channel":            {"w:mex", "getting the channel: WhatsApp refused the request: "},
		"ChannelOfInvite":    {"w:mex", "getting the channel: WhatsApp refused the request: "},
		"CreateChannel":      {"w:mex", "creating the channel: WhatsApp refused the request: "},
		"ChannelPosts":       {"newsletter", "getting the messages of the channel: WhatsApp refused the request: "},
		"FollowChannel":      {"w:mex", "following the channel: WhatsApp refused the request: "},
		"MuteChannel":        {"w:mex", "muting the channel: WhatsApp refused the request: "},
		"Resync":             {"w:sync:app:state", "fetching the app state: WhatsApp refused the request: "},
		"Refresh":            {"w:sync:app:state", "fetching the app state: WhatsApp refused the request: "},
		"Archive":            {"w:sync:app:state", "changing the app state: WhatsApp refused the request: "},
		"Star":               {"w:sync:app:state", "changing the app state: WhatsApp refused the request: "},
	} {
		l.srv.Faults().FailIQ(c.xmlns, 499, "not-today", -1)
		err := all[name](l.ctx)
		l.srv.Faults().Clear()
		if !errors.Is(err, chat.ErrRefused) || !strings.HasPrefix(err.Error(), c.text) {
			t.Errorf("%s: %v\nwant %s…", name, err, c.text)
		}
		if err != nil && strings.Count(err.Error(), chat.ErrRefused.Error()) != 1 {
			t.Errorf("%s repeats itself: %v", name, err)
		}
	}
	if _, err := l.Lookup(l.ctx, "15550002222"); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

// A query that WhatsApp leaves without an answer ends with its caller.
func TestAQueryWithoutAnAnswerEndsWithItsCaller(t *testing.T) {
	l := paired(t)
	l.srv.Faults().FailIQ("usync", 0, "", -1)
	ctx, cancel := context.WithTimeout(l.ctx, 100*time.Millisecond)
	defer cancel()
	_, err := l.Lookup(ctx, "15550002222")
	wants(t, "a lookup", err, chat.ErrUnanswered, "")
	ctx, cancel = context.WithCancel(l.ctx)
	cancel()
	if _, err = l.About(ctx, bobID); !errors.Is(err, context.Canceled) || errors.Is(err, chat.ErrUnanswered) {
		t.Errorf("a caller that goes away is told that WhatsApp did not answer: %v", err)
	}
}

func TestPeople(t *testing.T) {
	l := paired(t)
	if id, err := l.Lookup(l.ctx, "15550002222"); err != nil || id != bobID {
		t.Errorf("Bob is %q, %v", id, err)
	}
	if id, err := l.Lookup(l.ctx, "19990009999"); err != nil || id != "" {
		t.Errorf("nobody is %q, %v", id, err)
	}
	l.bob.SetAbout("on holiday")
	if about, err := l.About(l.ctx, bobID); err != nil || about != "on holiday" {
		t.Errorf("about Bob: %q, %v", about, err)
	}
	if about, err := l.About(l.ctx, "19990009999@c.us"); err != nil || about != "" {
		t.Errorf("about nobody: %q, %v", about, err)
	}
	if err := l.SetAbout(l.ctx, strings.Repeat("x", 140)); !errors.Is(err, chat.ErrRefused) {
		t.Errorf("too long a text about oneself: %v", err)
	}
	if url, err := l.Picture(l.ctx, bobID); err != nil || url != "" {
		t.Errorf("no picture: %q, %v", url, err)
	}
	l.bob.SetPicture([]byte("jpeg"))
	if url, err := l.Picture(l.ctx, bobID); err != nil || url == "" {
		t.Errorf("a picture: %q, %v", url, err)
	}
	for _, blocked := range []bool{true, true, false} {
		if err := l.Block(l.ctx, bobID, blocked); err != nil {
			t.Errorf("blocked %t: %v", blocked, err)
		}
	}
}

func TestPresenceAndReceipts(t *testing.T) {
	l := paired(t)
	first, second := l.received("one"), l.received("two")
	for doing, state := range map[chat.Doing][2]string{
		chat.DoingTyping: {"composing", ""}, chat.DoingRecording: {"composing", "audio"}, chat.DoingNothing: {"paused", ""},
	} {
		if err := l.Show(l.ctx, bobID, doing); err != nil {
			t.Fatal(err)
		}
		if _, err := l.bob.Expect(l.ctx, func(r simulator.Received) bool {
			return r.Kind == simulator.KindChatState && r.State == state[0] && r.Media == state[1]
		}); err != nil {
			t.Errorf("%s: %v; the phone has %+v", doing, err, l.bob.Inbox())
		}
	}
	own := chat.Message{Chat: bobID, Stanza: "MINE", FromMe: true}
	if err := l.SendRead(l.ctx, bobID, []chat.Message{first, own, second}); err != nil {
		t.Fatal(err)
	}
	r, err := l.bob.Expect(l.ctx, simulator.Receipt("read", first.Stanza))
	if err != nil || !slices.Contains(r.IDs, second.Stanza) || slices.Contains(r.IDs, "MINE") {
		t.Errorf("the receipt is %+v, %v", r, err)
	}
	if err := l.SendRead(l.ctx, bobID, []chat.Message{own}); err != nil {
		t.Errorf("nothing to send a receipt for: %v", err)
	}
}

func TestAppStateReachesThePhone(t *testing.T) {
	l := paired(t)
	m := l.received("hello")
	l.keys()
	phone := func(what string, is func(simstate.Chat) bool) {
		t.Helper()
		if err := l.alice.AwaitAppState(l.ctx, func(*simstate.State) bool { return is(l.alice.ChatState(l.bob.PN())) }); err != nil {
			t.Errorf("%s: the phone sees %+v", what, l.alice.ChatState(l.bob.PN()))
		}
	}
	if n, err := l.Archive(l.ctx, nil); n != 0 || err != nil {
		t.Errorf("archiving nothing: %d, %v", n, err)
	}
	if n, err := l.Archive(l.ctx, []ChatState{{Chat: bobID, Archived: true, Last: &m}}); n != 1 || err != nil {
		t.Fatalf("%d, %v", n, err)
	}
	phone("archived", func(c simstate.Chat) bool { return c.Archived })
	if err := l.MarkChat(l.ctx, bobID, false, &m); err != nil {
		t.Fatal(err)
	}
	phone("unread", func(c simstate.Chat) bool { return c.MarkedUnread })
	if err := l.MarkChat(l.ctx, bobID, true, &m); err != nil {
		t.Fatal(err)
	}
	phone("read", func(c simstate.Chat) bool { return !c.MarkedUnread && c.ReadMarks > 0 })
	if err := l.Star(l.ctx, m, true); err != nil {
		t.Fatal(err)
	}
	if err := l.ClearChat(l.ctx, bobID, &m); err != nil {
		t.Fatal(err)
	}
	phone("cleared", func(c simstate.Chat) bool { return c.Cleared })
	if err := l.DeleteChat(l.ctx, bobID, nil); err != nil {
		t.Fatal(err)
	}
	phone("deleted", func(c simstate.Chat) bool { return c.Deleted })
}

// Whoever acts twice on a chat finds it as the second action left it.
func TestAnActionEndsWithItsEvents(t *testing.T) {
	l := paired(t)
	m := l.received("hello")
	l.keys()
	for i := range 30 {
		unread := i%2 == 0
		if err := l.MarkChat(l.ctx, bobID, !unread, &m); err != nil {
			t.Fatal(err)
		}
		if marks := all[chat.MarkedUnread](l.recorder); len(marks) != i+1 || marks[i].Unread != unread {
			t.Fatalf("after %d actions the handler has %+v", i+1, marks)
		}
	}
}

// Many chats go in few patches.
func TestArchivingManyChats(t *testing.T) {
	l := paired(t)
	l.received("hello")
	l.keys()
	const perPatch = mutationsPerPatch / 2
	states := make([]ChatState, 2*perPatch+1)
	for i := range states {
		states[i] = ChatState{Chat: chat.ID(fmt.Sprintf("1555100%04d@c.us", i)), Archived: true}
	}
	before := l.alice.PatchCount()
	if n, err := l.Archive(l.ctx, states); n != len(states) || err != nil {
		t.Fatalf("%d, %v", n, err)
	}
	if n := l.alice.PatchCount() - before; n != 3 {
		t.Errorf("%d patches for %d chats", n, len(states))
	}
	for i := range states {
		states[i].Archived = false
	}
	ctx, cancel := context.WithCancel(l.ctx)
	cancel()
	if n, err := l.Archive(ctx, states); n != 0 || err == nil {
		t.Errorf("for a caller that is gone: %d, %v", n, err)
	}
}

// Changes that several callers make at once, and the phone besides them, all
// take effect.
func TestAppStateFromAllSides(t *testing.T) {
	l := paired(t)
	l.received("hello")
	l.keys()
	var wg sync.WaitGroup
	errs := make(chan error, 12)
	for i := range 8 {
		wg.Go(func() {
			_, err := l.Archive(l.ctx, []ChatState{{Chat: chat.ID(fmt.Sprintf("1555100%04d@c.us", i)), Archived: true}})
			errs <- err
		})
	}
	for i := range 4 {
		wg.Go(func() {
			errs <- l.alice.PushArchive(l.ctx, types.NewJID(fmt.Sprintf("1555200%04d", i), types.DefaultUserServer), true)
		})
	}
	wg.Wait()
	close(errs)
	for err := range errs {
		if err != nil {
			t.Error(err)
		}
	}
	for i := range 8 {
		j := types.NewJID(fmt.Sprintf("1555100%04d", i), types.DefaultUserServer)
		if !l.alice.ChatState(j).Archived {
			t.Errorf("the phone does not see chat %d archived", i)
		}
	}
	l.await("the phone's own changes", func() bool {
		seen := map[chat.ID]bool{}
		for _, c := range all[chat.Archived](l.recorder) {
			seen[c.Chat] = c.Archived
		}
		for i := range 4 {
			if !seen[chat.ID(fmt.Sprintf("1555200%04d@c.us", i))] {
				return false
			}
		}
		return true
	})
}

// noKeys is a store without app state keys.
type noKeys struct{ store.AppStateSyncKeyStore }

func (noKeys) GetLatestAppStateSyncKeyID(context.Context) ([]byte, error) { return nil, nil }

// Before the phone has sent its key nothing can have been carried out.
func TestAppStateWithoutAKey(t *testing.T) {
	c := whatsmeow.NewClient(&store.Device{AppStateKeys: noKeys{}}, nil)
	err := awaitStateKey(t.Context(), c, time.Millisecond)
	const want = chat.Impossible("the phone has not sent the key yet: open WhatsApp on the phone and try again")
	if !errors.Is(err, want) || errors.Is(failure(err), chat.ErrUnanswered) {
		t.Errorf("%v, want %v", err, want)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := awaitStateKey(ctx, c, time.Hour); !errors.Is(err, context.Canceled) {
		t.Errorf("for a caller that is gone: %v", err)
	}
}

func TestActionsOnMessages(t *testing.T) {
	l := paired(t)
	theirs := l.received("theirs")
	mine, err := l.saying("tpyo")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := l.Edit(l.ctx, theirs, "x", nil); !errors.Is(err, chat.Impossible("only own messages can be edited")) {
		t.Errorf("editing theirs: %v", err)
	}
	late := mine
	late.Timestamp -= 3600
	_, err = l.Edit(l.ctx, late, "x", nil)
	wants(t, "editing after an hour", err, chat.ErrTooLate, "WhatsApp's time limit for this has passed")
	edited, err := l.Edit(l.ctx, mine, "typo", []chat.ID{bobID})
	if err != nil || edited.Body != "typo" || !edited.FromAPI || !slices.Equal(edited.Mentions, []chat.ID{bobID}) {
		t.Errorf("edited %+v, %v", edited, err)
	}
	if got := all[chat.Edited](l.recorder); len(got) != 1 || got[0].Target != mine.Stanza {
		t.Errorf("stored are the edits %+v", got)
	}
	for _, text := range []string{"👍", ""} {
		if _, err := l.React(l.ctx, theirs, text); err != nil {
			t.Fatal(err)
		}
		got := all[chat.Reacted](l.recorder)
		if r := got[len(got)-1]; r.Text != text || r.Target != theirs.ID() || !r.Message.FromMe {
			t.Errorf("the reaction %q is stored as %+v", text, r)
		}
	}
	for _, d := range []time.Duration{24 * time.Hour, 0} {
		if err := l.Pin(l.ctx, theirs, d); err != nil {
			t.Fatal(err)
		}
		pins := all[chat.PinnedMessage](l.recorder)
		if p := pins[len(pins)-1]; p.Stanza != theirs.Stanza || (p.Until > time.Now().Unix()) != (d > 0) {
			t.Errorf("pinned for %s is stored as %+v", d, p)
		}
	}
	if _, err := l.Revoke(l.ctx, mine); err != nil {
		t.Fatal(err)
	}
	if got := all[chat.Revoked](l.recorder); len(got) != 1 || got[0].Target != mine.Stanza {
		t.Errorf("stored are the deletions %+v", got)
	}
	l.srv.Faults().RejectMessages(479, -1)
	for name, call := range calls(l.Account) {
		if !slices.Contains([]string{"Edit", "Revoke", "React", "Pin"}, name) {
			continue
		}
		changes := len(all[chat.Change](l.recorder))
		wants(t, name, call(l.ctx), chat.ErrRefused, "WhatsApp refused the request (479): it does not accept the message as it is")
		for _, c := range all[chat.Change](l.recorder)[changes:] {
			switch c.(type) { // receipts and settings may arrive at any time
			case chat.Edited, chat.Revoked, chat.Reacted, chat.PinnedMessage, chat.MessageReceived:
				t.Errorf("%s was refused and stored as %+v", name, c)
			}
		}
	}
}
