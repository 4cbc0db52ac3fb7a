package dashboard

import (
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"sync/atomic"
	"testing"

	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/gateway/access"
)

// A page that is open while the gateway is replaced, and its proxy answers with 502
// meanwhile, goes on by itself and shows what it has missed.
func TestAPageOutlivesTheGateway(t *testing.T) {
	space := lab.Namespace(t)
	s := lab.Session(t, space, "sales", v1alpha1.PhaseWorking, paired("15550001111", "Before", 0, 1))
	key, _ := lab.Key(t, map[string]string{access.EntryNamespaces: space})
	front := behindProxy(t, lab.Gateway(t))
	b := open(t, front.URL, 1280, 800)
	b.logIn(key)
	b.await("#rows", "Before")
	b.shown(s, "Live")
	b.await("#rows", "Live")
	b.eval(`window.sameDocument = true`, nil)

	front.fail()
	b.shown(s, "Missed")
	front.down.Store(false)
	b.await("#rows", "Missed")
	var same bool
	if b.eval(`window.sameDocument === true`, &same); !same {
		t.Error("the page was reloaded")
	}
}

// The page of chats too, and what is being written stays.
func TestAChatOutlivesTheGateway(t *testing.T) {
	l := link(t)
	l.says(t, "before")
	front := behindProxy(t, l.gateway)
	b := open(t, front.URL, 1280, 800)
	b.visit(l.path("chats/15550002222@c.us"))
	b.submitKey(l.key)
	b.await("#message-list", "before")
	l.says(t, "live")
	b.await("#message-list", "live")
	b.write("half a sen")
	front.fail()
	l.says(t, "missed")
	front.down.Store(false)
	b.await("#message-list", "missed")
	if typed := b.value("#compose-text"); typed != "half a sen" {
		t.Errorf("what was typed became %q", typed)
	}
}

// proxy is a proxy before a gateway.
type proxy struct {
	*httptest.Server
	// down: it answers with 502.
	down    atomic.Bool
	refused chan struct{}
}

func behindProxy(t *testing.T, gateway string) *proxy {
	t.Helper()
	to, err := url.Parse(gateway)
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{refused: make(chan struct{}, 100)}
	forward := httputil.NewSingleHostReverseProxy(to)
	forward.FlushInterval = -1
	p.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !p.down.Load() {
			forward.ServeHTTP(w, r)
			return
		}
		w.WriteHeader(http.StatusBadGateway)
		p.refused <- struct{}{}
	}))
	t.Cleanup(p.Close)
	return p
}

// fail ends all connections, and returns when a browser has tried to connect anew.
func (p *proxy) fail() {
	p.down.Store(true)
	p.CloseClientConnections()
	<-p.refused
}
