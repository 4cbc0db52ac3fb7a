package whatsapp

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"

	"github.com/wasession/wasession/runtime/chat"
	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/socket"
)

// What an error of sending says about the message: whether it may have left,
// and whether it is worth another try.
func TestWhatBecomesOfAMessageThatFails(t *testing.T) {
	before := func(err error) error { return fmt.Errorf("failed to send message node: %w", err) }
	broken := &net.OpError{Op: "write", Err: errors.New("broken pipe")}
	for what, c := range map[string]struct {
		err   error
		want  error
		again bool
	}{
		"no answer in time":                       {whatsmeow.ErrMessageTimedOut, chat.ErrUnanswered, false},
		"no time left while waiting":              {context.DeadlineExceeded, chat.ErrUnanswered, false},
		"the end of the process while waiting":    {context.Canceled, chat.ErrUnanswered, false},
		"a connection lost while waiting":         {&whatsmeow.DisconnectedError{Action: "message send"}, chat.ErrUnanswered, false},
		"none to repeat it by":                    {whatsmeow.ErrNotConnected, chat.ErrUnanswered, false},
		"a refusal":                               {fmt.Errorf("%w 479", whatsmeow.ErrServerReturnedError), chat.ErrRefused, false},
		"no time left while asking for devices":   {before(context.DeadlineExceeded), chat.ErrNotSent, false},
		"a number without an account":             {errors.New("no LID found for 1@s.whatsapp.net from server"), chat.ErrNotSent, false},
		"a closed socket":                         {before(socket.ErrSocketClosed), chat.ErrNotSent, true},
		"a websocket closed under the write":      {before(net.ErrClosed), chat.ErrNotSent, true},
		"a broken pipe":                           {before(broken), chat.ErrNotSent, true},
		"no connection to begin with":             {before(whatsmeow.ErrNotConnected), chat.ErrNotSent, true},
		"a connection lost while asking for keys": {before(whatsmeow.ErrIQDisconnected), chat.ErrNotSent, true},
	} {
		got := sendFailure(c.err)
		if !errors.Is(got, c.want) || lostBefore(got) != c.again {
			t.Errorf("%s: %v, again %t; want %v, %t", what, got, lostBefore(got), c.want, c.again)
		}
		if text := got.Error(); strings.Contains(text, "LID") {
			t.Errorf("%s is told as %q, which says nothing to people", what, text)
		}
		if errors.Is(got, chat.ErrUnanswered) && errors.Is(got, chat.ErrNotSent) {
			t.Errorf("%s is both: %v", what, got)
		}
	}
}
