package content

import (
	"math"

	"go.mau.fi/whatsmeow/proto/waE2E"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// MaxNesting is the maximum number of levels of nested messages. Real messages
// have fewer than 20; JSON parsers of other languages fail at a few hundred.
const MaxNesting = 64

// Tame removes from a message, in place, what JSON cannot represent: NaN and
// infinities, and what is nested deeper than MaxNesting. A sender can include
// both; phones show neither. If the serialised message is at hand, IsTame finds out
// in a fraction of the time that there is nothing to remove.
func Tame(m proto.Message) { tameAt(m.ProtoReflect(), 1) }

// Parse parses a message as it was stored: earlier versions stored what they received
// without taming it.
func Parse(raw []byte) (*waE2E.Message, error) {
	var m waE2E.Message
	if err := proto.Unmarshal(raw, &m); err != nil {
		return nil, err
	}
	if !IsTame(raw, m.ProtoReflect().Descriptor()) {
		Tame(&m)
	}
	return &m, nil
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

// IsTame reports that a serialised message of a type has nothing that Tame would
// remove. It may be wrong about a message that has nothing, never about one that
// has something.
func IsTame(raw []byte, of protoreflect.MessageDescriptor) bool { return isTameAt(raw, of, 1) }

func isTameAt(raw []byte, of protoreflect.MessageDescriptor, depth int) bool {
	for len(raw) > 0 {
		num, typ, n := protowire.ConsumeTag(raw)
		if n < 0 {
			return false
		}
		raw = raw[n:]
		tame := true
		switch typ {
		case protowire.VarintType:
			_, n = protowire.ConsumeVarint(raw)
		case protowire.Fixed32Type: // a number, if not always a float
			var bits uint32
			bits, n = protowire.ConsumeFixed32(raw)
			tame = finite(float64(math.Float32frombits(bits)))
		case protowire.Fixed64Type:
			var bits uint64
			bits, n = protowire.ConsumeFixed64(raw)
			tame = finite(math.Float64frombits(bits))
		case protowire.BytesType:
			var value []byte
			value, n = protowire.ConsumeBytes(raw)
			if field := of.Fields().ByNumber(num); field != nil {
				tame = isTameField(value, field, depth)
			} else {
				tame = !of.ExtensionRanges().Has(num) // Tame does not look at what is unknown
			}
		default:
			return false // groups, which no message has
		}
		if n < 0 || !tame {
			return false
		}
		raw = raw[n:]
	}
	return true
}

// isTameField is isTameAt for the bytes of a field.
func isTameField(value []byte, field protoreflect.FieldDescriptor, depth int) bool {
	switch field.Kind() {
	case protoreflect.FloatKind, protoreflect.DoubleKind:
		return false // a packed list, which is for Tame to look at
	case protoreflect.MessageKind:
		return depth < MaxNesting && isTameAt(value, field.Message(), depth+1)
	}
	return true
}

func finite(f float64) bool { return !math.IsNaN(f) && !math.IsInf(f, 0) }
