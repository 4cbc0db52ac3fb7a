package dashboard

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"image"
	"image/jpeg"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/gateway/access"
	"github.com/wasession/wasession/test/simulator"
	"github.com/wasession/wasession/test/simulator/appstate"
	"github.com/wasession/wasession/test/simulator/history"
)

// linked is a session that is linked to a simulated phone, behind a gateway.
type linked struct {
	sim        *simulator.Server
	alice, bob *simulator.User
	gateway    string
	space, key string
	ctx        context.Context
}

// link starts a session for Alice, whose phone has 50 chats, and waits until it works.
// change completes its resource.
func link(t *testing.T, change ...func(*v1alpha1.WhatsAppSession)) linked {
	t.Helper()
	sim, err := simulator.New(simulator.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = sim.Close() })
	l := linked{sim: sim, alice: sim.AddUser("15550001111", "", "Alice"), bob: sim.AddUser("15550002222", "", "Bob"), space: lab.Namespace(t)}
	if err := l.alice.Populate(t.Context(), history.NewAccount(history.DemoSpec(time.Now()))); err != nil {
		t.Fatal(err)
	}
	lab.Cluster(t, l.space, sim)
	l.gateway = lab.Gateway(t)
	l.key, _ = lab.Key(t, map[string]string{access.EntryNamespaces: l.space})
	session := &v1alpha1.WhatsAppSession{ObjectMeta: metav1.ObjectMeta{Namespace: l.space, Name: "sales"}}
	for _, f := range change {
		f(session)
	}
	lab.Create(t, session)
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	t.Cleanup(cancel)
	l.ctx = ctx
	var code struct{ Value string }
	l.await(t, "/api/sales/auth/qr?format=raw", func(body []byte) bool { return json.Unmarshal(body, &code) == nil && code.Value != "" })
	if _, err := l.alice.ScanQR(ctx, code.Value); err != nil {
		t.Fatal(err)
	}
	l.await(t, "/api/sessions/sales", func(body []byte) bool { return strings.Contains(string(body), `"status":"WORKING"`) })
	return l
}

