package openapi

import (
	"reflect"
	"testing"

	"github.com/wasession/wasession/runtime/httpapi/bind"
)

type getIn struct {
	ID    word   `path:"id" doc:"which one"`
	Limit *int   `query:"limit" min:"1" max:"9" doc:"rows <at most>"`
	Need  bool   `query:"need" required:"true"`
	List  []word `query:"list"`
}

type putIn struct {
	Body struct {
		Text string `json:"text" required:"true"`
	} `body:"json"`
}

var operations = []Operation{
	{
		Method: "GET", Path: "/x/{session}/{id}", Tag: "Things", Summary: "Get <one>", Status: 200, Action: "read",
		In: bind.NewPlan(reflect.TypeFor[getIn]()), Out: []reflect.Type{reflect.TypeFor[inner]()}, Errors: map[int]string{404: "none"},
	},
	{Method: "PUT", Path: "/x", Tag: "Things", Summary: "Put", Status: 201, Action: "send", In: bind.NewPlan(reflect.TypeFor[putIn]())},
	{
		Method: "GET", Path: "/img", Tag: "Others", Summary: "An image", Status: 200, Open: true, MIMEType: "image/png",
		Out: []reflect.Type{reflect.TypeFor[inner](), reflect.TypeFor[base]()},
	},
}

func TestDocument(t *testing.T) {
	d := Document(Info{"T", "1", "D", "here"}, KeySchemes{Headers: []string{"X-Key"}, Queries: []string{"key"}}, operations)
	delete(d["components"].(map[string]any), "schemas")
	assertSchema(t, d, `{
		"openapi":"3.1.0","info":{"title":"T","version":"1","description":"D"},
		"tags":[{"name":"Things"},{"name":"Others"}],"security":[{"header_X-Key":[]},{"query_key":[]}],
		"components":{"securitySchemes":{
			"header_X-Key":{"type":"apiKey","in":"header","name":"X-Key","description":"The API key. One of these places is enough."},"query_key":{"type":"apiKey","in":"query","name":"key","description":"The API key. One of these places is enough."}}},
		"paths":{
			"/x/{session}/{id}":{"get":{"operationId":"getXSessionId","summary":"Get <one>","tags":["Things"],"x-wasession-action":"read",
				"parameters":[
					{"name":"id","in":"path","required":true,"schema":{"type":"string"},"description":"which one"},
					{"name":"limit","in":"query","required":false,"schema":{"type":"integer","minimum":1,"maximum":9},"description":"rows <at most>"},
					{"name":"need","in":"query","required":true,"schema":{"type":"boolean"}},
					{"name":"list","in":"query","required":false,"schema":{"type":"array","items":{"type":"string"}}},
					{"name":"session","in":"path","required":true,"schema":{"type":"string"},"example":"here"}],
				"responses":{
					"200":{"description":"done","content":{"application/json":{"schema":{"$ref":"#/components/schemas/Inner"}}}},
					"404":{"description":"none"}}}},
			"/x":{"put":{"operationId":"putX","summary":"Put","tags":["Things"],"x-wasession-action":"send",
				"requestBody":{"content":{"application/json":{"schema":{"type":"object","required":["text"],"properties":{"text":{"type":"string","examples":["Your order is on its way: https://example.com/track"]}}},"example":{"text":"Your order is on its way: https://example.com/track"}}}},
				"responses":{"201":{"description":"done","content":{}}}}},
			"/img":{"get":{"operationId":"getImg","summary":"An image","tags":["Others"],"security":[],
				"responses":{"200":{"description":"done","content":{"image/png":{"schema":{}},
					"application/json":{"schema":{"oneOf":[{"$ref":"#/components/schemas/Inner"},{"$ref":"#/components/schemas/Base"}]}}}}}}}}}`)
}
