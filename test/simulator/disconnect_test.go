package simulator_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/socket"
	"go.mau.fi/whatsmeow/store"
	"go.mau.fi/whatsmeow/types/events"

	"github.com/wasession/wasession/test/simulator"
	"github.com/wasession/wasession/test/simulator/simclient"
)

// again waits until the client has logged in again after the mark.
func (w *world) again(c *simclient.Client, comp *simulator.Companion, mark int) {
	w.t.Helper()
	_, err := simclient.WaitSince[*events.Connected](w.ctx, c.Events, mark)
	w.ok(err)
	w.ok(comp.WaitConnected(w.ctx))
}

func TestKickedClientComesBack(t *testing.T) {
	w := newWorld(t)
	c, comp := w.linked(w.alice)
	mark := c.Events.Mark()
	if !comp.Kick() {
		t.Fatal("there was no connection")
	}
	_, err := simclient.WaitSince[*events.Disconnected](w.ctx, c.Events, mark)
	w.ok(err)
	w.again(c, comp, mark)
	_, err = w.bob.SendText(w.ctx, w.alice, "welcome back")
	w.ok(err)
	w.message(c, "welcome back")
}

func TestStreamErrors(t *testing.T) {
	t.Run("515 logs in again silently", func(t *testing.T) {
		w := newWorld(t)
		c, comp := w.linked(w.alice)
		mark := c.Events.Mark()
		comp.StreamError(515, "")
		w.again(c, comp, mark)
		if n := simclient.Count[*events.Disconnected](c.Events); n != 0 {
			t.Errorf("%d Disconnected events", n)
		}
	})
	t.Run("503 reconnects", func(t *testing.T) {
		w := newWorld(t)
		c, comp := w.linked(w.alice)
		mark := c.Events.Mark()
		comp.StreamError(503, "")
		_, err := simclient.WaitSince[*events.Disconnected](w.ctx, c.Events, mark)
		w.ok(err)
		w.again(c, comp, mark)
	})
	t.Run("replaced stays away", func(t *testing.T) {
		w := newWorld(t)
		c, comp := w.linked(w.alice)
		comp.StreamError(0, "replaced")
		event[*events.StreamReplaced](w, c)
		w.ok(comp.WaitDisconnected(w.ctx))
		if c.IsLoggedIn() {
			t.Error("the client is still logged in")
		}
	})
}

func TestASecondLoginReplacesTheFirst(t *testing.T) {
	w := newWorld(t)
	dir := t.TempDir()
	first, comp := w.linked(w.alice, simclient.Options{Dir: dir})
	second := w.client(simclient.Options{Dir: dir})
	w.ok(second.Connect())
	event[*events.Connected](w, second)
	event[*events.StreamReplaced](w, first)
	w.ok(comp.WaitConnected(w.ctx))
	_, err := w.bob.SendText(w.ctx, w.alice, "to the second")
	w.ok(err)
	w.message(second, "to the second")
}

func TestUnlinkOnThePhone(t *testing.T) {
	w := newWorld(t)
	c, comp := w.linked(w.alice)
	w.ok(w.alice.Unlink(w.ctx))
	out := event[*events.LoggedOut](w, c)
	if out.OnConnect {
		t.Error("LoggedOut says that it happened on connect")
	}
	w.ok(comp.WaitDisconnected(w.ctx))
	if n := len(w.alice.Companions()); n != 0 {
		t.Errorf("%d companions are left", n)
	}
}

func TestUnlinkedWhileAway(t *testing.T) {
	w := newWorld(t)
	dir := t.TempDir()
	c, comp := w.linked(w.alice, simclient.Options{Dir: dir})
	w.ok(c.Close())
	w.ok(comp.WaitDisconnected(w.ctx))
	w.ok(w.alice.Unlink(w.ctx))
	again := w.client(simclient.Options{Dir: dir})
	w.ok(again.Connect())
	out := event[*events.LoggedOut](w, again)
	if !out.OnConnect || out.Reason != events.ConnectFailureLoggedOut {
		t.Errorf("logged out with %+v", out)
	}
}

