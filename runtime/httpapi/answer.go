package httpapi

import (
	"encoding/json"
	"iter"
	"net/http"
	"time"

	"github.com/wasession/wasession/runtime/rowjson"
)

// rows is a JSON array that is written row by row: the encoded form of a long list
// is never in memory as a whole.
type rows[T any] iter.Seq2[T, error]

// stream is rows without their type parameter.
type stream interface {
	// appendEach appends the rows' JSON to a part of the answer. A part that has become
	// long is passed to full, which returns the next one.
	appendEach(part []byte, full func(part []byte) ([]byte, error)) ([]byte, error)
}

func (s rows[T]) appendEach(part []byte, full func(part []byte) ([]byte, error)) ([]byte, error) {
	first := true
	var row T // in one place, and not in a new one for each
	for next, err := range s {
		if err != nil {
			return part, err
		}
		if !first {
			part = append(part, ',')
		}
		first, row = false, next
		if part, err = rowjson.Append(part, &row); err != nil {
			return part, err
		}
		if len(part) >= chunk {
			if part, err = full(part); err != nil {
				return part, err
			}
		}
	}
	return part, nil
}

// content is a response that is not JSON.
type content struct {
	mimetype string
	body     []byte
}

// expiring is a response that holds until a time, which its header Expires tells.
type expiring struct {
	answer any
	until  time.Time
}

// none is an empty response; clients get an empty JSON object.
type none struct{}

// sender is a response that writes itself, including its status.
type sender interface {
	send(w http.ResponseWriter, r *http.Request)
}

// write sends a response. An error means that nothing has been sent. If a stream
// fails midway, the connection is closed, so that the client cannot mistake half a
// list for all of it.
func (a *API) write(w http.ResponseWriter, r *http.Request, status int, answer any) error {
	switch answer := answer.(type) {
	case expiring:
		w.Header().Set("Expires", answer.until.UTC().Format(http.TimeFormat))
		return a.write(w, r, status, answer.answer)
	case sender:
		answer.send(w, r)
		return nil
	case content:
		w.Header().Set("Content-Type", answer.mimetype)
		w.WriteHeader(status)
		_, _ = w.Write(answer.body)
		return nil
	case stream:
		return writeStream(newBody(newPaced(w, a.patience), r, status), answer)
	}
	encoded, err := json.Marshal(answer)
	if err != nil {
		return err
	}
	_ = newBody(w, r, status).send(encoded, true) // the client has gone: nobody is there to be told
	return nil
}

func writeStream(b *body, s stream) error {
	kept := parts.Get().(*[]byte)
	part, err := s.appendEach(append((*kept)[:0], '['), func(part []byte) ([]byte, error) {
		return part[:0], b.send(part, false)
	})
	defer recycle(kept, part)
	if err != nil && !b.begun {
		return err
	}
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	_ = b.send(append(part, ']'), true)
	return nil
}

// writeJSON sends a short response, such as an error.
func writeJSON(w http.ResponseWriter, status int, body []byte) error {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(body)
	return nil
}
