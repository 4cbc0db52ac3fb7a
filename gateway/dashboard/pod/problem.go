package pod

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"

	"github.com/wasession/wasession/api/chathttp"
)

// Problem is why a call failed, for the person who made it.
type Problem struct {
	Status int
	// Text is a sentence without a full stop.
	Text string
	// MayHaveBeenDone: nobody knows whether what was asked for was done.
	MayHaveBeenDone bool
	// ID is the message that may have been sent, if it is known.
	ID string
}

// Error implements error.
func (p Problem) Error() string { return p.Text }

// Forbidden is the problem of somebody who may not do something.
var Forbidden = Problem{Status: http.StatusForbidden, Text: "You are not allowed to do this"}

// ErrTooLarge is an answer that is longer than a page can be made of.
var ErrTooLarge = Problem{Status: http.StatusBadGateway, Text: "The session's answer is too large to be shown"}

// IsNotFound says whether what was asked for does not exist.
func IsNotFound(err error) bool {
	var p Problem
	return errors.As(err, &p) && p.Status == http.StatusNotFound
}

// maxProblem limits what is read of an answer that says no, in bytes.
const maxProblem = 64 << 10

// problemOf reads the answer of a call that failed.
func problemOf(a *answer) error {
	p := Problem{Status: a.status, MayHaveBeenDone: a.status >= 500}
	var body struct {
		ID     string `json:"id"`
		Status string `json:"status"`
	}
	raw, _ := io.ReadAll(io.LimitReader(a, maxProblem)) // what broke off has no text
	if json.Unmarshal(raw, &body) == nil {
		p.ID, p.Text = body.ID, clip(chathttp.ErrorText(raw))
	}
	switch {
	case p.Status == http.StatusForbidden:
		return Forbidden
	case body.Status != "":
		p.Text = "The session is not connected to WhatsApp right now. Try again when it is"
		p.MayHaveBeenDone = false
	case p.Status == http.StatusInternalServerError || p.Text == "":
		p.Text = "The session could not do this. Its log says why"
	}
	return p
}

func clip(text string) string {
	const most = 500
	if len(text) > most {
		return strings.ToValidUTF8(text[:most], "") + "…"
	}
	return text
}
