package httpapi

import (
	"bytes"
	"encoding/json"
	"iter"
	"net/http"
	"time"
)

// rows is a JSON array that is written row by row: the encoded form of a long list
// is never in memory as a whole.
type rows[T any] iter.Seq2[T, error]

// stream is rows without their type parameter.
type stream interface {
	// each calls f with every row's JSON, which f must not keep.
	each(f func(row []byte) error) error
}

func (s rows[T]) each(f func([]byte) error) error {
	var encoded bytes.Buffer // used again for each row
	encoder := json.NewEncoder(&encoded)
	for row, err := range s {
		if err != nil {
			return err
		}
		encoded.Reset()
		if err := encoder.Encode(row); err != nil {
			return err
		}
		if err := f(bytes.TrimSuffix(encoded.Bytes(), []byte("\n"))); err != nil {
			return err
		}
	}
	return nil
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
	pending := buffers.Get().(*bytes.Buffer)
	defer recycle(pending)
	pending.WriteByte('[')
	first := true
	err := s.each(func(row []byte) error {
		if !first {
			pending.WriteByte(',')
		}
		first = false
		pending.Write(row)
		if pending.Len() < chunk {
			return nil
		}
		defer pending.Reset()
		return b.send(pending.Bytes(), false)
	})
	if err != nil && !b.begun {
		return err
	}
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	pending.WriteByte(']')
	_ = b.send(pending.Bytes(), true)
	return nil
}

// writeJSON sends a short response, such as an error.
func writeJSON(w http.ResponseWriter, status int, body []byte) error {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(body)
	return nil
}
