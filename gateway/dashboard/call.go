package dashboard

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/wasession/wasession/api/chathttp"
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
	return read(a, answer)
}

// answer has the API answer. What it refuses is an error.
func (v *visit) answer(r *http.Request) (*chathttp.Record, error) {
	a := chathttp.NewRecord(maxAnswer)
	if err := v.serve(a, r); err != nil {
		return nil, err
	}
	if a.Status >= http.StatusBadRequest {
		return nil, waha.Fail(a.Status, a.Refusal())
	}
	return a, nil
}

// read decodes an answer's JSON.
func read(a *chathttp.Record, into any) error {
	if err := json.Unmarshal(a.Body.Bytes(), into); err != nil {
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
