package dashboard

import (
	"cmp"
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"github.com/wasession/wasession/gateway/waha"
)

// passkeyStep is what is due in a link with a passkey. Without anything, the session waits
// for WhatsApp.
type passkeyStep struct {
	Path string
	// Challenge is what the passkey has to sign, in JSON.
	Challenge string
	// Code is to be compared with the one on the phone.
	Code string
	// Answer is what was pasted, and Problem is why it was refused.
	Answer, Problem string
}

// passkey shows what is due.
func (d *Dashboard) passkey(v *visit) error {
	s, err := v.session()
	if err != nil {
		return err
	}
	step, err := v.passkeyStep(s)
	if err != nil {
		return err
	}
	return v.part(http.StatusOK, "session", "part-passkey", step)
}

func (v *visit) passkeyStep(s session) (passkeyStep, error) {
	step := passkeyStep{Path: s.Path}
	var challenge json.RawMessage
	err := v.call(http.MethodGet, s.api("auth/passkey/challenge"), nil, &challenge)
	if err == nil {
		step.Challenge = string(challenge)
		return step, nil
	}
	if !isUnprocessable(err) {
		return step, err
	}
	var shown struct {
		Code string `json:"code"`
	}
	if err = v.call(http.MethodGet, s.api("auth/passkey/confirmation"), nil, &shown); isUnprocessable(err) {
		err = nil // the passkey was presented
	}
	step.Code = shown.Code
	return step, err
}

// isUnprocessable says whether the session refuses a call because of the step it is at.
func isUnprocessable(err error) bool {
	var told waha.Failure
	return errors.As(err, &told) && told.Status == http.StatusUnprocessableEntity
}

// presentPasskey passes on what the browser's console printed on WhatsApp's page.
func (d *Dashboard) presentPasskey(v *visit) error {
	s, err := v.session()
	if err != nil {
		return err
	}
	answer := strings.TrimSpace(v.r.PostFormValue("answer"))
	problem := "That is not what the console prints: it begins with { and ends with }. Paste the whole line"
	if json.Valid([]byte(answer)) {
		problem = ""
		err = v.call(http.MethodPost, s.api("auth/passkey"), json.RawMessage(answer), nil)
		var told waha.Failure
		if errors.As(err, &told) && (told.Status == http.StatusBadRequest || told.Status == http.StatusUnprocessableEntity) {
			problem, err = cmp.Or(told.Text, "WhatsApp does not take this answer"), nil
		}
		if err != nil {
			return err
		}
	}
	step, err := v.passkeyStep(s)
	if err != nil {
		return err
	}
	if problem != "" {
		step.Answer, step.Problem = answer, problem
	}
	return v.part(http.StatusOK, "session", "part-passkey", step)
}

// confirmPasskey says that the phone shows the session's code.
func (d *Dashboard) confirmPasskey(v *visit) error {
	s, err := v.session()
	if err != nil {
		return err
	}
	if err := v.call(http.MethodPost, s.api("auth/passkey/confirm"), nil, nil); err != nil {
		return err
	}
	return v.part(http.StatusOK, "session", "part-passkey", passkeyStep{Path: s.Path})
}
