package bind

import (
	"encoding/json"
	"math"
	"net/url"
	"reflect"
	"strings"
	"sync"
	"testing"
)

func TestBooleansOfQueries(t *testing.T) {
	for text, want := range map[string]bool{"true": true, "True": true, "1": true, "false": false, "False": false, "0": false} {
		in, err := decode("needed=x&flag="+text, `{"text":"a"}`)
		if err != nil || in.Flag != want {
			t.Errorf("%q is %t, %v", text, in.Flag, err)
		}
	}
	for _, text := range []string{"", "on", "yes", "TRUE", "t", "2", "-1", " true", "null"} {
		_, err := decode("needed=x&flag="+url.QueryEscape(text), `{"text":"a"}`)
		assertProblems(t, text, err, "flag must be a boolean value")
	}
}

type numbers struct {
	N    int64    `query:"n"`
	F    float64  `query:"f"`
	Body struct { // the same in a body
		N int64    `json:"n"`
		F *float64 `json:"f"`
	} `body:"json"`
}

var numbersPlan = NewPlan(reflect.TypeFor[numbers]())

// Numbers that JavaScript cannot hold are refused, not rounded.
func TestWholeNumbersAreExact(t *testing.T) {
	for text, want := range map[string]int64{
		"0": 0, "-0": 0, "007": 7, "-1": -1, "9007199254740991": maxSafe, "-9007199254740991": -maxSafe,
	} {
		var in numbers
		if err := numbersPlan.Decode(&in, nil, url.Values{"n": {text}}, nil); err != nil || in.N != want {
			t.Errorf("query %s: %d, %v", text, in.N, err)
		}
	}
	outside := "n must be a number between -9007199254740991 and 9007199254740991"
	for _, text := range []string{"9007199254740992", "-9007199254740992", "9223372036854775808", strings.Repeat("9", 1000)} {
		var in numbers
		assertProblems(t, text, numbersPlan.Decode(&in, nil, url.Values{"n": {text}}, nil), outside)
		assertProblems(t, text, numbersPlan.Decode(&in, nil, nil, []byte(`{"n":`+text+`}`)), outside)
	}
	for _, text := range []string{"1.0", "1e3", "-0.5"} {
		var in numbers
		assertProblems(t, text, numbersPlan.Decode(&in, nil, nil, []byte(`{"n":`+text+`}`)), "n must be an integer number")
	}
}

func TestFractions(t *testing.T) {
	for text, want := range map[string]float64{"0": 0, "-1.5": -1.5, "1e3": 1000, "1e-400": 0, "9007199254740993": 9007199254740992} {
		var in numbers
		if err := numbersPlan.Decode(&in, nil, url.Values{"f": {text}}, []byte(`{"f":`+text+`}`)); err != nil || in.F != want || *in.Body.F != want {
			t.Errorf("%s: %v and %v, %v", text, in.F, *in.Body.F, err)
		}
	}
	for _, text := range []string{"", "x", "1,5", "1e999", "--1"} {
		var in numbers
		assertProblems(t, text, numbersPlan.Decode(&in, nil, url.Values{"f": {text}}, nil), "f must be a number")
		if math.IsInf(in.F, 0) {
			t.Errorf("%q is infinite", text)
		}
	}
}

func TestObject(t *testing.T) {
	for _, body := range []string{"", " \n\t", "{}", " {} \n"} {
		if got, err := Object([]byte(body)); err != nil || len(got) != 0 || got == nil {
			t.Errorf("%q gives %v, %v", body, got, err)
		}
	}
	got, err := Object([]byte(`{"n":9007199254740993,"s":"a","s":"b"}`))
	if err != nil || got["n"] != json.Number("9007199254740993") || got["s"] != "b" {
		t.Errorf("%v, %v", got, err)
	}
	for _, body := range []string{"null", "[]", "1", `"a"`, "{", "{}{}", "{},", "{'a':1}", "{\"a\":01}", "\x00", "{\"a\":\xff"} {
		if got, err := Object([]byte(body)); err == nil {
			t.Errorf("%q gives %v", body, got)
		}
	}
}

