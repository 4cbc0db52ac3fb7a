package simulator

import (
	"context"
	"time"

	"go.mau.fi/whatsmeow/proto/waCommon"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"google.golang.org/protobuf/proto"
)

// EventAnswer is whether somebody comes to an event.
type EventAnswer = waE2E.EventResponseMessage_EventResponseType

// EventMessage returns an event of a calendar that begins at a time.
func EventMessage(name string, start time.Time) *waE2E.Message {
	return &waE2E.Message{
		EventMessage:       &waE2E.EventMessage{Name: proto.String(name), StartTime: proto.Int64(start.Unix())},
		MessageContextInfo: &waE2E.MessageContextInfo{MessageSecret: randomBytes(32)},
	}
}

// Respond answers an event that the phone sent or received, and returns the id of the answer.
// Phones encrypt it with numbers, however people are addressed: Baileys expects no other.
func (u *User) Respond(ctx context.Context, event string, answer EventAnswer, guests int32, opts ...SendOption) (string, error) {
	response := &waE2E.EventResponseMessage{
		Response: answer.Enum(), TimestampMS: proto.Int64(time.Now().UnixMilli()), ExtraGuestCount: proto.Int32(guests),
	}
	opts = append([]SendOption{SealedAs(AddressPN, AddressPN)}, opts...)
	return u.add(ctx, event, useEventResponse, response, func(key *waCommon.MessageKey, payload, nonce []byte) *waE2E.Message {
		return &waE2E.Message{EncEventResponseMessage: &waE2E.EncEventResponseMessage{
			EventCreationMessageKey: key, EncPayload: payload, EncIV: nonce,
		}}
	}, opts)
}
