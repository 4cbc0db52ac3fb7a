// Package simclient makes real whatsmeow clients that talk to a simulated
// WhatsApp, for tests.
package simclient

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// Transport is an http.RoundTripper that sends requests for WhatsApp's hosts to
// a simulator, and refuses all others. It keeps WhatsApp's Host header, so that
// one port can serve both the websocket and media.
type Transport struct {
	target *url.URL
	base   *http.Transport
}

// NewTransport returns a Transport for a simulator at a URL such as
// http://127.0.0.1:1234.
func NewTransport(simulator string) (*Transport, error) {
	target, err := url.Parse(simulator)
	if err != nil {
		return nil, fmt.Errorf("simulator's URL: %w", err)
	}
	if target.Scheme != "http" || target.Host == "" {
		return nil, fmt.Errorf("simulator's URL %q is not http://host:port", simulator)
	}
	base := http.DefaultTransport.(*http.Transport).Clone()
	base.Proxy = nil
	return &Transport{target: target, base: base}, nil
}

// RoundTrip implements http.RoundTripper.
func (t *Transport) RoundTrip(r *http.Request) (*http.Response, error) {
	host := r.URL.Hostname()
	if !isWhatsApp(host) {
		return nil, fmt.Errorf("refusing to reach %s: only WhatsApp's hosts are simulated", host)
	}
	out := r.Clone(r.Context())
	if out.Host == "" {
		out.Host = r.URL.Host
	}
	out.URL.Scheme, out.URL.Host = t.target.Scheme, t.target.Host
	return t.base.RoundTrip(out)
}

// CloseIdleConnections closes connections kept for reuse.
func (t *Transport) CloseIdleConnections() { t.base.CloseIdleConnections() }

func isWhatsApp(host string) bool {
	for _, domain := range []string{"whatsapp.net", "whatsapp.com"} {
		if host == domain || strings.HasSuffix(host, "."+domain) {
			return true
		}
	}
	return false
}
