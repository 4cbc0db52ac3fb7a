package rowjson

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"
)

type inner struct {
	Text  string   `json:"<text>"`
	Tags  []string `json:"tags,omitempty"`
	Outer *outer   `json:"outer,omitempty"`
}

type outer struct {
	Bool    bool
	Int     int64 `json:"int"`
	Null    *string
	Inner   inner `json:"inner,omitempty"`
	Pointer *inner
	List    []inner
	Any     any
	hidden  int
	Skipped string         `json:"-"`
	Time    time.Time      `json:"time"`
	Raw     []byte         `json:"raw"`
	Float   float64        `json:"float,omitempty"`
	Map     map[string]int `json:"map,omitempty"`
	Self    upper
	Pointed *pointed
	Value   pointed
}

type upper string

func (u upper) MarshalText() ([]byte, error) { return []byte(strings.ToUpper(string(u))), nil }

type pointed int

func (*pointed) MarshalJSON() ([]byte, error) { return []byte(`"pointed"`), nil }

type embedding struct {
	inner
	Zero time.Time `json:",omitzero"`
}

func same(t *testing.T, value any) {
	t.Helper()
	want, wantErr := json.Marshal(value)
	got, err := Append([]byte("before"), value)
	if (err != nil) != (wantErr != nil) {
		t.Errorf("%T: %v, encoding/json: %v", value, err, wantErr)
	}
	if err == nil && string(got) != "before"+string(want) {
		t.Errorf("%T is\n%s instead of\n%s", value, got, want)
	}
}

func TestAppendWritesAsEncodingJSON(t *testing.T) {
	text, p := "a<b>&\u2028", pointed(1)
	full := outer{
		Bool: true, Int: -5, Null: &text, Inner: inner{Text: text, Tags: []string{"x", ""}}, Pointer: &inner{Text: text, Outer: &outer{}},
		List: []inner{{}, {Text: "y"}}, Any: outer{}, hidden: 1, Skipped: "x", Time: time.Date(2026, 1, 2, 3, 4, 5, 678, time.FixedZone("", 5400)),
		Raw: []byte("raw"), Float: 1e21, Map: map[string]int{"b": 1, "a": 2}, Self: "u", Pointed: &p,
	}
	for _, value := range []any{
		nil, true, 1, "text", &text, []string(nil), []string{}, []any{nil, 1, "x"}, struct{}{}, (*outer)(nil), outer{}, full, &full,
		embedding{}, embedding{inner: inner{Text: "x"}}, []byte{1}, 1.5, uint(7), errors.New("x"), outer{Time: time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)}, outer{Any: func() {}},
		reflect.ValueOf(full).Interface(), struct {
			S int `json:",string"`
		}{1},
	} {
		same(t, value)
	}
}

// An Appender is asked itself, wherever it is.
func TestAppender(t *testing.T) {
	got, err := Append(nil, struct {
		Any  any
		List []own
	}{own("a"), []own{"b"}})
	if want := `{"Any":"own a","List":["own b"]}`; err != nil || string(got) != want {
		t.Errorf("%s, %v; want %s", got, err, want)
	}
	if _, err := Append(nil, []any{own("")}); err == nil {
		t.Error("its error is lost")
	}
}

type own string

func (o own) AppendJSON(dst []byte) ([]byte, error) {
	if o == "" {
		return dst, errors.New("empty")
	}
	return append(dst, `"own `+string(o)+`"`...), nil
}

func FuzzString(f *testing.F) {
	for _, s := range []string{"", "plain", "\x00\x1f\x7f\"\\/<>&", "\b\f\n\r\t", "é€𝄞", "\u2028\u2029", "\xff\xc3", "\xe2\x80", "a\xf0\x9d\x84"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		want, _ := json.Marshal(s)
		if got := String(nil, s); string(got) != string(want) {
			t.Errorf("%q is %s instead of %s", s, got, want)
		}
		if got := String(nil, []byte(s)); string(got) != string(want) {
			t.Errorf("the bytes of %q are %s instead of %s", s, got, want)
		}
	})
}
