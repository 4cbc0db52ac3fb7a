package rowjson

import (
	"encoding/json"
	"reflect"
	"strconv"
	"sync"
	"time"
)

// Appender is a value that appends its own JSON: compact, and with strings as String
// writes them.
type Appender interface {
	AppendJSON(dst []byte) ([]byte, error)
}

// Append appends the JSON of a value. After an error, what it appended is incomplete.
func Append(dst []byte, value any) ([]byte, error) {
	if value == nil {
		return append(dst, "null"...), nil
	}
	v := reflect.ValueOf(value)
	return encoderOf(v.Type())(dst, v)
}

// encoder appends the values of one type.
type encoder func(dst []byte, v reflect.Value) ([]byte, error)

// encoders are those of the types met so far. There are as many as the program has
// types of answers.
var encoders sync.Map // of reflect.Type

func encoderOf(t reflect.Type) encoder {
	if known, ok := encoders.Load(t); ok {
		return known.(encoder)
	}
	made := newEncoder(t)
	encoders.Store(t, made)
	return made
}

var (
	typeOfAppender = reflect.TypeFor[Appender]()
	typeOfTime     = reflect.TypeFor[time.Time]()
)

func newEncoder(t reflect.Type) encoder {
	switch {
	case t.Implements(typeOfAppender) && t.Kind() != reflect.Pointer:
		return func(dst []byte, v reflect.Value) ([]byte, error) { return v.Interface().(Appender).AppendJSON(dst) }
	case t == typeOfTime:
		return appendTime
	case writesItself(t):
		return standard
	}
	switch t.Kind() {
	case reflect.Bool:
		return func(dst []byte, v reflect.Value) ([]byte, error) { return strconv.AppendBool(dst, v.Bool()), nil }
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return func(dst []byte, v reflect.Value) ([]byte, error) { return strconv.AppendInt(dst, v.Int(), 10), nil }
	case reflect.String:
		return func(dst []byte, v reflect.Value) ([]byte, error) { return String(dst, v.String()), nil }
	case reflect.Interface:
		return orNull(func(dst []byte, v reflect.Value) ([]byte, error) { return encoderOf(v.Elem().Type())(dst, v.Elem()) })
	case reflect.Pointer:
		elem := later(t.Elem())
		return orNull(func(dst []byte, v reflect.Value) ([]byte, error) { return elem()(dst, v.Elem()) })
	case reflect.Slice:
		if t.Elem().Kind() != reflect.Uint8 {
			return orNull(list(later(t.Elem())))
		}
	case reflect.Struct:
		return structEncoder(t)
	}
	return standard
}

// later is encoderOf when it is first called: types can contain themselves.
func later(t reflect.Type) func() encoder {
	return sync.OnceValue(func() encoder { return encoderOf(t) })
}

// orNull wraps an encoder of values that can be nil.
func orNull(e encoder) encoder {
	return func(dst []byte, v reflect.Value) ([]byte, error) {
		if v.IsNil() {
			return append(dst, "null"...), nil
		}
		return e(dst, v)
	}
}

func list(elem func() encoder) encoder {
	return func(dst []byte, v reflect.Value) (_ []byte, err error) {
		dst = append(dst, '[')
		for i := range v.Len() {
			if i > 0 {
				dst = append(dst, ',')
			}
			if dst, err = elem()(dst, v.Index(i)); err != nil {
				return dst, err
			}
		}
		return append(dst, ']'), nil
	}
}

func appendTime(dst []byte, v reflect.Value) ([]byte, error) {
	dst, err := v.Interface().(time.Time).AppendText(append(dst, '"'))
	return append(dst, '"'), err
}

// standard leaves a value to encoding/json.
func standard(dst []byte, v reflect.Value) ([]byte, error) {
	if v.CanAddr() {
		v = v.Addr() // its methods may be those of the pointer
	}
	encoded, err := json.Marshal(v.Interface())
	return append(dst, encoded...), err
}
