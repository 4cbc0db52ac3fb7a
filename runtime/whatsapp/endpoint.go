package whatsapp

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"time"

	v1 "github.com/wasession/wasession/api/runtime/v1"
)

// Endpoint is a simulator that replaces WhatsApp's servers.
type Endpoint struct {
	// URL is http://host:port.
	URL *url.URL
	// RootKey is the public key that signs the simulator's certificates.
	RootKey [32]byte
}

// EndpointFromEnv reads the two variables that point the runtime at a simulator.
// Both must be set, or neither: then it returns nil, which means WhatsApp.
func EndpointFromEnv(getenv func(string) string) (*Endpoint, error) {
	address, key := getenv(v1.EnvEndpoint), getenv(v1.EnvRootKey)
	if address == "" && key == "" {
		return nil, nil
	}
	if address == "" || key == "" {
		return nil, fmt.Errorf("%s and %s must be set together: set both for a simulator, or neither for WhatsApp", v1.EnvEndpoint, v1.EnvRootKey)
	}
	u, err := url.Parse(address)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || u.User != nil || (u.Path != "" && u.Path != "/") {
		return nil, fmt.Errorf("%s must look like http://host:port", v1.EnvEndpoint)
	}
	raw, err := hex.DecodeString(key)
	if err != nil || len(raw) != 32 {
		return nil, fmt.Errorf("%s must be 64 hex characters", v1.EnvRootKey)
	}
	e := &Endpoint{URL: &url.URL{Scheme: u.Scheme, Host: u.Host}}
	copy(e.RootKey[:], raw)
	return e, nil
}

// String identifies the endpoint. A nil endpoint is WhatsApp.
func (e *Endpoint) String() string {
	if e == nil {
		return "whatsapp"
	}
	return e.URL.String() + " " + hex.EncodeToString(e.RootKey[:])
}

// redirect sends requests to an endpoint. It keeps the Host header, which tells
// the endpoint which of WhatsApp's services is meant.
type redirect struct {
	to   *url.URL
	base http.RoundTripper
}

// RoundTrip implements http.RoundTripper.
func (r redirect) RoundTrip(req *http.Request) (*http.Response, error) {
	out := req.Clone(req.Context())
	if out.Host == "" {
		out.Host = req.URL.Host
	}
	out.URL.Scheme, out.URL.Host = r.to.Scheme, r.to.Host
	return r.base.RoundTrip(out)
}

// transport creates the HTTP transport for all traffic to WhatsApp, or to the
// endpoint if there is one, through the proxy if there is one. dial connects to
// the proxy; roots are the certificates to trust, nil for the system's.
func transport(e *Endpoint, proxy *url.URL, dial Dial, roots *x509.CertPool) http.RoundTripper {
	base := &http.Transport{
		DialContext:           (&net.Dialer{Timeout: 15 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
		Proxy:                 http.ProxyFromEnvironment,
		ForceAttemptHTTP2:     true,
		MaxIdleConns:          4,
		IdleConnTimeout:       30 * time.Second,
		TLSHandshakeTimeout:   10 * time.Second,
		ResponseHeaderTimeout: time.Minute,
		TLSClientConfig:       &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: roots},
	}
	if proxy != nil {
		base.Proxy = http.ProxyURL(proxy)
		if dial != nil {
			base.DialContext = dial
		}
	}
	if e == nil {
		return base
	}
	return redirect{to: e.URL, base: base}
}
