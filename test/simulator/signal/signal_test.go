package signal_test

import (
	"context"
	"encoding/json"
	"testing"

	"go.mau.fi/whatsmeow/types"

	"github.com/wasession/wasession/test/simulator/signal"
)

var (
	aliceJID = types.NewJID("15550001111", types.DefaultUserServer)
	bobJID   = types.NewJID("15550002222", types.DefaultUserServer)
	groupJID = types.NewJID("120363000000000001", types.GroupServer)
)

func must[T any](v T, err error) func(t *testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// pair returns two devices; the first has a session with the second.
func pair(t *testing.T) (alice, bob *signal.Device) {
	t.Helper()
	alice, bob = signal.NewDevice(), signal.NewDevice()
	bundle := must(bob.Bundle(context.Background()))(t)
	if !bundle.SignedPreKey.Valid(bundle.Identity) {
		t.Fatal("the bundle's signature is wrong")
	}
	if err := alice.StartSession(context.Background(), bobJID, bundle); err != nil {
		t.Fatal(err)
	}
	return alice, bob
}

func send(t *testing.T, from, to *signal.Device, fromJID, toJID types.JID, text, wantType string) {
	t.Helper()
	typ, ciphertext, err := from.Encrypt(context.Background(), toJID, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	if typ != wantType {
		t.Errorf("%q went as %s, want %s", text, typ, wantType)
	}
	if got := must(to.Decrypt(context.Background(), fromJID, typ, ciphertext))(t); string(got) != text {
		t.Errorf("got %q, want %q", got, text)
	}
}

func TestConversation(t *testing.T) {
	alice, bob := pair(t)
	send(t, alice, bob, aliceJID, bobJID, "one", signal.TypePreKey)
	send(t, alice, bob, aliceJID, bobJID, "two", signal.TypePreKey)
	send(t, bob, alice, bobJID, aliceJID, "three", signal.TypeMessage)
	send(t, alice, bob, aliceJID, bobJID, "four", signal.TypeMessage)
}

func TestBundleWithoutOneTimeKey(t *testing.T) {
	alice, bob := signal.NewDevice(), signal.NewDevice()
	bundle := must(bob.Bundle(context.Background()))(t)
	bundle.PreKey = nil
	if err := alice.StartSession(context.Background(), bobJID, bundle); err != nil {
		t.Fatal(err)
	}
	send(t, alice, bob, aliceJID, bobJID, "hello", signal.TypePreKey)
}

func TestForgedBundle(t *testing.T) {
	alice, bob := signal.NewDevice(), signal.NewDevice()
	bundle := must(bob.Bundle(context.Background()))(t)
	bundle.SignedPreKey.Signature[0] ^= 1
	if bundle.SignedPreKey.Valid(bundle.Identity) {
		t.Error("the forged signature is valid")
	}
	if err := alice.StartSession(context.Background(), bobJID, bundle); err == nil {
		t.Error("a session was started with a forged bundle")
	}
}

func TestDecryptRefuses(t *testing.T) {
	alice, bob := pair(t)
	typ, ciphertext, err := alice.Encrypt(context.Background(), bobJID, []byte("hello"))
	if err != nil {
		t.Fatal(err)
	}
	for name, try := range map[string]struct {
		typ  string
		data []byte
	}{
		"another type":      {"msmsg", ciphertext},
		"no message":        {typ, []byte("?")},
		"without a session": {signal.TypeMessage, ciphertext},
		"a damaged message": {typ, append(append([]byte(nil), ciphertext[:len(ciphertext)-1]...), ciphertext[len(ciphertext)-1]^1)},
		"nothing":           {typ, nil},
	} {
		if _, err = bob.Decrypt(context.Background(), aliceJID, try.typ, try.data); err == nil {
			t.Errorf("%s was decrypted", name)
		}
	}
}

func TestDroppedSessionIsStartedAnew(t *testing.T) {
	alice, bob := pair(t)
	send(t, alice, bob, aliceJID, bobJID, "one", signal.TypePreKey)
	send(t, bob, alice, bobJID, aliceJID, "two", signal.TypeMessage)
	alice.DropSession(context.Background(), bobJID)
	if alice.HasSession(context.Background(), bobJID) {
		t.Fatal("the session is still there")
	}
	bundle := must(bob.Bundle(context.Background()))(t)
	if err := alice.StartSession(context.Background(), bobJID, bundle); err != nil {
		t.Fatal(err)
	}
	send(t, alice, bob, aliceJID, bobJID, "three", signal.TypePreKey)
}

func TestGroup(t *testing.T) {
	ctx := context.Background()
	alice, bob := signal.NewDevice(), signal.NewDevice()
	key := must(alice.Distribution(ctx, groupJID, aliceJID))(t)
	first := must(alice.EncryptGroup(ctx, groupJID, aliceJID, []byte("one")))(t)
	if _, err := bob.DecryptGroup(ctx, groupJID, aliceJID, first); err == nil {
		t.Error("Bob read the group without the key")
	}
	if err := bob.ProcessDistribution(ctx, groupJID, aliceJID, key); err != nil {
		t.Fatal(err)
	}
	second := must(alice.EncryptGroup(ctx, groupJID, aliceJID, []byte("two")))(t)
	// In any order, since the key came before both.
	for _, each := range []struct {
		ciphertext []byte
		want       string
	}{{second, "two"}, {first, "one"}} {
		if got := must(bob.DecryptGroup(ctx, groupJID, aliceJID, each.ciphertext))(t); string(got) != each.want {
			t.Errorf("got %q, want %q", got, each.want)
		}
	}
}

func TestRestoredDeviceGoesOn(t *testing.T) {
	ctx := context.Background()
	alice, bob := pair(t)
	send(t, alice, bob, aliceJID, bobJID, "one", signal.TypePreKey)
	key := must(alice.Distribution(ctx, groupJID, aliceJID))(t)
	if err := bob.ProcessDistribution(ctx, groupJID, aliceJID, key); err != nil {
		t.Fatal(err)
	}
	unused := must(bob.Bundle(ctx))(t)

	bob = restore(t, bob)
	alice = restore(t, alice)
	send(t, bob, alice, bobJID, aliceJID, "two", signal.TypeMessage)
	send(t, alice, bob, aliceJID, bobJID, "three", signal.TypeMessage)
	group := must(alice.EncryptGroup(ctx, groupJID, aliceJID, []byte("group")))(t)
	if got := must(bob.DecryptGroup(ctx, groupJID, aliceJID, group))(t); string(got) != "group" {
		t.Errorf("got %q", got)
	}
	// A bundle issued before still works, and ids do not repeat.
	carol, carolJID := signal.NewDevice(), types.NewJID("15550003333", types.DefaultUserServer)
	if err := carol.StartSession(ctx, bobJID, unused); err != nil {
		t.Fatal(err)
	}
	send(t, carol, bob, carolJID, bobJID, "hello", signal.TypePreKey)
	if next := must(bob.Bundle(ctx))(t); next.PreKey.ID == unused.PreKey.ID {
		t.Error("a one-time key has the id of another")
	}
}

func restore(t *testing.T, d *signal.Device) *signal.Device {
	t.Helper()
	raw := must(json.Marshal(d.State()))(t)
	var state signal.State
	if err := json.Unmarshal(raw, &state); err != nil {
		t.Fatal(err)
	}
	return must(signal.RestoreDevice(state))(t)
}

func TestRestoreRefusesIncompleteState(t *testing.T) {
	if _, err := signal.RestoreDevice(signal.State{Identity: make([]byte, 31)}); err == nil {
		t.Error("a state without keys was restored")
	}
}

func TestPadding(t *testing.T) {
	for n := range 40 {
		text := make([]byte, n)
		padded := signal.Pad(text)
		if added := len(padded) - n; added < 1 || added > 15 {
			t.Errorf("%d bytes were added to %d", added, n)
		}
		if got := must(signal.Unpad(padded))(t); len(got) != n {
			t.Errorf("%d bytes came back of %d", len(got), n)
		}
	}
	for name, bad := range map[string][]byte{"nothing": {}, "zero": {0}, "too long": {5, 5}, "not alike": {1, 2, 3}} {
		if _, err := signal.Unpad(bad); err == nil {
			t.Errorf("%s was mistaken for padding", name)
		}
	}
}

// A device that could not read one message may have sent others before it heard that
// the session is given up.
func TestAGivenUpSessionStillReads(t *testing.T) {
	ctx := t.Context()
	alice, bob := pair(t)
	send(t, alice, bob, aliceJID, bobJID, "one", signal.TypePreKey)
	send(t, bob, alice, bobJID, aliceJID, "two", signal.TypeMessage)
	typ, onItsWay, err := alice.Encrypt(ctx, bobJID, []byte("on its way"))
	if err != nil {
		t.Fatal(err)
	}
	bob.GiveUpSession(aliceJID)
	if bob.HasSession(ctx, aliceJID) {
		t.Fatal("the session is still used")
	}
	if restore(t, bob).HasSession(ctx, aliceJID) {
		t.Error("the session is used again after a restart")
	}
	if err = bob.StartSession(ctx, aliceJID, must(alice.Bundle(ctx))(t)); err != nil {
		t.Fatal(err)
	}
	if got := must(bob.Decrypt(ctx, aliceJID, typ, onItsWay))(t); string(got) != "on its way" {
		t.Errorf("got %q", got)
	}
	if !bob.HasSession(ctx, aliceJID) {
		t.Error("the new session is not used")
	}
}
