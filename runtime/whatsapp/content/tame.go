package content

import (
	"math"

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
