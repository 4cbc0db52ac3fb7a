package session_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	v1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/session"
	"github.com/wasession/wasession/test/simulator"
	"github.com/wasession/wasession/test/simulator/appstate"
	"github.com/wasession/wasession/test/simulator/history"
)

func TestWhatCallersAskOfPeople(t *testing.T) {
	s, m := withChat(t)
	w := s.w
	if id, err := s.Lookup(w.ctx, "15550002222"); err != nil || id != bobID {
		t.Errorf("Bob is %q, %v", id, err)
	}
	if id, err := s.Lookup(w.ctx, "19990009999"); err != nil || id != "" {
		t.Errorf("nobody is %q, %v", id, err)
	}
	w.bob.SetAbout("on holiday")
	if about, err := s.About(w.ctx, bobID); err != nil || about != "on holiday" {
		t.Errorf("about Bob: %q, %v", about, err)
	}
	if err := s.Block(w.ctx, bobID, true); err != nil {
		t.Error(err)
	}
	if err := s.Block(w.ctx, bobID, false); err != nil {
		t.Error(err)
	}
	if err := s.SetOnline(w.ctx, true); err != nil {
		t.Error(err)
	}
	if err := s.Show(w.ctx, bobID, chat.DoingTyping); err != nil {
		t.Error(err)
	}
	if _, err := w.bob.Expect(w.ctx, func(r simulator.Received) bool { return r.Kind == simulator.KindChatState && r.State == "composing" }); err != nil {
		t.Error(err)
	}
	if err := s.Star(w.ctx, m, true); err != nil {
		t.Fatal(err)
	}
	if !s.message(m.Stanza).Starred {
		t.Error("not starred in the store on return")
	}
	if r, err := s.React(w.ctx, m, "👍"); err != nil || !r.FromMe || r.Chat != bobID {
		t.Errorf("the reaction is %+v, %v", r, err)
	}
	if _, err := w.bob.Expect(w.ctx, func(r simulator.Received) bool { return r.Message.GetReactionMessage().GetText() == "👍" }); err != nil {
		t.Errorf("Bob's phone saw no reaction: %v", err)
	}
	w.bob.SetPicture([]byte("jpeg"))
	p, err := s.Picture(w.ctx, bobID)
	if err != nil || p.URL == "" || p.FetchedAt == 0 {
		t.Fatalf("picture %+v, %v", p, err)
	}
	if kept, err := s.store.Picture(w.ctx, bobID); err != nil || kept != p {
		t.Errorf("stored is %+v, %v", kept, err)
	}
}

