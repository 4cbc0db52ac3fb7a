package openapi

import (
	"encoding/json"
	"reflect"
	"testing"
)

type inner struct {
	Name string `json:"name" doc:"what it is called"`
	Next *inner `json:"next"`
}

type base struct {
	ID string `json:"id" required:"true"`
}

type word struct{ s string }

func (w *word) UnmarshalText(text []byte) error { w.s = string(text); return nil }

type outer struct {
	base
	Count  int               `json:"count" default:"7" min:"1" max:"9"`
	Size   int64             `json:"size" enum:"1,2"`
	Flag   bool              `json:"flag" default:"true"`
	Maybe  *string           `json:"maybe" max:"4"`
	Words  []word            `json:"words" max:"3"`
	Inner  inner             `json:"inner"`
	Ref    *inner            `json:"ref"`
	Map    map[string]string `json:"map,omitempty"`
	Raw    json.RawMessage   `json:"raw"`
	Any    any               `json:"any"`
	Order  string            `json:"order" enum:"asc,desc"`
	Hidden string            `json:"-"`
	secret string            //nolint:unused // there to be left out
}

func assertSchema(t *testing.T, got any, want string) {
	t.Helper()
	b, err := json.Marshal(got)
	if err != nil {
		t.Fatal(err)
	}
	var g, w any
	if err := json.Unmarshal(b, &g); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(want), &w); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(g, w) {
		t.Errorf("schema %s\nwant   %s", b, want)
	}
}

func TestSchemaOfAStruct(t *testing.T) {
	schemas := Schemas{}
	assertSchema(t, schemas.Of(reflect.TypeFor[outer]()), `{"$ref":"#/components/schemas/Outer"}`)
	assertSchema(t, schemas, `{
		"Inner":{"type":"object","properties":{
			"name":{"type":"string","description":"what it is called"},
			"next":{"anyOf":[{"$ref":"#/components/schemas/Inner"},{"type":"null"}]}}},
		"Outer":{"type":"object","required":["id"],"properties":{
			"id":{"type":"string"},
			"count":{"type":"integer","default":7,"minimum":1,"maximum":9},
			"size":{"type":"integer","enum":[1,2]},
			"flag":{"type":"boolean","default":true},
			"maybe":{"type":["string","null"],"maxLength":4},
			"words":{"type":"array","items":{"type":"string"},"maxItems":3},
			"inner":{"$ref":"#/components/schemas/Inner"},
			"ref":{"anyOf":[{"$ref":"#/components/schemas/Inner"},{"type":"null"}]},
			"map":{"type":"object","additionalProperties":{"type":"string"}},
			"raw":{},"any":{},
			"order":{"type":"string","enum":["asc","desc"]}}}}`)
}

func TestSchemaOfAList(t *testing.T) {
	assertSchema(t, Schemas{}.Of(reflect.TypeFor[[]inner]()), `{"type":"array","items":{"$ref":"#/components/schemas/Inner"}}`)
	assertSchema(t, Schemas{}.Of(reflect.TypeFor[func(func(inner, error) bool)]()), `{"type":"array","items":{"$ref":"#/components/schemas/Inner"}}`)
}

func TestSchemaWithoutAName(t *testing.T) {
	assertSchema(t, Schemas{}.Of(reflect.TypeFor[struct {
		A int `json:"a"`
	}]()), `{"type":"object","properties":{"a":{"type":"integer"}}}`)
}
