package api

import (
	"testing"
	"time"

	"go.mau.fi/whatsmeow/proto/waE2E"
	"google.golang.org/protobuf/proto"

	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/wire"
	"github.com/wasession/wasession/test/simulator"
)

// Edits and reactions that are encrypted with the secret of the message are like others, with
// whichever addresses a phone encrypted them.
func TestSealedEditsAndReactions(t *testing.T) {
	forms := []simulator.Addressing{simulator.AddressLID, simulator.AddressPN}
	for name, inGroup := range map[string]bool{"direct": false, "in a group": true} {
		t.Run(name, func(t *testing.T) {
			w := paired(t)
			g := w.sim.AddGroup("Lunch", w.alice, w.bob, w.carol)
			chatID := bobChat
			send := func(msg *waE2E.Message) (string, error) { return w.bob.Send(w.ctx, w.alice, msg) }
			if inGroup {
				chatID = g.JID().String()
				send = func(msg *waE2E.Message) (string, error) { return w.bob.SendGroup(w.ctx, g, msg) }
			}
			message := simulator.TextMessage("a tpyo")
			message.MessageContextInfo = &waE2E.MessageContextInfo{MessageSecret: make([]byte, 32)}
			text, err := send(message)
			w.ok(err)
			row := w.arrived(chatID, text)
			event, err := send(simulator.EventMessage("Party", time.Unix(2063137000, 0)))
			w.ok(err)
			w.arrived(chatID, event)
			for n, form := range forms {
				sealed := simulator.SealedAs(form, form)
				_, err = w.bob.EditSealed(w.ctx, text, simulator.TextMessage("a typo"), sealed)
				w.ok(err)
				_, err = w.bob.EditSealed(w.ctx, event, &waE2E.Message{EventMessage: &waE2E.EventMessage{Name: proto.String("No party"), IsCanceled: proto.Bool(true)}}, sealed)
				w.ok(err)
				var edits []wire.MessageEdited
				w.await("both edits", func() bool {
					edits = decoded[wire.MessageEdited](w, chat.EventMessageEdited)
					return len(edits) == 2*(n+1)
				})
				if first, second := edits[2*n], edits[2*n+1]; first.EditedMessageID != text || first.Body != "a typo" || second.EditedMessageID != event || second.Body != "No party" {
					t.Errorf("edited %+v and %+v", first, second)
				}
				_, err = w.bob.ReactSealed(w.ctx, text, "👍", sealed)
				w.ok(err)
				w.await("the reaction", func() bool { return len(w.events(chat.EventMessageReaction)) == n+1 })
				reaction := decoded[wire.MessageReaction](w, chat.EventMessageReaction)[n]
				if reaction.Reaction.Text != "👍" || reaction.Reaction.MessageID != row.ID {
					t.Errorf("reaction %+v, want to %s", reaction.Reaction, row.ID)
				}
			}
			if got := w.arrived(chatID, text); got.Body != "a typo" {
				t.Errorf("the text is %q", got.Body)
			}
		})
	}
}
