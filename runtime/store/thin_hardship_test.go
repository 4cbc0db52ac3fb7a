package store

import (
	"encoding/json"
	"errors"
	"slices"
	"testing"

	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/wire"
)

// An event that could not be encoded before its message was removed is not
// delivered with an empty payload.
func TestWhatCouldNotBeEncodedStaysSo(t *testing.T) {
	s := open(t, Options{Encode: func(chat.Event) ([]byte, error) { return nil, errors.New("no words") }})
	must(s.Webhook(t.Context(), "a"))(t)
	apply(t, s, received(bob, "A", 1))
	if err := s.Deadletter(t.Context(), chat.Cursor{Webhook: "a"}, 1); err != nil {
		t.Fatal(err)
	}
	apply(t, s, chat.DeletedForMe{Chat: bob, Stanza: "A"})
	events := must(s.EventsFrom(t.Context(), 0, 0))(t)
	if len(events) != 2 {
		t.Fatalf("events %+v", events)
	}
	for _, e := range events {
		if e.Problem == nil {
			t.Errorf("event %s carries %q", e.Name, e.Payload)
		}
	}
	if letters := lettersOf(t, s); len(letters) != 1 || letters[0].Event.Problem == nil {
		t.Errorf("dead letters %+v", letters)
	}
}

// If a contact reacts under a message's id, the chat's history removes neither
// the message nor its events.
func TestTheHistoryRemovesNoMessageThatWasReceived(t *testing.T) {
	s := open(t, Options{Encode: whole})
	apply(t, s, received(bob, "X", 10), received(bob, "Y", 11), chat.DeletedForMe{Chat: bob, Stanza: "Y"})
	showed := must(s.EventsFrom(t.Context(), 0, 2))(t)
	apply(t, s, chat.Reacted{Message: received(bob, "X", 11).Message, Target: chat.MessageID{Chat: bob, Stanza: "X"}, Text: "x", Timestamp: 12})
	past := []chat.Message{received(bob, "OLD", 5).Message, received(bob, "X", 10).Message, received(bob, "Y", 11).Message}
	if err := s.Import(t.Context(), []chat.HistoryChat{{Chat: chat.Chat{ID: bob}, Messages: past}}); err != nil {
		t.Fatal(err)
	}
	apply(t, s, chat.Muted{Chat: bob, Until: 1}) // commits the import
	if got := stanzasOf(t, s, chat.MessageQuery{Chat: bob, Reverse: true}); !slices.Equal(got, []string{"OLD", "X"}) {
		t.Errorf("messages %v", got)
	}
	for i, e := range must(s.EventsFrom(t.Context(), 0, 2))(t) {
		if e.Problem != nil || string(e.Payload) != string(showed[i].Payload) {
			t.Errorf("event %s shows %s (%v), but showed %s", e.Name, e.Payload, e.Problem, showed[i].Payload)
		}
	}
}

// An event encoded from a row at delivery is byte for byte what would have been
// encoded from the message when it came.
func TestAnEventShowsItsMessageAsItCame(t *testing.T) {
	encoder := wire.Encoder{Raw: func(m chat.Message) any { return m }, FileURL: func(m *chat.Message) string { return "http://x/" + m.Stanza }}
	s := open(t, Options{Encode: encoder.Payload})
	plain := received(bob, "A", 1).Message
	full := chat.Message{
		Chat: lunch, Arrived: lunch, Stanza: "S", WireStanza: "../S", Participant: bob, SenderName: "Bob \u2028 <b>", Timestamp: 1 << 40,
		Ack: chat.AckDevice, Type: chat.TypeImage, Body: "a caption that is long enough \x00 to be cut out", Media: &chat.Media{MIMEType: "image/png", Filename: "f", Size: 1 << 50},
		Location: &chat.Location{Latitude: 5e-324, Longitude: -179.99999999999997, Live: true, Name: "n", Address: "a", URL: "u", Description: "d", Thumbnail: []byte{0, 255}},
		VCards:   []string{"BEGIN:VCARD"}, ReplyTo: &chat.Reply{Stanza: "Q", Participant: bob, Body: "quoted", HasMedia: true, Raw: []byte{1, 2}},
		Mentions: []chat.ID{bob}, Raw: []byte("\x0a\x1ea caption that is long enough \x00 to be cut out\xff"),
	}
	own := full
	own.Stanza, own.WireStanza, own.FromMe, own.FromAPI, own.Ack, own.Starred, own.EditedAt, own.PinnedUntil = "O", "", true, true, chat.AckPending, true, 7, 8
	for _, m := range []chat.Message{plain, full, own} {
		want, err := encoder.Payload(chat.Event{Name: chat.EventMessageAny, Change: chat.MessageReceived{Message: m}, After: &m})
		if err != nil {
			t.Fatal(err)
		}
		last := must(s.LastSeq(t.Context()))(t)
		apply(t, s, chat.MessageReceived{Message: m})
		// The ack that comes later does not show in it.
		apply(t, s, chat.AckChanged{Chat: m.Chat, Stanzas: []string{m.Stanza}, Ack: chat.AckPlayed})
		for _, e := range must(s.EventsFrom(t.Context(), last, 0))(t) {
			if e.Name != chat.EventMessageAny && e.Name != chat.EventMessage {
				continue
			}
			if e.Problem != nil || !json.Valid(e.Payload) || string(e.Payload) != string(want) {
				t.Errorf("%s shows\n%s (%v), want\n%s", e.Name, e.Payload, e.Problem, want)
			}
		}
	}
}
