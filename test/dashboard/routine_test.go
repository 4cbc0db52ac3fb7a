package dashboard

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/wasession/wasession/api/v1alpha1"
)

// routine gives a session an archive policy, and a webhook that cannot be reached.
func routine(s *v1alpha1.WhatsAppSession) {
	s.Spec.AutoArchive = &v1alpha1.AutoArchiveSpec{
		Schedule: "0 3 1 1 *", TimeZone: "Europe/Berlin",
		Policies: []v1alpha1.ArchivePolicy{
			{Name: "vip", Action: v1alpha1.ArchiveKeep, ChatTypes: []v1alpha1.ChatType{v1alpha1.ChatGroup}},
			{Name: "idle", InactiveFor: &metav1.Duration{Duration: 30 * 24 * time.Hour}},
		},
	}
	s.Spec.Webhooks = []v1alpha1.WebhookSpec{{
		Name: "crm", URL: "http://127.0.0.1:9/hook", Events: []v1alpha1.WebhookEvent{"message"},
		Retries: v1alpha1.RetriesSpec{Policy: v1alpha1.RetryConstant, Delay: &metav1.Duration{Duration: time.Second}, Attempts: 1},
	}}
}

// What the pages of a session's routine tell and do: which chats would be archived and
// why, and the run; what its webhook was not given, and sending it again; and what
// happens right now.
func TestRoutine(t *testing.T) {
	l := link(t, routine)
	axe := loadAxe(t)
	b := open(t, l.gateway, 1280, 800)

	b.visit(l.path("archive"))
	b.submitKey(l.key)
	b.await("#archive", "Archives direct chats and groups without a message for 30 days; keeps unread and pinned chats")
	b.await("#archive", "0 3 1 1 * Europe/Berlin")
	b.until("a plan", func() bool { // the history arrives in parts
		b.visit(l.path("archive"))
		return b.text("#archive tbody") != ""
	})
	b.await("#archive tbody", "policy idle")
	b.await("#archive tbody", "idle for")
	b.shoot("archive")
	b.accessible(axe, "archive")
	before := l.alice.PatchCount() // what the session has changed on the phone
	b.press("button[name=dry]")
	b.await("#done", "The dry run changed nothing")
	b.await("#archive .badge.off", "Dry run")
	if n := l.alice.PatchCount(); n != before {
		t.Errorf("a dry run changed something %d times", n-before)
	}
	b.accept()
	b.settled()
	b.press("button[name=run]")
	b.await("#archive .badge.good", "Done")
	b.await("#archive", "Nothing: no chat matches a policy")
	if l.alice.PatchCount() == before {
		t.Error("the run archived nothing on the phone")
	}

	l.says(t, "nobody hears this")
	b.keepParts()
	b.visit(l.path("deliveries"))
	b.await("#deliveries", "crm")
	b.await("#deliveries .badge.bad", "1")
	b.shoot("deliveries")
	b.accessible(axe, "deliveries")
	l.says(t, "nor this")
	b.await("#deliveries .badge.bad", "2") // by itself
	b.eval(`window.sameDocument = true`, nil)
	b.eval(`document.querySelector("#deliveries tbody button").click()`, nil)
	b.await("#done", "1 event will be sent again")
	b.accept()
	b.settled()
	release := b.hold("#deliveries .head button")
	l.says(t, "while a button is pressed")
	b.untilPart("#deliveries .badge.bad", "3")
	release() // the button that was pressed is still the one on the page
	b.await("#done", "s will be sent again, behind what waits already")
	b.await("#deliveries .badge.bad", "3") // the receiver is still not there

	b.visit(l.path("events"))
	b.await("#events-state", "Connected")
	l.says(t, `an event with <img src=x onerror=alert(1)>`)
	b.await("#events", "an event with <img")
	b.await("#events", "message.any")
	b.press("#events-pause")
	l.says(t, "during the pause")
	b.await("#events-state", "new events wait")
	var shown bool
	if b.eval(`document.getElementById("events").textContent.includes("during the pause")`, &shown); shown {
		t.Error("a pause does not hold events back")
	}
	b.press("#events-pause")
	b.await("#events", "during the pause")
	b.do(chromedp.SendKeys("#events-find", "during", chromedp.ByQuery))
	b.count(".event:not([hidden])", 2) // message and message.any
	b.press(".event:not([hidden]) summary")
	b.await(".event:not([hidden]) pre", `"body": "during the pause"`)
	b.shoot("events")
	b.accessible(axe, "events")
	b.do(chromedp.Evaluate(fmt.Sprintf(`document.querySelector("[name=family][value=%s]").click()`, "Messages"), nil))
	b.count(".event:not([hidden])", 0)
}

// hold presses an element, as it lies on the page now, and keeps the mouse button down
// until release is called.
func (b *tab) hold(selector string) (release func()) {
	b.t.Helper()
	var at struct{ X, Y float64 }
	b.until("a press", func() bool { // again if a live part came between its place and the press
		b.eval(fmt.Sprintf(`(() => { const at = document.querySelector(%q).getBoundingClientRect(); return {x: at.x + at.width/2, y: at.y + at.height/2} })()`, selector), &at)
		b.do(chromedp.MouseEvent(input.MousePressed, at.X, at.Y, chromedp.ButtonLeft, chromedp.ClickCount(1)))
		var pressed bool
		if b.eval(fmt.Sprintf(`document.querySelector(%q).matches(":active")`, selector), &pressed); !pressed {
			b.do(chromedp.MouseEvent(input.MouseReleased, at.X, at.Y, chromedp.ButtonLeft, chromedp.ClickCount(1)))
		}
		return pressed
	})
	return func() {
		b.t.Helper()
		b.do(chromedp.MouseEvent(input.MouseReleased, at.X, at.Y, chromedp.ButtonLeft, chromedp.ClickCount(1)))
	}
}

// keepParts makes the pages to come keep the live parts that their scripts have taken.
func (b *tab) keepParts() {
	b.t.Helper()
	b.do(chromedp.ActionFunc(func(ctx context.Context) error {
		_, err := page.AddScriptToEvaluateOnNewDocument(`
			window.parts = [];
			const add = EventSource.prototype.addEventListener;
			EventSource.prototype.addEventListener = function (type, listener) {
				add.call(this, type, (event) => { listener.call(this, event); if (type === "part") window.parts.push(event.data); });
			};`).Do(ctx)
		return err
	}))
}

// untilPart waits for a live part in which an element has a text.
func (b *tab) untilPart(selector, text string) {
	b.t.Helper()
	b.do(chromedp.Poll(fmt.Sprintf(`window.parts.some((part) => {
		const holder = document.createElement("template");
		holder.innerHTML = part;
		return holder.content.querySelector(%q)?.textContent === %q;
	})`, selector, text), nil, chromedp.WithPollingInterval(50*time.Millisecond), chromedp.WithPollingTimeout(patience)))
}

// accept says yes to the next question of the page.
func (b *tab) accept() {
	ctx, stop := context.WithCancel(b.ctx)
	chromedp.ListenTarget(ctx, func(event any) {
		if _, ok := event.(*page.EventJavascriptDialogOpening); ok {
			stop()
			go func() { _ = chromedp.Run(b.ctx, page.HandleJavaScriptDialog(true)) }() // fails only if the test has ended
		}
	})
	b.t.Cleanup(stop)
}

// settled waits until htmx has put its answers into the page.
func (b *tab) settled() {
	b.t.Helper()
	b.count(".htmx-request, .htmx-swapping, .htmx-settling", 0)
}
