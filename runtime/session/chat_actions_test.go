package session_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"go.mau.fi/whatsmeow/types"

	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/session"
	"github.com/wasession/wasession/test/simulator"
	"github.com/wasession/wasession/test/simulator/appstate"
)

// withChat is a paired session with a chat of one message from Bob.
func withChat(t *testing.T) (*running, chat.Message) {
	t.Helper()
	w := newWorld(t)
	s := w.open()
	s.pair()
	id, err := w.bob.SendText(w.ctx, w.alice, "hello")
	if err != nil {
		t.Fatal(err)
	}
	m := s.message(id)
	s.awaitKeys()
	return s, m
}

// awaitKeys waits until the phone has shared the keys of its state.
func (r *running) awaitKeys() {
	r.t.Helper()
	r.await("the keys of the app state", func() bool { return r.Status().Me != nil && r.Status().Me.PushName == "Alice" })
}

// phoneSees waits until the phone's view of Bob's chat is as wanted.
func (r *running) phoneSees(what string, want func(appstate.Chat) bool) {
	r.t.Helper()
	err := r.w.alice.AwaitAppState(r.w.ctx, func(*appstate.State) bool { return want(r.w.alice.ChatState(r.w.bob.PN())) })
	if err != nil {
		r.t.Fatalf("%s: the phone sees %+v", what, r.w.alice.ChatState(r.w.bob.PN()))
	}
}

func TestArchiveReachesThePhone(t *testing.T) {
	s, _ := withChat(t)
	for _, archived := range []bool{true, false} {
		if err := s.ArchiveChat(s.w.ctx, bobID, archived); err != nil {
			t.Fatal(err)
		}
		if got := s.chatOf(bobID).Archived; got != archived {
			t.Errorf("in the store on return: archived = %t, want %t", got, archived)
		}
		s.phoneSees("archive", func(c appstate.Chat) bool { return c.Archived == archived })
	}
	n := 0
	for _, e := range s.events() {
		if e == chat.EventChatArchive {
			n++
		}
	}
	if n != 2 {
		t.Errorf("%d chat.archive events, want one each for archiving and unarchiving", n)
	}
}

func TestArchiveManyWithOnePatch(t *testing.T) {
	s, last := withChat(t)
	carol := s.w.srv.AddUser("15550003333", "", "Carol")
	id, err := carol.SendText(s.w.ctx, s.w.alice, "hi")
	if err != nil {
		t.Fatal(err)
	}
	other := s.message(id)
	before := s.w.alice.PatchCount()
	done, err := s.ArchiveChats(s.w.ctx, []session.ArchiveItem{
		{Chat: bobID, Archived: true, Last: &last, Policy: "zombies"},
		{Chat: other.Chat, Archived: true, Last: &other, Policy: "zombies"},
	})
	if err != nil || done != 2 {
		t.Fatalf("archived %d, %v", done, err)
	}
	if n := s.w.alice.PatchCount() - before; n != 1 {
		t.Errorf("%d patches, want one", n)
	}
	if !s.chatOf(bobID).Archived || !s.chatOf(other.Chat).Archived {
		t.Error("not archived in the store on return")
	}
}

func TestChangesOnThePhoneReachTheStore(t *testing.T) {
	s, m := withChat(t)
	w, bob := s.w, s.w.bob.PN()
	until := time.Now().Add(8 * time.Hour).Truncate(time.Second)
	for _, step := range []struct {
		what string
		do   func() error
		done func(chat.Chat) bool
	}{
		{"pin", func() error { return w.alice.PushPin(w.ctx, bob, true) }, func(c chat.Chat) bool { return c.PinnedAt > 0 }},
		{"unpin", func() error { return w.alice.PushPin(w.ctx, bob, false) }, func(c chat.Chat) bool { return c.PinnedAt == 0 }},
		{"mute", func() error { return w.alice.PushMute(w.ctx, bob, until) }, func(c chat.Chat) bool { return c.MutedUntil == until.Unix() }},
		{"read", func() error { return w.alice.PushRead(w.ctx, bob, true) }, func(c chat.Chat) bool { return c.Unread == 0 && !c.MarkedUnread }},
		{"unread", func() error { return w.alice.PushRead(w.ctx, bob, false) }, func(c chat.Chat) bool { return c.MarkedUnread }},
		{"archive", func() error { return w.alice.PushArchive(w.ctx, bob, true) }, func(c chat.Chat) bool { return c.Archived }},
		{"contact", func() error { return w.alice.PushContact(w.ctx, w.bob, "Robert Brown", "Robert") }, func(c chat.Chat) bool { return c.Name == "Robert Brown" }},
	} {
		if err := step.do(); err != nil {
			t.Fatalf("%s: %v", step.what, err)
		}
		s.await(step.what, func() bool { return step.done(s.chatOf(bobID)) })
	}
	if err := w.alice.PushStar(w.ctx, bob, m.Stanza, false, types.EmptyJID, true); err != nil {
		t.Fatal(err)
	}
	s.await("star", func() bool { return s.message(m.Stanza).Starred })
	if !slices.Contains(s.events(), chat.EventChatArchive) {
		t.Error("no chat.archive event")
	}
	if err := w.alice.PushDeleteChat(w.ctx, bob); err != nil {
		t.Fatal(err)
	}
	s.await("delete", func() bool { _, err := s.store.Chat(w.ctx, bobID); return errors.Is(err, chat.ErrNotFound) })
}

