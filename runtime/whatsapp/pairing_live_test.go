package whatsapp

import (
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/wasession/wasession/runtime/chat"
)

func TestPairingByQRCode(t *testing.T) {
	l := newLive(t)
	if l.Paired() || l.Me() != (Me{}) {
		t.Errorf("before it is paired it is %+v", l.Me())
	}
	if phone, lid, err := Linked(l.ctx, l.opts.Dir); phone != "" || lid != "" || err != nil {
		t.Errorf("before it is paired the directory is of %q, %q, %v", phone, lid, err)
	}
	l.pair()
	me := l.Me()
	if me.ID != aliceID || me.LID != chat.ID(l.alice.LID().User+"@lid") || me.JID == "" || !l.Paired() {
		t.Errorf("it is %+v", me)
	}
	if n := turned[Paired](l.recorder); n != 1 {
		t.Errorf("%d turns say that it is paired", n)
	}
	l.await("the name of the account", func() bool { return l.Me().PushName == "Alice" })

	l.close(l.Account)
	phone, lid, err := Linked(l.ctx, l.opts.Dir)
	if err != nil || phone != "15550001111" || lid != l.alice.LID().User {
		t.Errorf("the directory is of %q, %q, %v", phone, lid, err)
	}
	l.open()
	if got := l.Me(); got.ID != me.ID || got.LID != me.LID || got.JID != me.JID {
		t.Errorf("opened again it is %+v, want %+v", got, me)
	}
	l.await("the second login", func() bool { return turned[Connected](l.recorder) == 2 })
	if n := turned[QRCodes](l.recorder); n != 1 {
		t.Errorf("a paired device asked %d times to be scanned", n-1)
	}
}

// A device that was linked without a LID learns it when it logs in.
func TestAMissingLIDIsLearned(t *testing.T) {
	l := newLive(t).pair()
	l.await("the name of the account", func() bool { return l.Me().PushName == "Alice" })
	if _, err := l.db.db.Exec(l.ctx, "UPDATE whatsmeow_device SET lid = ''"); err != nil {
		t.Fatal(err)
	}
	want := l.Me()
	l.close(l.Account)
	if _, lid, err := Linked(l.ctx, l.opts.Dir); lid != "" || err != nil {
		t.Fatalf("the device has the LID %q, %v", lid, err)
	}
	l.open()
	l.await("the login with the LID", func() bool { return l.Me() == want })
}

func TestPairingByCode(t *testing.T) {
	l := newLive(t)
	l.qr(0)
	_, err := l.PairCode(l.ctx, "15559999999")
	wants(t, "a code for an unknown number", err, chat.ErrRefused, "")
	code, err := l.PairCode(l.ctx, "15550001111")
	if err != nil || len(code) != len("ABCD-EFGH") {
		t.Fatalf("code %q, %v", code, err)
	}
	if _, err := l.alice.EnterCode(l.ctx, "WRNG-CODE"); err == nil {
		t.Error("a wrong code is accepted")
	}
	if _, err := l.alice.EnterCode(l.ctx, code); err != nil {
		t.Fatal(err)
	}
	l.await("the login", l.reachable)
	if l.Me().ID != aliceID {
		t.Errorf("it is %+v", l.Me())
	}
}

// A phone with another number than the pinned one is turned away before
// anything of it is saved, and the next one is not.
func TestOnlyThePinnedNumberIsLinked(t *testing.T) {
	l := newLive(t, func(o *Options) { o.Pinned = func() string { return "15550002222" } })
	_, _ = l.alice.ScanQR(l.ctx, l.qr(0))
	l.await("the refusal", func() bool {
		l.recorder.mu.Lock()
		defer l.recorder.mu.Unlock()
		return slices.Contains(l.turns, Turn(WrongAccount{Ending: "1111"}))
	})
	if l.Paired() {
		t.Errorf("it is linked to %+v", l.Me())
	}
	if phone, _, err := Linked(l.ctx, l.opts.Dir); phone != "" || err != nil {
		t.Errorf("saved is %q, %v", phone, err)
	}
	sets := turned[QRCodes](l.recorder)
	if err := l.Connect(); err != nil {
		t.Fatal(err)
	}
	if _, err := l.bob.ScanQR(l.ctx, l.qr(sets)); err != nil {
		t.Fatal(err)
	}
	l.await("the login", l.reachable)
	if l.Me().ID != bobID {
		t.Errorf("it is %+v, want the pinned number", l.Me())
	}
}

// A link whose data could not be claimed is not made: nothing of it is saved,
// and the code that follows works.
func TestALinkThatCannotBeClaimedIsNotMade(t *testing.T) {
	broken := true
	l := newLive(t, func(o *Options) {
		o.Claim = func(phone, lid string) (bool, error) {
			if broken {
				return false, errFull
			}
			return phone == "15550001111" && lid != "", nil
		}
	})
	_, _ = l.alice.ScanQR(l.ctx, l.qr(0))
	l.await("the failure", func() bool { return turned[PairFailed](l.recorder) > 0 })
	if l.Paired() || l.Held() {
		t.Errorf("paired %t, held %t", l.Paired(), l.Held())
	}
	l.Disconnect()
	broken = false
	sets := turned[QRCodes](l.recorder)
	if err := l.Connect(); err != nil {
		t.Fatal(err)
	}
	if _, err := l.alice.ScanQR(l.ctx, l.qr(sets)); err != nil {
		t.Fatal(err)
	}
	l.await("the login", l.reachable)
}

