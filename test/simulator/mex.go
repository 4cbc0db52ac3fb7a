package simulator

import (
	"context"
	"encoding/json"
	"errors"
	"unicode/utf8"

	waBinary "go.mau.fi/whatsmeow/binary"

	"github.com/wasession/wasession/test/simulator/stanza"
)

// mexHandler answers a GraphQL query with the data of the result. An *IQError becomes one
// of GraphQL.
type mexHandler func(ctx context.Context, iq *IQ, variables json.RawMessage) (any, error)

// handleMex answers GraphQL queries by their ids. The one without an id that is known
// here changes the status text.
func (s *Server) handleMex(ctx context.Context, iq *IQ) ([]waBinary.Node, error) {
	raw, _ := iq.Child.Content.([]byte)
	var query struct {
		Variables json.RawMessage `json:"variables"`
	}
	if err := json.Unmarshal(raw, &query); err != nil {
		return nil, &IQError{400, "bad-request"}
	}
	id := jidText(iq.Child.Attrs["query_id"])
	h, ok := s.mexHandlers[id]
	if !ok {
		h = s.mexStatusText
	}
	data, err := h(ctx, iq, query.Variables)
	var refusal *IQError
	if err != nil && !errors.As(err, &refusal) {
		return nil, err
	}
	answer, err := json.Marshal(mexAnswer(data, refusal))
	if err != nil {
		return nil, err
	}
	return []waBinary.Node{stanza.Node("result", nil, answer)}, nil
}

func mexAnswer(data any, refusal *IQError) map[string]any {
	if data == nil {
		data = map[string]any{}
	}
	answer := map[string]any{"data": data}
	if refusal != nil {
		answer["errors"] = []any{map[string]any{
			"message": refusal.Text, "path": []string{},
			"extensions": map[string]any{"error_code": refusal.Code, "is_retryable": false, "severity": "CRITICAL"},
		}}
	}
	return answer
}

// mostAbout is the most characters of a status text.
const mostAbout = 139

// mexStatusText changes the status text.
func (s *Server) mexStatusText(_ context.Context, iq *IQ, variables json.RawMessage) (any, error) {
	var v struct {
		Input struct {
			Text *string `json:"text"`
		} `json:"input"`
	}
	if err := json.Unmarshal(variables, &v); err != nil {
		return nil, errBadRequest
	}
	switch text := v.Input.Text; {
	case text == nil:
		s.noteUnhandled("mex query " + jidText(iq.Child.Attrs["query_id"]))
	case utf8.RuneCountInString(*text) > mostAbout:
		return nil, errBadRequest
	default:
		iq.User.SetAbout(*text)
	}
	return nil, nil
}

var errBadRequest = &IQError{400, "Bad Request"}
