package simulator_test

import (
	"testing"
	"time"

	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"

	"github.com/wasession/wasession/test/simulator"
)

// What is read at one client of an account is read at the others.
func TestAnotherClientLearnsWhatIsRead(t *testing.T) {
	w := newWorld(t)
	g := w.srv.AddGroup("Team", w.bob, w.alice)
	first, _ := w.linked(w.alice)
	second, secondComp := w.linked(w.alice)
	for name, send := range map[string]func(text string) (string, error){
		"direct": func(text string) (string, error) { return w.bob.SendText(w.ctx, w.alice, text) },
		"group":  func(text string) (string, error) { return w.bob.SendGroupText(w.ctx, g, text) },
	} {
		id, err := send(name)
		w.ok(err)
		got := w.message(first, name)
		w.message(second, name)
		w.ok(first.MarkRead(w.ctx, []types.MessageID{id}, time.Now(), got.Info.Chat, got.Info.Sender))
		read := event(w, second, func(e *events.Receipt) bool { return e.MessageIDs[0] == id })
		if read.Type != types.ReceiptTypeRead || !read.IsFromMe || read.Chat != got.Info.Chat {
			t.Errorf("%s: read as %+v", name, read)
		}
		w.expect(w.bob, simulator.Receipt("read", id))
	}
	w.ok(secondComp.WaitIdle(w.ctx))
}
