package simulator_test

import (
	"fmt"
	"testing"
	"time"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"
	"google.golang.org/protobuf/proto"

	"github.com/wasession/wasession/test/simulator"
	"github.com/wasession/wasession/test/simulator/simclient"
)

func TestIncomingTextInEveryAddressing(t *testing.T) {
	for name, tc := range map[string]struct {
		mode        simulator.Addressing
		sender, alt func(*simulator.User) types.JID
	}{
		"by LID":             {simulator.AddressLID, (*simulator.User).LID, (*simulator.User).PN},
		"by number with LID": {simulator.AddressPNWithLID, (*simulator.User).PN, (*simulator.User).LID},
		"by number alone":    {simulator.AddressPN, (*simulator.User).PN, func(*simulator.User) types.JID { return types.EmptyJID }},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			c, comp := w.linked(w.alice)
			when := time.Unix(1700000000, 0)
			var ids []string
			for i := range 3 { // a pkmsg first, then msgs
				id, err := w.bob.SendText(w.ctx, w.alice, fmt.Sprintf("hello %d", i),
					simulator.WithAddressing(tc.mode), simulator.WithTime(when))
				w.ok(err)
				ids = append(ids, id)
			}
			for i, id := range ids {
				msg := w.message(c, fmt.Sprintf("hello %d", i))
				if msg.Info.ID != id || msg.Info.PushName != "Bob" || !msg.Info.Timestamp.Equal(when) || msg.Info.IsFromMe {
					t.Errorf("message %d came as %+v", i, msg.Info)
				}
				if msg.Info.Sender != tc.sender(w.bob) || msg.Info.SenderAlt != tc.alt(w.bob) {
					t.Errorf("sender %s (%s), want %s (%s)", msg.Info.Sender, msg.Info.SenderAlt, tc.sender(w.bob), tc.alt(w.bob))
				}
			}
			w.ok(comp.WaitAcked(w.ctx, ids...))
			w.expect(w.bob, simulator.Receipt("inactive", ids[2]))
			if n := simclient.Count[*events.UndecryptableMessage](c.Events); n != 0 {
				t.Errorf("%d messages could not be decrypted", n)
			}
		})
	}
}

func TestOutgoingText(t *testing.T) {
	for name, to := range map[string]func(*simulator.User) types.JID{
		"to a number": (*simulator.User).PN,
		"to a LID":    (*simulator.User).LID,
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			c, comp := w.linked(w.alice)
			for i := range 3 {
				text := fmt.Sprintf("hi %d", i)
				sent, err := c.SendMessage(w.ctx, to(w.bob), simulator.TextMessage(text))
				w.ok(err)
				got := w.expect(w.bob, simulator.Text(text))
				if got.ID != sent.ID || got.From != comp.JID() || got.Own || got.Chat != w.bob.LID() {
					t.Errorf("Bob got %+v", got)
				}
				own := w.expect(w.alice, simulator.Text(text))
				if !own.Own || own.Chat != w.bob.LID() {
					t.Errorf("Alice's phone got %+v", own)
				}
				event(w, c, func(r *events.Receipt) bool {
					return r.Type == types.ReceiptTypeDelivered && r.MessageIDs[0] == sent.ID && r.Chat == w.bob.LID()
				})
			}
		})
	}
}

func TestAnswerAfterIncomingMessage(t *testing.T) {
	w := newWorld(t)
	c, _ := w.linked(w.alice)
	_, err := w.bob.SendText(w.ctx, w.alice, "ping")
	w.ok(err)
	msg := w.message(c, "ping")
	_, err = c.SendMessage(w.ctx, msg.Info.Chat, simulator.TextMessage("pong"))
	w.ok(err)
	w.expect(w.bob, simulator.Text("pong"))
}

func TestMessageTypedOnTheOwnPhone(t *testing.T) {
	for name, mode := range map[string]simulator.Addressing{
		"by LID": simulator.AddressLID, "by number with LID": simulator.AddressPNWithLID, "by number alone": simulator.AddressPN,
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			c, comp := w.linked(w.alice)
			id, err := w.alice.SendText(w.ctx, w.bob, "from my phone", simulator.WithAddressing(mode))
			w.ok(err)
			msg := w.message(c, "from my phone")
			chat := w.bob.LID()
			if mode != simulator.AddressLID {
				chat = w.bob.PN()
			}
			if !msg.Info.IsFromMe || msg.Info.Chat != chat || msg.Info.ID != id {
				t.Errorf("the copy came as %+v", msg.Info)
			}
			w.ok(comp.WaitAcked(w.ctx, id))
			w.expect(w.bob, simulator.Text("from my phone"))
			event(w, c, func(r *events.Receipt) bool {
				return r.Type == types.ReceiptTypeDelivered && r.MessageIDs[0] == id && r.Chat == chat
			})
		})
	}
}

