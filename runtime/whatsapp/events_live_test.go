package whatsapp

import (
	"errors"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/wasession/wasession/runtime/chat"
)

// holds says that one of the changes is a message with this text.
func holds(changes []chat.Change, text string) bool {
	for _, c := range changes {
		if m, ok := c.(chat.MessageReceived); ok && m.Message.Body == text {
			return true
		}
	}
	return false
}

// What could not be stored is not acknowledged, and WhatsApp brings it again on
// the next connection, once.
func TestAMessageThatCouldNotBeStoredComesAgain(t *testing.T) {
	for name, fail := range map[string]func() error{
		"a full disk": func() error { return syscall.ENOSPC },
		"a panic":     func() error { panic("a bug") },
	} {
		t.Run(name, func(t *testing.T) {
			l := paired(t)
			refused := 0
			l.failing(func(changes ...chat.Change) error {
				if holds(changes, "hello") {
					l.note(func() { refused++ })
					return fail()
				}
				return nil
			})
			id, err := l.bob.SendText(l.ctx, l.alice, "hello")
			if err != nil {
				t.Fatal(err)
			}
			l.await("the failure", func() bool {
				l.recorder.mu.Lock()
				defer l.recorder.mu.Unlock()
				return refused > 0
			})
			companion := l.alice.Companion()
			if acked := companion.Acked(); slices.Contains(acked, id) {
				t.Fatalf("acknowledged and not stored: %v", acked)
			}
			l.failing(nil)
			companion.Kick()
			if m := l.stored(id); m.Body != "hello" || m.Chat != bobID {
				t.Errorf("stored is %+v", m)
			}
			if err := companion.WaitAcked(l.ctx, id); err != nil {
				t.Fatal(err)
			}
			again := l.received("the next")
			if again.Body != "the next" {
				t.Errorf("the next is %+v", again)
			}
			n := 0
			for _, c := range all[chat.MessageReceived](l.recorder) {
				if c.Message.Stanza == id {
					n++
				}
			}
			if n != 1 {
				t.Errorf("it is stored %d times", n)
			}
		})
	}
}

// What can never be stored is kept without its content, or not at all, and holds
// up nothing.
func TestAMessageThatCanNeverBeStored(t *testing.T) {
	for name, c := range map[string]struct {
		opaqueToo bool
		kept      bool
	}{"with its content": {false, true}, "at all": {true, false}} {
		t.Run(name, func(t *testing.T) {
			l := paired(t)
			l.failing(func(changes ...chat.Change) error {
				for _, change := range changes {
					m, ok := change.(chat.MessageReceived)
					if ok && m.Message.Body != "the next" && (m.Message.Body == "wild" || c.opaqueToo) {
						return errors.Join(chat.ErrUnstorable, errors.New("an id is too long"))
					}
				}
				return nil
			})
			id, err := l.bob.SendText(l.ctx, l.alice, "wild")
			if err != nil {
				t.Fatal(err)
			}
			if err := l.alice.Companion().WaitAcked(l.ctx, id); err != nil {
				t.Fatalf("it is not acknowledged: %v", err)
			}
			m, ok := l.message(id)
			if ok != c.kept {
				t.Fatalf("kept %t: %+v", ok, m)
			}
			if ok && (m.Body != "" || m.Raw != nil || m.SenderName != "" || m.Type != chat.TypeOther || m.Chat != bobID || m.Timestamp == 0) {
				t.Errorf("kept is %+v", m)
			}
			l.received("the next")
		})
	}
}

// A change of the app state is not brought again by WhatsApp: it is reported as
// missed, and Resync brings it back.
func TestAMissedChangeOfTheAppState(t *testing.T) {
	l := paired(t)
	l.keys()
	l.failing(func(changes ...chat.Change) error {
		for _, c := range changes {
			if _, ok := c.(chat.PinnedChat); ok {
				return syscall.EIO
			}
		}
		return nil
	})
	if err := l.alice.PushPin(l.ctx, l.bob.PN(), true); err != nil {
		t.Fatal(err)
	}
	l.await("a missed change", func() bool {
		l.recorder.mu.Lock()
		defer l.recorder.mu.Unlock()
		return l.missed > 0
	})
	l.failing(nil)
	if err := l.Refresh(l.ctx); err != nil {
		t.Fatal(err)
	}
	if got := all[chat.PinnedChat](l.recorder); len(got) != 0 {
		t.Errorf("what was counted as seen came again: %+v", got)
	}
	if err := l.Resync(l.ctx); err != nil {
		t.Fatal(err)
	}
	if got := all[chat.PinnedChat](l.recorder); len(got) != 1 || got[0].Chat != bobID || got[0].At == 0 {
		t.Errorf("pinned after the resync: %+v", got)
	}
}

