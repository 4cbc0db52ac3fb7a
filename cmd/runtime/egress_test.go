package main

import (
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"google.golang.org/protobuf/proto"

	"go.mau.fi/whatsmeow/proto/waE2E"

	v1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/runtime/egress"
	"github.com/wasession/wasession/test/simulator"
)

// metadata stands for the metadata service of a cloud, on an address of its own,
// and counts who reaches it.
func metadata(t *testing.T) (url string, reached *atomic.Int32) {
	t.Helper()
	reached = &atomic.Int32{}
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		reached.Add(1)
		w.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(w, "<title>the role's credentials</title>")
	}))
	_ = server.Listener.Close()
	var err error
	if server.Listener, err = net.Listen("tcp", "127.0.0.2:0"); err != nil {
		t.Fatal(err)
	}
	server.Start()
	t.Cleanup(server.Close)
	return server.URL, reached
}

// gateway is a server that may be reached where 127.0.0.1 is allowed. It serves
// a file, and leads to the metadata service.
func gateway(t *testing.T, to string) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/file.txt":
			_, _ = io.WriteString(w, "a file")
		case "/hop":
			http.Redirect(w, r, "/away", http.StatusFound)
		case "/away":
			http.Redirect(w, r, to+"/latest/meta-data", http.StatusFound)
		case "/page":
			w.Header().Set("Content-Type", "text/html")
			_, _ = fmt.Fprintf(w, "<title>a page</title><meta property=og:image content=%q>", to+"/image.png")
		}
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// A key that may only send has the runtime fetch a file, or read a page, from
// where it could never reach itself.
func TestCallersReachPublicAddressesAlone(t *testing.T) {
	w := newWorld(t)
	inner, reached := metadata(t)
	outer := gateway(t, inner)
	m := newMounts(t, withOperator(operator, `{"session":"test"}`))
	c := w.start(m.args()...)
	c.pair()
	sendFile := func(url string) (int, string) {
		status, answer := c.try("/api/sendFile", fmt.Sprintf(`{"session":"test","chatId":"15550002222","file":{"url":%q}}`, url))
		return status, string(answer)
	}
	closed := httptest.NewServer(http.NotFoundHandler())
	closed.Close()
	answers := map[string]bool{}
	port := inner[strings.LastIndex(inner, ":"):]
	for _, url := range []string{
		inner + "/latest/meta-data", outer + "/file.txt", closed.URL, "http://169.254.169.254/", "http://[::ffff:127.0.0.2]" + port,
		"http://0x7f.0.0.2" + port, "http://2130706434" + port, "http://public@127.0.0.2" + port, "http://10.255.255.1", "http://nowhere.invalid",
		"http://kubernetes.default.svc",
	} {
		status, answer := sendFile(url)
		if status != http.StatusUnprocessableEntity || !strings.Contains(answer, "spec.egress.allow") {
			t.Errorf("%s: %d %s", url, status, answer)
		}
		answers[answer] = true
	}
	if len(answers) != 1 {
		t.Errorf("a caller can tell refused addresses apart: %q", slices.Sorted(maps.Keys(answers)))
	}

	preview := func(url string) string {
		status, answer := c.try("/api/sendText", fmt.Sprintf(`{"session":"test","chatId":"15550002222","text":"see %s"}`, url))
		if status/100 != 2 {
			t.Fatalf("a text with a link: %d %s", status, answer)
		}
		got, err := w.bob.Expect(w.ctx, func(r simulator.Received) bool {
			return strings.Contains(r.Message.GetConversation()+r.Message.GetExtendedTextMessage().GetText(), url)
		})
		if err != nil {
			t.Fatal(err)
		}
		return got.Message.GetExtendedTextMessage().GetTitle()
	}
	if title := preview(inner + "/preview"); title != "" {
		t.Errorf("a preview shows %q of what may not be reached", title)
	}

	// What the configuration allows is open at once, and nothing behind it.
	allowed := withOperator(operator, `{"session":"test","egress":{"allow":["127.0.0.1/32"]}}`)
	m.configure(allowed)
	c.await("the configuration", func() bool { s, _ := c.status(operator); return s.ConfigHash == v1.ConfigHash([]byte(allowed)) })
	if status, answer := sendFile(outer + "/file.txt"); status/100 != 2 {
		t.Errorf("an allowed file: %d %s", status, answer)
	}
	if status, answer := sendFile(outer + "/hop"); status != http.StatusUnprocessableEntity || !answers[answer] {
		t.Errorf("two redirects to what may not be reached: %d %s", status, answer)
	}
	if title := preview(outer + "/away"); title != "" {
		t.Errorf("a preview shows %q behind a redirect", title)
	}
	if title := preview(outer + "/page"); title != "a page" {
		t.Errorf("the preview of an allowed page shows %q", title)
	}
	if n := reached.Load(); n != 0 {
		t.Errorf("what may not be reached was reached %d times", n)
	}
}

