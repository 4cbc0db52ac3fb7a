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
	if IsTame(serialised(t, msg), msg.ProtoReflect().Descriptor()) {
		t.Error("it is said to be tame")
	}
	Tame(msg)
	if !IsTame(serialised(t, msg), msg.ProtoReflect().Descriptor()) {
		t.Error("it is said to be wild afterwards")
	}
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

func TestIsTameSeesEachWildThing(t *testing.T) {
	nan := math.NaN()
	for name, msg := range map[string]*waE2E.Message{
		"a double":  {LocationMessage: &waE2E.LocationMessage{DegreesLatitude: &nan}},
		"a float":   {LocationMessage: &waE2E.LocationMessage{SpeedInMps: proto.Float32(float32(math.Inf(-1)))}},
		"in a list": {ImageMessage: &waE2E.ImageMessage{Annotations: []*waE2E.InteractiveAnnotation{{PolygonVertices: []*waE2E.Point{{Y: &nan}}}}}},
	} {
		if IsTame(serialised(t, msg), msg.ProtoReflect().Descriptor()) {
			t.Errorf("%s: IsTame does not see it", name)
		}
	}
	if IsTame([]byte{0xff}, (&waE2E.Message{}).ProtoReflect().Descriptor()) {
		t.Error("what cannot be parsed is called tame")
	}
}

func TestIsTameAndTameAgreeOnNesting(t *testing.T) {
	msg := text("innermost")
	for n := range MaxNesting {
		raw, before := serialised(t, msg), proto.Clone(msg)
		Tame(msg)
		if said, is := IsTame(raw, msg.ProtoReflect().Descriptor()), proto.Equal(before, msg); said != is {
			t.Fatalf("%d quotes: IsTame says %v, and it is %v", n, said, is)
		}
		msg = &waE2E.Message{ExtendedTextMessage: &waE2E.ExtendedTextMessage{ContextInfo: &waE2E.ContextInfo{QuotedMessage: before.(*waE2E.Message)}}}
	}
}

// Whatever a sender makes up, what is called tame is left alone by Tame.
func FuzzIsTame(f *testing.F) {
	nan := math.NaN()
	f.Add([]byte{})
	for _, msg := range []*waE2E.Message{
		text("hello"),
		{LocationMessage: &waE2E.LocationMessage{DegreesLatitude: &nan, SpeedInMps: proto.Float32(1)}},
		{ImageMessage: &waE2E.ImageMessage{Annotations: []*waE2E.InteractiveAnnotation{{PolygonVertices: []*waE2E.Point{{Y: &nan}}}}}},
	} {
		f.Add(serialised(f, msg))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		var msg waE2E.Message
		if !IsTame(raw, msg.ProtoReflect().Descriptor()) || proto.Unmarshal(raw, &msg) != nil {
			return
		}
		before := proto.Clone(&msg)
		if Tame(&msg); !proto.Equal(before, &msg) {
			t.Errorf("%v became %v", before, &msg)
		}
	})
}

func serialised(t testing.TB, msg proto.Message) []byte {
	t.Helper()
	raw, err := proto.Marshal(msg)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func BenchmarkIsTameText(b *testing.B) {
	msg := &waE2E.Message{ExtendedTextMessage: &waE2E.ExtendedTextMessage{Text: proto.String("hello"), ContextInfo: &waE2E.ContextInfo{QuotedMessage: text("q")}}}
	raw := serialised(b, msg)
	for b.Loop() {
		IsTame(raw, msg.ProtoReflect().Descriptor())
	}
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
