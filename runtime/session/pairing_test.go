package session_test

import (
	"encoding/hex"
	"errors"
	"testing"
	"time"

	v1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/session"
	"github.com/wasession/wasession/runtime/whatsapp"
	"github.com/wasession/wasession/test/simulator"
)

func rootKey(srv *simulator.Server) string {
	key := srv.RootKey()
	return hex.EncodeToString(key[:])
}

func TestPairByQR(t *testing.T) {
	w := newWorld(t)
	s := w.open()
	s.pair()

	got := s.Status()
	if got.Reason != v1.ReasonConnected || !got.Paired || !got.Simulated {
		t.Errorf("status = %+v, want connected, paired and simulated", got)
	}
	if got.Me == nil || got.Me.ID != "15550001111@c.us" || got.Me.LID == "" {
		t.Errorf("me = %+v, want Alice with number and LID", got.Me)
	}
}

func TestPairByRequestedCode(t *testing.T) {
	w := newWorld(t)
	s := w.open()
	s.awaitPhase(v1.PhaseScanQRCode)
	code, err := s.RequestCode(w.ctx, "15550001111")
	if err != nil {
		t.Fatal(err)
	}
	if again, err := s.RequestCode(w.ctx, "15550001111"); err != nil || again != code {
		t.Errorf("asked twice = %q, %v; want the first code %q, which somebody is typing", again, err, code)
	}
	if _, err := w.alice.EnterCode(w.ctx, code); err != nil {
		t.Fatal(err)
	}
	s.awaitPhase(v1.PhaseWorking)
	if _, err := s.RequestCode(w.ctx, "15550001111"); !errors.Is(err, chat.ErrNotPairing) {
		t.Errorf("a code while paired: %v, want ErrNoQR", err)
	}
}

// A number that WhatsApp does not know is the caller's mistake, not ours.
func TestACodeForAnUnknownNumber(t *testing.T) {
	w := newWorld(t)
	s := w.open()
	s.awaitPhase(v1.PhaseScanQRCode)
	if code, err := s.RequestCode(w.ctx, "15559999999"); !errors.Is(err, chat.ErrRefused) {
		t.Errorf("%q, %v; want what WhatsApp refused", code, err)
	}
	if _, err := s.RequestCode(w.ctx, "15550001111"); err != nil {
		t.Errorf("a code for the right number afterwards: %v", err)
	}
}

func TestPairByConfiguredPhoneCode(t *testing.T) {
	w := newWorld(t)
	s := w.open(func(o *session.Options) {
		o.Config.Pairing = v1.Pairing{Method: v1.PairingPhoneCode, PhoneNumber: "15550001111"}
	})
	s.awaitPhase(v1.PhaseScanQRCode)
	if got := s.Status().Reason; got != v1.ReasonWaitingForCode {
		t.Errorf("reason = %s, want %s", got, v1.ReasonWaitingForCode)
	}
	code, err := s.RequestCode(w.ctx, "15550001111")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.alice.EnterCode(w.ctx, code); err != nil {
		t.Fatal(err)
	}
	s.awaitPhase(v1.PhaseWorking)
}

func TestQRIsRenewedWhenTheServerEndsTheConnection(t *testing.T) {
	w := newWorld(t, simulator.Options{QRLifetime: time.Second})
	s := w.open()
	var first string
	s.await("a code", func() bool {
		var err error
		first, _, err = s.QR(w.ctx)
		return err == nil
	})
	s.await("another code", func() bool {
		code, _, err := s.QR(w.ctx)
		return err == nil && code != first
	})
	for _, change := range s.Statuses() {
		if change.Phase == v1.PhaseFailed {
			t.Errorf("statuses = %v: waiting for a scan never fails", s.Statuses())
		}
	}
	s.pair()
}

func TestRestartKeepsThePairing(t *testing.T) {
	w := newWorld(t)
	s := w.open()
	s.pair()
	s.close()

	s = w.open()
	s.awaitPhase(v1.PhaseWorking)
	if n := len(w.alice.Companions()); n != 1 {
		t.Errorf("the phone has %d linked devices, want the one", n)
	}
}

func TestLogoutByThePhoneFailsUntilRestart(t *testing.T) {
	w := newWorld(t)
	s := w.open()
	s.pair()
	if err := w.alice.Unlink(w.ctx); err != nil {
		t.Fatal(err)
	}
	s.awaitPhase(v1.PhaseFailed)
	got := s.Status()
	if got.Reason != v1.ReasonLoggedOut || got.Paired || got.Me != nil {
		t.Errorf("status = %+v, want logged out, unpaired, nobody", got)
	}
	if _, _, err := s.QR(w.ctx); !errors.Is(err, chat.ErrNotPairing) {
		t.Errorf("QR while failed: %v, want ErrNoQR", err)
	}

	if err := s.Restart(w.ctx); err != nil {
		t.Fatal(err)
	}
	s.awaitPhase(v1.PhaseScanQRCode)
	s.pair()
}

func TestLogoutByTheAPIWaitsForTheNextScan(t *testing.T) {
	w := newWorld(t)
	s := w.open()
	s.pair()
	if err := s.Logout(w.ctx); err != nil {
		t.Fatal(err)
	}
	if n := len(w.alice.Companions()); n != 0 {
		t.Errorf("the phone still has %d linked devices", n)
	}
	s.awaitPhase(v1.PhaseScanQRCode)
	s.pair()
}

func TestAnotherEndpointIsRefused(t *testing.T) {
	w := newWorld(t)
	s := w.open()
	s.pair()
	s.close()

	_, err := session.Open(w.ctx, session.Options{Name: "test", Dir: w.dir, Store: nil, Logger: logger()})
	if !errors.Is(err, whatsapp.ErrEndpointMismatch) {
		t.Errorf("open against WhatsApp: %v, want ErrEndpointMismatch", err)
	}
}
