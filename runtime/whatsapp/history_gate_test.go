package whatsapp

import (
	"bytes"
	"context"
	"errors"
	"testing"

	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/store"
	"go.mau.fi/whatsmeow/types"
	"google.golang.org/protobuf/proto"

	"github.com/wasession/wasession/runtime/chat"
)

// padded is a message as it comes out of a decryption.
func padded(m *waE2E.Message) []byte { return append(marshal(m), 3, 3, 3) }

var notice = &waE2E.HistorySyncNotification{SyncType: waE2E.HistorySyncType_RECENT.Enum(), DirectPath: proto.String("/v/x?y")}

func protocol(n *waE2E.HistorySyncNotification) *waE2E.Message {
	return &waE2E.Message{ProtocolMessage: &waE2E.ProtocolMessage{HistorySyncNotification: n}}
}

func TestHistoryNotice(t *testing.T) {
	for _, c := range []struct {
		name  string
		plain []byte
		want  bool
	}{
		{"a notification", padded(protocol(notice)), true},
		{"as the phone wraps it", padded(&waE2E.Message{DeviceSentMessage: &waE2E.DeviceSentMessage{Message: protocol(notice)}}), true},
		{"another protocol message", padded(&waE2E.Message{ProtocolMessage: &waE2E.ProtocolMessage{}}), false},
		{"a text", padded(text("hi")), false},
		{"nothing", nil, false},
		{"all padding", []byte{9, 9}, false},
		{"noise", bytes.Repeat([]byte{0xff}, 300), false},
	} {
		if got := historyNotice(c.plain); (got != nil) != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

func TestANotificationThatComesTwiceIsOne(t *testing.T) {
	a, b := announcement(notice), announcement(proto.Clone(notice).(*waE2E.HistorySyncNotification))
	if a.Stanza != b.Stanza || a.Stanza == "" || !bytes.Equal(a.Notice, b.Notice) {
		t.Errorf("%+v and %+v differ", a, b)
	}
	other := announcement(&waE2E.HistorySyncNotification{DirectPath: proto.String("/v/z?y")})
	if other.Stanza == a.Stanza {
		t.Error("two notifications are one")
	}
}

// bufferOf is a gated buffer over one that keeps nothing, as whatsmeow uses it:
// the session of the sender is stored, then the plaintext buffered.
func decryptFrom(t *testing.T, sender types.JID, plain []byte, announce func(chat.HistoryAnnounced) error) (announced int, err error) {
	t.Helper()
	gate := &historyGate{announce: func(_ context.Context, c chat.HistoryAnnounced) error {
		announced++
		if announce != nil {
			return announce(c)
		}
		return nil
	}}
	dev := &store.Device{ID: &types.JID{User: alicePN.User, Device: 5, Server: alicePN.Server}, LID: types.JID{User: aliceLID.User, Device: 5, Server: aliceLID.Server}}
	buffer := &eventBuffer{EventBuffer: memoryBuffer{}, gate: gate, dev: dev}
	sessions := sessions{SessionStore: &store.NoopStore{}}
	err = buffer.DoDecryptionTxn(t.Context(), func(ctx context.Context) error {
		if err := sessions.PutSession(ctx, sender.SignalAddress().String(), nil); err != nil {
			return err
		}
		return buffer.announceHistory(ctx, plain)
	})
	return announced, err
}

// memoryBuffer is a buffer without memory.
type memoryBuffer struct{ store.EventBuffer }

func (memoryBuffer) DoDecryptionTxn(ctx context.Context, fn func(context.Context) error) error {
	return fn(ctx)
}

func TestOnlyTheOwnPhoneAnnouncesHistory(t *testing.T) {
	otherDevice := aliceLID
	otherDevice.Device = 2
	for _, c := range []struct {
		name   string
		sender types.JID
		want   int
	}{
		{"the phone by LID", aliceLID, 1},
		{"the phone by number", alicePN, 1},
		{"a contact", bobLID, 0},
		{"another device of the account", otherDevice, 0},
	} {
		got, err := decryptFrom(t, c.sender, padded(protocol(notice)), nil)
		if err != nil || got != c.want {
			t.Errorf("%s: announced %d times, %v; want %d", c.name, got, err, c.want)
		}
	}
}

func TestWhatCannotBeWrittenDownIsNotDecrypted(t *testing.T) {
	full := errors.New("disk full")
	_, err := decryptFrom(t, aliceLID, padded(protocol(notice)), func(chat.HistoryAnnounced) error { return full })
	if !errors.Is(err, full) {
		t.Errorf("error %v: the ratchet would move on without the notification", err)
	}
}
