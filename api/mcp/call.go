package mcp

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
)

// defaultRows is the length of a list if the model names none.
const defaultRows = 20

// call is a request to the API.
type call struct {
	path  string
	query url.Values
	// body is nil for calls without one.
	body []byte
}

// callOf makes the call of a tool with arguments, at an API whose only session is named,
// or with several sessions. The API judges the values.
func (t *tool) callOf(session string, arguments json.RawMessage) (call, error) {
	given := map[string]json.RawMessage{}
	if len(arguments) > 0 && json.Unmarshal(arguments, &given) != nil {
		return call{}, errors.New("the arguments must be a JSON object")
	}
	known := map[string]bool{}
	for _, in := range t.inputsAt(session) {
		known[in.name] = true
		if _, ok := given[in.name]; in.required && !ok {
			return call{}, fmt.Errorf("%s is required", in.name)
		}
	}
	for name := range given {
		if !known[name] {
			return call{}, fmt.Errorf("%.100q is no argument of %s", name, t.name)
		}
	}
	c := call{path: t.pattern, query: url.Values{}}
	body := map[string]json.RawMessage{}
	for _, in := range t.inputs {
		raw, ok := given[in.name]
		if in.name == sessionInput.name && session != "" {
			raw, ok = quoted(session), true
		}
		if !ok && in.most > 0 {
			raw, ok = json.RawMessage(strconv.Itoa(defaultRows)), true
		}
		if !ok {
			continue
		}
		switch in.in {
		case inBody:
			body[in.name] = raw
			continue
		case inPath:
			value, err := segment(in.name, raw)
			if err != nil {
				return call{}, err
			}
			c.path = strings.Replace(c.path, "{"+in.name+"}", value, 1)
		case inQuery:
			value, err := in.parameter(raw)
			if err != nil {
				return call{}, err
			}
			c.query.Set(in.name, value)
		}
	}
	for name, value := range t.fixed {
		c.query.Set(name, value)
	}
	if len(body) > 0 {
		encoded, err := json.Marshal(body)
		if err != nil {
			return call{}, fmt.Errorf("encoding the arguments: %w", err)
		}
		c.body = encoded
	}
	return c, nil
}

// quoted is a text in JSON.
func quoted(text string) json.RawMessage {
	encoded, _ := json.Marshal(text) // every text can be encoded
	return encoded
}

// segment is the value of an argument as a part of a path.
func segment(name string, raw json.RawMessage) (string, error) {
	var value string
	if json.Unmarshal(raw, &value) != nil || value == "" || value == "." || value == ".." {
		return "", fmt.Errorf("%s must be a name or an ID", name)
	}
	return url.PathEscape(value), nil
}

// parameter is the value of an argument in a query.
func (in input) parameter(raw json.RawMessage) (string, error) {
	raw = bytes.TrimSpace(raw)
	switch in.kind {
	case "integer":
		n, err := strconv.ParseInt(string(raw), 10, 64)
		switch {
		case err != nil || n < 0:
			return "", fmt.Errorf("%s must be a whole number", in.name)
		case in.most > 0 && (n == 0 || n > int64(in.most)):
			return "", fmt.Errorf("%s must be between 1 and %d", in.name, in.most)
		}
	case "boolean":
		if text := string(raw); text != "true" && text != "false" {
			return "", fmt.Errorf("%s must be true or false", in.name)
		}
	case "string":
		var text string
		if json.Unmarshal(raw, &text) != nil {
			return "", fmt.Errorf("%s must be a string", in.name)
		}
		return text, nil
	}
	return string(raw), nil
}
