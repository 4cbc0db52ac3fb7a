package dashboard

import (
	"bytes"
	"context"
	"image/png"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/gateway/access"
	"github.com/wasession/wasession/gateway/app"
	"github.com/wasession/wasession/test/simulator"
)

// What a support lead does with a new number, on one page that is never reloaded:
// create the session, point the phone at the screen, and see it work; stop it, start it
// again, and delete it.
func TestASessionsWholeStory(t *testing.T) {
	sim, err := simulator.New(simulator.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = sim.Close() }()
	alice, bob := sim.AddUser("15550001111", "", "Alice"), sim.AddUser("15550002222", "", "Bob")
	space := lab.Namespace(t)
	lab.Cluster(t, space, sim)
	key, _ := lab.Key(t, map[string]string{access.EntryNamespaces: space})
	b := open(t, lab.Gateway(t, func(o *app.Options) { o.HistoryInterval = 500 * time.Millisecond }), 1280, 900)

	b.logIn(key)
	b.await("main", "No sessions yet")
	b.shoot("empty")
	b.click("main a.primary")
	b.fill("#name", "Sales_EU")
	b.await("#preview", "sessionName: Sales_EU")
	b.fill("#size", "much")
	b.await("#preview", "Volume size: must be a quantity such as 2Gi")
	b.press("button.primary")
	b.await("#problem", "Volume size: must be a quantity such as 2Gi")
	b.until("the focus on the field", func() bool { return b.focused() == "size" })
	b.shoot("new-problem")
	b.fill("#size", "1Gi")
	if problem := b.text("#problem"); problem != "" {
		t.Errorf("what was wrong is still told: %s", problem)
	}
	b.fill("#webhook", "https://n8n.example.com/webhook/sales")
	b.fill("#hmac", "hush-hush-hush")
	b.await("#preview", "size: 1Gi")
	b.await("#preview", "# The Secret sales-eu-")
	if strings.Contains(b.text("#preview"), "hush") {
		t.Error("the manifest shows a secret")
	}
	b.shoot("new")
	manifest := b.text("#preview")
	b.click("button.primary")
	b.await("h1", "Sales_EU")
	live := b.session(space, "sales-eu-")
	if live.Spec.SessionName != "Sales_EU" || live.Spec.Storage.Claim.Size.String() != "1Gi" || live.Spec.Webhooks[0].HMACSecretRef == nil {
		t.Errorf("created: %+v, from\n%s", live.Spec, manifest)
	}

	b.eval(`window.sameDocument = true`, nil)
	b.await("main", "Link the phone")
	b.do(chromedp.WaitVisible("#qr img", chromedp.ByQuery))
	b.shoot("pairing")
	code := b.qr()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if _, err := alice.ScanQR(ctx, code); err != nil {
		t.Fatal(err)
	}
	b.await("#session-head", "Working")
	b.await("main", "+15550001111")
	b.await("main", "Alice")
	b.await("main", "Last message")
	b.shoot("working")
	var same bool
	if b.eval(`window.sameDocument === true`, &same); !same {
		t.Error("the page was reloaded")
	}

	// The charts show what a customer writes, by themselves.
	b.visit("fleet")
	b.await("main", "Deliveries to webhooks")
	if _, err := bob.SendText(ctx, alice, "Where is my order?"); err != nil {
		t.Fatal(err)
	}
	b.await("#fleet .chart:nth-of-type(2) .legend", "Received 1")
	b.shoot("fleet")
	b.visit("sessions/" + space + "/" + live.Name)
	b.await("main", "Bob")

	b.press("#act-stop")
	b.await("#session-head", "Stopped")
	b.await("#notice", "The session stops")
	b.press("#act-start")
	b.await("#session-head", "Working") // without another scan
	b.visit("")
	b.await("#rows", "Sales_EU")
	b.await("#rows", "+15550001111")
	b.click("#rows a")

	b.click("#act-delete")
	b.await("main", "Its volume stays")
	b.shoot("delete")
	b.fill("#name", "sales")
	b.click("button.danger")
	b.await("main", "Type the name exactly")
	b.fill("#name", "Sales_EU")
	b.click("button.danger")
	b.await("h1", "Sessions")
	b.await("main", "No session") // the row goes by itself
	if err := lab.K8s.Get(t.Context(), types.NamespacedName{Namespace: space, Name: live.Name}, live); err == nil && live.DeletionTimestamp == nil {
		t.Error("the session was not deleted")
	}
}

// A code that is not scanned is renewed by itself, with the time that is left; so the
// phone that comes late finds one that holds.
func TestTheCodeIsRenewed(t *testing.T) {
	sim, err := simulator.New(simulator.Options{QRLifetime: 5 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = sim.Close() }()
	alice := sim.AddUser("15550001111", "", "Alice")
	space := lab.Namespace(t)
	lab.Cluster(t, space, sim)
	lab.Create(t, &v1alpha1.WhatsAppSession{ObjectMeta: metav1.ObjectMeta{Namespace: space, Name: "sales"}})
	key, _ := lab.Key(t, map[string]string{access.EntryNamespaces: space})
	b := open(t, lab.Gateway(t), 390, 844)
	b.logIn(key)
	b.visit("sessions/" + space + "/sales")
	b.do(chromedp.WaitVisible("#qr img", chromedp.ByQuery))
	b.shoot("pairing-phone")
	first := b.qr()
	// What is being typed meanwhile stays.
	b.press("summary")
	b.fill("#phoneNumber", "+1 555 000 1111")
	b.until("another code", func() bool { return b.tryQR() != "" && b.tryQR() != first })
	if got := b.value("#phoneNumber"); got != "+1 555 000 1111" {
		t.Errorf("what was typed has become %q", got)
	}
	b.press("form.inline button")
	b.await("#code", "Type this in on the phone")
	shown := strings.ReplaceAll(b.text("#code .code"), " ", "")
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if _, err := alice.EnterCode(ctx, shown); err != nil {
		t.Fatalf("entering %q: %v", shown, err)
	}
	b.await("#session-head", "Working")
}

// qr reads the QR code off the screen, as a phone does.
func (b *tab) qr() string {
	b.t.Helper()
	var code string
	b.until("a QR code that can be read", func() bool { code = b.tryQR(); return code != "" })
	return code
}

func (b *tab) tryQR() string {
	b.t.Helper()
	var shot []byte
	b.do(chromedp.ScrollIntoView("#qr", chromedp.ByQuery), chromedp.CaptureScreenshot(&shot))
	picture, err := png.Decode(bytes.NewReader(shot))
	if err != nil {
		b.t.Fatal(err)
	}
	bitmap, err := gozxing.NewBinaryBitmapFromImage(picture)
	if err != nil {
		b.t.Fatal(err)
	}
	read, err := qrcode.NewQRCodeReader().Decode(bitmap, map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_TRY_HARDER: true})
	if err != nil {
		return "" // none on the screen yet
	}
	return strings.TrimPrefix(read.GetText(), "https://wa.me/settings/linked_devices#")
}

// session is the only session of a namespace whose name begins so.
func (b *tab) session(namespace, prefix string) *v1alpha1.WhatsAppSession {
	b.t.Helper()
	var all v1alpha1.WhatsAppSessionList
	if err := lab.K8s.List(b.t.Context(), &all); err != nil {
		b.t.Fatal(err)
	}
	for i := range all.Items {
		if s := &all.Items[i]; s.Namespace == namespace && strings.HasPrefix(s.Name, prefix) {
			return s
		}
	}
	b.t.Fatalf("there is no session %s… in %s", prefix, namespace)
	return nil
}
