package chathttp

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
)

// ErrLong is returned to a handler that writes more than a Record keeps.
var ErrLong = errors.New("the answer is too long")

// Record is a ResponseWriter that keeps an answer, for calls within the process.
type Record struct {
	// Status is 0 if nothing was answered.
	Status int
	Body   bytes.Buffer
	// Long is set if the answer was longer than the limit; Body is then incomplete.
	Long   bool
	header http.Header
	limit  int
}

// NewRecord returns a record of an answer of at most limit bytes.
func NewRecord(limit int) *Record { return &Record{header: http.Header{}, limit: limit} }

// Header implements http.ResponseWriter.
func (a *Record) Header() http.Header { return a.header }

// WriteHeader implements http.ResponseWriter.
func (a *Record) WriteHeader(status int) {
	if a.Status == 0 && status >= http.StatusOK {
		a.Status = status
	}
}

// Write implements http.ResponseWriter.
func (a *Record) Write(b []byte) (int, error) {
	a.WriteHeader(http.StatusOK)
	if a.Body.Len()+len(b) > a.limit {
		a.Long = true
		return 0, ErrLong
	}
	return a.Body.Write(b)
}

// Refusal is the text of an answer that is an error, or the name of its status.
func (a *Record) Refusal() string {
	if text := ErrorText(a.Body.Bytes()); text != "" {
		return text
	}
	return http.StatusText(a.Status)
}

// ErrorText is the text in the body of an error, which WAHA's API has in message, as one
// or several, or in error. It is empty if there is none.
func ErrorText(body []byte) string {
	var fields struct {
		Message json.RawMessage `json:"message"`
		Error   string          `json:"error"`
	}
	_ = json.Unmarshal(body, &fields) // what is no JSON has no text
	var one string
	if json.Unmarshal(fields.Message, &one) == nil && one != "" {
		return one
	}
	var several []string
	if json.Unmarshal(fields.Message, &several) == nil && len(several) > 0 {
		return strings.Join(several, "; ")
	}
	return fields.Error
}