func TestMarkingReadAndUnread(t *testing.T) {
	s, m := withChat(t)
	if err := s.MarkRead(s.w.ctx, bobID, []chat.Message{m}); err != nil {
		t.Fatal(err)
	}
	if c := s.chatOf(bobID); c.Unread != 0 {
		t.Errorf("unread on return: %d", c.Unread)
	}
	if _, err := s.w.bob.Expect(s.w.ctx, simulator.Receipt("read", m.Stanza)); err != nil {
		t.Errorf("Bob's phone got no read receipt: %v", err)
	}
	s.phoneSees("read", func(c appstate.Chat) bool { return c.ReadMarks > 0 })
	if err := s.MarkChatUnread(s.w.ctx, bobID); err != nil {
		t.Fatal(err)
	}
	if !s.chatOf(bobID).MarkedUnread {
		t.Error("not marked as unread on return")
	}
	s.phoneSees("unread", func(c appstate.Chat) bool { return c.MarkedUnread })
}

func TestPinning(t *testing.T) {
	s, _ := withChat(t)
	for _, pinned := range []bool{true, false} {
		if err := s.PinChat(s.w.ctx, bobID, pinned); err != nil {
			t.Fatal(err)
		}
		if got := s.chatOf(bobID).PinnedAt > 0; got != pinned {
			t.Errorf("pinned on return: %t, want %t", got, pinned)
		}
		s.phoneSees("pin", func(c appstate.Chat) bool { return c.Pinned == pinned })
	}
	if err := s.ArchiveChat(s.w.ctx, bobID, true); err != nil {
		t.Fatal(err)
	}
	var impossible chat.Impossible
	if err := s.PinChat(s.w.ctx, bobID, true); !errors.As(err, &impossible) {
		t.Errorf("pinning an archived chat: %v", err)
	}
	if s.chatOf(bobID).PinnedAt > 0 || s.w.alice.ChatState(s.w.bob.PN()).Pinned {
		t.Error("an archived chat was pinned")
	}
}

func TestClearAndDeleteChat(t *testing.T) {
	s, _ := withChat(t)
	if err := s.ClearChat(s.w.ctx, bobID); err != nil {
		t.Fatal(err)
	}
	rows, err := s.store.Messages(s.w.ctx, chat.MessageQuery{Chat: bobID})
	if err != nil || len(rows) != 0 {
		t.Errorf("messages after clearing: %v, %v", rows, err)
	}
	s.phoneSees("clear", func(c appstate.Chat) bool { return c.Cleared })
	if err := s.DeleteChat(s.w.ctx, bobID); err != nil {
		t.Fatal(err)
	}
	if _, err := s.store.Chat(s.w.ctx, bobID); !errors.Is(err, chat.ErrNotFound) {
		t.Errorf("chat after deleting: %v", err)
	}
	s.phoneSees("delete", func(c appstate.Chat) bool { return c.Deleted })
}

func TestEditRevokeAndPinOwnMessages(t *testing.T) {
	s, theirs := withChat(t)
	w := s.w
	id, err := w.alice.SendText(w.ctx, w.bob, "tpyo")
	if err != nil {
		t.Fatal(err)
	}
	mine := s.message(id)
	edited, err := s.EditMessage(w.ctx, mine, "typo", nil)
	if err != nil || edited.Body != "typo" || edited.Stanza != id || edited.EditedAt == 0 {
		t.Fatalf("edited %+v, %v", edited, err)
	}
	if _, err := w.bob.Expect(w.ctx, func(r simulator.Received) bool { return r.Edit == "1" && r.Text() == "typo" }); err != nil {
		t.Errorf("Bob's phone saw no edit: %v", err)
	}
	if _, err := s.EditMessage(w.ctx, theirs, "x", nil); err == nil || err.Error() != "only own messages can be edited" {
		t.Errorf("editing others' messages: %v", err)
	}
	old := mine
	old.Timestamp -= 3600
	if _, err := s.EditMessage(w.ctx, old, "x", nil); !errors.Is(err, chat.ErrTooLate) {
		t.Errorf("editing after an hour: %v, want ErrTooLate", err)
	}
	if err := s.PinMessage(w.ctx, theirs, 24*time.Hour); err != nil {
		t.Fatal(err)
	}
	if s.message(theirs.Stanza).PinnedUntil <= time.Now().Unix() {
		t.Error("not pinned in the store on return")
	}
	if err := s.PinMessage(w.ctx, theirs, 0); err != nil {
		t.Fatal(err)
	}
	if s.message(theirs.Stanza).PinnedUntil != 0 {
		t.Error("still pinned in the store on return")
	}
	if _, err := s.RevokeMessage(w.ctx, mine); err != nil {
		t.Fatal(err)
	}
	if _, err := w.bob.Expect(w.ctx, func(r simulator.Received) bool { return r.Edit == "7" }); err != nil {
		t.Errorf("Bob's phone saw no revocation: %v", err)
	}
}

func TestDownloadsMedia(t *testing.T) {
	s, _ := withChat(t)
	picture := bytes.Repeat([]byte("a jpeg, all but "), 4096)
	id, err := s.w.bob.SendImage(s.w.ctx, s.w.alice, picture, "look")
	if err != nil {
		t.Fatal(err)
	}
	m := s.message(id)
	if m.Type != chat.TypeImage || m.Body != "look" || m.Media == nil || m.Media.Size != int64(len(picture)) {
		t.Errorf("image %+v, media %+v", m, m.Media)
	}
	file, err := os.Create(filepath.Join(t.TempDir(), "picture"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if err := s.Download(s.w.ctx, m, file); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(file.Name()); err != nil || !bytes.Equal(got, picture) {
		t.Errorf("downloaded %d bytes that differ from the %d sent; error %v", len(got), len(picture), err)
	}
	m.Raw = nil
	if err := s.Download(s.w.ctx, m, file); !errors.Is(err, chat.ErrNoMedia) {
		t.Errorf("download of nothing: %v, want a refusal", err)
	}
}
