package server

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"
)

// smallBody is the body of one of Wawp's calls: an object or a form, which is small.
type smallBody struct {
	object map[string]json.RawMessage
	form   url.Values
	raw    []byte
}

// maxSmallBody is the longest of them, in bytes; the runtime's limit too.
const maxSmallBody = 64 << 10

type smallBodyKey struct{}

// withSmallBody reads a request's body and keeps it with the request.
func withSmallBody(w http.ResponseWriter, r *http.Request) (*http.Request, error) {
	raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxSmallBody))
	if err != nil {
		return r, err
	}
	body := smallBody{raw: raw}
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if kind == "application/x-www-form-urlencoded" && !bytes.HasPrefix(bytes.TrimSpace(raw), []byte("{")) {
		if body.form, err = url.ParseQuery(string(raw)); err != nil {
			return r, err
		}
	} else {
		// What is no object goes on as it is: the runtime says what is wrong with it.
		_ = json.Unmarshal(raw, &body.object)
	}
	return r.WithContext(context.WithValue(r.Context(), smallBodyKey{}, body)), nil
}

func smallBodyOf(r *http.Request) smallBody {
	body, _ := r.Context().Value(smallBodyKey{}).(smallBody)
	return body
}

// text is a member that is a string; empty if there is none.
func (b smallBody) text(name string) (value string) {
	if b.form != nil {
		return b.form.Get(name)
	}
	_ = json.Unmarshal(b.object[name], &value)
	return value
}

// without returns the body without a member.
func (b smallBody) without(names ...string) ([]byte, error) {
	switch {
	case b.form != nil:
		for _, name := range names {
			b.form.Del(name)
		}
		return []byte(b.form.Encode()), nil
	case b.object != nil:
		for _, name := range names {
			delete(b.object, name)
		}
		return json.Marshal(b.object)
	}
	return b.raw, nil
}

// setBody replaces a request's body.
func setBody(r *http.Request, body []byte) {
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	r.Header.Set("Content-Length", strconv.Itoa(len(body)))
	r.TransferEncoding = nil
}
