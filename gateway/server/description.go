package server

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/wasession/wasession/gateway/access"
)

// runtimeAPI is the runtime's description of its API. The calls that go on to pods
// are made from it, so that both have the same. A test writes it with -update.
//
//go:embed runtime.json
var runtimeAPI []byte

// place is where a call names its session.
type place int

const (
	nowhere place = iota
	inPath
	inQuery
	inBody
	// inEither is Wawp's: in the query, or in the body of a POST.
	inEither
)

// operation is a call of the runtime's API.
type operation struct {
	method, pattern string
	// open calls need no key; action is what the key of others must allow.
	open   bool
	action access.Action
	tag    string
	place  place
	// lacking says why WAHA's call cannot be had; empty for others.
	lacking string
}

type description struct {
	Paths map[string]map[string]struct {
		Action   access.Action `json:"x-wasession-action"`
		Security []any         `json:"security"`
		Tags     []string      `json:"tags"`
		// Lacking calls cannot be had; the description says why.
		Lacking     bool   `json:"x-wasession-lacking"`
		Description string `json:"description"`
		Parameters  []struct {
			Name string `json:"name"`
			In   string `json:"in"`
		} `json:"parameters"`
		RequestBody *json.RawMessage `json:"requestBody"`
	} `json:"paths"`
}

// operations are the calls of a description.
func operations(document []byte) ([]operation, error) {
	var d description
	if err := json.Unmarshal(document, &d); err != nil {
		return nil, fmt.Errorf("reading the description of the runtime's API: %w", err)
	}
	var all []operation
	for pattern, methods := range d.Paths {
		for method, o := range methods {
			op := operation{method: strings.ToUpper(method), pattern: pattern, open: o.Security != nil, action: o.Action, place: nowhere}
			if o.Lacking {
				op.lacking = o.Description
			}
			if len(o.Tags) > 0 {
				op.tag = o.Tags[0]
			}
			names := map[string]bool{}
			for _, p := range o.Parameters {
				names[p.In+" "+p.Name] = true
			}
			switch {
			case strings.HasPrefix(pattern, "/v2/"):
				op.place = inEither
			case strings.Contains(pattern, "{session}"):
				op.place = inPath
			case names["query session"]:
				op.place = inQuery
			case o.RequestBody != nil:
				op.place = inBody
			}
			all = append(all, op)
		}
	}
	slices.SortFunc(all, func(a, b operation) int { return strings.Compare(a.pattern+a.method, b.pattern+b.method) })
	return all, nil
}

// call is what the operation does, in both ways of authorization.
func (o operation) call() access.Call {
	c := access.Call{Action: o.action, Verb: "get", Subresource: "chats"}
	if strings.Contains(o.pattern+"/", "/messages/") || strings.HasPrefix(o.pattern, "/api/files/") || o.tag == "Sending" {
		c.Subresource = "messages"
	}
	switch {
	case o.action == access.Control:
		c.Subresource = "control"
		if o.method != http.MethodGet {
			c.Verb = "update"
		}
	case o.action == access.Send && o.tag == "Sending":
		c.Verb = "create"
	case o.action == access.Send:
		c.Verb = "update"
	}
	return c
}
