package whatsapp

import (
	"testing"

	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"

	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/wire"
)

func TestSignals(t *testing.T) {
	for _, c := range []struct {
		name      string
		evt       any
		want, raw string
	}{
		{"online", &events.Presence{From: bobLID}, chat.EventPresence,
			`{"id":"15550002222@c.us","presences":[{"participant":"15550002222@c.us","lastSeen":null,"lastKnownPresence":"online"}]}`},
		{"offline", &events.Presence{From: bobPN, Unavailable: true, LastSeen: at}, chat.EventPresence,
			`{"id":"15550002222@c.us","presences":[{"participant":"15550002222@c.us","lastSeen":1700000000,"lastKnownPresence":"offline"}]}`},
		{"typing in a group", &events.ChatPresence{MessageSource: types.MessageSource{Chat: lunch, Sender: bobLID, IsGroup: true}, State: types.ChatPresenceComposing}, chat.EventPresence,
			`{"id":"120363000000000001@g.us","presences":[{"participant":"15550002222@c.us","lastSeen":null,"lastKnownPresence":"typing"}]}`},
		{"recording", &events.ChatPresence{MessageSource: types.MessageSource{Chat: bobPN, Sender: bobPN}, State: types.ChatPresenceComposing, Media: types.ChatPresenceMediaAudio}, chat.EventPresence,
			`{"id":"15550002222@c.us","presences":[{"participant":"15550002222@c.us","lastSeen":null,"lastKnownPresence":"recording"}]}`},
		{"paused", &events.ChatPresence{MessageSource: types.MessageSource{Chat: bobPN, Sender: bobPN}, State: types.ChatPresencePaused}, chat.EventPresence,
			`{"id":"15550002222@c.us","presences":[{"participant":"15550002222@c.us","lastSeen":null,"lastKnownPresence":"paused"}]}`},
		{"a message that waits for its key", &events.UndecryptableMessage{Info: types.MessageInfo{MessageSource: types.MessageSource{Chat: lunch, Sender: bobLID, IsGroup: true}, ID: "A", Timestamp: at}}, chat.EventMessageWaiting,
			`{"id":"false_120363000000000001@g.us_A_15550002222@c.us","timestamp":1700000000,"from":"120363000000000001@g.us","fromMe":false,"participant":"15550002222@c.us","hasMedia":false,"body":""}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			changes := alices.signal(c.evt)
			if len(changes) != 1 {
				t.Fatalf("changes %v", changes)
			}
			told := changes[0].(chat.Told)
			raw, err := wire.Encoder{}.Payload(chat.Event{Change: told})
			if err != nil || told.EventName() != c.want || string(raw) != c.raw {
				t.Errorf("%s %s, %v\nwant %s %s", told.EventName(), raw, err, c.want, c.raw)
			}
		})
	}
}

func TestHiddenFailuresAreNoEvent(t *testing.T) {
	evt := &events.UndecryptableMessage{Info: types.MessageInfo{MessageSource: types.MessageSource{Chat: bobPN, Sender: bobPN}}, DecryptFailMode: events.DecryptFailHide}
	if changes := alices.signal(evt); len(changes) != 0 {
		t.Errorf("changes %v", changes)
	}
	if changes := alices.signal(&events.OfflineSyncCompleted{}); len(changes) != 0 {
		t.Errorf("changes %v", changes)
	}
}
