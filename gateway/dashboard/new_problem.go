package dashboard

import (
	"errors"
	"net/http"
	"strings"

	"github.com/wasession/wasession/gateway/waha"
)

// formProblem is what is wrong with a form, told at the field that it is about.
type formProblem struct {
	Text string
	// Field is the id of the field; empty if it is about none.
	Field string
}

// fieldsOfNew are the fields of the form for a new session, by what the API and the
// schema call them in what they refuse.
var fieldsOfNew = []struct{ called, field, label string }{
	{"settings.storage.size", "size", "Volume size"},
	{"spec.storage.claim.size", "size", "Volume size"},
	{"spec.storage.claim.storageClassName", "storageClassName", "Storage class"},
	{"spec.pairing.phoneNumber", "phoneNumber", "Phone number"},
	{"spec.pairing", "phoneNumber", "Phone number"},
	{"spec.history.days", "days", "Days of history"},
	{"spec.webhooks[0].url", "webhook", "Webhook"},
	{"spec.webhooks[0]", "webhook", "Webhook"},
	{"name must match", "name", "Name"},
	{"already exists", "name", "Name"},
	{"The namespace", "namespace", "Namespace"},
}

// problemOfNew finds the field that a refusal is about.
func problemOfNew(text string) formProblem {
	for _, f := range fieldsOfNew {
		if !strings.Contains(text, f.called) {
			continue
		}
		if rest, ok := strings.CutPrefix(text, f.called+" "); ok && strings.Contains(f.called, ".") {
			text = rest
		}
		return formProblem{f.label + ": " + sentence(text), f.field}
	}
	return formProblem{Text: sentence(text)}
}

// refuseNew tells what is wrong beside the form, which stays as it is. Other errors are
// returned.
func (v *visit) refuseNew(err error) error {
	var told waha.Failure
	if !v.asksPart() || !errors.As(err, &told) || told.Status != http.StatusBadRequest && told.Status != http.StatusUnprocessableEntity {
		return err
	}
	v.w.Header().Set("HX-Retarget", "#problem")
	v.w.Header().Set("HX-Reswap", "outerHTML")
	return v.part(http.StatusUnprocessableEntity, "new", "part-problem", problemOfNew(told.Text))
}
