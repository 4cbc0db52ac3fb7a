package dashboard

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/gateway/access"
	"github.com/wasession/wasession/test/simulator"
)

// An account with a passkey is linked on the session's page: it shows what to paste on
// WhatsApp's page, and takes what the console prints there.
func TestLinkingWithAPasskey(t *testing.T) {
	sim, err := simulator.New(simulator.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = sim.Close() })
	alice := sim.AddUser("15550001111", "", "Alice")
	l := linked{sim: sim, alice: alice, space: lab.Namespace(t)}
	lab.Cluster(t, l.space, sim)
	l.gateway = lab.Gateway(t)
	l.key, _ = lab.Key(t, map[string]string{access.EntryNamespaces: l.space})
	lab.Create(t, &v1alpha1.WhatsAppSession{ObjectMeta: metav1.ObjectMeta{Namespace: l.space, Name: "sales"}})
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	l.ctx = ctx
	axe := loadAxe(t)
	b := open(t, l.gateway, 1280, 800)
	b.visit(strings.TrimSuffix(l.path(""), "/"))
	b.submitKey(l.key)
	b.await("#session-state", "Link the phone")

	var code struct{ Value string }
	l.await(t, "/api/sales/auth/qr?format=raw", func(body []byte) bool { return json.Unmarshal(body, &code) == nil && code.Value != "" })
	scanned := make(chan error, 1)
	go func() {
		_, err := alice.ScanQRWithPasskey(ctx, code.Value, func(string) bool { return true })
		scanned <- err
	}()
	b.await("#session-state", "Use the passkey") // by itself
	b.await("#passkey-line", `"rpId":"whatsapp.com"`)
	b.shoot("passkey")
	b.accessible(axe, "passkey")
	b.fill("#answer", "undefined")
	b.press("#passkey form button")
	b.await("#answer-problem", "not what the console prints")

	var line string
	b.do(chromedp.Text("#passkey-line", &line, chromedp.ByQuery))
	_, line, _ = strings.Cut(line, "parseRequestOptionsFromJSON(")
	line, _, _ = strings.Cut(line, ")})")
	var challenge struct{ Challenge string }
	if err := json.Unmarshal([]byte(line), &challenge); err != nil {
		t.Fatalf("%s: %v", line, err)
	}
	encode := base64.RawURLEncoding.EncodeToString
	data := fmt.Sprintf(`{"type":"webauthn.get","origin":"https://web.whatsapp.com","challenge":%q}`, challenge.Challenge)
	b.fill("#answer", fmt.Sprintf(`{"id":"a2V5","rawId":"a2V5","type":"public-key","response":{"clientDataJSON":%q,"authenticatorData":"YXV0aA","signature":"c2ln"}}`,
		encode([]byte(data))))
	b.press("#passkey form button")
	b.await("#session-state", "Connected")
	if err := <-scanned; err != nil {
		t.Error(err)
	}
}
