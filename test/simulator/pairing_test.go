package simulator_test

import (
	"errors"
	"strings"
	"testing"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/types/events"

	"github.com/wasession/wasession/test/simulator"
	"github.com/wasession/wasession/test/simulator/simclient"
)

func TestPairingByQR(t *testing.T) {
	for name, trim := range map[string]func(string) string{
		"as shown":          func(code string) string { return code },
		"without the link":  func(code string) string { return code[strings.IndexByte(code, '#')+1:] },
		"without the extra": func(code string) string { return code[:strings.LastIndexByte(code, ',')] },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			c := w.client()
			w.ok(c.Connect())
			qr := event[*events.QR](w, c)
			if len(qr.Codes) != 6 {
				t.Errorf("got %d codes, want 6", len(qr.Codes))
			}
			comp, err := w.alice.ScanQR(w.ctx, trim(qr.Codes[2]))
			w.ok(err)
			success := event[*events.PairSuccess](w, c)
			if success.ID != comp.JID() || success.LID != comp.LID() {
				t.Errorf("paired as %s and %s, want %s and %s", success.ID, success.LID, comp.JID(), comp.LID())
			}
			event[*events.Connected](w, c)
			w.ok(comp.WaitConnected(w.ctx))
			// The phone's first messages to the companion use one of the 812.
			if got := comp.PreKeys(); got != 812 && got != 811 {
				t.Errorf("the client uploaded %d prekeys, want 812", got)
			}
		})
	}
}

func TestScanningAWrongCode(t *testing.T) {
	w := newWorld(t)
	c := w.client()
	w.ok(c.Connect())
	qr := event[*events.QR](w, c)

	parts := strings.Split(qr.Codes[0], ",")
	unknown := strings.Join(append([]string{"2@nothing"}, parts[1:]...), ",")
	if _, err := w.alice.ScanQR(w.ctx, unknown); !errors.Is(err, simulator.ErrCodeUnknown) {
		t.Errorf("unknown code: %v", err)
	}
	forged := strings.Join([]string{parts[0], parts[2], parts[2], parts[3]}, ",")
	if _, err := w.alice.ScanQR(w.ctx, forged); !errors.Is(err, simulator.ErrCodeWrong) {
		t.Errorf("code with another client's key: %v", err)
	}
	if _, err := w.alice.ScanQR(w.ctx, "hello"); err == nil {
		t.Error("no code at all was accepted")
	}
	// The client detects a damaged secret, and is not linked.
	other := strings.Join([]string{parts[0], parts[1], parts[2], parts[2]}, ",")
	if _, err := w.alice.ScanQR(w.ctx, other); !errors.Is(err, simulator.ErrCodeWrong) {
		t.Errorf("code with a wrong secret: %v", err)
	}
	event[*events.PairError](w, c)
	if n := len(w.alice.Companions()); n != 0 {
		t.Errorf("%d companions are linked, want none", n)
	}
}

func TestPairingByPhoneCode(t *testing.T) {
	w := newWorld(t)
	c := w.client()
	w.ok(c.Connect())
	event[*events.QR](w, c)
	code, err := c.PairPhone(w.ctx, w.alice.PN().User, true, whatsmeow.PairClientChrome, "Chrome (Linux)")
	w.ok(err)

	wrong := "1111-1111"
	if code == wrong {
		wrong = "2222-2222"
	}
	if _, err = w.alice.EnterCode(w.ctx, wrong); !errors.Is(err, simulator.ErrCodeWrong) {
		t.Fatalf("a wrong code: %v", err)
	}
	if _, err = w.bob.EnterCode(w.ctx, code); !errors.Is(err, simulator.ErrCodeUnknown) {
		t.Fatalf("the code on another phone: %v", err)
	}
	comp, err := w.alice.EnterCode(w.ctx, strings.ToLower(code))
	w.ok(err)
	event[*events.Connected](w, c)
	w.ok(comp.WaitConnected(w.ctx))
	if got := c.Store.GetJID(); got != comp.JID() {
		t.Errorf("paired as %s, want %s", got, comp.JID())
	}
}

func TestPhoneCodeForAnUnknownNumber(t *testing.T) {
	w := newWorld(t)
	c := w.client()
	w.ok(c.Connect())
	event[*events.QR](w, c)
	_, err := c.PairPhone(w.ctx, "19998887777", true, whatsmeow.PairClientChrome, "Chrome (Linux)")
	if !errors.Is(err, whatsmeow.ErrIQNotFound) {
		t.Errorf("got %v, want 404", err)
	}
}

func TestAnAccountLinksFourCompanions(t *testing.T) {
	w := newWorld(t)
	for range 4 {
		w.linked(w.alice)
	}
	c := w.client()
	w.ok(c.Connect())
	qr := event[*events.QR](w, c)
	if _, err := w.alice.ScanQR(w.ctx, qr.Codes[0]); !errors.Is(err, simulator.ErrTooMany) {
		t.Errorf("a fifth companion: %v", err)
	}
}

func TestReconnectAfterRestartOfTheClient(t *testing.T) {
	w := newWorld(t)
	dir := t.TempDir()
	c, comp := w.linked(w.alice, simclient.Options{Dir: dir})
	w.ok(c.Close())
	w.ok(comp.WaitDisconnected(w.ctx))
	before := comp.PreKeys()

	again := w.client(simclient.Options{Dir: dir})
	w.ok(again.Connect())
	event[*events.Connected](w, again)
	w.ok(comp.WaitConnected(w.ctx))
	if got := comp.PreKeys(); got != before {
		t.Errorf("the server has %d prekeys after the second login, want %d", got, before)
	}
}
