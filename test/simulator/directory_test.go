package simulator_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/types"
	"google.golang.org/protobuf/proto"

	"github.com/wasession/wasession/test/simulator"
)

func TestDirectory(t *testing.T) {
	w := newWorld(t)
	if u := w.srv.User("+15550001111"); u != w.alice {
		t.Errorf("by number: %v", u)
	}
	for _, jid := range []types.JID{w.alice.PN(), w.alice.LID(), types.NewJID("15550001111", types.LegacyUserServer)} {
		if w.srv.UserByJID(jid) != w.alice {
			t.Errorf("%s is not Alice", jid)
		}
	}
	for _, jid := range []types.JID{{}, types.NewJID("1", types.DefaultUserServer), types.NewJID("15550001111", types.GroupServer)} {
		if u := w.srv.UserByJID(jid); u != nil {
			t.Errorf("%s is %s", jid, u.Name())
		}
	}
	again := w.srv.AddUser("15550001111", "", "Alice the Second")
	if again != w.alice || w.alice.Name() != "Alice the Second" {
		t.Error("an existing account was created again")
	}
	if dave := w.srv.AddUser("15550004444", "424242", "Dave"); dave.LID().User != "424242" {
		t.Errorf("Dave's LID is %s", dave.LID())
	}
	if len(w.srv.Users()) != 4 {
		t.Errorf("%d accounts", len(w.srv.Users()))
	}
	if w.alice.LID() == w.bob.LID() || len(w.alice.LID().User) != 15 {
		t.Errorf("derived LIDs %s and %s", w.alice.LID(), w.bob.LID())
	}
}

func TestServersWithOneSeedShareTheRoot(t *testing.T) {
	a, b := newWorld(t), newWorld(t)
	if a.srv.RootKey() != b.srv.RootKey() || len(a.srv.RootKeyHex()) != 64 {
		t.Errorf("root keys %s and %s", a.srv.RootKeyHex(), b.srv.RootKeyHex())
	}
	if a.srv.URL() == b.srv.URL() || !strings.HasPrefix(a.srv.URL(), "http://127.0.0.1:") {
		t.Errorf("URLs %s and %s", a.srv.URL(), b.srv.URL())
	}
	other := newWorldWith(t, simulator.Options{Seed: []byte("another")})
	if other.srv.RootKey() == a.srv.RootKey() {
		t.Error("another seed gave the same root key")
	}
}

func TestExpectEndsWithItsContext(t *testing.T) {
	w := newWorld(t)
	ctx, cancel := context.WithTimeout(w.ctx, 20*time.Millisecond)
	defer cancel()
	_, err := w.bob.SendText(w.ctx, w.alice, "not for Carol")
	w.ok(err)
	if _, err := w.carol.Expect(ctx, simulator.Text("not for Carol")); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
	if n := len(w.carol.Inbox()); n != 0 {
		t.Errorf("Carol has %d messages", n)
	}
	if inbox := w.alice.Inbox(); len(inbox) != 1 || inbox[0].Text() != "not for Carol" || inbox[0].From != w.bob.PN() {
		t.Errorf("Alice's phone has %+v", inbox)
	}
}

func TestCallsAfterClose(t *testing.T) {
	srv, err := simulator.New(simulator.Options{})
	if err != nil {
		t.Fatal(err)
	}
	a, b := srv.AddUser("1", "", "A"), srv.AddUser("2", "", "B")
	if err = srv.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err = a.SendText(context.Background(), b, "late"); !errors.Is(err, simulator.ErrClosed) {
		t.Errorf("send: %v", err)
	}
	if _, err = a.Expect(context.Background(), simulator.Text("late")); !errors.Is(err, simulator.ErrClosed) {
		t.Errorf("expect: %v", err)
	}
}

// Clients that connect while the Server closes are disconnected when it has
// closed.
func TestCloseWhileClientsConnect(t *testing.T) {
	for range 10 {
		srv, err := simulator.New(simulator.Options{})
		if err != nil {
			t.Fatal(err)
		}
		connected := make(chan struct{}, 1)
		var clients sync.WaitGroup
		for range 4 {
			clients.Go(func() {
				for {
					ws, _, err := websocket.Dial(t.Context(), srv.URL()+"/ws/chat", nil)
					if err != nil {
						return
					}
					defer ws.CloseNow()
					select {
					case connected <- struct{}{}:
					default:
					}
				}
			})
		}
		<-connected
		if err := srv.Close(); err != nil {
			t.Error(err)
		}
		if n := srv.Connections(); n != 0 {
			t.Errorf("%d connections are left", n)
		}
		clients.Wait()
	}
}

func TestAnUnusableStateFile(t *testing.T) {
	for name, content := range map[string]string{
		"no JSON": "?", "another version": `{"version":99}`, "a broken account": `{"version":1,"users":[{"pn":"1"}]}`,
	} {
		path := writeTemp(t, content)
		if srv, err := simulator.New(simulator.Options{StateFile: path}); err == nil {
			_ = srv.Close()
			t.Errorf("%s was accepted", name)
		}
	}
}

func TestMessageText(t *testing.T) {
	text := proto.String("text")
	wrapped := &waE2E.FutureProofMessage{Message: &waE2E.Message{Conversation: text}}
	for name, m := range map[string]*waE2E.Message{
		"plain":     {Conversation: text},
		"extended":  {ExtendedTextMessage: &waE2E.ExtendedTextMessage{Text: text}},
		"image":     {ImageMessage: &waE2E.ImageMessage{Caption: text}},
		"video":     {VideoMessage: &waE2E.VideoMessage{Caption: text}},
		"document":  {DocumentMessage: &waE2E.DocumentMessage{Caption: text}},
		"captioned": {DocumentWithCaptionMessage: wrapped},
		"ephemeral": {EphemeralMessage: wrapped},
		"edited":    simulator.EditMessage(types.EmptyJID, "id", "text"),
	} {
		if got := simulator.MessageText(m); got != "text" {
			t.Errorf("%s: %q", name, got)
		}
	}
	if got := simulator.MessageText(nil); got != "" {
		t.Errorf("nothing: %q", got)
	}
}

func writeTemp(t *testing.T, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "state.json")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
