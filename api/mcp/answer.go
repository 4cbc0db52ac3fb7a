package mcp

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
)

const (
	// maxRecord limits the answer of the API, in bytes, and maxAnswer what a model gets of it.
	maxRecord = 512 << 10
	maxAnswer = 64 << 10
)

// record is an answer of the API.
type record struct {
	header http.Header
	status int
	body   bytes.Buffer
	// long is set once the answer is longer than can be kept.
	long bool
}

var errLong = fmt.Errorf("the answer is longer than %d bytes: ask for less, with a smaller limit or a narrower filter", maxAnswer)

// Header implements http.ResponseWriter.
func (a *record) Header() http.Header { return a.header }

// WriteHeader implements http.ResponseWriter.
func (a *record) WriteHeader(status int) {
	if a.status == 0 && status >= http.StatusOK {
		a.status = status
	}
}

// Write implements http.ResponseWriter.
func (a *record) Write(b []byte) (int, error) {
	a.WriteHeader(http.StatusOK)
	if a.body.Len()+len(b) > maxRecord {
		a.long = true
		return 0, errLong
	}
	return a.body.Write(b)
}

// text is what the model gets; what the API refuses is an error with its sentence.
func (a *record) text() (string, error) {
	switch {
	case a.long:
		return "", errLong
	case a.status == 0:
		return "", errBroken
	case a.status >= http.StatusMultipleChoices:
		return "", errors.New(a.sentence())
	}
	short, err := withoutData(a.body.Bytes())
	if err != nil {
		return "", fmt.Errorf("reading an answer of the API: %w", err)
	}
	if len(short) > maxAnswer {
		return "", errLong
	}
	return string(short), nil
}

// sentence is the text of an error: in message, as one or several, or in error.
func (a *record) sentence() string {
	var body struct {
		Message json.RawMessage `json:"message"`
		Error   string          `json:"error"`
	}
	_ = json.Unmarshal(a.body.Bytes(), &body) // what is no JSON has no text
	var text string
	var texts []string
	switch {
	case json.Unmarshal(body.Message, &text) == nil:
	case json.Unmarshal(body.Message, &texts) == nil:
		text = strings.Join(texts, "; ")
	default:
		text = body.Error
	}
	if text == "" {
		text = http.StatusText(a.status)
	}
	return text
}

// withoutData is JSON without the members _data, which are a message in WhatsApp's own
// form: long, and nothing that a model can use.
func withoutData(raw json.RawMessage) (json.RawMessage, error) {
	raw = bytes.TrimSpace(raw)
	switch {
	case bytes.HasPrefix(raw, []byte("[")):
		var list []json.RawMessage
		if err := json.Unmarshal(raw, &list); err != nil {
			return nil, err
		}
		for i, row := range list {
			short, err := withoutData(row)
			if err != nil {
				return nil, err
			}
			list[i] = short
		}
		return json.Marshal(list)
	case bytes.HasPrefix(raw, []byte("{")):
		var object map[string]json.RawMessage
		if err := json.Unmarshal(raw, &object); err != nil {
			return nil, err
		}
		delete(object, "_data")
		for name, member := range object {
			short, err := withoutData(member)
			if err != nil {
				return nil, err
			}
			object[name] = short
		}
		return json.Marshal(object)
	}
	return raw, nil
}