// await makes a call until its answer satisfies done.
func (l linked) await(t *testing.T, path string, done func(body []byte) bool) {
	t.Helper()
	for {
		r, err := http.NewRequestWithContext(l.ctx, "GET", l.gateway+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("X-Api-Key", l.key)
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		body, _ := io.ReadAll(answer.Body)
		_ = answer.Body.Close()
		if answer.StatusCode < 300 && done(body) {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
}

func (l linked) path(page string) string { return "sessions/" + l.space + "/sales/" + page }

// chat is a selector of the row of a chat in the list.
func chat(number string) string { return `a[href$="` + number + `@c.us"]` }

// write types into the field for messages, and sends what is there with Enter.
func (b *tab) write(text string) {
	b.t.Helper()
	b.do(chromedp.SendKeys("#compose-text", text, chromedp.ByQuery))
}

// count waits until so many elements are there.
func (b *tab) count(selector string, want int) {
	b.t.Helper()
	b.do(chromedp.Poll(fmt.Sprintf(`document.querySelectorAll(%q).length === %d`, selector, want), nil,
		chromedp.WithPollingMutation(), chromedp.WithPollingTimeout(patience)))
}

// A day with the page of chats: read, answer, and see what the other does, on one page
// that is never loaded again.
func TestChats(t *testing.T) {
	l := link(t)
	l.await(t, "/api/sales/chats?limit=0", func(body []byte) bool { return strings.Contains(string(body), `"pinned":true`) })
	l.says(t, "Good morning, is my order on its way?")
	b := open(t, l.gateway, 1280, 800)
	b.visit(l.path("chats"))
	b.submitKey(l.key)
	b.await("#chat-rows", "is my order on its way")
	var first string // pinned chats come first, as on the phone
	b.eval(`document.querySelector(".chat-row:first-child .chat-marks [aria-label]").getAttribute("aria-label")`, &first)
	if first != "Pinned" {
		t.Errorf("the first chat is marked as %q", first)
	}
	b.eval(`window.sameDocument = true`, nil)
	b.choose(chat("15550002222"))
	b.await("#message-list", "is my order on its way")

	t.Run("a message appears by itself, and what is being typed stays", func(t *testing.T) {
		b.write("Yes, it *left* yesterday")
		question := l.says(t, "I hope it arrives on Monday")
		b.await("#message-list", "I hope it arrives on Monday")
		b.await("#chat-rows", "I hope it arrives on Monday")
		b.write(kb.Enter)
		got := l.hears(t, "Yes, it *left* yesterday")
		b.await("#message-list .mine .body b", "left")
		b.do(chromedp.WaitVisible("#message-list .mine .ack-delivered", chromedp.ByQuery))
		if err := l.bob.MarkRead(l.ctx, got.ID); err != nil {
			t.Fatal(err)
		}
		b.do(chromedp.WaitVisible("#message-list .mine .ack-read", chromedp.ByQuery))
		if err := l.bob.React(l.ctx, l.alice, question, true, "👍"); err != nil {
			t.Fatal(err)
		}
		b.await("#message-list .reaction", "👍")
		if err := l.bob.Edit(l.ctx, l.alice, question, "I hope it arrives on Tuesday"); err != nil {
			t.Fatal(err)
		}
		b.await("#message-list", "I hope it arrives on Tuesday")
		b.await("#message-list", "edited")
		b.await("#message-list .reaction", "👍")
	})
	t.Run("an answer", func(t *testing.T) {
		b.eval(`document.querySelector(".message:not(.mine) .more").click()`, nil)
		b.press(".menu [data-act=reply]")
		b.await("#compose-reply", "is my order on its way")
		b.write("It is" + kb.Enter)
		got := l.hears(t, "It is")
		if quoted := got.Message.GetExtendedTextMessage().GetContextInfo().GetQuotedMessage().GetConversation(); quoted != "Good morning, is my order on its way?" {
			t.Errorf("it answers %q", quoted)
		}
		b.await("#message-list .mine .quote", "is my order on its way")
		b.eval(`document.querySelector(".message:not(.mine) .more").click()`, nil)
		b.press(".menu [data-emoji]")
		if _, err := l.bob.Expect(l.ctx, func(r simulator.Received) bool { return r.Message.GetReactionMessage().GetText() == "👍" }); err != nil {
			t.Error(err)
		}
	})
	t.Run("a form that is sent twice sends one message", func(t *testing.T) {
		b.eval(twice, nil)
		b.write("Only once" + kb.Enter)
		l.hears(t, "Only once")
		b.eval(`window.fetch = window.realFetch`, nil)
		b.write("After that" + kb.Enter)
		l.hears(t, "After that")
		if n := l.heard("Only once"); n != 1 {
			t.Errorf("Bob got it %d times", n)
		}
		b.await("#message-list .mine:last-child", "After that")
	})
	t.Run("a message whose answer was lost is sent again, and arrives once", func(t *testing.T) {
		b.eval(`window.fetch = (...args) => window.realFetch(...args).then(() => { window.fetch = window.realFetch; throw new TypeError("lost") }); 0`, nil)
		b.write("The answer is lost" + kb.Enter)
		b.do(chromedp.WaitVisible(".pending.failed, .mine:last-child .ack", chromedp.ByQuery))
		l.hears(t, "The answer is lost")
		b.eval(`document.querySelector(".pending [data-retry]")?.click()`, nil)
		b.count(".pending", 0)
		b.write("And on" + kb.Enter)
		l.hears(t, "And on")
		if n := l.heard("The answer is lost"); n != 1 {
			t.Errorf("Bob got it %d times", n)
		}
	})
	t.Run("files", func(t *testing.T) {
		pixels := picture(t)
		if _, err := l.bob.SendImage(l.ctx, l.alice, pixels, "Is this it?"); err != nil {
			t.Fatal(err)
		}
		b.do(chromedp.Poll(`[...document.querySelectorAll(".message img")].some((i) => i.naturalWidth === 40)`, nil, chromedp.WithPollingTimeout(patience)))
		if _, err := l.bob.SendDocument(l.ctx, l.alice, []byte("<script>alert(1)</script>"), "invoice\u202efdp.html", "text/html"); err != nil {
			t.Fatal(err)
		}
		b.await(".document bdi", "invoicefdp.html")
		var kind string
		b.eval(`void fetch(document.querySelector(".document").href).then(async (r) => { window.served = [r.headers.get("Content-Type"), r.headers.get("Content-Disposition"), r.headers.get("Content-Security-Policy"), await r.text()].join(" | ") })`, nil)
		b.do(chromedp.Poll(`window.served`, &kind, chromedp.WithPollingTimeout(patience)))
		if kind != `application/octet-stream | attachment; filename=invoice_fdp.html | sandbox; default-src 'none' | <script>alert(1)</script>` {
			t.Errorf("the document is served as %s", kind)
		}
		file := filepath.Join(t.TempDir(), "answer.jpg")
		if err := os.WriteFile(file, pixels, 0o600); err != nil {
			t.Fatal(err)
		}
		b.do(chromedp.SetUploadFiles("#compose-file", []string{file}, chromedp.ByQuery))
		b.await("#compose-file-name", "answer.jpg")
		b.write("Yes" + kb.Enter)
		got, err := l.bob.Expect(l.ctx, func(r simulator.Received) bool { return r.Message.GetImageMessage().GetCaption() == "Yes" })
		if err != nil {
			t.Fatal(err)
		}
		if content, err := l.sim.Download(got.Message); err != nil || !bytes.Equal(content, pixels) {
			t.Errorf("Bob got another picture: %v", err)
		}
	})
	t.Run("archived on the phone, and back with the button", func(t *testing.T) {
		if err := l.alice.PushArchive(l.ctx, l.bob.PN(), true); err != nil {
			t.Fatal(err)
		}
		b.count("#chat-rows "+chat("15550002222"), 0)
		b.eval(`document.querySelector("input[name=box][value=archived]").click()`, nil)
		b.count("#chat-rows "+chat("15550002222"), 1)
		b.await("#chat-actions", "Unarchive")
		b.press("#chat-actions button[value=unarchive]")
		b.count("#chat-rows "+chat("15550002222"), 0)
		if err := l.alice.AwaitAppState(l.ctx, func(*appstate.State) bool { return !l.alice.ChatState(l.bob.PN()).Archived }); err != nil {
			t.Error(err)
		}
		b.eval(`document.querySelector("input[name=box][value=inbox]").click()`, nil)
		b.count("#chat-rows "+chat("15550002222"), 1)
	})
	t.Run("pinned with the button, and unpinned", func(t *testing.T) {
		for _, pinned := range []bool{true, false} {
			what := "pin"
			if !pinned {
				what = "unpin"
			}
			b.press("#chat-actions button[value=" + what + "]")
			if err := l.alice.AwaitAppState(l.ctx, func(*appstate.State) bool { return l.alice.ChatState(l.bob.PN()).Pinned == pinned }); err != nil {
				t.Error(err)
			}
		}
		b.await("#chat-actions", "Pin")
	})
	t.Run("read on the phone", func(t *testing.T) { // no event tells of it
		l.says(t, "Are you there?")
		b.count("#chat-rows .is-unread "+chat("15550002222"), 1)
		b.await("#chat-actions", "Mark as read")
		if err := l.alice.PushRead(l.ctx, l.bob.PN(), true); err != nil {
			t.Fatal(err)
		}
		b.count("#chat-rows .is-unread "+chat("15550002222"), 0)
		b.await("#chat-actions", "Mark as unread")
	})
	t.Run("search, and older chats and messages", func(t *testing.T) {
		b.count("#chat-rows .chat-row", 40)
		b.eval(`document.querySelector(".chat-more").scrollIntoView()`, nil)
		b.count("#chat-rows .chat-more", 0)
		b.do(chromedp.SendKeys("#chat-search", "+1 555 000 2222", chromedp.ByQuery))
		b.count("#chat-rows .chat-row", 1)
		b.await("#chat-rows", "Bob")
		b.eval(`document.getElementById("chat-search").value = ""; document.getElementById("chat-search").dispatchEvent(new InputEvent("input", { bubbles: true }))`, nil)
		b.count("#chat-rows .chat-row", 40)
		b.settled()
		b.choose(".chat-row:nth-child(6) a") // one of the made-up account, with many messages
		b.do(chromedp.Poll(`document.querySelectorAll(".message").length >= 30 && document.getElementById("messages").scrollTop > 0`, nil, chromedp.WithPollingTimeout(patience)))
		var before float64
		b.eval(`document.querySelectorAll(".message").length`, &before)
		b.eval(`document.getElementById("messages").scrollTop = 0`, nil)
		b.do(chromedp.Poll(fmt.Sprintf(`document.querySelectorAll(".message").length > %f && document.getElementById("messages").scrollTop > 0`, before), nil, chromedp.WithPollingTimeout(patience)))
		var doubled bool
		b.eval(`(() => { const ids = [...document.querySelectorAll(".message")].map((m) => m.id); return new Set(ids).size !== ids.length })()`, &doubled)
		if doubled {
			t.Error("a message is shown twice")
		}
	})
	b.accessible(loadAxe(t), "chats")
	var same bool
	if b.eval(`window.sameDocument === true`, &same); !same {
		t.Error("the page was loaded again")
	}

	// The reaction is there again after a reload, and so is what was typed and not sent,
	// in its own chat.
	b.visit(l.path("chats/15550002222@c.us"))
	b.await("#message-list .reaction", "👍")
	b.write("half a sen")
	b.visit(l.path("chats"))
	b.choose(".chat-row:nth-child(6) a")
	b.await(".chat-head", "+")
	if typed := b.value("#compose-text"); typed != "" {
		t.Errorf("another chat has the draft %q", typed)
	}
	b.visit(l.path("chats/15550002222@c.us"))
	b.await("#message-list", "And on")
	if typed := b.value("#compose-text"); typed != "half a sen" {
		t.Errorf("the draft became %q", typed)
	}
}

// twice has each form sent a second time before the first is answered, as an impatient
// browser or proxy does.
const twice = `window.realFetch = window.fetch; window.fetch = (...args) => { window.realFetch(...args).catch(() => {}); return window.realFetch(...args) }`

// A visitor who may only read sees no fields and no buttons, and what is sent all the same
// is refused.
func TestReadersOfChats(t *testing.T) {
	l := link(t)
	l.says(t, "Hello")
	l.key, _ = lab.Key(t, map[string]string{access.EntryNamespaces: l.space, access.EntryActions: "read"})
	b := open(t, l.gateway, 1280, 800)
	b.until("the login with a new key", func() bool {
		b.visit(l.path("chats/15550002222@c.us"))
		b.submitKey(l.key)
		return b.text("header.top") != ""
	})
	b.await("#message-list", "Hello")
	b.await("#conversation", "You may read this chat, but not write in it.")
	b.count("#compose, #chat-actions button, #message-menu [data-emoji]", 0)
	var refused []int
	b.eval(`(async () => {
		const headers = { ...JSON.parse(document.body.getAttribute("hx-headers")), "HX-Request": "true" };
		const form = new FormData();
		form.append("id", "3EB0ABCDEF012345678901");
		form.append("text", "x");
		const path = location.pathname;
		const message = encodeURIComponent(document.querySelector(".message").dataset.id);
		const sent = [
			fetch(path + "/send", { method: "POST", headers, body: form }),
			fetch(path + "/do", { method: "POST", headers, body: new URLSearchParams({ what: "archive" }) }),
			fetch(path + "/" + message + "/do", { method: "POST", headers, body: new URLSearchParams({ what: "react", emoji: "👍" }) }),
			fetch(path.replace(/chats.*/, "archive/run"), { method: "POST", headers, body: new URLSearchParams({ dry: "yes" }) }),
			fetch(path.replace(/chats.*/, "deliveries/replay"), { method: "POST", headers }),
			fetch(path + "/send", { method: "POST", body: form }), // without the token of the form
		];
		window.refused = (await Promise.all(sent)).map((r) => r.status);
	})(); 0`, nil)
	b.do(chromedp.Poll(`window.refused`, &refused, chromedp.WithPollingTimeout(patience)))
	for i, status := range refused {
		if status != http.StatusForbidden {
			t.Errorf("call %d was answered with %d", i, status)
		}
	}
	for _, r := range l.bob.Inbox() {
		if simulator.Text("x")(r) || r.Message.GetReactionMessage() != nil {
			t.Errorf("Bob got %v", r.Message)
		}
	}
}

// What strangers write is shown as text. The browser that open returns fails the test
// for anything that runs, and for each violation of the policy.
func TestHostileChats(t *testing.T) {
	l := link(t)
	for _, text := range []string{
		`<script>document.title = "owned"</script><img src=x onerror="document.title = 'owned'">`,
		`"><svg onload="document.title = 'owned'"></a></li></template><iframe srcdoc="<script>parent.document.title = 'owned'</script>">`,
		"{{.CSRF}} ${document.title='owned'} javascript:document.title='owned' [x](javascript:alert(1))",
		"\u202eevil\u2066 \u0000\u001b[31m data: event: put\n\nevent: put\ndata: <b data-put=replace id=chat-actions>owned</b>\r\r",
		strings.Repeat("long ", 12_000),
	} {
		l.says(t, text)
	}
	if err := l.alice.PushContact(l.ctx, l.bob, `<b onmouseover=alert(1)>"Bob"</b>`+"\u202e", "<i>"); err != nil {
		t.Fatal(err)
	}
	b := open(t, l.gateway, 360, 740)
	b.visit(l.path("chats"))
	b.submitKey(l.key)
	b.await("#chat-rows", "long long")
	b.choose(chat("15550002222"))
	b.await("#message-list", `<img src=x onerror="document.title = 'owned'">`)
	b.await("#message-list", `<b data-put=replace id=chat-actions>owned</b>`)
	l.says(t, `live <img src=x onerror="document.title = 'owned'">`) // and so over the stream
	b.await("#message-list", `live <img src=x`)
	b.count("#message-list img, #message-list script, #message-list iframe, #message-list svg:not(.icon)", 0)
	b.press(".whole")
	b.do(chromedp.Poll(`[...document.querySelectorAll(".body")].some((e) => e.textContent.length === 60000)`, nil, chromedp.WithPollingTimeout(patience)))
	var title string
	b.eval(`document.title`, &title)
	if strings.Contains(title, "owned") {
		t.Errorf("the title is %q", title)
	}
	var wide bool
	if b.eval(`document.documentElement.scrollWidth > innerWidth || document.getElementById("messages").scrollWidth > innerWidth`, &wide); wide {
		t.Error("a narrow screen has to be scrolled sideways")
	}
	axe := loadAxe(t)
	b.accessible(axe, "chat, on a narrow screen")
	b.click(".chat-back")
	b.await("#chat-rows", `"Bob"`)
	b.accessible(axe, "chats, on a narrow screen")
}

// says sends a message from Bob's phone.
func (l linked) says(t *testing.T, text string) (id string) {
	t.Helper()
	id, err := l.bob.SendText(l.ctx, l.alice, text)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// heard counts a message on Bob's phone.
func (l linked) heard(text string) (n int) {
	for _, r := range l.bob.Inbox() {
		if simulator.Text(text)(r) {
			n++
		}
	}
	return n
}

// hears waits for a message on Bob's phone.
func (l linked) hears(t *testing.T, text string) simulator.Received {
	t.Helper()
	got, err := l.bob.Expect(l.ctx, simulator.Text(text))
	if err != nil {
		t.Fatalf("Bob's phone waits for %q: %v", text, err)
	}
	return got
}

// picture is a small JPEG.
func picture(t *testing.T) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := jpeg.Encode(&out, image.NewGray(image.Rect(0, 0, 40, 30)), nil); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}
