package bind

import (
	"errors"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// upper is a type that reads itself.
type upper struct{ s string }

func (u *upper) UnmarshalText(text []byte) error {
	if strings.ToUpper(string(text)) != string(text) {
		return errors.New("must be in capitals")
	}
	u.s = string(text)
	return nil
}

type paging struct {
	Limit  int  `query:"limit" default:"10" min:"1" max:"100"`
	Offset *int `query:"offset" min:"0"`
}

type input struct {
	Name upper `path:"name"`
	paging
	Order  string  `query:"order" enum:"asc,desc" default:"desc"`
	Folded string  `query:"folded" enum:"ASC,DESC" fold:"true"`
	Flag   bool    `query:"flag" default:"true"`
	Maybe  *bool   `query:"maybe"`
	IDs    []upper `query:"ids" max:"3"`
	Needed string  `query:"needed" required:"true" max:"5"`
	Body   struct {
		Text   string `json:"text" required:"true" max:"4"`
		Number int    `json:"number" default:"7" enum:"7,30"`
		Inner  struct {
			Limit int     `json:"limit" default:"20" min:"1"`
			IDs   []upper `json:"ids" max:"2"`
			Yes   *bool   `json:"yes"`
		} `json:"inner"`
		hidden int
	} `body:"json"`
}

var plan = NewPlan(reflect.TypeFor[input]())

func decode(query, body string) (in input, err error) {
	q, err := url.ParseQuery(query)
	if err != nil {
		return in, err
	}
	err = plan.Decode(&in, func(string) string { return "NAME" }, q, []byte(body))
	return in, err
}

func TestDefaults(t *testing.T) {
	in, err := decode("needed=x", `{"text":"a"}`)
	if err != nil {
		t.Fatal(err)
	}
	if in.Name.s != "NAME" || in.Limit != 10 || in.Offset != nil || in.Order != "desc" || in.Folded != "" || !in.Flag ||
		in.Maybe != nil || in.IDs != nil || in.Body.Number != 7 || in.Body.Inner.Limit != 20 || in.Body.Inner.Yes != nil {
		t.Errorf("defaults are %+v", in)
	}
}

func TestValues(t *testing.T) {
	in, err := decode("needed=x&limit=100&offset=0&order=asc&folded=desc&flag=False&maybe=1&ids=A&ids=B,C",
		`{"text":"äöü€","number":30,"inner":{"limit":1,"ids":["A","B"],"yes":false},"unknown":[1,2]}`+"\n ")
	if err != nil {
		t.Fatal(err)
	}
	if in.Limit != 100 || *in.Offset != 0 || in.Order != "asc" || in.Folded != "DESC" || in.Flag || !*in.Maybe {
		t.Errorf("query gives %+v", in)
	}
	if !reflect.DeepEqual(in.IDs, []upper{{"A"}, {"B"}, {"C"}}) {
		t.Errorf("ids are %v", in.IDs)
	}
	b := in.Body
	if b.Text != "äöü€" || b.Number != 30 || b.Inner.Limit != 1 || len(b.Inner.IDs) != 2 || *b.Inner.Yes {
		t.Errorf("body gives %+v", b)
	}
}

func TestBracketedLists(t *testing.T) {
	in, err := decode("needed=x&ids[]=A&ids[]=B", `{"text":"a"}`)
	if err != nil || len(in.IDs) != 2 {
		t.Errorf("ids are %v, error %v", in.IDs, err)
	}
}

func TestNullIsAbsent(t *testing.T) {
	in, err := decode("needed=x", `{"text":"a","number":null,"inner":{"limit":null}}`)
	if err != nil || in.Body.Number != 7 || in.Body.Inner.Limit != 20 {
		t.Errorf("%+v, %v", in.Body, err)
	}
}

func TestQueryProblems(t *testing.T) {
	for query, want := range map[string]string{
		"limit=abc":                  "limit must be a number",
		"limit=":                     "limit must be a number",
		"limit=NaNa":                 "limit must be a number",
		"limit=%2B5":                 "limit must be a number",
		"limit=-":                    "limit must be a number",
		"limit=0x10":                 "limit must be a number",
		"limit=1e2":                  "limit must be an integer number",
		"limit=1.5":                  "limit must be an integer number",
		"limit=Infinity":             "limit must be an integer number",
		"limit=-1":                   "limit must not be less than 1",
		"limit=101":                  "limit must not be greater than 100",
		"limit=99999999999999999999": "limit must be a number between -9007199254740991 and 9007199254740991",
		"limit=1&limit=2":            "limit must be given once",
		"offset=-1":                  "offset must not be less than 0",
		"order=up":                   "order must be one of the following values: asc, desc",
		"order=ASC":                  "order must be one of the following values: asc, desc",
		"folded=x":                   "folded must be one of the following values: ASC, DESC",
		"flag=yes":                   "flag must be a boolean value",
		"flag=TRUE":                  "flag must be a boolean value",
		"maybe=":                     "maybe must be a boolean value",
		"ids=A&ids=b":                "each value in ids must be in capitals",
		"ids=A&ids=B&ids=C&ids=D":    "ids must contain no more than 3 elements",
		"needed=123456":              "needed must be shorter than or equal to 5 characters",
	} {
		if !strings.Contains(query, "needed") {
			query += "&needed=x"
		}
		_, err := decode(query, `{"text":"a"}`)
		assertProblems(t, query, err, want)
	}
	_, err := decode("", `{"text":"a"}`)
	assertProblems(t, "nothing", err, "needed should not be empty")
}

func TestBodyProblems(t *testing.T) {
	for body, want := range map[string]string{
		``:                                           "text should not be empty",
		`{}`:                                         "text should not be empty",
		`{"text":null}`:                              "text should not be empty",
		`{"text":""}`:                                "text should not be empty",
		`{"text":true}`:                              "text must be a string",
		`{"text":12345}`:                             "text must be shorter than or equal to 4 characters",
		`{"text":["a"]}`:                             "text must be a string",
		`{"text":"12345"}`:                           "text must be shorter than or equal to 4 characters",
		`{"text":"a","number":"x30"}`:                "number must be a number",
		`{"text":"a","number":""}`:                   "number must be a number",
		`{"text":"a","number":"31"}`:                 "number must be one of the following values: 7, 30",
		`{"text":"a","number":30.5}`:                 "number must be an integer number",
		`{"text":"a","number":31}`:                   "number must be one of the following values: 7, 30",
		`{"text":"a","number":true}`:                 "number must be a number",
		`{"text":"a","inner":[]}`:                    "inner must be an object",
		`{"text":"a","inner":"x"}`:                   "inner must be an object",
		`{"text":"a","inner":{"ids":true}}`:          "inner.ids must be an array",
		`{"text":"a","inner":{"ids":{"0":"A"}}}`:     "inner.ids must be an array",
		`{"text":"a","inner":{"ids":["a"]}}`:         "each value in inner.ids must be in capitals",
		`{"text":"a","inner":{"ids":[true]}}`:        "each value in inner.ids must be a string",
		`{"text":"a","inner":{"ids":[null]}}`:        "each value in inner.ids must be a string",
		`{"text":"a","inner":{"ids":["A","B","C"]}}`: "inner.ids must contain no more than 2 elements",
		`{"text":"a","inner":{"yes":"yes"}}`:         "inner.yes must be a boolean value",
		`{"text":"a","inner":{"yes":2}}`:             "inner.yes must be a boolean value",
		`{"text":"a","inner":{"limit":0}}`:           "inner.limit must not be less than 1",
		`{`:                                          "body must be one JSON object",
		`null`:                                       "body must be one JSON object",
		`[]`:                                         "body must be one JSON object",
		`"text"`:                                     "body must be one JSON object",
		`{"text":"a"}{}`:                             "body must be one JSON object",
		`{"text":"a"} trailing`:                      "body must be one JSON object",
		`{"text":"a",}`:                              "body must be one JSON object",
		"\xff\xfe":                                   "body must be one JSON object",
		strings.Repeat("[", 1e5):                     "body must be one JSON object",
	} {
		_, err := decode("needed=x", body)
		assertProblems(t, body, err, want)
	}
}

// Clients write the same value in several ways.
func TestBodiesAreTakenAsClientsWriteThem(t *testing.T) {
	for _, body := range []string{
		`{"text":"12","number":30,"inner":{"limit":5,"ids":["A1"],"yes":true}}`,
		`{"text":12,"number":"30","inner":{"limit":"5","ids":"A1","yes":"true"}}`,
		`{"text":12,"number":"30","inner":{"limit":"5","ids":["A1"],"yes":1}}`,
	} {
		in, err := decode("needed=x", body)
		if b := in.Body; err != nil || b.Text != "12" || b.Number != 30 || b.Inner.Limit != 5 || !slices.Equal(b.Inner.IDs, []upper{{"A1"}}) || !*b.Inner.Yes {
			t.Errorf("%s gives %+v, %v", body, b, err)
		}
	}
	in, err := decode("needed=x", `{"text":"a","inner":{"ids":""}}`)
	if err != nil || len(in.Body.Inner.IDs) != 0 {
		t.Errorf("an empty list is %v, %v", in.Body.Inner.IDs, err)
	}
}

// wish is true for true alone.
type wish bool

func (w *wish) Take(value any) { *w = value == true }

func TestATakerTakesAnything(t *testing.T) {
	plan := NewPlan(reflect.TypeFor[struct {
		Body struct {
			Wish wish `json:"wish"`
		} `body:"json"`
	}]())
	for value, want := range map[string]wish{`true`: true, `{}`: false, `[1]`: false, `"x"`: false, `null`: false} {
		var in struct {
			Body struct {
				Wish wish `json:"wish"`
			} `body:"json"`
		}
		if err := plan.Decode(&in, nil, nil, []byte(`{"wish":`+value+`}`)); err != nil || in.Body.Wish != want {
			t.Errorf("%s is taken as %t, %v", value, in.Body.Wish, err)
		}
	}
}

func TestAllProblemsAreGathered(t *testing.T) {
	_, err := decode("limit=x&order=up&flag=2", `{"text":{},"inner":{"limit":"y"}}`)
	assertProblems(t, "much", err,
		"limit must be a number",
		"order must be one of the following values: asc, desc",
		"flag must be a boolean value",
		"needed should not be empty",
		"text must be a string",
		"inner.limit must be a number")
}

func assertProblems(t *testing.T, input string, err error, want ...string) {
	t.Helper()
	var got Problems
	if !errors.As(err, &got) || !slices.Equal(got, want) {
		t.Errorf("%.60q gives %q, want %q", input, err, want)
	}
}

func TestTagsThatMakeNoSensePanic(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	NewPlan(reflect.TypeFor[struct {
		A int `query:"a" min:"low"`
	}]())
}

type place struct {
	Name string `json:"name" required:"true"`
}

type spot struct {
	place
	Latitude *float64 `json:"latitude" required:"true" min:"-90" max:"90"`
	Scale    float64  `json:"scale" default:"1.5"`
}

var spots = NewPlan(reflect.TypeFor[struct {
	Body spot     `body:"json"`
	Zoom *float64 `query:"zoom" min:"0"`
}]())

func TestFractionsAndSharedFields(t *testing.T) {
	for _, c := range []struct{ query, body, want string }{
		{"zoom=0.5", `{"name":"a","latitude":-1.25}`, ""},
		{"", `{"name":"a","latitude":0,"scale":2}`, ""},
		{"", `{"latitude":1}`, "name should not be empty"},
		{"", `{"name":"a"}`, "latitude should not be empty"},
		{"", `{"name":"a","latitude":"1°"}`, "latitude must be a number"},
		{"", `{"name":"a","latitude":true}`, "latitude must be a number"},
		{"", `{"name":"a","latitude":"91"}`, "latitude must not be greater than 90"},
		{"", `{"name":"a","latitude":90.01}`, "latitude must not be greater than 90"},
		{"", `{"name":"a","latitude":1e999}`, "latitude must be a number"},
		{"zoom=NaN", `{"name":"a","latitude":1}`, "zoom must not be less than 0"},
		{"zoom=x", `{"name":"a","latitude":1}`, "zoom must be a number"},
	} {
		q, err := url.ParseQuery(c.query)
		if err != nil {
			t.Fatal(err)
		}
		var in struct {
			Body spot     `body:"json"`
			Zoom *float64 `query:"zoom" min:"0"`
		}
		err = spots.Decode(&in, nil, q, []byte(c.body))
		if c.want == "" {
			if err != nil || in.Body.Name != "a" || in.Body.Latitude == nil || in.Body.Scale == 0 {
				t.Errorf("%s gives %+v, %v", c.body, in, err)
			}
			continue
		}
		assertProblems(t, c.query+c.body, err, c.want)
	}
}
