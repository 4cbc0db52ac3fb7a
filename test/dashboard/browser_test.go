package dashboard

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// patience is how long a page may take to show what a test waits for. Most of it is for
// pods to start on a busy machine.
const patience = 2 * time.Minute

// chromium is the browser's process, which all tests share.
var chromium context.Context

func startBrowser() (stop func(), err error) {
	path, err := exec.LookPath("chromium")
	if err != nil {
		return nil, errors.New("the dashboard's tests need Chromium: make chromium installs it")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.Flag("disable-dev-shm-usage", true),
		chromedp.Flag("disable-background-networking", true), chromedp.WSURLReadTimeout(time.Minute))
	allocator, stopAllocator := chromedp.NewExecAllocator(context.Background(), options...)
	var stopBrowser context.CancelFunc
	chromium, stopBrowser = chromedp.NewContext(allocator)
	if err := chromedp.Run(chromium); err != nil {
		stopAllocator()
		return nil, fmt.Errorf("starting Chromium: %w", err)
	}
	return func() { stopBrowser(); stopAllocator() }, nil
}

// tab is a browser window with cookies of its own.
type tab struct {
	t   *testing.T
	ctx context.Context
	url string

	mu       sync.Mutex
	problems []string
}

// open opens a window, without a page. At the end of the test it must have reported no
// error of a script and no violation of the policy, and have asked for nothing elsewhere.
func open(t *testing.T, gateway string, width, height int64) *tab {
	t.Helper()
	ctx, cancel := window(t)
	b := &tab{t: t, ctx: ctx, url: gateway}
	chromedp.ListenTarget(ctx, b.listen)
	b.do(network.Enable(), log.Enable(), emulation.SetDeviceMetricsOverride(width, height, 1, width < 600))
	t.Cleanup(func() {
		if t.Failed() {
			b.shoot("failed-" + strings.ReplaceAll(t.Name(), "/", "-"))
		}
		cancel()
		b.mu.Lock()
		defer b.mu.Unlock()
		for _, problem := range b.problems {
			t.Errorf("the browser reports: %s", problem)
		}
	})
	return b
}

// window opens a window that shares no cookies with others.
func window(t *testing.T) (context.Context, context.CancelFunc) {
	t.Helper()
	executor := cdp.WithExecutor(chromium, chromedp.FromContext(chromium).Browser)
	profile, err := target.CreateBrowserContext().WithDisposeOnDetach(true).Do(executor)
	if err != nil {
		t.Fatalf("making a profile: %v", err)
	}
	id, err := target.CreateTarget("about:blank").WithBrowserContextID(profile).WithNewWindow(true).Do(executor)
	if err != nil {
		t.Fatalf("opening a window: %v", err)
	}
	ctx, cancel := chromedp.NewContext(chromium, chromedp.WithTargetID(id))
	// The window lives as long as the context of what it runs first.
	if err := chromedp.Run(ctx); err != nil {
		t.Fatalf("attaching to a window: %v", err)
	}
	return ctx, func() {
		cancel()
		_ = target.DisposeBrowserContext(profile).Do(executor) // the process may have ended
	}
}

func (b *tab) listen(event any) {
	var problem string
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		problem = e.ExceptionDetails.Error()
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.APITypeError || e.Type == runtime.APITypeAssert {
			for _, arg := range e.Args {
				problem += string(arg.Value) + arg.Description + " "
			}
		}
	case *log.EventEntryAdded:
		// A status of 400 or more is what some tests are about.
		if e.Entry.Source == log.SourceSecurity || e.Entry.Source == log.SourceViolation || e.Entry.Source != log.SourceNetwork && e.Entry.Level == log.LevelError {
			problem = string(e.Entry.Source) + ": " + e.Entry.Text
		}
	case *network.EventRequestWillBeSent:
		if u, err := url.Parse(e.Request.URL); err == nil && u.Scheme != "data" && !strings.HasPrefix(e.Request.URL, b.url) {
			problem = "a request to " + e.Request.URL
		}
	}
	if problem != "" && !strings.Contains(problem, "Response Status Error Code") {
		b.mu.Lock()
		b.problems = append(b.problems, problem)
		b.mu.Unlock()
	}
}

func (b *tab) do(actions ...chromedp.Action) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	if err := chromedp.Run(ctx, actions...); err != nil {
		b.t.Fatalf("in the browser: %v\nthe page shows: %s", err, b.text("body"))
	}
}

// visit loads a page of the dashboard.
func (b *tab) visit(path string) {
	b.t.Helper()
	b.do(chromedp.Navigate(b.url + "/dashboard/" + path))
}

// logIn logs in with a key, once the gateway's watch has seen it.
func (b *tab) logIn(key string) {
	b.t.Helper()
	b.visit("")
	b.until("the login with a new key", func() bool {
		b.submitKey(key)
		return b.text("header.top") != ""
	})
}

