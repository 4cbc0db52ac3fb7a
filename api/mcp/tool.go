package mcp

import (
	"slices"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"
)

// place is where a call takes an input.
type place int

const (
	inPath place = iota
	inQuery
	inBody
)

// input is an argument of a tool.
type input struct {
	name string
	in   place
	// kind is its type in JSON Schema.
	kind     string
	about    string
	required bool
	// most limits a number; 0 for no limit.
	most int
}

// effect is what a tool does to the account, as clients are told before they ask their
// user.
type effect int

const (
	// reads changes nothing.
	reads effect = iota
	// adds sends something new each time.
	adds
	// sets has no further effect when repeated.
	sets
	// destroys loses what was there, and has no further effect when repeated.
	destroys
)

// tool is a call of the API, as models know it.
type tool struct {
	name, title, about string
	method, pattern    string
	effect             effect
	inputs             []input
	// fixed are parameters of the query that models cannot choose.
	fixed map[string]string
}

// sessionInput is the argument where an API has several sessions.
var sessionInput = input{name: "session", kind: "string", required: true, about: "Name of the session, as list_sessions shows it"}

// inputsAt are the tool's arguments at an API; session is the only one there, or empty.
func (t *tool) inputsAt(session string) []input {
	if session == "" {
		return t.inputs
	}
	return slices.DeleteFunc(slices.Clone(t.inputs), func(in input) bool { return in.name == sessionInput.name })
}

// described is the tool in the protocol's form.
func (t *tool) described(session string) *sdk.Tool {
	properties, required := map[string]any{}, []string{}
	for _, in := range t.inputsAt(session) {
		p := map[string]any{"type": in.kind, "description": in.about}
		if in.kind == "integer" {
			p["minimum"] = 0
		}
		if in.most > 0 {
			p["minimum"], p["maximum"] = 1, in.most
		}
		properties[in.name] = p
		if in.required {
			required = append(required, in.name)
		}
	}
	destroysSomething, open := t.effect == destroys, true
	return &sdk.Tool{
		Name: t.name, Description: t.about,
		InputSchema: map[string]any{"type": "object", "properties": properties, "required": required, "additionalProperties": false},
		Annotations: &sdk.ToolAnnotations{
			Title: t.title, ReadOnlyHint: t.effect == reads, IdempotentHint: t.effect != adds,
			DestructiveHint: &destroysSomething, OpenWorldHint: &open,
		},
	}
}
