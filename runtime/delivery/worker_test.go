package delivery

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	v1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/runtime/chat"
)

func TestDeliversInOrderWhatIsWanted(t *testing.T) {
	f, r := newFixture(t), newReceiver(t)
	f.configure(hook(r, "message"))
	f.emit("message", 1, 100)
	f.emit("presence.update", 500, 3)
	f.emit("message", 101, 100)
	want := make([]int, 200)
	for i := range want {
		want[i] = i + 1
	}
	r.expect(t, want...)
}

func TestARetryKeepsItsRequestIDAndItsPlace(t *testing.T) {
	f, r := newFixture(t), newReceiver(t)
	failures := 3
	r.answers(func(delivery) int {
		if failures--; failures >= 0 {
			return http.StatusInternalServerError
		}
		return http.StatusNoContent
	})
	f.configure(hook(r, "*"))
	f.emit("message", 1, 2)
	got := r.expect(t, 1, 1, 1, 1, 2)
	for _, d := range got[1:4] {
		if d.requestID != got[0].requestID || string(d.body) != string(got[0].body) {
			t.Errorf("a retry has request id %s and body %s, the first attempt %s and %s", d.requestID, d.body, got[0].requestID, got[0].body)
		}
	}
	if got[4].requestID == got[0].requestID {
		t.Error("two events have one request id")
	}
}