// A proxy of the environment would reach for a caller what the policy refuses.
func TestProxiesOfTheEnvironmentAreNoWayAround(t *testing.T) {
	var asked atomic.Int32
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked.Add(1)
		_, _ = io.WriteString(w, "an internal file")
	}))
	defer proxy.Close()
	w := newWorld(t)
	w.variables = []string{"HTTP_PROXY=" + proxy.URL, "HTTPS_PROXY=" + proxy.URL, "ALL_PROXY=" + proxy.URL, "http_proxy=" + proxy.URL}
	send := func(c *child, url string) (int, []byte) {
		return c.try("/api/sendFile", fmt.Sprintf(`{"session":"test","chatId":"15550002222","file":{"url":%q}}`, url))
	}
	c := w.start()
	c.pair()
	for _, url := range []string{"http://10.1.2.3/file", "http://intranet.invalid/file"} {
		if status, answer := send(c, url); status != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d %s", url, status, answer)
		}
	}
	if n := asked.Load(); n != 0 {
		t.Errorf("the proxy was asked %d times", n)
	}
	if err := c.stop(); err != nil {
		t.Fatal(err)
	}
	c = w.start("--egress-through-environment-proxy", "--egress-allow=127.0.0.0/8")
	c.working()
	if status, answer := send(c, "http://intranet.invalid/file"); status/100 != 2 {
		t.Errorf("by the proxy that was asked for: %d %s", status, answer)
	}
	if status, answer := send(c, "http://169.254.169.254/file"); status != http.StatusUnprocessableEntity {
		t.Errorf("metadata by the proxy: %d %s", status, answer)
	}
	if n := asked.Load(); n != 1 {
		t.Errorf("the proxy was asked %d times, want once", n)
	}
}

// A contact writes any address into the media of a message: none is fetched
// but from WhatsApp's own hosts.
func TestMessagesNameNoHosts(t *testing.T) {
	w := newWorld(t)
	inner, reached := metadata(t)
	c := w.start()
	c.pair()
	host := strings.TrimPrefix(inner, "http://")
	paths := []string{"", "/", "//" + host + "/x", "/@" + host + "/x", "@" + host + "/x", ".evil.example/x", ":1@" + host + "/x", inner, "/\r\nHost: " + host}
	for i, path := range paths {
		_, err := w.bob.Send(w.ctx, w.alice, &waE2E.Message{ImageMessage: &waE2E.ImageMessage{
			URL: proto.String(inner), DirectPath: proto.String(path), ThumbnailDirectPath: proto.String(path), StaticURL: proto.String(inner),
			Caption: proto.String(fmt.Sprint("picture ", i)), Mimetype: proto.String("image/jpeg"), FileLength: proto.Uint64(10),
			MediaKey: make([]byte, 32), FileSHA256: make([]byte, 32), FileEncSHA256: make([]byte, 32), ScansSidecar: make([]byte, 10),
		}})
		if err != nil {
			t.Fatal(err)
		}
	}
	c.await("the messages", func() bool { return len(c.ids()) == len(paths) })
	var page []struct{ Media struct{ Error any } }
	if status := c.get("/api/test/chats/15550002222@c.us/messages?limit=100&downloadMedia=true", &page); status != http.StatusOK || len(page) != len(paths) {
		t.Fatalf("%d, %d messages", status, len(page))
	}
	for i, row := range page {
		if row.Media.Error == nil {
			t.Errorf("message %d has media", i)
		}
	}
	if n := reached.Load(); n != 0 {
		t.Errorf("the host in a message was reached %d times", n)
	}
}

