package whatsapp

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/socket"
	"go.mau.fi/whatsmeow/types"

	"github.com/wasession/wasession/runtime/chat"
)

// isOften reports whether WhatsApp refused something because the account, or the
// network that it comes from, does it too often, and how long it says to wait.
func isOften(err error) (wait time.Duration, often bool) {
	var iq *whatsmeow.IQError
	var dial socket.ErrWithStatusCode
	var graph types.GraphQLError
	switch {
	case errors.As(err, &graph):
		return 0, graph.Extensions.ErrorCode == http.StatusTooManyRequests
	case errors.As(err, &iq):
		if iq.Code == http.StatusTooManyRequests && iq.ErrorNode != nil {
			seconds := iq.ErrorNode.AttrGetter().OptionalInt("backoff")
			wait = time.Duration(min(max(seconds, 0), int(maxWait/time.Second))) * time.Second
		}
		return wait, iq.Code == http.StatusTooManyRequests
	case errors.As(err, &dial):
		return 0, dial.StatusCode == http.StatusTooManyRequests
	}
	return 0, ackCode(err) == http.StatusTooManyRequests
}

// maxWait is the longest wait that is believed.
const maxWait = 24 * time.Hour

// limited returns the domain error for a refusal of that kind; false for any other.
func limited(err error) (chat.Limited, bool) {
	wait, often := isOften(err)
	return chat.Limited{Text: "WhatsApp limits how often the account may do this: wait before the next try", Wait: wait}, often
}

// ackCode returns the code with which WhatsApp refused a message; 0 for other errors.
// whatsmeow has it in the text only.
func ackCode(err error) int {
	if !errors.Is(err, whatsmeow.ErrServerReturnedError) {
		return 0
	}
	_, code, _ := strings.Cut(err.Error(), whatsmeow.ErrServerReturnedError.Error()+" ")
	n, _ := strconv.Atoi(code)
	return n
}

// sendRefusals are WhatsApp's reasons for not taking a message, by their codes.
var sendRefusals = map[int]string{
	463: "for now the account may not write to people that it has no chat with. Wait until they write, and write to fewer people who don't know the number",
	479: "it does not accept the message as it is",
}
