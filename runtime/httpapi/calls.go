package httpapi

import (
	"errors"
	"net/http"

	"github.com/wasession/wasession/runtime/chat"
)

type rejectCallIn struct {
	Body struct {
		From chatID `json:"from" required:"true" doc:"Who calls, as the event call.received says"`
		ID   callID `json:"id" required:"true" doc:"ID of the call, as the event call.received says"`
	} `body:"json"`
}

// callID is the ID of a call.
type callID string

// UnmarshalText implements encoding.TextUnmarshaler.
func (c *callID) UnmarshalText(text []byte) error {
	*c = callID(text)
	if !chat.PlainStanza(string(text)) {
		return errors.New("must be the ID of a call, of letters and digits")
	}
	return nil
}

func (a *API) rejectCall(r *http.Request, in rejectCallIn) (none, error) {
	from := in.Body.From.ID
	if from.Kind() != chat.KindDirect {
		return none{}, badRequest("from must be the ID of a person")
	}
	return none{}, a.Live.RejectCall(r.Context(), a.destination(r.Context(), from), string(in.Body.ID))
}
