package content

import (
	"encoding/base64"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"go.mau.fi/whatsmeow/proto/waE2E"
	"google.golang.org/protobuf/encoding/protowire"

	"github.com/wasession/wasession/runtime/rowjson"
)

// AppendJSON appends the JSON of a serialised message, the same that encoding/json makes
// of what Parse returns, without parsing it. It knows what ordinary messages consist of:
// ok is false, and nothing was appended, for one that has anything else, such as
// wrappers, numbers with a fraction, a field twice or damage.
func AppendJSON(dst, raw []byte) (appended []byte, ok bool) {
	appended, ok = shapeOf(reflect.TypeFor[waE2E.Message]()).append(dst, raw, 1)
	if !ok {
		return dst, false
	}
	return appended, true
}

// shape is how a type of message is written. Members stand in the order of the Go struct.
type shape struct {
	members map[protowire.Number]*member
	// strange types are not written here: wrappers, and those with a oneof or a field that
	// must be there.
	strange bool
}

// member is a field of a message.
type member struct {
	place int    // in the struct
	name  string // as JSON, with the colon
	typ   protowire.Type
	list  bool
	// write appends a value, of which number is set for varints and bytes otherwise. It
	// is nil for a field that is not written here.
	write func(dst []byte, number uint64, bytes []byte, depth int) ([]byte, bool)
}

var shapes sync.Map // of reflect.Type

func shapeOf(t reflect.Type) *shape {
	if known, ok := shapes.Load(t); ok {
		return known.(*shape)
	}
	made := newShape(t)
	shapes.Store(t, made)
	return made
}

func newShape(t reflect.Type) *shape {
	s := &shape{members: map[protowire.Number]*member{}}
	s.strange = t == reflect.TypeFor[waE2E.FutureProofMessage]() || t == reflect.TypeFor[waE2E.DeviceSentMessage]()
	for i := range t.NumField() {
		f := t.Field(i)
		if _, oneof := f.Tag.Lookup("protobuf_oneof"); oneof {
			s.strange = true
		}
		tag := strings.Split(f.Tag.Get("protobuf"), ",")
		if len(tag) < 3 {
			continue
		}
		number, err := strconv.ParseInt(tag[1], 10, 32)
		name, option, _ := strings.Cut(f.Tag.Get("json"), ",")
		if err != nil || option != "omitempty" || tag[2] == "req" {
			s.strange = true
			continue
		}
		m := newMember(f.Type, tag[0])
		m.place, m.name = i, string(rowjson.String(nil, name))+":"
		s.members[protowire.Number(number)] = m
	}
	return s
}

// newMember returns the member for a field of a type, in an encoding of protobuf's.
func newMember(t reflect.Type, encoding string) *member {
	m := &member{typ: protowire.BytesType}
	if t == reflect.TypeFor[[]byte]() {
		m.write = writeBytes
		return m
	}
	if t.Kind() == reflect.Slice {
		m.list, t = true, t.Elem()
	}
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch {
	case encoding == "bytes" && t.Kind() == reflect.String:
		m.write = writeText
	case encoding == "bytes" && t.Kind() == reflect.Struct:
		shape := sync.OnceValue(func() *shape { return shapeOf(t) })
		m.write = func(dst []byte, _ uint64, raw []byte, depth int) ([]byte, bool) {
			return shape().append(dst, raw, depth+1)
		}
	case encoding == "varint" && !m.list:
		m.typ, m.write = protowire.VarintType, numberWriter(t.Kind())
	}
	return m
}

func writeBytes(dst []byte, _ uint64, raw []byte, _ int) ([]byte, bool) {
	dst = append(dst, '"')
	dst = base64.StdEncoding.AppendEncode(dst, raw)
	return append(dst, '"'), len(raw) > 0 // if empty, it is left out
}

func writeText(dst []byte, _ uint64, raw []byte, _ int) ([]byte, bool) {
	return rowjson.String(dst, raw), utf8.Valid(raw)
}

// numberWriter returns what writes a varint of a kind; nil if it is none.
func numberWriter(kind reflect.Kind) func([]byte, uint64, []byte, int) ([]byte, bool) {
	switch kind {
	case reflect.Bool:
		return func(dst []byte, n uint64, _ []byte, _ int) ([]byte, bool) {
			return strconv.AppendBool(dst, protowire.DecodeBool(n)), true
		}
	case reflect.Int32:
		return func(dst []byte, n uint64, _ []byte, _ int) ([]byte, bool) {
			return strconv.AppendInt(dst, int64(int32(n)), 10), true
		}
	case reflect.Uint32:
		return func(dst []byte, n uint64, _ []byte, _ int) ([]byte, bool) {
			return strconv.AppendUint(dst, uint64(uint32(n)), 10), true
		}
	case reflect.Int64:
		return func(dst []byte, n uint64, _ []byte, _ int) ([]byte, bool) {
			return strconv.AppendInt(dst, int64(n), 10), true
		}
	case reflect.Uint64:
		return func(dst []byte, n uint64, _ []byte, _ int) ([]byte, bool) {
			return strconv.AppendUint(dst, n, 10), true
		}
	}
	return nil
}

// found is a member of a message, with its value.
type found struct {
	*member
	number uint64
	bytes  []byte
}

func (s *shape) append(dst, raw []byte, depth int) (_ []byte, ok bool) {
	if s.strange || depth > MaxNesting {
		return dst, false
	}
	all, ok := s.find(make([]found, 0, 16), raw)
	if !ok {
		return dst, false
	}
	dst = append(dst, '{')
	for i := range all {
		m := &all[i]
		again, more := i > 0 && all[i-1].member == m.member, i+1 < len(all) && all[i+1].member == m.member
		switch {
		case again && !m.list:
			return dst, false
		case i > 0:
			dst = append(dst, ',')
		}
		if !again {
			dst = append(dst, m.name...)
		}
		if m.list && !again {
			dst = append(dst, '[')
		}
		if dst, ok = m.write(dst, m.number, m.bytes, depth); !ok {
			return dst, false
		}
		if m.list && !more {
			dst = append(dst, ']')
		}
	}
	return append(dst, '}'), true
}

// find returns the members of a serialised message, in the order of the struct. Fields
// that the type does not know are passed over.
func (s *shape) find(all []found, raw []byte) ([]found, bool) {
	sorted := true
	for len(raw) > 0 {
		number, typ, n := protowire.ConsumeTag(raw)
		if n < 0 || !number.IsValid() {
			return nil, false
		}
		raw = raw[n:]
		m := s.members[number]
		if m != nil && (m.typ != typ || m.write == nil) {
			return nil, false
		}
		f := found{member: m}
		switch {
		case typ == protowire.VarintType:
			f.number, n = protowire.ConsumeVarint(raw)
		case typ == protowire.BytesType:
			f.bytes, n = protowire.ConsumeBytes(raw)
		default:
			n = protowire.ConsumeFieldValue(number, typ, raw)
		}
		if n < 0 {
			return nil, false
		}
		raw = raw[n:]
		if m == nil {
			continue
		}
		if last := len(all) - 1; last >= 0 && all[last].place > m.place {
			sorted = false
		}
		all = append(all, f)
	}
	if !sorted {
		slices.SortStableFunc(all, func(a, b found) int { return a.place - b.place })
	}
	return all, true
}
