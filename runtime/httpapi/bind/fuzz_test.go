package bind

import (
	"encoding/json"
	"errors"
	"net/url"
	"testing"
	"unicode/utf8"
)

// Whatever comes in, decoding ends with values inside their rules or with
// problems that name a field; it never panics.
func FuzzDecode(f *testing.F) {
	for _, seed := range [][2]string{
		{"needed=x", `{"text":"a"}`},
		{"needed=x&limit=5&offset=3&ids=A,B&flag=0&maybe=True", `{"text":"a","number":30,"inner":{"limit":2,"ids":["A"],"yes":true}}`},
		{"limit=-1&limit=2&ids[]=a", `{"text":null}`},
		{"limit=9223372036854775808", `{"text":1e400,"number":1e400}`},
		{"%00=%ff&needed=%ff", "{\"text\":\"\xff\"}"},
		{"needed=%F0%9F%98%80", `{"text":"\ud800"}`},
		{";;=;", `[[[[`},
	} {
		f.Add(seed[0], []byte(seed[1]))
	}
	f.Fuzz(func(t *testing.T, query string, body []byte) {
		q, err := url.ParseQuery(query)
		if err != nil {
			return
		}
		var in input
		err = plan.Decode(&in, func(string) string { return query }, q, body)
		var problems Problems
		if err != nil && (!errors.As(err, &problems) || len(problems) == 0) {
			t.Fatalf("error %T %v", err, err)
		}
		if err != nil {
			return
		}
		if in.Limit < 1 || in.Limit > 100 || in.Offset != nil && *in.Offset < 0 {
			t.Errorf("limit %d, offset %v", in.Limit, in.Offset)
		}
		if in.Order != "asc" && in.Order != "desc" || len(in.IDs) > 3 || utf8.RuneCountInString(in.Needed) > 5 {
			t.Errorf("%+v is outside its rules", in)
		}
		b := in.Body
		if b.Text == "" || utf8.RuneCountInString(b.Text) > 4 || b.Number != 7 && b.Number != 30 || b.Inner.Limit < 1 || len(b.Inner.IDs) > 2 {
			t.Errorf("%+v is outside its rules", b)
		}
	})
}

// Whatever is in a form, its object is one that a body can be decoded from.
func FuzzForm(f *testing.F) {
	f.Add([]byte("a=1&b[c]=2&b[d][]=3"))
	f.Add([]byte("a[]=1&a=2&[=3&]=4&[][]=5"))
	f.Fuzz(func(t *testing.T, form []byte) {
		object, err := Form(form)
		if err != nil {
			return
		}
		body, err := json.Marshal(object)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Object(body); err != nil {
			t.Errorf("%q gives %s: %v", form, body, err)
		}
	})
}
