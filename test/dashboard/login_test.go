package dashboard

import (
	"context"
	"testing"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

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
