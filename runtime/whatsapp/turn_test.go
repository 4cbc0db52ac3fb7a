package whatsapp

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"testing"
	"time"

	"go.mau.fi/whatsmeow"
	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/socket"
	"go.mau.fi/whatsmeow/types/events"

	"github.com/wasession/wasession/runtime/chat"
)

func TestTurns(t *testing.T) {
	broken := errors.New("broken")
	for _, c := range []struct {
		evt  any
		want Turn
	}{
		{&events.QR{Codes: []string{"a", "b"}}, QRCodes{Codes: []string{"a", "b"}}},
		{&events.PairSuccess{}, Paired{}},
		{&events.PairError{Error: broken}, PairFailed{Err: broken}},
		{&events.PairPasskeyConfirmation{Code: "ABCD-EFGH", SkipHandoffUX: true}, PasskeyTaken{Code: "ABCD-EFGH", Proved: true}},
		{&events.PairPasskeyError{Error: broken}, PairFailed{Err: broken}},
		{&events.Connected{}, Connected{}},
		{&events.Disconnected{}, Disconnected{}},
		{&events.KeepAliveTimeout{}, Unresponsive{}},
		{&events.KeepAliveRestored{}, Responsive{}},
		{&events.LoggedOut{}, LoggedOut{By: LogoutByPhone}},
		{&events.LoggedOut{Reason: events.ConnectFailureLoggedOut}, LoggedOut{By: LogoutByPhone}},
		{&events.LoggedOut{Reason: events.ConnectFailureMainDeviceGone}, LoggedOut{By: LogoutByLock}},
		{&events.LoggedOut{Reason: events.ConnectFailureUnknownLogout}, LoggedOut{By: LogoutByBan}},
		{&events.ClientOutdated{}, Outdated{}},
		{&events.TemporaryBan{Expire: time.Hour}, Banned{For: time.Hour}},
		{&events.TemporaryBan{Code: events.TempBanBlockedByUsers}, Banned{Why: "too many people have blocked the number"}},
		{&events.TemporaryBan{Code: 105}, Banned{}},
		{&events.ConnectFailure{Reason: 429}, Throttled{}},
		{&events.StreamError{Code: "429"}, Throttled{}},
		{&events.StreamError{Code: "516"}, Refused{Reason: "stream error 516"}},
		{&events.StreamReplaced{}, Replaced{}},
		{&events.ConnectFailure{Reason: events.ConnectFailureServiceUnavailable}, Refused{Reason: events.ConnectFailureServiceUnavailable.String()}},
		{&events.PushNameSetting{}, Renamed{}},
		{&events.Message{}, nil},
		{&events.OfflineSyncCompleted{}, CaughtUp{}},
		{nil, nil},
	} {
		if got := turnOf(c.evt); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%T is %#v, want %#v", c.evt, got, c.want)
		}
	}
}

// What WhatsApp did with a request decides what a caller is told of it.
func TestFailures(t *testing.T) {
	for name, c := range map[string]struct{ err, want error }{
		"no connection":        {whatsmeow.ErrNotConnected, chat.ErrNotConnected},
		"no login":             {whatsmeow.ErrNotLoggedIn, chat.ErrNotConnected},
		"no answer":            {whatsmeow.ErrIQTimedOut, chat.ErrUnanswered},
		"no receipt":           {whatsmeow.ErrMessageTimedOut, chat.ErrUnanswered},
		"a lost connection":    {whatsmeow.ErrIQDisconnected, chat.ErrUnanswered},
		"no time left":         {fmt.Errorf("query: %w", context.DeadlineExceeded), chat.ErrUnanswered},
		"a refusal":            {&whatsmeow.IQError{Code: 403, Text: "forbidden"}, chat.ErrRefused},
		"a conflict":           {whatsmeow.ErrAppStateUpdate, chat.ErrRefused},
		"an error of a server": {fmt.Errorf("%w 479", whatsmeow.ErrServerReturnedError), chat.ErrRefused},
	} {
		if got := failure(c.err); !errors.Is(got, c.want) || !errors.Is(got, c.err) {
			t.Errorf("%s: %v, want %v and its cause", name, got, c.want)
		}
	}
	for _, err := range []error{nil, context.Canceled, errFull} {
		if got := failure(err); got != err { //nolint:errorlint // the very same is wanted
			t.Errorf("%v becomes %v", err, got)
		}
	}
}

// What is refused because it is done too often is told with the time to wait, if
// WhatsApp says so.
func TestTooOften(t *testing.T) {
	query := func(attrs waBinary.Attrs) error {
		return fmt.Errorf("query: %w", &whatsmeow.IQError{Code: 429, Text: "rate-overlimit", ErrorNode: &waBinary.Node{Tag: "error", Attrs: attrs}})
	}
	for name, c := range map[string]struct {
		err   error
		often bool
		wait  time.Duration
	}{
		"a message":                   {fmt.Errorf("%w 429", whatsmeow.ErrServerReturnedError), true, 0},
		"another refusal":             {fmt.Errorf("%w 1429", whatsmeow.ErrServerReturnedError), false, 0},
		"a query":                     {query(nil), true, 0},
		"a query with a time":         {query(waBinary.Attrs{"backoff": "90"}), true, 90 * time.Second},
		"a time of years":             {query(waBinary.Attrs{"backoff": "99999999"}), true, 24 * time.Hour},
		"a time before now":           {query(waBinary.Attrs{"backoff": "-5"}), true, 0},
		"a query without a node":      {&whatsmeow.IQError{Code: 429}, true, 0},
		"a query refused differently": {&whatsmeow.IQError{Code: 403}, false, 0},
		"a connection":                {fmt.Errorf("dial: %w", socket.ErrWithStatusCode{StatusCode: 429}), true, 0},
		"a server that is down":       {fmt.Errorf("dial: %w", socket.ErrWithStatusCode{StatusCode: 503}), false, 0},
		"nothing":                     {nil, false, 0},
	} {
		if wait, often := isOften(c.err); often != c.often || wait != c.wait {
			t.Errorf("%s: %t, wait %s", name, often, wait)
		}
		if c.err == nil || !c.often {
			continue
		}
		for _, got := range []error{failure(c.err), groupFailure(c.err), sendFailure(c.err)} {
			var l chat.Limited
			if !errors.As(got, &l) || l.Wait != c.wait || errors.Is(got, chat.ErrUnanswered) {
				t.Errorf("%s becomes %v", name, got)
			}
		}
	}
}
