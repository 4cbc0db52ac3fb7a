package api

import (
	"bytes"
	"encoding/base64"
	"net/http"
	"testing"

	v1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/runtime/wire"
	"github.com/wasession/wasession/test/simulator"
)

// profile is the account's own profile.
func (w *world) profile() (p wire.Profile) {
	w.Helper()
	w.get("/api/sales/profile", &p)
	return p
}

func TestTheNameIsChangedOnBothSides(t *testing.T) {
	w := paired(t)
	w.await("the name of the phone", func() bool { return w.profile().Name == "Alice" })
	if p := w.profile(); p.ID != alicePN+"@c.us" || p.Picture != nil {
		t.Errorf("the profile is %+v", p)
	}
	w.do(http.StatusOK, "PUT", "/api/sales/profile/name", m{"name": "Alice & Co"}, nil)
	if got := w.profile().Name; got != "Alice & Co" {
		t.Errorf("the name is %q on return", got)
	}
	if got := w.alice.Name(); got != "Alice & Co" {
		t.Errorf("the phone has %q", got)
	}
	w.ok(w.alice.PushName(w.ctx, "Alice"))
	w.await("the phone's change", func() bool { return w.profile().Name == "Alice" })
}

// A change of the name shows the account as it was before: online or not.
func TestAChangeOfTheNameLeavesThePresence(t *testing.T) {
	w := paired(t)
	w.await("the name of the phone", func() bool { return w.profile().Name == "Alice" })
	shown := 0
	next := func(what, state string) {
		t.Helper()
		shown++
		w.await(what, func() bool { return len(w.presences()) >= shown })
		if got := w.presences()[shown-1]; got != state {
			t.Errorf("%s is %s, want %s", what, got, state)
		}
	}
	for _, c := range []struct{ presence, state string }{{"online", "available"}, {"offline", "unavailable"}} {
		w.do(http.StatusCreated, "POST", "/api/sales/presence", m{"presence": c.presence}, nil)
		next("the presence", c.state)
		w.do(http.StatusOK, "PUT", "/api/sales/profile/name", m{"name": "Alice " + c.presence}, nil)
		next("the presence with the name", c.state)
	}
}

// presences are those that the session has shown Alice in.
func (w *world) presences() (states []string) {
	for _, r := range w.alice.Inbox() {
		if r.Kind == simulator.KindPresence {
			states = append(states, r.State)
		}
	}
	return states
}

func TestTheAboutText(t *testing.T) {
	w := paired(t)
	for _, text := range []string{"at work 🛠", ""} {
		w.do(http.StatusOK, "PUT", "/api/sales/profile/status", m{"status": text}, nil)
		if got := w.alice.About(); got != text {
			t.Errorf("about is %q, want %q", got, text)
		}
		var about wire.About
		w.get("/api/contacts/about?contactId="+alicePN, &about)
		if (about.About == nil) != (text == "") {
			t.Errorf("the call about contacts says %v", about.About)
		}
	}
}

func TestTheProfileBeforePairing(t *testing.T) {
	w := newWorld(t)
	w.run()
	w.await("a QR to scan", func() bool { return w.session.Status().Phase == v1.PhaseScanQRCode })
	for _, c := range [][3]string{{"GET", "", ""}, {"PUT", "/name", `{"name":"A"}`}, {"PUT", "/status", `{"status":"A"}`}, {"DELETE", "/picture", ""}} {
		if status, body := w.call(c[0], "/api/sales/profile"+c[1], c[2]); status != http.StatusUnprocessableEntity {
			t.Errorf("%s %s: %d %s", c[0], c[1], status, body)
		}
	}
}

func TestTheOwnPictureIsChangedOnBothSides(t *testing.T) {
	w := paired(t)
	set := func(data string) (int, []byte) {
		return w.call("PUT", "/api/sales/profile/picture", m{"file": m{"mimetype": "image/png", "data": data}})
	}
	if status, body := set(png(t)); status != http.StatusOK {
		t.Fatalf("%d %s", status, body)
	}
	mine := w.profile().Picture
	if on := w.alice.Picture(); on == nil || mine == nil || !bytes.HasPrefix(on.JPEG, []byte("\xff\xd8")) {
		t.Fatalf("the phone has %v, the profile %v", on, mine)
	}
	if status, body := set(base64.StdEncoding.EncodeToString([]byte("no picture"))); status != http.StatusUnprocessableEntity {
		t.Errorf("what is no picture: %d %s", status, body)
	}
	w.do(http.StatusOK, "DELETE", "/api/sales/profile/picture", nil, nil)
	if on, got := w.alice.Picture(), w.profile().Picture; on != nil || got != nil {
		t.Errorf("after its removal the phone has %v, the profile %v", on, got)
	}
	w.alice.SetPicture([]byte("jpeg of the phone"))
	w.await("the phone's picture", func() bool { p := w.profile().Picture; return p != nil && *p != *mine })
	w.alice.SetPicture(nil)
	w.await("its removal", func() bool { return w.profile().Picture == nil })
}
