package content

import (
	"math"

	"go.mau.fi/whatsmeow/proto/waE2E"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// MaxNesting is the maximum number of levels of nested messages. Real messages
// have fewer than 20; JSON parsers of other languages fail at a few hundred.
const MaxNesting = 64

// Tame removes from a message, in place, what JSON cannot represent: NaN and
// infinities, and what is nested deeper than MaxNesting. A sender can include
// both; phones show neither.
func Tame(m proto.Message) { tameAt(m.ProtoReflect(), 1) }

// Parse parses a message as it was stored: earlier versions stored what they received
// without taming it. Going through all fields takes longer than parsing them, so it is
// left out where the bytes show that there is nothing to remove.
func Parse(raw []byte) (*waE2E.Message, error) {
	var m waE2E.Message
	shallow := proto.UnmarshalOptions{RecursionLimit: MaxNesting}
	if shallow.Unmarshal(raw, &m) == nil && allFinite(raw) {
		return &m, nil
	}
	if err := proto.Unmarshal(raw, &m); err != nil { // it resets m
		return nil, err
	}
	Tame(&m)
	return &m, nil
}

// allFinite reports whether no eight or four bytes of a message can be a number that is
// not finite: its last byte would be 7f or ff, and the one before at least 80.
func allFinite(raw []byte) bool {
	for i := 1; i < len(raw); i++ {
		if raw[i]|0x80 == 0xff && raw[i-1] >= 0x80 {
			return false
		}
	}
	return true
}

func tameAt(m protoreflect.Message, depth int) {
	m.Range(func(field protoreflect.FieldDescriptor, value protoreflect.Value) bool {
		switch field.Kind() {
		case protoreflect.FloatKind, protoreflect.DoubleKind:
			tameNumber(m, field, value)
		case protoreflect.MessageKind, protoreflect.GroupKind:
			if depth >= MaxNesting {
				m.Clear(field)
				return true
			}
			tameInner(field, value, depth+1)
		}
		return true
	})
}

func tameNumber(m protoreflect.Message, field protoreflect.FieldDescriptor, value protoreflect.Value) {
	if !field.IsList() {
		if !finite(value.Float()) {
			m.Clear(field)
		}
		return
	}
	list := value.List()
	for i := range list.Len() {
		if !finite(list.Get(i).Float()) {
			list.Set(i, zeroOf(field))
		}
	}
}

// zeroOf returns 0 as a value of the field's kind.
func zeroOf(field protoreflect.FieldDescriptor) protoreflect.Value {
	if field.Kind() == protoreflect.FloatKind {
		return protoreflect.ValueOfFloat32(0)
	}
	return protoreflect.ValueOfFloat64(0)
}

func tameInner(field protoreflect.FieldDescriptor, value protoreflect.Value, depth int) {
	switch {
	case field.IsMap():
		if field.MapValue().Kind() != protoreflect.MessageKind {
			return
		}
		value.Map().Range(func(_ protoreflect.MapKey, inner protoreflect.Value) bool {
			tameAt(inner.Message(), depth)
			return true
		})
	case field.IsList():
		list := value.List()
		for i := range list.Len() {
			tameAt(list.Get(i).Message(), depth)
		}
	default:
		tameAt(value.Message(), depth)
	}
}

func finite(f float64) bool { return !math.IsNaN(f) && !math.IsInf(f, 0) }
