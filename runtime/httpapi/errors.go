package httpapi

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	v1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/httpapi/bind"
	"github.com/wasession/wasession/runtime/wire"
)

// failure is an error that the client is told of.
type failure struct {
	status int
	// text is the sentence, body WAHA's whole answer.
	text string
	body any
}

func (f failure) Error() string { return f.text }

var (
	errUnauthorized = failure{http.StatusUnauthorized, "Unauthorized",
		wire.Failure{Message: "Unauthorized", StatusCode: http.StatusUnauthorized}}
	errForbidden = textFailure(http.StatusForbidden, "Forbidden resource")
	errInternal  = failure{http.StatusInternalServerError, "Internal server error",
		wire.Unexpected{StatusCode: http.StatusInternalServerError, Message: "Internal server error"}}
	errBusy    = textFailure(http.StatusServiceUnavailable, "The server is busy. Try again in a few seconds")
	errTimeout = failure{http.StatusInternalServerError, "The request took too long",
		wire.Unexpected{StatusCode: http.StatusInternalServerError, Message: "The request took too long"}}
)

// textFailure is an error in the form that carries the status's name.
func textFailure(status int, text string) failure {
	return failure{status, text, wire.Failure{Message: text, Error: http.StatusText(status), StatusCode: status}}
}

func notFound(text string) failure      { return textFailure(http.StatusNotFound, text) }
func unprocessable(text string) failure { return textFailure(http.StatusUnprocessableEntity, text) }

func unknownSession(name string) failure {
	text := fmt.Sprintf("Session %q does not exist", name)
	return failure{http.StatusUnprocessableEntity, text, wire.UnknownSession{Error: text, Session: name}}
}

// badRequest names what is wrong with the input, a sentence each.
func badRequest(problems ...string) error { return bind.Problems(problems) }

// failureOf turns any error into what the client is told; known is false for
// what must go to the log because the client is not told.
func (a *API) failureOf(err error) (f failure, known bool) {
	var problems bind.Problems
	switch {
	case errors.As(err, &f):
		return f, true
	case errors.As(err, &problems):
		return failure{http.StatusBadRequest, problems.Error(), wire.Failure{
			Message: []string(problems), Error: http.StatusText(http.StatusBadRequest), StatusCode: http.StatusBadRequest,
		}}, true
	case errors.Is(err, chat.ErrNotConnected):
		return a.wrongStatus(v1.PhaseWorking), true
	case errors.Is(err, chat.ErrNotPairing):
		return a.wrongStatus(v1.PhaseScanQRCode), true
	case errors.Is(err, chat.ErrNotFound):
		return notFound("Not found"), true
	case errors.Is(err, chat.ErrUnanswered):
		return unanswered(nil), true
	case errors.As(err, new(chat.Impossible)), errors.Is(err, chat.ErrTooLate), errors.Is(err, chat.ErrRefused),
		errors.Is(err, chat.ErrNotSent), errors.Is(err, chat.ErrNoMedia):
		return unprocessable(sentence(err)), true
	case errors.Is(err, context.DeadlineExceeded):
		return errTimeout, false
	}
	return errInternal, false
}

func (a *API) wrongStatus(expected v1.Phase) failure {
	const text = "Session status is not as expected. Try again later or restart the session"
	return failure{http.StatusUnprocessableEntity, text,
		wire.WrongStatus{Error: text, Session: a.Session, Status: a.Live.Status().Phase, Expected: []v1.Phase{expected}}}
}

// sentence is the text of an error for people.
func sentence(err error) string {
	text := err.Error()
	return strings.ToUpper(text[:1]) + text[1:]
}