// What a manifest names may not be the machine of the pod, nor link-local. The
// session goes on, and says which field it is.
func TestTargetsOfTheConfiguration(t *testing.T) {
	w := newWorld(t)
	inner, reached := metadata(t)
	config := func(url string) string {
		return fmt.Sprintf(withOperator(operator, `{"session":"test","webhooks":[{"url":%q,"events":["message"],"retries":{"policy":"constant","delaySeconds":1,"attempts":1}}]}`), url)
	}
	refused := config(inner + "/hook")
	m := newMounts(t, refused)
	c := w.start(append(m.args(), "--allow-loopback=false")...)
	if s, _ := c.status(operator); s.ConfigHash != v1.ConfigHash([]byte(refused)) || !strings.Contains(s.ConfigError, "webhooks[0].url: the address is loopback") {
		t.Errorf("status %+v", s)
	}
	c.pair()
	if _, err := w.bob.SendText(w.ctx, w.alice, "hello"); err != nil {
		t.Fatal(err)
	}
	var failed []deadLetter
	c.await("the dead letter", func() bool {
		c.get("/api/test/webhooks/deliveries?state=failed", &failed)
		return len(failed) == 1
	})
	if !strings.Contains(failed[0].Error, "--egress-allow") || strings.Contains(failed[0].Error, "127.0.0.2") {
		t.Errorf("the delivery failed with %q", failed[0].Error)
	}
	for _, url := range []string{"http://169.254.169.254/", "http://[fd00:ec2::254]/", "http://kubernetes.default.svc/", "http://[::ffff:7f00:1]/"} {
		m.configure(config(url))
		c.await(url, func() bool {
			s, _ := c.status(operator)
			return s.ConfigError != "" && s.ConfigHash == v1.ConfigHash([]byte(config(url)))
		})
	}
	inside := config("http://10.1.2.3/hook")
	m.configure(inside)
	c.await("a private address", func() bool {
		s, _ := c.status(operator)
		return s.ConfigError == "" && s.ConfigHash == v1.ConfigHash([]byte(inside))
	})
	if n := reached.Load(); n != 0 {
		t.Errorf("what may not be reached was reached %d times", n)
	}
}

func TestEgressOptions(t *testing.T) {
	parsed := func(env map[string]string, args ...string) (egress.Options, error) {
		o, err := parse(append([]string{"--data", "x"}, args...), func(name string) string { return env[name] })
		return o.Egress, err
	}
	o, err := parsed(nil, "--egress-allow=10.0.0.0/8,a.example", "--egress-allow=*.b.example")
	if err != nil || len(o.Allow.Prefixes) != 1 || len(o.Allow.Hosts) != 2 || !o.Loopback || o.PublicOnly || o.EnvironmentProxy {
		t.Errorf("flags give %+v, %v", o, err)
	}
	env := map[string]string{v1.EnvEgressAllow: "10.0.0.0/8,a.example", v1.EnvAllowLoopback: "false", envAPIServer: "10.96.0.1"}
	if o, err = parsed(env); err != nil || len(o.Allow.Prefixes) != 1 || len(o.Allow.Hosts) != 1 || o.Loopback || o.APIServer != "10.96.0.1" {
		t.Errorf("the environment gives %+v, %v", o, err)
	}
	if o, err = parsed(env, "--egress-allow=b.example", "--allow-loopback"); err != nil || len(o.Allow.Prefixes) != 0 || o.Allow.Hosts[0] != "b.example" || !o.Loopback {
		t.Errorf("flags over the environment give %+v, %v", o, err)
	}
	for name, value := range map[string]string{v1.EnvEgressAllow: "http://a.example", v1.EnvAllowLoopback: "perhaps"} {
		if _, err := parsed(map[string]string{name: value}); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s=%s: %v", name, value, err)
		}
	}
}
