package delivery

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	v1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/runtime/chat"
)

func TestAURLInAFileIsReadOnEachAttempt(t *testing.T) {
	f, one, other := newFixture(t), newReceiver(t), newReceiver(t)
	path := filepath.Join(t.TempDir(), "url")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(one.URL + "/hook?token=a\n")
	f.configure(v1.Webhook{Name: "crm", URLFile: path, Events: []string{"*"}})
	f.emit("message", 1, 1)
	one.expect(t, 1)
	write(other.URL + "/hook?token=b")
	f.emit("message", 2, 1)
	other.expect(t, 2)
}

// What the file holds is a secret, whether or not it is a URL.
func TestAURLInAFileIsNeverShown(t *testing.T) {
	f := newFixture(t)
	gone := newReceiver(t)
	gone.Close()
	want := map[string]string{
		"unreachable": "the receiver cannot be reached",
		"no-url":      "the URL in the file must be an absolute http or https URL",
		"credentials": "the URL in the file must not contain credentials: use headersSecretRef",
		"missing":     "cannot read the file with the URL",
	}
	dir := t.TempDir()
	for name, text := range map[string]string{
		"unreachable": gone.URL + "/secret", "no-url": "secret", "credentials": "https://bob:secret@example.com",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var hooks []v1.Webhook
	for name := range want {
		hooks = append(hooks, v1.Webhook{
			Name: name, URLFile: filepath.Join(dir, name), Events: []string{"*"}, Retries: v1.Retries{Attempts: 1},
		})
	}
	f.configure(hooks...)
	f.emit("message", 1, 1)
	until(t, "a dead letter of each", func() bool { return len(f.deliveries(chat.DeliveryFailed)) == len(want) })
	for _, letter := range f.deliveries(chat.DeliveryFailed) {
		if letter.LastError != want[letter.Webhook] {
			t.Errorf("%s: reason %q, want %q", letter.Webhook, letter.LastError, want[letter.Webhook])
		}
		if strings.Contains(letter.LastError, "secret") {
			t.Errorf("%+v shows a secret", letter)
		}
	}
}

// A receiver that moves gets what its former address was not sent.
func TestANamedWebhookKeepsItsPlaceUnderAnotherURL(t *testing.T) {
	f, gone, moved := newFixture(t), newReceiver(t), newReceiver(t)
	gone.Close()
	at := func(r *receiver) v1.Webhook {
		return v1.Webhook{Name: "crm", URL: r.URL + "/hook", Events: []string{"*"}}
	}
	f.configure(at(gone))
	f.emit("message", 1, 3)
	f.configure(at(moved))
	moved.expect(t, 1, 2, 3)
}

// Webhooks had no names before: what waits for one is not lost as it gets one.
func TestAWebhookThatGetsANameKeepsItsPlace(t *testing.T) {
	path := filepath.Join(t.TempDir(), "chats.db")
	r := newReceiver(t)
	f := reopen(t, path)
	f.configure(hook(r, "*"))
	f.stop()
	f = reopen(t, path)
	f.emit("message", 1, 2) // before the webhooks are configured again
	named := hook(r, "*")
	named.Name = "crm"
	compiled := f.configure(named)
	if compiled[0].Key != "crm" {
		t.Errorf("the key of a webhook named crm is %s", compiled[0].Key)
	}
	r.expect(t, 1, 2)
}
