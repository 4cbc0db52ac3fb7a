package httpapi

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"

	"github.com/wasession/wasession/runtime/httpapi/bind"
)

// maxBody limits a request's body, in bytes. The longest useful one is an overview
// of some thousand IDs.
const maxBody = 1 << 20

// readBody reads the body for routes that have one. A form becomes the JSON object
// that it stands for.
func readBody(w http.ResponseWriter, r *http.Request, rt route) ([]byte, error) {
	if rt.in.Body == nil && !rt.merged {
		return nil, nil
	}
	form := isForm(r)
	body, err := readAll(w, r, maxBody)
	if err != nil || !form {
		return body, err
	}
	object, err := bind.Form(body)
	if err != nil {
		return nil, bind.Problems{"body " + err.Error()}
	}
	return json.Marshal(object)
}

// isForm says whether a body is a URL-encoded form. JSON under a form's type, which
// is what curl sends unless told, is not one.
func isForm(r *http.Request) bool {
	if t, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); t != "application/x-www-form-urlencoded" {
		return false
	}
	body := bufio.NewReader(r.Body)
	r.Body = struct {
		io.Reader
		io.Closer
	}{body, r.Body}
	head, _ := body.Peek(64) // what cannot be read fails when it is read
	return !bytes.HasPrefix(bytes.TrimLeft(head, " \t\r\n"), []byte("{"))
}

// readAll reads a body of at most limit bytes.
func readAll(w http.ResponseWriter, r *http.Request, limit int64) ([]byte, error) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, limit))
	if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
		return nil, bind.Problems{fmt.Sprintf("body must not be larger than %d bytes", limit)}
	}
	if err != nil {
		return nil, bind.Problems{"body could not be read"}
	}
	return body, nil
}
