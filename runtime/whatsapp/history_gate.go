package whatsapp

import (
	"context"
	"crypto/sha256"
	"encoding/hex"

	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/types"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	"github.com/wasession/wasession/runtime/chat"
)

// historyGate stores history notifications before whatsmeow processes them.
//
// whatsmeow acknowledges a message from the own phone in a separate goroutine,
// before it dispatches the message: a crash in between would lose a part of the
// history for good. The gate sees the decrypted bytes earlier, in the transaction
// that advances the ratchet, so a notification is stored before any receipt can
// be sent.
type historyGate struct {
	announce func(context.Context, chat.HistoryAnnounced) error
}

// isPhoneOf reports whether a Signal address is that of the account's phone,
// which is device 0.
func isPhoneOf(address string, own types.JID) bool {
	return !own.IsEmpty() && address == own.ToNonAD().SignalAddress().String()
}

// announcement returns the change for a notification. Its id is a hash of the
// content, so that a redelivered notification is the same one.
func announcement(notice *waE2E.HistorySyncNotification) chat.HistoryAnnounced {
	raw, err := proto.MarshalOptions{Deterministic: true}.Marshal(notice)
	if err != nil {
		// A message that was just unmarshalled always marshals.
		return chat.HistoryAnnounced{}
	}
	sum := sha256.Sum256(raw)
	return chat.HistoryAnnounced{Stanza: hex.EncodeToString(sum[:16]), Notice: raw}
}

// Fields of waE2E.Message that can hold a history notification.
const (
	fieldProtocolMessage   = 12
	fieldDeviceSentMessage = 31
)

// historyNotice returns the history notification in a decrypted, still padded
// message. Other messages are recognised by their field numbers and not decoded.
func historyNotice(padded []byte) *waE2E.HistorySyncNotification {
	if len(padded) == 0 {
		return nil
	}
	padding := int(padded[len(padded)-1])
	if padding > len(padded) {
		return nil
	}
	plain := padded[:len(padded)-padding]
	if !hasField(plain, fieldProtocolMessage) && !hasField(plain, fieldDeviceSentMessage) {
		return nil
	}
	var msg waE2E.Message
	if proto.Unmarshal(plain, &msg) != nil {
		return nil
	}
	inner := &msg
	if sent := msg.GetDeviceSentMessage().GetMessage(); sent != nil {
		inner = sent
	}
	return inner.GetProtocolMessage().GetHistorySyncNotification()
}

// hasField reports whether a serialised message has a field at its top level.
func hasField(b []byte, want protowire.Number) bool {
	for len(b) > 0 {
		num, typ, n := protowire.ConsumeTag(b)
		if n < 0 {
			return false
		}
		if num == want {
			return true
		}
		b = b[n:]
		if n = protowire.ConsumeFieldValue(num, typ, b); n < 0 {
			return false
		}
		b = b[n:]
	}
	return false
}
