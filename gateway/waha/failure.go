package waha

import (
	"fmt"
	"net/http"
	"strings"
)

// Failure is an error that a client is told, with a body as WAHA's clients expect
// it.
type Failure struct {
	Status int
	// Text is the message; Body is the whole body.
	Text string
	Body any
	// RetryAfter is in seconds; 0 means that the client is told none.
	RetryAfter int
}

func (f Failure) Error() string { return f.Text }

// WawpStatus is the HTTP status for Wawp's clients, to whom a session that does not
// exist is a 404, and one that is not connected a 502.
func (f Failure) WawpStatus() int {
	body, ok := f.Body.(sessionBody)
	switch {
	case !ok:
		return f.Status
	case body.Status == "":
		return http.StatusNotFound
	}
	return http.StatusBadGateway
}

type failureBody struct {
	Message any    `json:"message"`
	Error   string `json:"error,omitempty"`
	Status  int    `json:"statusCode"`
}

type sessionBody struct {
	Error    string   `json:"error"`
	Session  string   `json:"session"`
	Status   string   `json:"status,omitempty"`
	Expected []string `json:"expected,omitempty"`
}

// Unauthorized is the answer to a call without a valid key.
var Unauthorized = Failure{Status: http.StatusUnauthorized, Text: "Unauthorized",
	Body: failureBody{Message: "Unauthorized", Status: http.StatusUnauthorized}}

// NoTokens is the answer to a call with a token of Kubernetes that cannot be checked.
var NoTokens = Fail(http.StatusUnauthorized, "This gateway cannot check tokens of Kubernetes. Send an API key as X-Api-Key")

// Forbidden is the answer to a call that the key does not allow.
var Forbidden = Fail(http.StatusForbidden, "Forbidden resource")

// Fail is a failure whose body has the text of the status beside the message.
func Fail(status int, text string) Failure {
	return Failure{Status: status, Text: text, Body: failureBody{text, http.StatusText(status), status}}
}

// BadRequest lists what is wrong with the input, a sentence for each problem.
func BadRequest(problems ...string) Failure {
	return Failure{Status: http.StatusBadRequest, Text: strings.Join(problems, "; "),
		Body: failureBody{problems, http.StatusText(http.StatusBadRequest), http.StatusBadRequest}}
}

// Unexpected is a fault of the server. Its cause is logged, never told.
func Unexpected() Failure {
	const text = "Internal server error"
	return Failure{Status: http.StatusInternalServerError, Text: text, Body: failureBody{Message: text, Status: http.StatusInternalServerError}}
}

// UnknownSession is the answer to a call to a session that does not exist, or that
// the caller may not see.
func UnknownSession(name string) Failure {
	text := fmt.Sprintf("Session %q does not exist", name)
	return Failure{Status: http.StatusUnprocessableEntity, Text: text, Body: sessionBody{Error: text, Session: name}}
}

// SessionNotFound is UnknownSession for the call that clients ask whether a session
// exists.
func SessionNotFound() Failure { return Fail(http.StatusNotFound, "Session not found") }

// NotWorking is the answer to a call to a session that runs no pod.
func NotWorking(name, status string) Failure {
	const text = "Session status is not as expected. Try again later or restart the session"
	return Failure{Status: http.StatusUnprocessableEntity, Text: text,
		Body: sessionBody{Error: text, Session: name, Status: status, Expected: []string{"WORKING"}}}
}

// Ambiguous is the answer to a bare name that several sessions have which the caller
// may see.
func Ambiguous(name string, qualified []string) Failure {
	return Fail(http.StatusConflict, fmt.Sprintf("Several sessions are called %q: use %s", name, strings.Join(qualified, " or ")))
}
