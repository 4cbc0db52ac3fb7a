package whatsapp

import (
	"net/http"
	"net/url"
	"sync"
)

// wayOut is the one HTTP transport through which everything reaches WhatsApp.
// Its proxy can be changed while it is in use: whatsmeow's own setters cannot.
type wayOut struct {
	mu    sync.Mutex
	proxy string
	next  http.RoundTripper
}

// set changes the way, and says whether it is another than before.
func (w *wayOut) set(e *Endpoint, proxy *url.URL) bool {
	name := ""
	if proxy != nil {
		name = proxy.String()
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.next != nil && w.proxy == name {
		return false
	}
	w.proxy, w.next = name, transport(e, proxy)
	return true
}

// RoundTrip implements http.RoundTripper.
func (w *wayOut) RoundTrip(r *http.Request) (*http.Response, error) {
	w.mu.Lock()
	next := w.next
	w.mu.Unlock()
	return next.RoundTrip(r)
}

// SetProxy changes the way out to WhatsApp; nil is none. A connection there is
// comes back by the new way.
func (a *Account) SetProxy(proxy *url.URL) {
	if a.wayOut.set(a.opts.Endpoint, proxy) {
		a.current().ResetConnection()
	}
}