func TestLogoutOfTheClient(t *testing.T) {
	w := newWorld(t)
	c, comp := w.linked(w.alice)
	w.ok(c.Logout(w.ctx))
	w.ok(comp.WaitDisconnected(w.ctx))
	if n := len(w.alice.Companions()); n != 0 {
		t.Errorf("%d companions are left", n)
	}
	if err := c.Connect(); !errors.Is(err, store.ErrDeviceDeleted) {
		t.Errorf("connecting after the logout: %v", err)
	}
	// The phone keeps working without it.
	_, err := w.bob.SendText(w.ctx, w.alice, "gone?")
	w.ok(err)
	w.expect(w.alice, simulator.Text("gone?"))
}

func TestLoginFailures(t *testing.T) {
	for name, tc := range map[string]struct {
		failure simulator.LoginFailure
		check   func(*world, *simclient.Client)
	}{
		"401 logged out": {simulator.LoginFailure{Reason: 401}, wantLoggedOut(events.ConnectFailureLoggedOut)},
		"403 banned":     {simulator.LoginFailure{Reason: 403}, wantLoggedOut(events.ConnectFailureMainDeviceGone)},
		"406 unknown":    {simulator.LoginFailure{Reason: 406}, wantLoggedOut(events.ConnectFailureUnknownLogout)},
		"402 temporarily banned": {
			simulator.LoginFailure{Reason: 402, Code: 101, Expire: time.Hour},
			func(w *world, c *simclient.Client) {
				ban := event[*events.TemporaryBan](w, c)
				if ban.Code != events.TempBanSentToTooManyPeople || ban.Expire != time.Hour {
					w.t.Errorf("banned with %+v", ban)
				}
			},
		},
		"405 outdated": {
			simulator.LoginFailure{Reason: 405},
			func(w *world, c *simclient.Client) { event[*events.ClientOutdated](w, c) },
		},
		"418 something else": {
			simulator.LoginFailure{Reason: 418},
			func(w *world, c *simclient.Client) {
				if f := event[*events.ConnectFailure](w, c); int(f.Reason) != 418 {
					w.t.Errorf("failed with %d", f.Reason)
				}
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			c, comp := w.linked(w.alice)
			w.alice.FailLogin(&tc.failure)
			comp.Kick()
			tc.check(w, c)
		})
	}
}

func wantLoggedOut(reason events.ConnectFailureReason) func(*world, *simclient.Client) {
	return func(w *world, c *simclient.Client) {
		w.t.Helper()
		if out := event[*events.LoggedOut](w, c); !out.OnConnect || out.Reason != reason {
			w.t.Errorf("logged out with %+v", out)
		}
	}
}

func TestClientRetriesWhenTheServerIsUnwell(t *testing.T) {
	for _, reason := range []int{500, 503} {
		w := newWorld(t)
		c, comp := w.linked(w.alice)
		mark := c.Events.Mark()
		w.alice.FailLogin(&simulator.LoginFailure{Reason: reason})
		comp.Kick()
		_, err := simclient.WaitSince[*events.Disconnected](w.ctx, c.Events, mark)
		w.ok(err)
		w.alice.FailLogin(nil)
		w.again(c, comp, mark)
	}
}

func TestRejectedUpgrades(t *testing.T) {
	w := newWorld(t)
	c, comp := w.linked(w.alice)
	mark := c.Events.Mark()
	w.srv.Faults().RejectUpgrades(http.StatusServiceUnavailable, 2)
	comp.Kick()
	w.again(c, comp, mark)
	if n := w.srv.Faults().Rejected(); n != 2 {
		t.Errorf("%d upgrades were rejected, want 2", n)
	}

	// The first Connect returns the refusal as an error.
	w.srv.Faults().RejectUpgrades(http.StatusForbidden, 1)
	var status socket.ErrWithStatusCode
	if err := w.client().Connect(); !errors.As(err, &status) || status.StatusCode != http.StatusForbidden {
		t.Errorf("connect: %v", err)
	}
}

