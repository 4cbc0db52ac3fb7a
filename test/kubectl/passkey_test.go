package kubectl

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/kubectl/cli"
	"github.com/wasession/wasession/test/simulator"
	"github.com/wasession/wasession/test/terminal"
)

// asked is the challenge in the line that is pasted into a browser.
var asked = regexp.MustCompile(`(?m)^navigator\.credentials\.get\(\{publicKey: PublicKeyCredential\.parseRequestOptionsFromJSON\((\{.*\})\)\}\)`)

// browser is what a browser prints whose passkey signs the challenge in an output.
func browser(t *testing.T, output string) string {
	var challenge struct{ Challenge string }
	if err := json.Unmarshal([]byte(asked.FindStringSubmatch(output)[1]), &challenge); err != nil {
		t.Fatal(err)
	}
	encode := base64.RawURLEncoding.EncodeToString
	data := fmt.Sprintf(`{"type":"webauthn.get","origin":"https://web.whatsapp.com","challenge":%q}`, challenge.Challenge)
	return fmt.Sprintf(`{"id":"a2V5","rawId":"a2V5","type":"public-key","response":{"clientDataJSON":%q,"authenticatorData":%q,"signature":%q}}`,
		encode([]byte(data)), encode([]byte("authenticator")), encode([]byte("signature")))
}

// An account with a passkey: the code of qr is scanned, qr says how to go on, and passkey
// takes what the browser prints.
func TestPairingWithAPasskey(t *testing.T) {
	sim, err := simulator.New(simulator.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = sim.Close() })
	alice, namespace := sim.AddUser("15550001111", "", "Alice"), lab.Namespace(t)
	lab.Cluster(t, namespace, sim)
	user := userOf(t, namespace)
	lab.Create(t, &v1alpha1.WhatsAppSession{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: "support"}})
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()

	qr := user.start(ctx, "qr", "support")
	qr.await(t, ctx, &qr.out, func(text string) bool { _, ok := terminal.Drawing(text); return ok })
	drawn, _ := terminal.Drawing(qr.out.String())
	code, err := terminal.Scan(drawn, terminal.Dark)
	if err != nil {
		t.Fatalf("%v\n%s", err, drawn)
	}
	if early := user.run(ctx, "passkey", "support"); early.code != cli.Failed || !strings.Contains(early.err, "scan the code first") {
		t.Errorf("before the scan: %d %s", early.code, early.err)
	}
	scanned := make(chan error, 1)
	go func() {
		_, err := alice.ScanQRWithPasskey(ctx, code, func(string) bool { return true })
		scanned <- err
	}()
	if end := <-qr.ended; end.code != cli.Failed || !strings.Contains(end.err, "go on with kubectl wasession passkey") {
		t.Errorf("qr ended with %d and %s", end.code, end.err)
	}

	eventually(t, ctx, func() string {
		if status := user.ok(t, "list"); !strings.Contains(status, "PASSKEY_REQUIRED") {
			return status
		}
		return ""
	})
	if alone := user.run(ctx, "passkey", "support"); alone.code != cli.Failed || !strings.Contains(alone.err, "in a terminal") {
		t.Errorf("without input: %d %s", alone.code, alone.err)
	}
	terminal, keyboard := io.Pipe()
	defer func() { _ = keyboard.Close() }()
	user.in = terminal
	passkey := user.start(ctx, "passkey", "support")
	passkey.await(t, ctx, &passkey.out, asked.MatchString)
	for _, typed := range []string{"undefined", browser(t, passkey.out.String())} {
		if _, err := io.WriteString(keyboard, typed+"\n"); err != nil {
			t.Fatal(err)
		}
	}
	end := <-passkey.ended
	if end.code != cli.Done || !strings.Contains(end.err, "That is not what the console prints") || !strings.Contains(end.err, "support is paired with +15550001111") {
		t.Errorf("passkey ended with %d and %s", end.code, end.err)
	}
	if err := <-scanned; err != nil {
		t.Error(err)
	}
}