func TestListsOfQueries(t *testing.T) {
	for query, want := range map[string]string{
		"": "[]", "ids=A": "[{A}]", "ids=A,B": "[{A} {B}]", "ids=A&ids=B&ids=C": "[{A} {B} {C}]", "ids=A&ids[]=B": "[{A} {B}]", "ids[]=A,B&ids[]=C": "[{A} {B} {C}]",
		"ids=": "[]", "ids[]=": "[]", "ids=&ids=A": "[{A}]", `ids=["A","B"]`: "[{A} {B}]", `ids=[]`: "[]",
	} {
		in, err := decode("needed=x&"+query, `{"text":"a"}`)
		texts := []string{}
		for _, id := range in.IDs {
			texts = append(texts, "{"+id.s+"}")
		}
		if got := "[" + strings.Join(texts, " ") + "]"; err != nil || got != want {
			t.Errorf("%s gives %s, %v; want %s", query, got, err, want)
		}
	}
	_, err := decode("needed=x&ids=A,B&ids[]=C,D", `{"text":"a"}`)
	assertProblems(t, "four in two ways", err, "ids must contain no more than 3 elements")
	_, err = decode(`needed=x&ids=["A","B","C","D"]`, `{"text":"a"}`)
	assertProblems(t, "four in an array", err, "ids must contain no more than 3 elements")
}

// order is a type that lists its own values.
type order string

func (order) Values() []string { return []string{"up", "down"} }

func TestValuesOfAType(t *testing.T) {
	type in struct {
		Order order  `query:"order" fold:"true"`
		Short string `query:"short" min:"2" max:"3"`
	}
	plan := NewPlan(reflect.TypeFor[in]())
	for query, want := range map[string]string{
		"order=sideways":  "order must be one of the following values: up, down",
		"short=ä":         "short must be longer than or equal to 2 characters",
		"short=äöüß":      "short must be shorter than or equal to 3 characters",
		"short=ab&order=": "order must be one of the following values: up, down",
	} {
		q, err := url.ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		assertProblems(t, query, plan.Decode(new(in), nil, q, nil), want)
	}
	var got in
	if err := plan.Decode(&got, nil, url.Values{"order": {"DOWN"}, "short": {"äöü"}}, nil); err != nil || got.Order != "down" || got.Short != "äöü" {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestJSONName(t *testing.T) {
	type fields struct {
		Named    int `json:"named,omitempty"`
		Left     int `json:"-"`
		Untagged int
		Nameless int `json:",omitempty"`
		hidden   int //nolint:unused // that is the case
	}
	var names []string
	for i := range reflect.TypeFor[fields]().NumField() {
		if name, ok := JSONName(reflect.TypeFor[fields]().Field(i)); ok {
			names = append(names, name)
		}
	}
	if strings.Join(names, " ") != "named" {
		t.Errorf("names are %q", names)
	}
}

// One plan serves all requests of its call.
func TestAPlanIsUsedConcurrently(t *testing.T) {
	var all sync.WaitGroup
	for i := range 16 {
		all.Go(func() {
			limit := i + 1
			for range 50 {
				q := url.Values{"needed": {"x"}, "limit": {json.Number(strings.Repeat("1", 1+limit%2)).String()}, "ids": {"A", "B"}}
				var in input
				err := plan.Decode(&in, func(string) string { return "NAME" }, q, []byte(`{"text":"a","inner":{"ids":["C"]}}`))
				if err != nil || len(in.IDs) != 2 || len(in.Body.Inner.IDs) != 1 || in.Body.Number != 7 {
					t.Errorf("%+v, %v", in, err)
					return
				}
			}
		})
	}
	all.Wait()
}
