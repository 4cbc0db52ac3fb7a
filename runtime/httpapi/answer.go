package httpapi

import (
	"bytes"
	"encoding/json"
	"iter"
	"net/http"
)

// rows is an answer that is written row by row, as a JSON array: a long list
// is never in memory as a whole in its wire form.
type rows[T any] iter.Seq2[T, error]

// stream is what rows are to write.
type stream interface {
	// each calls f with every row's JSON.
	each(f func(row []byte) error) error
}

func (s rows[T]) each(f func([]byte) error) error {
	for row, err := range s {
		if err != nil {
			return err
		}
		b, err := json.Marshal(row)
		if err != nil {
			return err
		}
		if err := f(b); err != nil {
			return err
		}
	}
	return nil
}

// content is an answer that is no JSON.
type content struct {
	mimetype string
	body     []byte
}

// none is an answer without a body of use: clients get an empty object.
type none struct{}

// sender is an answer that writes itself, with a status of its own.
type sender interface {
	send(w http.ResponseWriter, r *http.Request)
}

// write sends an answer. An error means that nothing has been sent; when a
// stream fails midway the connection is cut, so that the client cannot take
// half a list for the whole.
func (a *API) write(w http.ResponseWriter, r *http.Request, status int, answer any) error {
	switch answer := answer.(type) {
	case sender:
		answer.send(w, r)
		return nil
	case content:
		w.Header().Set("Content-Type", answer.mimetype)
		w.WriteHeader(status)
		_, _ = w.Write(answer.body)
		return nil
	case stream:
		return writeStream(newPaced(w, a.patience), status, answer)
	}
	body, err := json.Marshal(answer)
	if err != nil {
		return err
	}
	return writeJSON(w, status, body)
}

func writeJSON(w http.ResponseWriter, status int, body []byte) error {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(body)
	return nil
}

// chunk is how much of a stream is gathered before it is sent, in bytes.
const chunk = 32 << 10

func writeStream(w http.ResponseWriter, status int, s stream) error {
	var pending bytes.Buffer
	pending.WriteByte('[')
	sent, first := false, true
	send := func() error {
		if !sent {
			w.Header().Set("Content-Type", "application/json; charset=utf-8")
			w.WriteHeader(status)
			sent = true
		}
		_, err := pending.WriteTo(w)
		return err
	}
	err := s.each(func(row []byte) error {
		if !first {
			pending.WriteByte(',')
		}
		first = false
		pending.Write(row)
		if pending.Len() < chunk {
			return nil
		}
		return send()
	})
	if err != nil && !sent {
		return err
	}
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	pending.WriteByte(']')
	_ = send()
	return nil
}
