package whatsapp

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"

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
		"no answer in time":                       {whatsmeow.ErrMessageTimedOut, ErrUnanswered, false},
		"no time left while waiting":              {context.DeadlineExceeded, ErrUnanswered, false},
		"the end of the process while waiting":    {context.Canceled, ErrUnanswered, false},
		"a connection lost while waiting":         {&whatsmeow.DisconnectedError{Action: "message send"}, ErrUnanswered, false},
		"none to repeat it by":                    {whatsmeow.ErrNotConnected, ErrUnanswered, false},
		"a refusal":                               {fmt.Errorf("%w 479", whatsmeow.ErrServerReturnedError), ErrRefused, false},
		"no time left while asking for devices":   {before(context.DeadlineExceeded), ErrNotSent, false},
		"a number without an account":             {errors.New("no LID found for 1@s.whatsapp.net from server"), ErrNotSent, false},
		"a closed socket":                         {before(socket.ErrSocketClosed), ErrNotSent, true},
		"a broken pipe":                           {before(broken), ErrNotSent, true},
		"no connection to begin with":             {before(whatsmeow.ErrNotConnected), ErrNotSent, true},
		"a connection lost while asking for keys": {before(whatsmeow.ErrIQDisconnected), ErrNotSent, true},
	} {
		got := sendFailure(c.err)
		if !errors.Is(got, c.want) || lostBefore(got) != c.again {
			t.Errorf("%s: %v, again %t; want %v, %t", what, got, lostBefore(got), c.want, c.again)
		}
		if text := got.Error(); strings.Contains(text, "LID") {
			t.Errorf("%s is told as %q, which says nothing to people", what, text)
		}
		if errors.Is(got, ErrUnanswered) && errors.Is(got, ErrNotSent) {
			t.Errorf("%s is both: %v", what, got)
		}
	}
}