func TestWhatPeopleAndGroupsTell(t *testing.T) {
	l := paired(t)
	team := l.srv.AddGroup("Team", l.alice, l.bob)
	room := chat.ID(team.JID().User + "@g.us")
	awaitGroup := func(what string, is func(chat.GroupChanged) bool) {
		t.Helper()
		l.await(what, func() bool {
			for _, c := range all[chat.GroupChanged](l.recorder) {
				if c.Group.ID == room && is(c) {
					return true
				}
			}
			return false
		})
	}
	awaitGroup("the group", func(c chat.GroupChanged) bool {
		return c.Event == chat.EventGroupJoin && c.Group.Subject == "Team" && len(c.Group.Participants) == 2
	})
	team.SetSubject(l.bob, "Crew")
	awaitGroup("the subject", func(c chat.GroupChanged) bool { return c.Group.Subject == "Crew" && c.Author == bobID })
	team.SetTopic(l.bob, "T1", "About us")
	awaitGroup("the description", func(c chat.GroupChanged) bool { return c.Group.Description == "About us" })
	team.SetLocked(l.bob, true)
	awaitGroup("the lock", func(c chat.GroupChanged) bool { return c.Group.Locked != nil && *c.Group.Locked })
	team.SetAnnounce(l.bob, true)
	awaitGroup("that only admins write", func(c chat.GroupChanged) bool { return c.Group.Announce != nil && *c.Group.Announce })
	carol := l.srv.AddUser("15550003333", "", "Carol")
	team.Add(l.bob, carol)
	awaitGroup("the new member", func(c chat.GroupChanged) bool {
		return c.Action == chat.GroupAdd && len(c.Participants) == 1 && strings.HasPrefix(string(c.Participants[0]), "1555000333")
	})
	team.Remove(l.bob, l.alice)
	awaitGroup("the own removal", func(c chat.GroupChanged) bool { return c.Event == chat.EventGroupLeave })

	l.received("hello")
	l.await("the name of the account", func() bool { return l.Me().PushName != "" })
	if err := l.SetOnline(l.ctx, true); err != nil {
		t.Fatal(err)
	}
	if err := l.bob.Typing(l.ctx, l.alice, "composing", ""); err != nil {
		t.Fatal(err)
	}
	l.await("typing", func() bool {
		for _, p := range all[chat.PresenceChanged](l.recorder) {
			if p.Chat == bobID && p.Participant == bobID && p.Presence == chat.PresenceTyping {
				return true
			}
		}
		return false
	})
	mapped := map[chat.LIDMapped]int{}
	for _, pair := range all[chat.LIDMapped](l.recorder) {
		mapped[pair]++
	}
	for pair, n := range mapped {
		if n > 1 {
			t.Errorf("%+v was applied %d times", pair, n)
		}
	}
}

// What happens to messages from the outside: reactions, edits and deletions
// name the message they are about.
func TestWhatBobDoesToHisMessages(t *testing.T) {
	l := paired(t)
	m := l.received("tpyo")
	if err := l.bob.Edit(l.ctx, l.alice, m.Stanza, "typo"); err != nil {
		t.Fatal(err)
	}
	l.await("the edit", func() bool {
		e := all[chat.Edited](l.recorder)
		return len(e) == 1 && e[0].Target == m.Stanza && e[0].Message.Body == "typo" && e[0].Message.Chat == bobID
	})
	if err := l.bob.React(l.ctx, l.alice, m.Stanza, true, "👍"); err != nil {
		t.Fatal(err)
	}
	l.await("the reaction", func() bool {
		r := all[chat.Reacted](l.recorder)
		return len(r) == 1 && r[0].Target == chat.MessageID{Chat: bobID, Stanza: m.Stanza} && r[0].Text == "👍"
	})
	if err := l.bob.Revoke(l.ctx, l.alice, m.Stanza); err != nil {
		t.Fatal(err)
	}
	l.await("the deletion", func() bool {
		r := all[chat.Revoked](l.recorder)
		return len(r) == 1 && r[0].Target == m.Stanza && r[0].Message.Chat == bobID
	})
}

func TestConnections(t *testing.T) {
	l := paired(t)
	l.alice.Kick()
	l.await("the loss", func() bool { return turned[Disconnected](l.recorder) > 0 })
	l.await("the automatic reconnect", func() bool { return turned[Connected](l.recorder) == 2 && l.reachable() })
	l.received("after the reconnect")

	l.Disconnect()
	if l.reachable() {
		t.Error("connected after hanging up")
	}
	if !l.Paired() {
		t.Error("hanging up unlinked the device")
	}
	id, err := l.bob.SendText(l.ctx, l.alice, "meanwhile")
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Connect(); err != nil {
		t.Fatal(err)
	}
	if m := l.stored(id); m.Body != "meanwhile" {
		t.Errorf("what waited is %+v", m)
	}
	if !l.alice.Companion().StreamError(0, "replaced") {
		t.Fatal("no connection to end")
	}
	l.await("the other connection", func() bool { return turned[Replaced](l.recorder) == 1 })

	l.close(l.Account)
	wants(t, "connecting a closed account", l.Connect(), chat.ErrNotConnected, "")
	_, err = l.saying("closed")
	wants(t, "sending by a closed account", err, chat.ErrNotConnected, "")
}

// Closing in the middle of a stream of messages loses none: each is stored or
// comes again.
func TestClosingUnderAStreamOfMessages(t *testing.T) {
	l := paired(t)
	l.received("warm up")
	texts := make([]string, 60)
	for i := range texts {
		texts[i] = "message"
	}
	done := make(chan struct{})
	var ids []string
	var sendErr error
	go func() {
		defer close(done)
		ids, sendErr = l.bob.SendMany(l.ctx, l.alice, texts)
	}()
	l.await("some messages", func() bool { return len(all[chat.MessageReceived](l.recorder)) > 10 })
	l.close(l.Account)
	<-done
	if sendErr != nil {
		t.Fatal(sendErr)
	}
	l.open()
	for _, id := range ids {
		l.stored(id)
	}
}
