package httpapi

import (
	"net/http"

	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/wire"
)

// unanswered is the error for a request that WhatsApp did not answer; m is nil if
// the request sends no message.
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
