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
	gateway, err := url.Parse(lab.Gateway(t))
	if err != nil {
		t.Fatal(err)
	}
	var down atomic.Bool
	refused := make(chan struct{}, 100)
	proxy := httputil.NewSingleHostReverseProxy(gateway)
	proxy.FlushInterval = -1
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !down.Load() {
			proxy.ServeHTTP(w, r)
			return
		}
		w.WriteHeader(http.StatusBadGateway)
		refused <- struct{}{}
	}))
	t.Cleanup(front.Close)
	b := open(t, front.URL, 1280, 800)
	b.logIn(key)
	b.await("#rows", "Before")
	b.shown(s, "Live")
	b.await("#rows", "Live")
	b.eval(`window.sameDocument = true`, nil)

	down.Store(true)
	front.CloseClientConnections()
	<-refused // the browser has tried to connect anew
	b.shown(s, "Missed")
	down.Store(false)
	b.await("#rows", "Missed")
	var same bool
	if b.eval(`window.sameDocument === true`, &same); !same {
		t.Error("the page was reloaded")
	}
}
