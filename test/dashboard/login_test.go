package dashboard

import (
	"context"
	"crypto/rand"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/gateway/access"
	"github.com/wasession/wasession/test/gatewaylab"
)

// Whoever has no valid key sees the login and nothing else. A key that is withdrawn
// opens nothing from then on, in a browser that is logged in too.
func TestLogIn(t *testing.T) {
	gateway := lab.Gateway(t)
	space := lab.Namespace(t)
	key, secret := lab.Key(t, map[string]string{access.EntryNamespaces: space})
	b := open(t, gateway, 1280, 800)

	b.visit("sessions/" + space + "/sales")
	b.await("main", "API key or Kubernetes token")
	b.shoot("login")
	b.submitKey("key-that-nobody-has")
	b.await("main", "This key or token is not known")
	b.until("the login with a new key", func() bool {
		b.submitKey(key)
		return b.text("header.top") != ""
	})
	b.await("main", "Nothing here") // the page that was asked for

	var cookies []*network.Cookie
	b.do(chromedp.ActionFunc(func(ctx context.Context) (err error) {
		cookies, err = network.GetCookies().Do(ctx)
		return err
	}))
	if len(cookies) != 1 || !cookies[0].HTTPOnly || cookies[0].SameSite != network.CookieSameSiteStrict || cookies[0].Path != "/dashboard/" {
		t.Errorf("the cookies are %+v", cookies)
	}

	b.visit("")
	b.await("main", "No sessions yet")
	if err := lab.K8s.Delete(t.Context(), secret); err != nil {
		t.Fatal(err)
	}
	b.until("the login", func() bool {
		b.visit("")
		return b.text("label[for=secret]") != ""
	})
}

func TestLogOut(t *testing.T) {
	gateway := lab.Gateway(t)
	key, _ := lab.Key(t, gatewaylab.Admin)
	b := open(t, gateway, 1280, 800)
	b.logIn(key)
	b.click("form.who button")
	b.await("main", "API key or Kubernetes token")
	b.visit("")
	b.await("main", "API key or Kubernetes token")
}

// A page that is open when its key is withdrawn says so with the next news, and shows
// none of them.
func TestAnOpenPageOfAWithdrawnKey(t *testing.T) {
	space := lab.Namespace(t)
	s := lab.Session(t, space, "sales", v1alpha1.PhaseWorking, paired("15550001111", "Before", 0, 1))
	key, secret := lab.Key(t, map[string]string{access.EntryNamespaces: space})
	b := open(t, lab.Gateway(t), 1280, 800)
	b.logIn(key)
	b.await("#rows", "Before")
	b.shown(s, "While it holds")
	b.await("#rows", "While it holds")
	if err := lab.K8s.Delete(t.Context(), secret); err != nil {
		t.Fatal(err)
	}
	// The two watches of the gateway may be behind each other.
	b.until("the end of the login", func() bool {
		b.shown(s, "After "+rand.Text())
		return strings.Contains(b.text("#notice"), "Your login has ended")
	})
	last := "The very last"
	b.shown(s, last)
	b.visit("")
	b.await("main", "API key or Kubernetes token")
	if strings.Contains(b.text("body"), last) {
		t.Error("the page shows what came after its key")
	}
}

// shown changes the name of a session's account.
func (b *tab) shown(s *v1alpha1.WhatsAppSession, name string) {
	b.t.Helper()
	before := s.DeepCopy()
	s.Status.Me.PushName = name
	if err := lab.K8s.Status().Patch(b.t.Context(), s, client.MergeFrom(before)); err != nil {
		b.t.Fatal(err)
	}
}

// What was typed into a form survives a reload, and goes once it was sent.
func TestWhatWasTypedStays(t *testing.T) {
	space := lab.Namespace(t)
	key, _ := lab.Key(t, map[string]string{access.EntryNamespaces: space})
	b := open(t, lab.Gateway(t), 1280, 800)
	b.logIn(key)
	b.visit("new")
	b.fill("#name", "sales")
	b.press("input[value=PhoneCode]")
	b.fill("#phoneNumber", "+49 151 12345678")
	b.fill("#hmac", "hush-hush-hush")
	b.visit("new")
	if name, number, secret := b.value("#name"), b.value("#phoneNumber"), b.value("#hmac"); name != "sales" || number != "+49 151 12345678" || secret != "" {
		t.Errorf("after a reload the form has %q, %q and the secret %q", name, number, secret)
	}
	b.click("button.primary")
	b.await("h1", "sales")
	if live := b.session(space, "sales"); live.Spec.Pairing.PhoneNumber != "4915112345678" {
		t.Errorf("created: %+v", live.Spec.Pairing)
	}
	b.visit("new")
	if name := b.value("#name"); name != "" {
		t.Errorf("the next form has %q", name)
	}
}
