package openapi

import "testing"

func TestExamplesHaveTheKindOfTheirField(t *testing.T) {
	for _, c := range []struct {
		name   string
		schema Schema
		want   any
	}{
		{"chatId", Schema{"type": "string"}, "15550001111@c.us"},
		{"timestamp", Schema{"type": "integer"}, int64(1767225600)},
		{"text", Schema{"type": []string{"string", "null"}}, "Your order is on its way: https://example.com/track"},
		{"text", Schema{"type": "integer"}, nil},
		{"timestamp", Schema{"type": "object"}, nil},
		{"chatId", Schema{"type": "string", "enum": []any{"a"}}, nil},
		{"unheard", Schema{"type": "string"}, nil},
	} {
		got, _ := exemplified(c.schema, c.name)["examples"].([]any)
		if c.want == nil && got != nil || c.want != nil && (len(got) != 1 || got[0] != c.want) {
			t.Errorf("%s of %v has the example %v, want %v", c.name, c.schema["type"], got, c.want)
		}
	}
}

func TestParametersThatACallNeedsHaveExamples(t *testing.T) {
	needed := withExample(map[string]any{"name": "chatId", "required": true}, "")
	optional := withExample(map[string]any{"name": "chatId", "required": false}, "")
	session := withExample(map[string]any{"name": "session", "required": false}, "support")
	if needed["example"] != "15550001111@c.us" || optional["example"] != nil || session["example"] != "support" {
		t.Errorf("needed %v, optional %v, session %v", needed["example"], optional["example"], session["example"])
	}
}
