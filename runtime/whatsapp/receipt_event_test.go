package whatsapp

import (
	"reflect"
	"testing"

	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"

	"github.com/wasession/wasession/runtime/chat"
)

func TestReceipts(t *testing.T) {
	const bob, room chat.ID = "15550002222@c.us", "120363000000000001@g.us"
	direct := types.MessageSource{Chat: bobLID, Sender: bobLID}
	group := types.MessageSource{Chat: lunch, Sender: bobLID, IsGroup: true}
	mine := types.MessageSource{Chat: bobPN, Sender: alicePN, IsFromMe: true}
	ids := []string{"A", "B"}
	ack := func(in, participant chat.ID, a chat.Ack) []chat.Change {
		return []chat.Change{chat.AckChanged{Chat: in, Participant: participant, Stanzas: ids, Ack: a, Timestamp: at.Unix()}}
	}
	read := []chat.Change{chat.SelfRead{Chat: bob, Stanzas: ids, Timestamp: at.Unix()}}
	for _, c := range []struct {
		name   string
		source types.MessageSource
		kind   types.ReceiptType
		want   []chat.Change
	}{
		{"delivered", direct, types.ReceiptTypeDelivered, ack(bob, "", chat.AckDevice)},
		{"delivered to a device that is not looked at", direct, types.ReceiptTypeInactive, ack(bob, "", chat.AckDevice)},
		{"read", direct, types.ReceiptTypeRead, ack(bob, "", chat.AckRead)},
		{"played", direct, types.ReceiptTypePlayed, ack(bob, "", chat.AckPlayed)},
		{"read by a member", group, types.ReceiptTypeRead, ack(room, bob, chat.AckRead)},
		{"read by me elsewhere", mine, types.ReceiptTypeRead, read},
		{"read by me elsewhere, receipts off", direct, types.ReceiptTypeReadSelf, read},
		{"delivered to my other device", mine, types.ReceiptTypeDelivered, nil},
		{"my other device has sent it", mine, types.ReceiptTypeSender, nil},
		{"a retry", direct, types.ReceiptTypeRetry, nil},
		{"a peer's", mine, types.ReceiptTypePeerMsg, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := alices.receiptChanges(&events.Receipt{MessageSource: c.source, MessageIDs: ids, Timestamp: at, Type: c.kind})
			if !reflect.DeepEqual(got, c.want) {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
		})
	}
}
