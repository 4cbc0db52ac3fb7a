package bind

import (
	"encoding"
	"errors"
	"reflect"
	"strconv"
)

var textUnmarshaler = reflect.TypeFor[encoding.TextUnmarshaler]()

// isText says whether a type implements UnmarshalText.
func isText(t reflect.Type) bool { return reflect.PointerTo(t).Implements(textUnmarshaler) }

// booleans are the accepted spellings of booleans in queries.
var booleans = map[string]bool{
	"true": true, "True": true, "1": true,
	"false": false, "False": false, "0": false,
}

// text sets a field from one value of a path or query.
func (p *Problems) text(v reflect.Value, name, s string, r Rule) {
	t := v.Type()
	if t.Kind() == reflect.Pointer {
		v.Set(reflect.New(t.Elem()))
		p.text(v.Elem(), name, s, r)
		return
	}
	if isText(t) {
		if err := v.Addr().Interface().(encoding.TextUnmarshaler).UnmarshalText([]byte(s)); err != nil {
			p.add(name, "%v", err)
		}
		return
	}
	switch t.Kind() {
	case reflect.Bool:
		b, ok := booleans[s]
		if !ok {
			p.add(name, "%s", mustBe(t))
		}
		v.SetBool(b)
	case reflect.Int, reflect.Int64:
		n, err := integer(s)
		if err != nil {
			p.add(name, "%v", err)
			return
		}
		p.checkNumber(name, n, r)
		v.SetInt(n)
	case reflect.Float64:
		f, err := strconv.ParseFloat(s, 64)
		if err != nil {
			p.add(name, "%v", errNumber)
			return
		}
		p.checkFloat(name, f, r)
		v.SetFloat(f)
	default:
		v.SetString(p.checkText(name, s, r))
	}
}

var (
	errNumber  = errors.New("must be a number")
	errInteger = errors.New("must be an integer number")
	errRange   = errors.New("must be a number between -9007199254740991 and 9007199254740991")
)

// maxSafe is the largest integer that every JSON parser represents exactly.
const maxSafe = 1<<53 - 1

// integer parses an integer in plain digits.
func integer(s string) (int64, error) {
	if !plainDigits(s) {
		if _, err := strconv.ParseFloat(s, 64); err == nil && s[0] != '+' {
			return 0, errInteger
		}
		return 0, errNumber
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n > maxSafe || n < -maxSafe {
		return 0, errRange
	}
	return n, nil
}

func plainDigits(s string) bool {
	if len(s) > 1 && s[0] == '-' {
		s = s[1:]
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}
