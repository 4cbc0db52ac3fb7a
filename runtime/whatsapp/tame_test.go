package whatsapp

import (
	"encoding/json"
	"math"
	"testing"
	"time"

	"go.mau.fi/whatsmeow/proto/waE2E"
	"google.golang.org/protobuf/proto"

	"github.com/wasession/wasession/runtime/chat"
)

func TestTameTakesOutWhatNoJSONCanSay(t *testing.T) {
	nan := math.NaN()
	quoted := text("innermost")
	for range 200 {
		quoted = &waE2E.Message{ExtendedTextMessage: &waE2E.ExtendedTextMessage{ContextInfo: &waE2E.ContextInfo{QuotedMessage: quoted}}}
	}
	msg := &waE2E.Message{
		LocationMessage: &waE2E.LocationMessage{DegreesLatitude: &nan, DegreesLongitude: proto.Float64(8.5), SpeedInMps: proto.Float32(float32(math.Inf(1)))},
		ImageMessage:    &waE2E.ImageMessage{Annotations: []*waE2E.InteractiveAnnotation{{PolygonVertices: []*waE2E.Point{{X: &nan, Y: proto.Float64(1)}}}}},
		ExtendedTextMessage: &waE2E.ExtendedTextMessage{
			Text: proto.String("kept"), ContextInfo: &waE2E.ContextInfo{QuotedMessage: quoted},
		},
	}
	tame(msg)
	encoded, err := json.Marshal(msg)
	if err != nil {
		t.Fatalf("it is still no JSON: %v", err)
	}
	if depth := nesting(encoded); depth > 3*maxNesting {
		t.Errorf("it is nested %d deep", depth)
	}
	l := msg.GetLocationMessage()
	if l.DegreesLatitude != nil || l.GetDegreesLongitude() != 8.5 || l.SpeedInMps != nil || msg.GetExtendedTextMessage().GetText() != "kept" {
		t.Errorf("left are %v", msg)
	}
}

func TestTameLeavesOrdinaryMessagesAlone(t *testing.T) {
	msg := &waE2E.Message{LocationMessage: &waE2E.LocationMessage{DegreesLatitude: proto.Float64(math.Copysign(0, -1)), DegreesLongitude: proto.Float64(math.MaxFloat64)}}
	before := proto.Clone(msg)
	if tame(msg); !proto.Equal(before, msg) {
		t.Errorf("%v became %v", before, msg)
	}
	tame((*waE2E.Message)(nil))
}

// Rows that an earlier version stored are shown too.
func TestRawDataOfAWildRowIsJSON(t *testing.T) {
	nan := math.NaN()
	raw := marshal(&waE2E.Message{LocationMessage: &waE2E.LocationMessage{DegreesLatitude: &nan}})
	if _, err := json.Marshal(NewRawData(chat.Message{Chat: "1@c.us", Stanza: "A", Raw: raw}, "")); err != nil {
		t.Error(err)
	}
}

// nesting is how deep a JSON text without brackets in its strings is nested.
func nesting(encoded []byte) (most int) {
	depth := 0
	for _, c := range encoded {
		switch c {
		case '{', '[':
			depth++
			most = max(most, depth)
		case '}', ']':
			depth--
		}
	}
	return most
}

func TestRedeliveriesBackOff(t *testing.T) {
	var r redelivery
	now := time.Unix(1_700_000_000, 0)
	want := redeliverFirst
	for range 12 {
		if got := r.next(now); got != want {
			t.Fatalf("waits %v, want %v", got, want)
		}
		want = min(2*want, redeliverMost)
		now = now.Add(want)
	}
	if got := r.next(now.Add(redeliverQuiet + time.Second)); got != redeliverFirst {
		t.Errorf("after a quiet time it waits %v", got)
	}
}

func BenchmarkTameText(b *testing.B) {
	msg := &waE2E.Message{ExtendedTextMessage: &waE2E.ExtendedTextMessage{Text: proto.String("hello"), ContextInfo: &waE2E.ContextInfo{QuotedMessage: text("q")}}}
	for b.Loop() {
		tame(msg)
	}
}
