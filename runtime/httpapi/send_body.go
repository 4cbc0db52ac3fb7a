package httpapi

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"reflect"
	"time"

	"github.com/wasession/wasession/api/chathttp"
	"github.com/wasession/wasession/runtime/httpapi/bind"
	"github.com/wasession/wasession/runtime/intake"
)

const (
	// maxFileBody limits the body of a request with a file, in bytes, and
	// fileBodyTime the time it may take to arrive. mostFiles of them are read at the
	// same time; turnTime is how long one waits for its turn.
	maxFileBody  = 64 << 20
	fileBodyTime = 5 * time.Minute
	mostFiles    = 4
	turnTime     = 25 * time.Second
)

// filePace is how a body with a file must arrive, as it holds a turn.
var filePace = chathttp.Pace{Grace: 10 * time.Second, Most: fileBodyTime}

// withFiles marks routes whose body can contain a file.
func (r route) withFiles() route {
	r.files = true
	return r
}

// takeBody reads the body of routes that have one. done removes its files.
func (a *API) takeBody(w http.ResponseWriter, r *http.Request, rt route) (_ *http.Request, body []byte, done func(), err error) {
	if !rt.files || isForm(r) {
		body, err = readBody(w, r, rt)
		return r, body, func() {}, err
	}
	turn, stop := context.WithTimeout(r.Context(), turnTime)
	defer stop()
	select {
	case a.fileTurns <- struct{}{}:
	case <-turn.Done():
		return r, nil, nil, cmp.Or[error](r.Context().Err(), errBusy)
	}
	free := func() { <-a.fileTurns }
	body, parts, err := a.Intake.Strip(http.MaxBytesReader(w, chathttp.Steady(w, r.Body, filePace), maxFileBody))
	if err != nil {
		free()
		return r, nil, nil, bodyProblem(err)
	}
	ctx := context.WithValue(r.Context(), partsKey{}, parts)
	return r.WithContext(ctx), body, func() { parts.Remove(); free() }, nil
}

type partsKey struct{}

// partOf returns the file that a body contains under a name.
func partOf(r *http.Request, name string) (intake.File, bool) {
	parts, _ := r.Context().Value(partsKey{}).(intake.Parts)
	f, ok := parts[name]
	return f, ok
}

func bodyProblem(err error) error {
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return bind.Problems{"body must not be larger than 64 MiB; larger files can be given by URL"}
	case errors.Is(err, intake.ErrBody):
		return bind.Problems{"body " + err.Error()}
	case errors.Is(err, intake.ErrNotBase64):
		return bind.Problems{"file.data must be base64"}
	case errors.Is(err, intake.ErrTooLarge):
		return bind.Problems{"file.data is too large"}
	case errors.Is(err, io.ErrUnexpectedEOF), errors.As(err, new(interface{ Timeout() bool })):
		return bind.Problems{"body could not be read"}
	}
	return err
}

// sessionIn is the session named by a body. An invalid body names none: it is
// rejected later.
func (r route) sessionIn(body []byte) string {
	if r.in.Body == nil || !namesSession(r.in.Body.Type) {
		return ""
	}
	var named struct {
		Session string `json:"session"`
	}
	if json.Unmarshal(body, &named) != nil {
		return ""
	}
	return named.Session
}

func namesSession(body reflect.Type) bool {
	for i := range body.NumField() {
		f := body.Field(i)
		if f.Anonymous && namesSession(f.Type) {
			return true
		}
		if name, ok := bind.JSONName(f); ok && name == "session" {
			return true
		}
	}
	return false
}