func TestUnansweredPings(t *testing.T) {
	w := newWorld(t)
	c, comp := w.linked(w.alice)
	mark := c.Events.Mark()
	w.srv.Faults().IgnorePings(true)
	_, err := simclient.WaitSince[*events.KeepAliveTimeout](w.ctx, c.Events, mark)
	w.ok(err)
	_, err = simclient.WaitSince[*events.Connected](w.ctx, c.Events, mark)
	w.ok(err) // the client has forced a reconnect
	w.srv.Faults().IgnorePings(false)
	w.ok(comp.WaitConnected(w.ctx))
}

func TestFailedQuery(t *testing.T) {
	w := newWorld(t)
	c, _ := w.linked(w.alice)
	w.srv.Faults().FailIQ("privacy", 429, "rate-overlimit", 1)
	if _, err := c.TryFetchPrivacySettings(w.ctx, true); !errors.Is(err, whatsmeow.ErrIQRateOverLimit) {
		t.Errorf("got %v, want 429", err)
	}
	if _, err := c.TryFetchPrivacySettings(w.ctx, true); err != nil {
		t.Errorf("the fault lasted longer than one query: %v", err)
	}
}

func TestDroppedAndDelayedStanzas(t *testing.T) {
	w := newWorld(t)
	c, _ := w.linked(w.alice)
	stop := w.srv.Faults().Drop(func(s simulator.Stanza) bool {
		return s.Direction == simulator.ToClient && s.Node.Tag == "ack"
	})
	_, err := c.SendMessage(w.ctx, w.bob.PN(), simulator.TextMessage("lost ack"), whatsmeow.SendRequestExtra{Timeout: 300 * time.Millisecond})
	if !errors.Is(err, whatsmeow.ErrMessageTimedOut) {
		t.Errorf("without an ack: %v", err)
	}
	stop()
	w.expect(w.bob, simulator.Text("lost ack"))

	const hold = 300 * time.Millisecond
	stop = w.srv.Faults().Delay(func(s simulator.Stanza) bool {
		return s.Direction == simulator.ToClient && s.Node.Tag == "message"
	}, hold)
	defer stop()
	start := time.Now()
	_, err = w.bob.SendText(w.ctx, w.alice, "late")
	w.ok(err)
	w.message(c, "late")
	if took := time.Since(start); took < hold {
		t.Errorf("the message came after %s, want %s at least", took, hold)
	}
}

func TestQRCodesExpire(t *testing.T) {
	w := newWorldWith(t, simulator.Options{QRLifetime: 200 * time.Millisecond})
	c := w.client()
	w.ok(c.Connect())
	qr := event[*events.QR](w, c)
	event[*events.Disconnected](w, c)
	if _, err := w.alice.ScanQR(w.ctx, qr.Codes[0]); !errors.Is(err, simulator.ErrCodeUnknown) {
		t.Errorf("an expired code: %v", err)
	}
}

// A client of another dictionary could not read an answer: it learns why at once.
func TestAnotherDictionaryIsRefused(t *testing.T) {
	w := newWorld(t)
	ws, _, err := websocket.Dial(w.ctx, w.srv.URL()+"/ws/chat", nil)
	w.ok(err)
	t.Cleanup(func() { _ = ws.CloseNow() })
	w.ok(ws.Write(w.ctx, websocket.MessageBinary, []byte("WA\x06\x02\x00\x00\x01\x00")))
	_, _, err = ws.Read(w.ctx)
	var closed websocket.CloseError
	if !errors.As(err, &closed) || closed.Code != websocket.StatusPolicyViolation || !strings.Contains(closed.Reason, "version 2") {
		t.Errorf("closed with %v", err)
	}
}
