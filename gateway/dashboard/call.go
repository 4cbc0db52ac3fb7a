package dashboard

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/wasession/wasession/gateway/waha"
)

// maxAnswer limits the answer of a call that is read as a whole, in bytes.
const maxAnswer = 16 << 20

// call makes a call of the API as the visitor. The body is sent as JSON unless it is
// nil, and a JSON answer is read into answer unless that is nil. What the API refuses
// is returned as a waha.Failure with its text.
func (v *visit) call(method, path string, body, answer any) error {
	r, err := v.request(method, path, body)
	if err != nil {
		return err
	}
	a, err := v.answer(r)
	if err != nil || answer == nil {
		return err
	}
	return a.read(answer)
}

// answer has the API answer. What it refuses is an error.
func (v *visit) answer(r *http.Request) (*record, error) {
	a := &record{header: http.Header{}}
	if err := v.serve(a, r); err != nil {
		return nil, err
	}
	if a.status >= http.StatusBadRequest {
		return nil, a.failure()
	}
	return a, nil
}

// read decodes the answer's JSON.
func (a *record) read(into any) error {
	if err := json.Unmarshal(a.body.Bytes(), into); err != nil {
		return fmt.Errorf("reading an answer of the API: %w", err)
	}
	return nil
}

// request is a request to the API as the visitor, from where the visitor is.
func (v *visit) request(method, path string, body any) (*http.Request, error) {
	var encoded io.Reader = http.NoBody
	if body != nil {
		raw, err := json.Marshal(body)
		if err != nil {
			return nil, fmt.Errorf("encoding a call: %w", err)
		}
		encoded = bytes.NewReader(raw)
	}
	r, err := http.NewRequestWithContext(v.r.Context(), method, path, encoded)
	if err != nil {
		return nil, fmt.Errorf("making a call: %w", err)
	}
	r.RequestURI, r.RemoteAddr, r.Host = path, v.r.RemoteAddr, v.r.Host
	r.Header.Set(v.header, v.value)
	r.Header.Set("Accept", "application/json")
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	return r, nil
}

// errBroken is an answer that broke off.
var errBroken = waha.Fail(http.StatusBadGateway, "The session's answer broke off. Try again")

// serve has the API answer. A pod that breaks off its answer ends the call, as it ends
// the connection of other clients.
func (v *visit) serve(w http.ResponseWriter, r *http.Request) (err error) {
	defer func() {
		p := recover()
		if aborted, ok := p.(error); ok && errors.Is(aborted, http.ErrAbortHandler) {
			err = errBroken
		} else if p != nil {
			panic(p)
		}
	}()
	v.d.API.ServeHTTP(w, r)
	return nil
}

// record is an answer that is read as a whole.
type record struct {
	header http.Header
	status int
	body   bytes.Buffer
}

// Header implements http.ResponseWriter.
func (a *record) Header() http.Header { return a.header }

// WriteHeader implements http.ResponseWriter.
func (a *record) WriteHeader(status int) {
	if a.status == 0 && status >= http.StatusOK {
		a.status = status
	}
}

var errLongAnswer = errors.New("the answer is too long for a page")

// Write implements http.ResponseWriter.
func (a *record) Write(b []byte) (int, error) {
	a.WriteHeader(http.StatusOK)
	if a.body.Len()+len(b) > maxAnswer {
		return 0, errLongAnswer
	}
	return a.body.Write(b)
}

// failure is the error that the API answered with. Its bodies are WAHA's: the text is
// in message, as one or several, or in error.
func (a *record) failure() waha.Failure {
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
	return waha.Fail(a.status, text)
}
