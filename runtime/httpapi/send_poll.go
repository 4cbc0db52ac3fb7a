package httpapi

import (
	"fmt"
	"net/http"

	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/wire"
)

// WhatsApp's limits for polls.
const (
	fewestOptions = 2
	mostOptions   = 12
)

type pollIn struct {
	Body struct {
		replying
		Poll struct {
			Name            string   `json:"name" required:"true" max:"255"`
			Options         []string `json:"options" max:"12"`
			MultipleAnswers yes      `json:"multipleAnswers"`
		} `json:"poll"`
	} `body:"json"`
}

func (a *API) sendPoll(r *http.Request, in pollIn) (wire.Message, error) {
	p := in.Body.Poll
	known := map[string]bool{}
	for _, o := range p.Options {
		if o == "" || len([]rune(o)) > 100 || known[o] {
			return wire.Message{}, badRequest("each value in poll.options must be a unique text of 1 to 100 characters")
		}
		known[o] = true
	}
	if len(p.Options) < fewestOptions {
		return wire.Message{}, badRequest(fmt.Sprintf("poll.options must contain %d to %d elements", fewestOptions, mostOptions))
	}
	return a.dispatch(r, in.Body.replying, chat.Outgoing{Content: chat.OutgoingPoll{
		Question: p.Name, Options: p.Options, Multiple: bool(p.MultipleAnswers),
	}})
}