// submitKey sends the login form, and waits for what comes of it. It names no node of the
// page: while a login that was refused is followed by another, the driver may still know
// those of the page before.
func (b *tab) submitKey(key string) {
	b.t.Helper()
	b.loads(chromedp.Evaluate(fmt.Sprintf(
		`{ const field = document.querySelector("#secret"); field.value = %q; setTimeout(() => field.form.requestSubmit()) }`, key), nil))
}

// click clicks a button or a link that loads a page, and waits for the page.
func (b *tab) click(selector string) {
	b.t.Helper()
	b.loads(clickOn(selector))
}

// loads does something that loads a page, and waits for the page.
func (b *tab) loads(action chromedp.Action) {
	b.t.Helper()
	loaded := make(chan struct{}, 1)
	ctx, stop := context.WithCancel(b.ctx)
	defer stop()
	chromedp.ListenTarget(ctx, func(event any) {
		if _, ok := event.(*page.EventLoadEventFired); ok {
			select {
			case loaded <- struct{}{}:
			default:
			}
		}
	})
	b.do(action, chromedp.ActionFunc(func(ctx context.Context) error {
		select {
		case <-loaded:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}))
}

// text is the visible text of an element; empty if there is none.
func (b *tab) text(selector string) string {
	ctx, cancel := context.WithTimeout(b.ctx, 10*time.Second)
	defer cancel()
	var text string
	_ = chromedp.Run(ctx, chromedp.Evaluate(fmt.Sprintf(`document.querySelector(%q)?.innerText ?? ""`, selector), &text))
	return text
}

// await waits until a text is visible in an element. White space counts as one space.
func (b *tab) await(selector, text string) {
	b.t.Helper()
	b.do(chromedp.Poll(fmt.Sprintf(`(document.querySelector(%q)?.innerText ?? "").replace(/\s+/g, " ").includes(%q)`, selector, text), nil,
		chromedp.WithPollingMutation(), chromedp.WithPollingTimeout(patience)))
}

// eval evaluates an expression.
func (b *tab) eval(expression string, into any) {
	b.t.Helper()
	b.do(chromedp.Evaluate(expression, into))
}

// shoot keeps a picture of the page where SCREENSHOTS says, if it does.
func (b *tab) shoot(name string) {
	dir := os.Getenv("SCREENSHOTS")
	if dir == "" {
		return
	}
	ctx, cancel := context.WithTimeout(b.ctx, 20*time.Second)
	defer cancel()
	var png []byte
	if err := chromedp.Run(ctx, chromedp.FullScreenshot(&png, 100)); err != nil {
		b.t.Logf("no picture %s: %v", name, err)
		return
	}
	if err := os.WriteFile(filepath.Join(dir, name+".png"), png, 0o600); err != nil {
		b.t.Errorf("keeping a picture: %v", err)
	}
}

// until repeats an action until it has the effect that a test waits for, such as what
// reaches the gateway by a watch.
func (b *tab) until(what string, done func() bool) {
	b.t.Helper()
	for deadline := time.Now().Add(patience); !done(); {
		if time.Now().After(deadline) {
			b.t.Fatalf("waiting for %s: the page shows %s", what, b.text("body"))
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// fill replaces what is in a field, key by key.
func (b *tab) fill(selector, text string) {
	b.t.Helper()
	b.do(chromedp.Focus(selector, chromedp.ByQuery), chromedp.Evaluate(fmt.Sprintf(`document.querySelector(%q).select()`, selector), nil),
		chromedp.KeyEvent(kb.Delete), chromedp.SendKeys(selector, text, chromedp.ByQuery))
}

// value is what is in a field.
func (b *tab) value(selector string) (value string) {
	b.t.Helper()
	b.do(chromedp.Value(selector, &value, chromedp.ByQuery))
	return value
}

// press clicks what changes the page that is open.
func (b *tab) press(selector string) {
	b.t.Helper()
	b.do(clickOn(selector))
}

// clickOn clicks an element. One that a live part replaces at that moment is looked for
// again, as a person would.
func clickOn(selector string) chromedp.Action {
	return chromedp.ActionFunc(func(ctx context.Context) error {
		for {
			err := chromedp.Click(selector, chromedp.ByQuery).Do(ctx)
			var gone *cdproto.Error
			if !errors.As(err, &gone) || ctx.Err() != nil {
				return err
			}
		}
	})
}

// awaited waits for the promise that an expression returns.
func awaited(p *runtime.EvaluateParams) *runtime.EvaluateParams { return p.WithAwaitPromise(true) }

// keys presses keys, wherever the focus is.
func (b *tab) keys(keys string) {
	b.t.Helper()
	b.do(chromedp.KeyEvent(keys))
}

// focused is the id of what has the focus.
func (b *tab) focused() (id string) {
	b.t.Helper()
	b.eval(`document.activeElement?.id || document.activeElement?.name || document.activeElement?.className || ""`, &id)
	return id
}

// choose clicks an element of a list that is live: it may be drawn anew between the two
// halves of a click with the mouse.
func (b *tab) choose(selector string) {
	b.t.Helper()
	b.do(chromedp.WaitReady(selector, chromedp.ByQuery))
	b.eval(fmt.Sprintf(`document.querySelector(%q).click()`, selector), nil)
}