// Calls for what is not there fail before WhatsApp is asked.
func TestActionsOnChatsThatAreNotThere(t *testing.T) {
	w := newWorld(t)
	s := w.open()
	s.pair()
	const nobody chat.ID = "19990009999@c.us"
	before := w.alice.PatchCount()
	for name, call := range map[string]func() error{
		"archive": func() error { return s.ArchiveChat(w.ctx, nobody, true) },
		"unread":  func() error { return s.MarkChatUnread(w.ctx, nobody) },
		"read":    func() error { return s.MarkRead(w.ctx, nobody, nil) },
		"clear":   func() error { return s.ClearChat(w.ctx, nobody) },
		"delete":  func() error { return s.DeleteChat(w.ctx, nobody) },
	} {
		if err := call(); !errors.Is(err, chat.ErrNotFound) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if n := w.alice.PatchCount() - before; n != 0 {
		t.Errorf("the phone got %d patches", n)
	}
}

// Reading what is not the newest leaves the chat unread.
func TestReadingAnOldMessage(t *testing.T) {
	s, first := withChat(t)
	id, err := s.w.bob.SendText(s.w.ctx, s.w.alice, "newer")
	if err != nil {
		t.Fatal(err)
	}
	newer := s.message(id)
	if err := s.MarkRead(s.w.ctx, bobID, []chat.Message{first}); err != nil {
		t.Fatal(err)
	}
	if n := s.chatOf(bobID).Unread; n != 1 {
		t.Errorf("unread are %d, want the newer one", n)
	}
	if s.w.alice.ChatState(s.w.bob.PN()).ReadMarks != 0 {
		t.Error("the phone was told that the whole chat is read")
	}
	if err := s.MarkRead(s.w.ctx, bobID, []chat.Message{newer}); err != nil {
		t.Fatal(err)
	}
	if n := s.chatOf(bobID).Unread; n != 0 {
		t.Errorf("unread are %d", n)
	}
	s.phoneSees("read", func(c appstate.Chat) bool { return c.ReadMarks == 1 })
}

func TestTheSessionAsTheArchiverSeesIt(t *testing.T) {
	w := newWorld(t)
	s := w.open()
	a := session.Archiver{Session: s.Session}
	gone, cancel := context.WithCancel(w.ctx)
	cancel()
	if err := a.AwaitConnected(gone); !errors.Is(err, context.Canceled) {
		t.Errorf("for a caller that is gone: %v", err)
	}
	connected := make(chan error, 1)
	go func() { connected <- a.AwaitConnected(w.ctx) }()
	s.pair()
	if err := <-connected; err != nil {
		t.Fatal(err)
	}
	id, err := w.bob.SendText(w.ctx, w.alice, "hello")
	if err != nil {
		t.Fatal(err)
	}
	s.message(id)
	s.awaitKeys()
	if err := a.ArchiveChats(w.ctx, []chat.ArchiveItem{{Chat: "19990009999@c.us", Policy: "zombies"}, {Chat: bobID, Policy: "zombies"}}); err != nil {
		t.Fatal(err)
	}
	if !s.chatOf(bobID).Archived {
		t.Error("not archived in the store on return")
	}
	s.phoneSees("archive", func(c appstate.Chat) bool { return c.Archived })
	if err := w.alice.PushArchive(w.ctx, w.bob.PN(), false); err != nil {
		t.Fatal(err)
	}
	if err := a.RefreshChats(w.ctx); err != nil {
		t.Fatal(err)
	}
	s.await("the change of the phone", func() bool { return !s.chatOf(bobID).Archived })
	team := w.srv.AddGroup("Team", w.alice, w.bob)
	room := chat.ID(team.JID().User + "@g.us")
	groups, err := a.JoinedGroups(w.ctx)
	if err != nil || len(groups) != 1 || groups[0].ID != room {
		t.Fatalf("groups %+v, %v", groups, err)
	}
	if err := s.RefreshGroups(w.ctx); err != nil {
		t.Fatal(err)
	}
	if n, err := s.store.CountGroups(w.ctx); n != 1 || err != nil {
		t.Errorf("%d groups are stored, %v", n, err)
	}
	if err := a.LeaveGroup(w.ctx, room); err != nil {
		t.Fatal(err)
	}
	if _, in := team.Rank(w.alice); in {
		t.Error("still in the group")
	}
}

// A linked account that is not the pinned one is not connected, and can be
// logged out all the same.
func TestLoggingOutAnAccountThatIsNotThePinnedOne(t *testing.T) {
	w := newWorld(t)
	s := w.open()
	s.pair()
	pinned := v1.Config{Session: "test", Pairing: v1.Pairing{Account: "15550002222"}}
	s.Configure(pinned, "second", nil)
	s.awaitPhase(v1.PhaseFailed)
	if got := s.Status(); got.Reason != v1.ReasonWrongAccount || !got.Paired {
		t.Fatalf("status %+v", got)
	}
	if _, err := s.Send(w.ctx, text(bobID, "", "no")); !errors.Is(err, chat.ErrNotConnected) {
		t.Errorf("a send: %v", err)
	}
	if err := s.Logout(w.ctx); err != nil {
		t.Fatal(err)
	}
	if n := len(w.alice.Companions()); n != 0 {
		t.Errorf("the phone still has %d linked devices", n)
	}
	s.awaitPhase(v1.PhaseScanQRCode)
	code, _, err := s.QR(w.ctx)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.bob.ScanQR(w.ctx, code); err != nil {
		t.Fatal(err)
	}
	s.awaitPhase(v1.PhaseWorking)
}

// A configured pairing code that WhatsApp refuses leaves the QR code.
func TestAConfiguredCodeThatIsRefused(t *testing.T) {
	w := newWorld(t)
	log := &written{}
	s := w.open(func(o *session.Options) {
		o.Logger = logTo(log)
		o.Config.Pairing = v1.Pairing{Method: v1.PairingPhoneCode, PhoneNumber: "15559999999"}
	})
	s.await("the refusal", func() bool { return log.has("Failed to request a pairing code; use the QR code instead") })
	s.pair()
}

// Commands end with their caller and with the session.
func TestCommandsEnd(t *testing.T) {
	w := newWorld(t)
	s := w.open(func(o *session.Options) { o.Pause = true })
	if _, _, err := s.QR(w.ctx); !errors.Is(err, chat.ErrNotPairing) {
		t.Errorf("a QR code of a paused session: %v", err)
	}
	if err := s.Logout(w.ctx); !errors.Is(err, chat.ErrNotConnected) {
		t.Errorf("logging out a paused session: %v", err)
	}
	for range 3 {
		if err := s.Restart(w.ctx); err != nil {
			t.Fatal(err)
		}
	}
	s.awaitPhase(v1.PhaseScanQRCode)
	if n := len(s.Statuses()); n == 0 || n > 10 {
		t.Errorf("%d changes of phase are remembered", n)
	}
	open := s.Session
	s.close()
	for name, call := range map[string]func(context.Context) error{"start": open.Start, "stop": open.Stop, "restart": open.Restart} {
		if err := call(w.ctx); !errors.Is(err, chat.ErrNotConnected) {
			t.Errorf("%s of a closed session: %v", name, err)
		}
	}
}

// unstorable is a store that can never take messages with a certain text.
type unstorable struct{ session.Store }

func (u unstorable) Import(ctx context.Context, batch []chat.HistoryChat) error {
	for _, c := range batch {
		if slices.ContainsFunc(c.Messages, func(m chat.Message) bool { return strings.Contains(m.Body, "wild") }) {
			return chat.ErrUnstorable
		}
	}
	return u.Store.Import(ctx, batch)
}

// One message that can never be stored does not cost the rest of the history.
func TestARowOfTheHistoryThatCannotBeStored(t *testing.T) {
	w := newWorld(t)
	log := &written{}
	s := w.open(func(o *session.Options) { o.Store, o.Logger = unstorable{o.Store}, logTo(log) })
	s.pair()
	now := time.Now().Truncate(time.Second)
	message := func(id, body string) history.Message {
		return history.Message{ID: id, At: now, Status: history.Read, Body: history.Text(body)}
	}
	chunk := history.Chunk{Type: history.Recent, Order: 1, Progress: 100, Chats: []history.Chat{
		{ID: w.bob.PN(), Name: "Bob", LastActivity: now, Messages: []history.Message{message("A", "one"), message("B", "wild"), message("C", "three")}},
	}}
	if err := w.alice.Companion().SendInlineHistory(w.ctx, chunk); err != nil {
		t.Fatal(err)
	}
	s.message("A")
	s.message("C")
	s.awaitHistory(1)
	if _, err := s.store.Message(w.ctx, bobID, "B"); !errors.Is(err, chat.ErrNotFound) {
		t.Errorf("the message that cannot be stored: %v", err)
	}
	if !log.has("Skipped rows of the history that cannot be stored") || !log.has("rows=1") {
		t.Error("the log does not tell of it")
	}
}