func TestTwoLinkedAccountsChat(t *testing.T) {
	w := newWorld(t)
	alice, aliceComp := w.linked(w.alice)
	bob, bobComp := w.linked(w.bob)
	for i := range 3 {
		text := fmt.Sprintf("to Bob %d", i)
		sent, err := alice.SendMessage(w.ctx, w.bob.PN(), simulator.TextMessage(text))
		w.ok(err)
		got := w.message(bob, text)
		if got.Info.Sender != aliceComp.LID() || got.Info.SenderAlt.User != w.alice.PN().User {
			t.Errorf("Bob's client got it from %s (%s)", got.Info.Sender, got.Info.SenderAlt)
		}
		w.ok(bobComp.WaitAcked(w.ctx, sent.ID))
		event(w, alice, func(r *events.Receipt) bool {
			return r.MessageIDs[0] == sent.ID && r.Sender == bobComp.LID()
		})
		back := fmt.Sprintf("to Alice %d", i)
		_, err = bob.SendMessage(w.ctx, got.Info.Chat, simulator.TextMessage(back))
		w.ok(err)
		w.message(alice, back)
	}
}

func TestSecondCompanionGetsCopies(t *testing.T) {
	w := newWorld(t)
	first, firstComp := w.linked(w.alice)
	second, _ := w.linked(w.alice)
	_, err := w.bob.SendText(w.ctx, w.alice, "to both")
	w.ok(err)
	w.message(first, "to both")
	w.message(second, "to both")
	// A notification has told the first client about the second.
	w.ok(firstComp.WaitIdle(w.ctx))
	_, err = first.SendMessage(w.ctx, w.bob.PN(), simulator.TextMessage("from the first"))
	w.ok(err)
	copied := w.message(second, "from the first")
	if !copied.Info.IsFromMe || copied.Info.Chat != w.bob.LID() {
		t.Errorf("the copy came as %+v", copied.Info)
	}
}

func TestReactionEditAndRevoke(t *testing.T) {
	w := newWorld(t)
	c, _ := w.linked(w.alice)
	id, err := w.bob.SendText(w.ctx, w.alice, "first")
	w.ok(err)
	w.message(c, "first")

	w.ok(w.bob.React(w.ctx, w.alice, id, true, "👍"))
	event(w, c, func(m *events.Message) bool {
		return m.Info.Type == "reaction" && m.Message.GetReactionMessage().GetText() == "👍" &&
			m.Message.GetReactionMessage().GetKey().GetID() == id
	})
	w.ok(w.bob.Edit(w.ctx, w.alice, id, "second"))
	event(w, c, func(m *events.Message) bool {
		return m.IsEdit && m.Info.Edit == types.EditAttributeMessageEdit && simulator.MessageText(m.Message) == "second"
	})
	w.ok(w.bob.Revoke(w.ctx, w.alice, id))
	event(w, c, func(m *events.Message) bool {
		p := m.Message.GetProtocolMessage()
		return m.Info.Edit == types.EditAttributeSenderRevoke && p.GetType() == waE2E.ProtocolMessage_REVOKE && p.GetKey().GetID() == id
	})

	// In the other direction.
	sent, err := c.SendMessage(w.ctx, w.bob.PN(), simulator.TextMessage("mine"))
	w.ok(err)
	_, err = c.SendMessage(w.ctx, w.bob.PN(), c.BuildReaction(w.bob.PN(), w.bob.PN(), id, "❤"))
	w.ok(err)
	w.expect(w.bob, func(r simulator.Received) bool { return r.Message.GetReactionMessage().GetText() == "❤" })
	_, err = c.SendMessage(w.ctx, w.bob.PN(), c.BuildEdit(w.bob.PN(), sent.ID, simulator.TextMessage("mine, edited")))
	w.ok(err)
	w.expect(w.bob, func(r simulator.Received) bool { return r.Edit == "1" && r.Text() == "mine, edited" })
	_, err = c.SendMessage(w.ctx, w.bob.PN(), c.BuildRevoke(w.bob.PN(), types.EmptyJID, sent.ID))
	w.ok(err)
	w.expect(w.bob, func(r simulator.Received) bool { return r.Edit == "7" })
}

