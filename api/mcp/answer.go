package mcp

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"github.com/wasession/wasession/api/chathttp"
)

const (
	// maxRecord limits the answer of the API, in bytes, and maxAnswer what a model gets of it.
	maxRecord = 512 << 10
	maxAnswer = 64 << 10
)

var errLong = fmt.Errorf("the answer is longer than %d bytes: ask for less, with a smaller limit or a narrower filter", maxAnswer)

// textOf is what the model gets; what the API refuses is an error with its sentence.
func textOf(a *chathttp.Record) (string, error) {
	switch {
	case a.Long:
		return "", errLong
	case a.Status == 0:
		return "", errBroken
	case a.Status >= http.StatusMultipleChoices:
		return "", errors.New(a.Refusal())
	}
	short, err := withoutData(a.Body.Bytes())
	if err != nil {
		return "", fmt.Errorf("reading an answer of the API: %w", err)
	}
	if len(short) > maxAnswer {
		return "", errLong
	}
	return string(short), nil
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
