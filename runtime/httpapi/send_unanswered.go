package httpapi

import (
	"net/http"

	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/wire"
)

// unanswered tells of what was handed to WhatsApp without an answer; m is nil
// for what is no message of its own.
func unanswered(m *chat.Message) failure {
	text := "WhatsApp did not answer in time; the request may have been carried out"
	body := wire.Unanswered{}
	if m != nil {
		text = "WhatsApp did not answer in time; the message may have been sent. It stays PENDING until an answer or a receipt arrives: check its ack before you send it again"
		body.ID, body.Ack, body.AckName = m.ID().String(), (*int)(&m.Ack), m.Ack.String()
	}
	body.Failure = wire.Failure{Message: text, Error: http.StatusText(http.StatusGatewayTimeout), StatusCode: http.StatusGatewayTimeout}
	return failure{http.StatusGatewayTimeout, text, body}
}