func TestHeadersAndSignature(t *testing.T) {
	f, r := newFixture(t), newReceiver(t)
	dir := t.TempDir()
	write := func(name, value string) string {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(value), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	w := hook(r, "*")
	w.HMACKeyFile = write("hmac", "my-secret-key\n")
	w.HeadersDir = filepath.Dir(write("headers/authorization", "Bearer abc\n"))
	write("headers/..data/authorization", "not a header")
	f.configure(w)
	f.emit("message", 1, 1)
	d := r.next(t)
	if got, want := d.header.Get(HeaderHMAC), Sign([]byte("my-secret-key"), d.body); got != want {
		t.Errorf("signature %s, want %s", got, want)
	}
	for name, want := range map[string]string{HeaderHMACAlgorithm: "sha512", "Authorization": "Bearer abc", "Content-Type": "application/json"} {
		if got := d.header.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if ms := d.header.Get(HeaderTimestamp); len(ms) != 13 {
		t.Errorf("%s is %q, want milliseconds", HeaderTimestamp, ms)
	}
}

func TestTheLastFailureMakesADeadLetterThatCanBeReplayed(t *testing.T) {
	f, r := newFixture(t), newReceiver(t)
	r.answers(func(d delivery) int {
		if d.number == 1 {
			return http.StatusBadGateway
		}
		return http.StatusOK
	})
	w := hook(r, "*")
	w.Retries = v1.Retries{Policy: v1.RetryConstant, Attempts: 3}
	f.configure(w)
	f.emit("message", 1, 2)
	first := r.expect(t, 1, 1, 1, 2)[0]
	letters := f.deliveries(chat.DeliveryFailed)
	if len(letters) != 1 || letters[0].Attempts != 3 || letters[0].RequestID != first.requestID {
		t.Fatalf("dead letters %+v, want event 1 with 3 attempts", letters)
	}
	if reason := letters[0].LastError; reason != "the receiver returned 502" {
		t.Errorf("reason %q", reason)
	}
	// It fails again: it is back among the failed, with one more attempt.
	f.replay()
	r.expect(t, 1)
	until(t, "the failed replay", func() bool { l := f.deliveries(chat.DeliveryFailed); return len(l) == 1 && l[0].Attempts == 4 })
	r.answers(func(delivery) int { return http.StatusOK })
	f.replay()
	if again := r.expect(t, 1)[0]; again.requestID != first.requestID {
		t.Errorf("the replay has request id %s, the first attempt %s", again.requestID, first.requestID)
	}
	until(t, "an empty list of dead letters", func() bool { return len(f.deliveries(chat.DeliveryFailed)) == 0 })
}

func (f *fixture) deliveries(state chat.DeliveryState) []chat.Delivery {
	f.t.Helper()
	list, err := f.store.Deliveries(f.t.Context(), chat.DeliveryQuery{State: state, Limit: 100})
	if err != nil {
		f.t.Fatal(err)
	}
	return list
}

func (f *fixture) replay() {
	f.t.Helper()
	if n, err := f.store.Replay(f.t.Context(), ""); err != nil || n != 1 {
		f.t.Fatalf("replay %d, %v; want 1", n, err)
	}
	f.dispatcher.Notify()
}

func TestADeadReceiverDoesNotHoldUpOthers(t *testing.T) {
	f, dead, alive := newFixture(t), newReceiver(t), newReceiver(t)
	hang := make(chan struct{})
	t.Cleanup(func() { close(hang) })
	dead.answers(func(delivery) int { <-hang; return http.StatusOK })
	f.configure(hook(dead, "*"), hook(alive, "*"))
	f.emit("message", 1, 3)
	alive.expect(t, 1, 2, 3)
	f.stop() // ends at once, though one attempt hangs
}

// The same configuration once more must not cut off what is being sent: the
// receiver would get it twice.
func TestAnUnchangedConfigurationDisturbsNothing(t *testing.T) {
	f, r := newFixture(t), newReceiver(t)
	arrived, release := make(chan struct{}), make(chan struct{})
	first := sync.OnceFunc(func() { close(arrived); <-release })
	r.answers(func(delivery) int { first(); return http.StatusOK })
	f.configure(hook(r, "*"))
	f.emit("message", 1, 2)
	<-arrived
	f.configure(hook(r, "*"))
	until(t, "the second configuration", func() bool { return len(f.dispatcher.changed) == 0 })
	close(release)
	r.expect(t, 1, 2)
}

func TestARestartGoesOnWhereDeliveryWas(t *testing.T) {
	path := filepath.Join(t.TempDir(), "chats.db")
	r := newReceiver(t)
	f := reopen(t, path)
	f.configure(hook(r, "*"))
	f.emit("message", 1, 2)
	r.expect(t, 1, 2)
	// A stop between an answer and the note of it would repeat the delivery.
	until(t, "the note of the delivery", func() bool { return len(f.deliveries(chat.DeliveryPending)) == 0 })
	f.stop()
	f = reopen(t, path)
	f.emit("message", 3, 2) // before the webhooks are configured again
	f.configure(hook(r, "*"))
	r.expect(t, 3, 4)
}

func TestANewWebhookGetsWhatHappensFromNowOn(t *testing.T) {
	f, r := newFixture(t), newReceiver(t)
	f.emit("message", 1, 5)
	f.configure(hook(r, "*"))
	f.emit("message", 6, 1)
	r.expect(t, 6)
}

func TestReasonsShowNoSecrets(t *testing.T) {
	f, gone, certificate := newFixture(t), newReceiver(t), newReceiver(t)
	tls := newTLSReceiver(t)
	gone.Close()
	once := v1.Retries{Attempts: 1}
	hooks := []v1.Webhook{hook(gone, "*"), hook(certificate, "*"), hook(tls, "*")}
	hooks[1].HMACKeyFile = "/nowhere/secret"
	for i := range hooks {
		hooks[i].Retries = once
	}
	f.configure(hooks...)
	f.emit("message", 1, 1)
	until(t, "three dead letters", func() bool { return len(f.deliveries(chat.DeliveryFailed)) == 3 })
	want := map[string]bool{"the receiver cannot be reached": true, "cannot read the HMAC key": true, "the receiver's certificate cannot be verified": true}
	for _, letter := range f.deliveries(chat.DeliveryFailed) {
		if !want[letter.LastError] {
			t.Errorf("reason %q, want one of %v", letter.LastError, want)
		}
		delete(want, letter.LastError)
		if strings.Contains(letter.LastError+letter.Webhook, "secret") {
			t.Errorf("%+v shows a secret", letter)
		}
	}
}