func TestMediaMessageTypes(t *testing.T) {
	w := newWorld(t)
	c, _ := w.linked(w.alice)
	_, err := w.bob.Send(w.ctx, w.alice, &waE2E.Message{ImageMessage: &waE2E.ImageMessage{Caption: proto.String("look")}})
	w.ok(err)
	if msg := w.message(c, "look"); msg.Info.Type != "media" || msg.Info.MediaType != "image" {
		t.Errorf("came as type %q, media type %q", msg.Info.Type, msg.Info.MediaType)
	}
}

func TestReadReceiptsBothWays(t *testing.T) {
	w := newWorld(t)
	c, _ := w.linked(w.alice)
	var ids []string
	for i := range 3 {
		sent, err := c.SendMessage(w.ctx, w.bob.PN(), simulator.TextMessage(fmt.Sprint("q", i)))
		w.ok(err)
		w.expect(w.bob, simulator.MessageID(sent.ID))
		ids = append(ids, sent.ID)
	}
	w.ok(w.bob.MarkRead(w.ctx, ids...))
	read := event(w, c, func(r *events.Receipt) bool { return r.Type == types.ReceiptTypeRead })
	if len(read.MessageIDs) != 3 || read.Chat != w.bob.LID() {
		t.Errorf("read receipt for %v in %s", read.MessageIDs, read.Chat)
	}
	w.ok(w.bob.MarkPlayed(w.ctx, ids[0]))
	event(w, c, func(r *events.Receipt) bool { return r.Type == types.ReceiptTypePlayed })

	id, err := w.bob.SendText(w.ctx, w.alice, "read me")
	w.ok(err)
	msg := w.message(c, "read me")
	w.ok(c.MarkRead(w.ctx, []string{id}, time.Now(), msg.Info.Chat, msg.Info.Sender))
	w.expect(w.bob, simulator.Receipt("read", id))
	w.expect(w.alice, simulator.Receipt("read", id)) // the account's own phone learns of it too

	w.ok(w.alice.ReadOnPhone(w.ctx, w.bob.LID(), id))
	event(w, c, func(r *events.Receipt) bool {
		return r.Type == types.ReceiptTypeReadSelf && r.IsFromMe && r.Chat == w.bob.LID()
	})
	if err = w.bob.MarkRead(w.ctx, "nothing"); err == nil {
		t.Error("a message that does not exist was marked as read")
	}
}

func TestWithoutAutomaticReceipts(t *testing.T) {
	w := newWorld(t)
	w.bob.SetAutoReceipts(false)
	c, _ := w.linked(w.alice)
	sent, err := c.SendMessage(w.ctx, w.bob.PN(), simulator.TextMessage("are you there?"))
	w.ok(err)
	w.expect(w.bob, simulator.MessageID(sent.ID))
	w.ok(w.bob.SendReceipt(w.ctx, types.ReceiptTypeRead, sent.ID))
	event(w, c, func(r *events.Receipt) bool { return r.Type == types.ReceiptTypeRead })
	delivered := simclient.Count(c.Events, func(r *events.Receipt) bool { return r.Type == types.ReceiptTypeDelivered })
	if delivered != 0 {
		t.Errorf("%d delivery receipts came", delivered)
	}
}

func TestRejectedMessage(t *testing.T) {
	w := newWorld(t)
	c, _ := w.linked(w.alice)
	w.srv.Faults().RejectMessages(463, 1)
	_, err := c.SendMessage(w.ctx, w.bob.PN(), simulator.TextMessage("no"))
	if err == nil {
		t.Error("the client does not know that its message was refused")
	}
	_, err = c.SendMessage(w.ctx, w.bob.PN(), simulator.TextMessage("yes"))
	w.ok(err)
	w.expect(w.bob, simulator.Text("yes"))
}

func TestWritingToAnUnknownNumber(t *testing.T) {
	w := newWorld(t)
	c, _ := w.linked(w.alice)
	_, err := c.SendMessage(w.ctx, types.NewJID("19998887777", types.DefaultUserServer), simulator.TextMessage("?"),
		whatsmeow.SendRequestExtra{Timeout: 5 * time.Second})
	if err == nil {
		t.Error("a message to an unknown account was accepted")
	}
}
