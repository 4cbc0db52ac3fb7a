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
	quoted := nested(200)
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

// Whether or not the bytes show that there is nothing to tame, the message is the same.
func TestParseTames(t *testing.T) {
	var all []*waE2E.Message
	for depth := range 80 {
		all = append(all, nested(depth))
	}
	for _, n := range []float64{0, 1, -1, math.NaN(), math.Inf(1), math.Inf(-1), math.MaxFloat64, math.SmallestNonzeroFloat64, math.Float64frombits(0xfff0000000000001)} {
		all = append(all,
			&waE2E.Message{LocationMessage: &waE2E.LocationMessage{DegreesLatitude: &n}},
			&waE2E.Message{LocationMessage: &waE2E.LocationMessage{SpeedInMps: proto.Float32(float32(n))}})
	}
	for i, m := range all {
		raw, err := proto.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		got, err := Parse(raw)
		if Tame(m); err != nil || !proto.Equal(got, m) {
			t.Errorf("number %d is %v, want %v; %v", i, got, m, err)
		}
	}
	if _, err := Parse([]byte{0xff}); err == nil {
		t.Error("what is no message was parsed")
	}
}

// nested is a text that quotes a text, and so on.
func nested(depth int) *waE2E.Message {
	m := text("innermost")
	for range depth {
		m = &waE2E.Message{ExtendedTextMessage: &waE2E.ExtendedTextMessage{ContextInfo: &waE2E.ContextInfo{QuotedMessage: m}}}
	}
	return m
}
