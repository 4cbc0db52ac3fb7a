package whatsapp

import (
	"math"
	"testing"

	"go.mau.fi/whatsmeow/proto/waE2E"
	"google.golang.org/protobuf/proto"

	"github.com/wasession/wasession/runtime/chat"
)

func TestAnswersToEvents(t *testing.T) {
	answer := func(kind waE2E.EventResponseMessage_EventResponseType, ms int64, guests int32) *waE2E.EventResponseMessage {
		return &waE2E.EventResponseMessage{Response: kind.Enum(), TimestampMS: proto.Int64(ms), ExtraGuestCount: proto.Int32(guests)}
	}
	for name, c := range map[string]struct {
		answer *waE2E.EventResponseMessage
		want   chat.EventResponded
	}{
		"going":             {answer(waE2E.EventResponseMessage_GOING, 5, 2), chat.EventResponded{Answer: chat.EventGoing, At: 5, Guests: 2}},
		"not going":         {answer(waE2E.EventResponseMessage_NOT_GOING, 5, 0), chat.EventResponded{Answer: chat.EventNotGoing, At: 5}},
		"perhaps":           {answer(waE2E.EventResponseMessage_MAYBE, 5, 0), chat.EventResponded{Answer: chat.EventMaybe, At: 5}},
		"nothing":           {&waE2E.EventResponseMessage{}, chat.EventResponded{Answer: chat.EventUnknown}},
		"a made up one":     {answer(99, -1, -1), chat.EventResponded{Answer: chat.EventUnknown}},
		"with a large time": {answer(0, math.MaxInt64, math.MaxInt32), chat.EventResponded{Answer: chat.EventUnknown, At: 1000 * latest, Guests: math.MaxInt16}},
	} {
		got := answered(chat.EventResponded{}, c.answer)
		if got.Answer != c.want.Answer || got.At != c.want.At || got.Guests != c.want.Guests {
			t.Errorf("%s: %+v", name, got)
		}
	}
}
