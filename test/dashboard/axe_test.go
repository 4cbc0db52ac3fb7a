package dashboard

import (
	"compress/gzip"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"github.com/wasession/wasession/gateway/access"
	"github.com/wasession/wasession/gateway/app"
)

// axeFaults are the faults that axe finds in a page.
const axeFaults = `(async () => (await axe.run(document, {resultTypes: ["violations"]})).violations
	.filter(v => v.impact === "serious" || v.impact === "critical")
	.flatMap(v => v.nodes.map(n => v.id + ": " + n.target.join(" ") + ": " + n.failureSummary)))()`

// No page has a fault that shuts people out, in either theme and on a narrow screen,
// where nothing is wider than the screen either.
func TestAccessibility(t *testing.T) {
	axe := loadAxe(t)
	space := lab.Namespace(t)
	someSessions(t, space)
	key, _ := lab.Key(t, map[string]string{access.EntryNamespaces: space})
	gateway := lab.Gateway(t, func(o *app.Options) { o.HistoryInterval = 50 * time.Millisecond })
	for _, c := range []struct {
		name, theme string
		width       int64
	}{{"light", "light", 1280}, {"dark", "dark", 1280}, {"narrow", "light", 360}, {"narrow-dark", "dark", 360}} {
		t.Run(c.name, func(t *testing.T) {
			b := open(t, gateway, c.width, 800)
			b.do(emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: c.theme}}))
			check := func(path string) {
				t.Helper()
				b.visit(path)
				b.accessible(axe, path)
				b.shoot(c.name + "-" + strings.Trim(strings.NewReplacer(space+"/", "", "/", "-").Replace("page-"+path), "-"))
			}
			check("login")
			b.logIn(key)
			for _, path := range []string{"", "?q=nothing-like-this", "fleet", "new", "nowhere"} {
				check(path)
			}
			for _, path := range []string{"support-de", "sales-eu", "alerts", "orders", "old-campaign", "alerts/manifest", "support-de/delete", "support-de/logout"} {
				check("sessions/" + space + "/" + path)
			}
		})
	}
}

// loadAxe returns the script of axe.
func loadAxe(t *testing.T) string {
	t.Helper()
	file, err := os.Open("testdata/axe.min.js.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	unpacked, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	axe, err := io.ReadAll(unpacked)
	if err != nil {
		t.Fatal(err)
	}
	return string(axe)
}

// accessible checks the page that is open.
func (b *tab) accessible(axe, page string) {
	b.t.Helper()
	var faults []string
	b.do(chromedp.WaitVisible("main", chromedp.ByQuery), chromedp.Evaluate(axe, nil))
	b.do(chromedp.Evaluate(axeFaults, &faults, awaited))
	for _, fault := range faults {
		b.t.Errorf("%q: %s", page, fault)
	}
	var wide int
	if b.eval(`document.documentElement.scrollWidth - innerWidth`, &wide); wide > 0 {
		b.t.Errorf("%q is %d pixels wider than the screen", page, wide)
	}
}

// Everything can be reached and done with the keyboard alone, and the focus is seen.
func TestByKeyboard(t *testing.T) {
	space := lab.Namespace(t)
	someSessions(t, space)
	key, _ := lab.Key(t, map[string]string{access.EntryNamespaces: space})
	b := open(t, lab.Gateway(t), 1280, 800)
	b.logIn(key)
	b.await("#rows", "support-uk")
	b.tabTo("q")
	b.keys("uk")
	b.await("#found", "1 sessions")
	b.tabTo("session-" + space + ".support-uk-link")
	b.loads(chromedp.KeyEvent("\r"))
	b.await("h1", "support-uk")
	b.tabTo("act-stop")
	b.keys(" ")
	b.await("#session-head", "Stopped")
	if id := b.focused(); id != "act-start" {
		b.tabTo("act-start")
	}
	b.visit("sessions/" + space + "/support-uk/delete")
	b.tabTo("name")
	b.keys("support-uk")
	b.loads(chromedp.KeyEvent("\r"))
	b.await("h1", "Sessions")
}

// tabTo presses the tab key until something has the focus. The focus must be seen on
// all that it comes by.
func (b *tab) tabTo(id string) {
	b.t.Helper()
	for range 60 {
		b.keys("\t")
		now := b.focused()
		var seen bool
		b.eval(`(() => {
			const e = document.activeElement;
			if (!e || e === document.body) return true;
			return getComputedStyle(e.type === "radio" && e.nextElementSibling ? e.nextElementSibling : e).outlineStyle !== "none";
		})()`, &seen)
		if !seen {
			b.t.Errorf("the focus on %q is not seen", now)
		}
		if now == id {
			return
		}
	}
	b.t.Fatalf("the keyboard does not reach %q", id)
}
