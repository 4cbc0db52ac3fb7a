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

// failure is an error that is shown to the client.
type failure struct {
	status int
	// text is the message, body the whole response as WAHA writes it.
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

// textFailure is an error whose body includes the status text.
func textFailure(status int, text string) failure {
	return failure{status, text, wire.Failure{Message: text, Error: http.StatusText(status), StatusCode: status}}
}

func notFound(text string) failure      { return textFailure(http.StatusNotFound, text) }
func unprocessable(text string) failure { return textFailure(http.StatusUnprocessableEntity, text) }

func unknownSession(name string) failure {
	text := fmt.Sprintf("Session %q does not exist", name)
	return failure{http.StatusUnprocessableEntity, text, wire.UnknownSession{Error: text, Session: name}}
}

// badRequest lists what is wrong with the input, one sentence per problem.
func badRequest(problems ...string) error { return bind.Problems(problems) }

// failureOf turns an error into a response. known is false for errors that are
// hidden from the client and must be logged.
func (a *API) failureOf(err error) (f failure, known bool) {
	var problems bind.Problems
	var limited chat.Limited
	switch {
	case errors.As(err, &f):
		return f, true
	case errors.As(err, &problems):
		return failure{http.StatusBadRequest, problems.Error(), wire.Failure{
			Message: []string(problems), Error: http.StatusText(http.StatusBadRequest), StatusCode: http.StatusBadRequest,
		}}, true
	case errors.As(err, &limited):
		return textFailure(http.StatusTooManyRequests, limited.Text), true
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

// sentence is an error's text with a capital letter.
func sentence(err error) string {
	text := err.Error()
	return strings.ToUpper(text[:1]) + text[1:]
}
