package session_test

import (
	"slices"
	"testing"
	"time"

	"go.mau.fi/whatsmeow/proto/waCommon"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"google.golang.org/protobuf/proto"

	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/whatsapp"
	"github.com/wasession/wasession/test/simulator"
)

const (
	aliceID chat.ID = "15550001111@c.us"
	bobID   chat.ID = "15550002222@c.us"
)

func TestDirectMessagesBothWays(t *testing.T) {
	w := newWorld(t)
	s := w.open()
	s.pair()
	id, err := w.bob.SendText(w.ctx, w.alice, "hello")
	if err != nil {
		t.Fatal(err)
	}
	got := s.message(id)
	if got.Chat != bobID || got.FromMe || got.Body != "hello" || got.Type != chat.TypeText || got.SenderName != "Bob" || got.Ack != chat.AckDevice {
		t.Errorf("received %+v", got)
	}
	if c := s.chatOf(bobID); c.Unread != 1 || c.Name != "Bob" {
		t.Errorf("chat %+v, want one unread message of Bob's", c)
	}
	typed, err := w.alice.SendText(w.ctx, w.bob, "typed on the phone")
	if err != nil {
		t.Fatal(err)
	}
	if got := s.message(typed); got.Chat != bobID || !got.FromMe || got.FromAPI || got.Ack < chat.AckServer {
		t.Errorf("typed on the phone: %+v", got)
	}
	s.await("both to be counted", func() bool {
		received, sent := s.Traffic()
		return received == 1 && sent == 1
	})
}

func TestOnePersonIsOneChatWhateverTheAddress(t *testing.T) {
	w := newWorld(t)
	s := w.open()
	s.pair()
	for _, a := range []simulator.Addressing{simulator.AddressPN, simulator.AddressPNWithLID, simulator.AddressLID} {
		id, err := w.bob.SendText(w.ctx, w.alice, "hi", simulator.WithAddressing(a))
		if err != nil {
			t.Fatal(err)
		}
		if got := s.message(id); got.Chat != bobID {
			t.Errorf("addressing %v: chat %s, want %s", a, got.Chat, bobID)
		}
	}
	chats, err := s.store.Chats(w.ctx, chat.ChatQuery{})
	if err != nil || len(chats) != 1 {
		t.Errorf("chats %v, %v; want Bob's alone", chats, err)
	}
}

func TestGroupMessages(t *testing.T) {
	w := newWorld(t)
	carol := w.srv.AddUser("15550003333", "", "Carol")
	s := w.open()
	s.pair()
	g := w.srv.AddGroup("Lunch", w.alice, w.bob, carol)
	group := chat.ID(g.JID().String())
	for _, from := range []*simulator.User{w.bob, carol} {
		id, err := from.SendGroupText(w.ctx, g, "who is hungry?")
		if err != nil {
			t.Fatal(err)
		}
		got := s.message(id)
		if got.Chat != group || got.Participant != chat.ID(from.PN().User+"@c.us") || got.Body != "who is hungry?" {
			t.Errorf("message %+v, want it from %s in the group", got, from.PN())
		}
	}
	s.await("the group's name", func() bool { return s.chatOf(group).Name == "Lunch" })
	rows, err := s.store.Messages(w.ctx, chat.MessageQuery{Chat: group})
	if err != nil || len(rows) != 2 {
		t.Errorf("rows %v, %v: keys and protocol messages are no rows", rows, err)
	}
}

func TestWhatHappensToMessages(t *testing.T) {
	w := newWorld(t)
	s := w.open()
	s.pair()
	id, err := w.bob.SendText(w.ctx, w.alice, "first")
	if err != nil {
		t.Fatal(err)
	}
	s.message(id)
	key := &waCommon.MessageKey{RemoteJID: proto.String(w.alice.PN().String()), FromMe: proto.Bool(true), ID: proto.String(id)}
	send := func(m *waE2E.Message) {
		t.Helper()
		if _, err := w.bob.Send(w.ctx, w.alice, m); err != nil {
			t.Fatal(err)
		}
	}
	send(&waE2E.Message{EditedMessage: &waE2E.FutureProofMessage{Message: &waE2E.Message{ProtocolMessage: &waE2E.ProtocolMessage{
		Key: key, Type: waE2E.ProtocolMessage_MESSAGE_EDIT.Enum(),
		EditedMessage: &waE2E.Message{Conversation: proto.String("second")}, TimestampMS: proto.Int64(time.Now().UnixMilli()),
	}}}})
	s.await("the edit", func() bool { return s.message(id).Body == "second" && s.message(id).EditedAt > 0 })

	send(&waE2E.Message{
		PinInChatMessage:   &waE2E.PinInChatMessage{Key: key, Type: waE2E.PinInChatMessage_PIN_FOR_ALL.Enum()},
		MessageContextInfo: &waE2E.MessageContextInfo{MessageAddOnDurationInSecs: proto.Uint32(86400)},
	})
	s.await("the pin", func() bool { return s.message(id).PinnedUntil > time.Now().Unix() })

	send(&waE2E.Message{ReactionMessage: &waE2E.ReactionMessage{Key: key, Text: proto.String("👍")}})
	s.await("the reaction's event", func() bool { return slices.Contains(s.events(), chat.EventMessageReaction) })

	send(&waE2E.Message{ProtocolMessage: &waE2E.ProtocolMessage{Key: key, Type: waE2E.ProtocolMessage_REVOKE.Enum()}})
	s.await("the revocation's event", func() bool { return slices.Contains(s.events(), chat.EventMessageRevoked) })

	rows, err := s.store.Messages(w.ctx, chat.MessageQuery{Chat: bobID})
	if err != nil || len(rows) > 1 {
		t.Errorf("rows %v, %v: edits, pins and reactions are no rows", rows, err)
	}
}

func TestRawDataIsTheEnginesForm(t *testing.T) {
	w := newWorld(t)
	s := w.open()
	s.pair()
	id, err := w.bob.SendText(w.ctx, w.alice, "raw")
	if err != nil {
		t.Fatal(err)
	}
	raw := whatsapp.NewRawData(s.message(id), s.Account().Me().ID)
	if raw.Info.ID != id || raw.Info.PushName != "Bob" || raw.Info.IsFromMe || raw.Message.GetConversation() != "raw" {
		t.Errorf("raw data %+v", raw)
	}
}

// events are the names of all events so far, oldest first.
func (r *running) events() []string {
	r.t.Helper()
	stored, err := r.store.EventsFrom(r.w.ctx, 0, 1000)
	if err != nil {
		r.t.Fatal(err)
	}
	names := make([]string, len(stored))
	for i, e := range stored {
		names[i] = e.Name
	}
	return names
}
