package dashboard

import (
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/wasession/wasession/test/gatewaylab"
)

// The page at /docs shows the calls and tries them, with a key that is typed once and
// stays while the tab is open. The browser reports no violation of the page's policy.
func TestTheAPIPage(t *testing.T) {
	gateway := lab.Gateway(t)
	key, _ := lab.Key(t, gatewaylab.Admin)
	b := open(t, gateway, 1280, 1000)
	const call = "#operations-Server-getApiServerVersion"
	b.do(chromedp.Navigate(gateway + "/docs"))
	b.await("#api", "wasession gateway")
	b.await(".opblock-tag-section", "Chats") // the first that the description lists
	b.press(".btn.authorize")
	b.do(chromedp.SendKeys(`.auth-container input`, key, chromedp.ByQuery))
	b.press(".auth-container .authorize")
	b.await(".auth-container", "Authorized")

	b.do(chromedp.Reload(), chromedp.Navigate(gateway+"/docs?again#/Server/getApiServerVersion"))
	b.await(call, "Get version and engine")
	b.press(call + " .try-out__btn")
	b.press(call + " .execute")
	b.await(call+" .live-responses-table", `"engine": "GOWS"`)
	b.shoot("api")
}