func TestLogout(t *testing.T) {
	l := paired(t)
	l.srv.Faults().FailIQ("md", 500, "internal-server-error", 1)
	if err := l.Logout(l.ctx); err == nil || !l.Paired() {
		t.Fatalf("a logout that WhatsApp refused: %v, paired %t", err, l.Paired())
	} else {
		wants(t, "a refused logout", err, chat.ErrRefused, "logging out: WhatsApp refused the request: error sending logout request: info query returned status 500: internal-server-error")
	}
	if err := l.Logout(l.ctx); err != nil {
		t.Fatal(err)
	}
	if l.Paired() || len(l.alice.Companions()) != 0 {
		t.Errorf("paired %t, the phone has %d linked devices", l.Paired(), len(l.alice.Companions()))
	}
	if n := turned[LoggedOut](l.recorder); n != 0 {
		t.Errorf("%d turns tell the caller what it asked for", n)
	}
	wants(t, "a second logout", l.Logout(l.ctx), chat.ErrNotConnected, "the session is not connected to WhatsApp")
	sets := turned[QRCodes](l.recorder)
	if err := l.Connect(); err != nil {
		t.Fatal(err)
	}
	if _, err := l.bob.ScanQR(l.ctx, l.qr(sets)); err != nil {
		t.Fatal(err)
	}
	l.await("the other account's login", l.reachable)
	if l.Me().ID != bobID {
		t.Errorf("it is %+v", l.Me())
	}
}

func TestThePhoneUnlinksTheDevice(t *testing.T) {
	l := paired(t)
	if err := l.alice.Unlink(l.ctx); err != nil {
		t.Fatal(err)
	}
	l.await("the logout", func() bool { return turned[LoggedOut](l.recorder) == 1 })
	if l.Paired() {
		t.Errorf("it is still %+v", l.Me())
	}
	_, err := l.saying("too late")
	wants(t, "a message", err, chat.ErrNotConnected, "")
	// The keys may be there still when the process ends this soon. Then the next
	// one is told the same.
	l.close(l.Account)
	l.open()
	l.await("a new code or the same end", func() bool {
		return turned[QRCodes](l.recorder) > l.sets || turned[LoggedOut](l.recorder) == 2
	})
	if turned[LoggedOut](l.recorder) == 2 {
		if err := l.Connect(); err != nil {
			t.Fatal(err)
		}
	}
	l.pair()
}

// A session never changes between WhatsApp and a simulator once it is paired.
func TestTheEndpointStays(t *testing.T) {
	l := paired(t)
	l.close(l.Account)
	for name, e := range map[string]*Endpoint{"WhatsApp": nil, "another simulator": {URL: l.opts.Endpoint.URL}} {
		o := l.opts
		o.Endpoint = e
		if a, err := Open(l.ctx, o); !errors.Is(err, ErrEndpointMismatch) {
			t.Errorf("opened for %s: %v", name, err)
			if err == nil {
				_ = a.Close()
			}
		}
	}
	marker := filepath.Join(l.opts.Dir, markerFile)
	if err := os.Remove(marker); err != nil {
		t.Fatal(err)
	}
	if a, err := Open(l.ctx, l.opts); err == nil {
		_ = a.Close()
		t.Error("a paired directory without a marker was opened")
	}
}

func TestADirectoryThatCannotBeOpened(t *testing.T) {
	dir := t.TempDir()
	if phone, lid, err := Linked(t.Context(), dir); phone != "" || lid != "" || err != nil {
		t.Errorf("an empty directory: %q, %q, %v", phone, lid, err)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 0 {
		t.Errorf("looking left %v, %v", entries, err)
	}
	if err := os.WriteFile(filepath.Join(dir, deviceFile), []byte("this is no database, it is a text"), 0o600); err != nil {
		t.Fatal(err)
	}
	const want = "device.db cannot be opened: restore it from a backup, or delete it to pair again: "
	_, err := Open(t.Context(), Options{Dir: dir, Handler: nobody{}, Logger: slog.New(slog.DiscardHandler)})
	if err == nil || len(err.Error()) < len(want) || err.Error()[:len(want)] != want {
		t.Errorf("a damaged database: %v", err)
	}
	if _, _, err := Linked(t.Context(), dir); err == nil {
		t.Error("the account of a damaged database is known")
	}
	if _, err := Open(t.Context(), Options{Dir: filepath.Join(dir, "missing"), Handler: nobody{}, Logger: slog.New(slog.DiscardHandler)}); err == nil {
		t.Error("a directory that is not there was opened")
	}
}
