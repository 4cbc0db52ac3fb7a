package content

import (
	"encoding/json"
	"math"
	"testing"

	"go.mau.fi/whatsmeow/proto/waE2E"
	"google.golang.org/protobuf/proto"
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
	Tame(msg)
	encoded, err := json.Marshal(msg)
	if err != nil {
		t.Fatalf("it is still no JSON: %v", err)
	}
	if depth := nesting(encoded); depth > 3*MaxNesting {
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
	if Tame(msg); !proto.Equal(before, msg) {
		t.Errorf("%v became %v", before, msg)
	}
	Tame((*waE2E.Message)(nil))
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

func BenchmarkTameText(b *testing.B) {
	msg := &waE2E.Message{ExtendedTextMessage: &waE2E.ExtendedTextMessage{Text: proto.String("hello"), ContextInfo: &waE2E.ContextInfo{QuotedMessage: text("q")}}}
	for b.Loop() {
		Tame(msg)
	}
}
