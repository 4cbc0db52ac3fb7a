package whatsapp

import (
	"encoding/json"
	"math"
	"testing"

	"github.com/wasession/wasession/runtime/chat"
	"go.mau.fi/whatsmeow/proto/waE2E"
)

// Rows that an earlier version stored are shown too.
func TestRawDataOfAWildRowIsJSON(t *testing.T) {
	nan := math.NaN()
	raw := marshal(&waE2E.Message{LocationMessage: &waE2E.LocationMessage{DegreesLatitude: &nan}})
	if _, err := json.Marshal(NewRawData(chat.Message{Chat: "1@c.us", Stanza: "A", Raw: raw}, "")); err != nil {
		t.Error(err)
	}
}
