package egress

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
)

// quiet is a TLS server that does not log failed handshakes.
func quiet(t *testing.T, h http.HandlerFunc) *httptest.Server {
	t.Helper()
	s := httptest.NewUnstartedServer(h)
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.StartTLS()
	t.Cleanup(s.Close)
	return s
}

func TestCertificatesAreVerified(t *testing.T) {
	s := quiet(t, func(http.ResponseWriter, *http.Request) { t.Error("a request was sent") })
	for name, c := range map[string]*http.Client{
		"Client": local(t).Client(time.Minute), "Direct": local(t).Direct(), "Fetcher": local(t).Fetcher(time.Minute),
	} {
		_, err := c.Get(s.URL + "/?token=hush")
		var certificate *tls.CertificateVerificationError
		if !errors.As(err, &certificate) {
			t.Errorf("%s: %v, want an error of the certificate", name, err)
		}
		if got := Problem(err); got != "the server's certificate cannot be verified" {
			t.Errorf("%s: problem %q", name, got)
		}
	}
}

// What was asked for by https is not fetched by http.
func TestAFetcherDoesNotFallBackToHTTP(t *testing.T) {
	plain := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("fetched without TLS") }))
	defer plain.Close()
	s := quiet(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, plain.URL, http.StatusFound) })
	c := local(t).Fetcher(time.Minute)
	c.Transport.(judged).TLSClientConfig = s.Client().Transport.(*http.Transport).TLSClientConfig
	_, err := c.Get(s.URL)
	if !errors.Is(err, ErrRefusedRedirect) || Problem(err) != ErrRefusedRedirect.Error() {
		t.Errorf("%v, want a refusal", err)
	}
}

func TestRedirectsAreCounted(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if left := strings.TrimPrefix(r.URL.Path, "/"); left != "" {
			http.Redirect(w, r, "/"+left[1:], http.StatusFound)
		}
	}))
	defer s.Close()
	for name, c := range map[string]struct {
		client *http.Client
		most   int
	}{
		"Client": {local(t).Client(time.Minute), maxRedirects}, "Fetcher": {local(t).Fetcher(time.Minute), mostHops},
	} {
		resp, err := c.client.Get(s.URL + "/" + strings.Repeat("x", c.most))
		if err != nil {
			t.Errorf("%s: %d redirects: %v", name, c.most, err)
			continue
		}
		_ = resp.Body.Close()
		if _, err := c.client.Get(s.URL + "/" + strings.Repeat("x", c.most+1)); !errors.Is(err, ErrRefusedRedirect) {
			t.Errorf("%s: one more redirect: %v", name, err)
		}
	}
}

func TestDirectReturnsTheRedirect(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/" {
			t.Error("the redirect was followed")
		}
		http.Redirect(w, r, "/next", http.StatusTemporaryRedirect)
	}))
	defer s.Close()
	resp, err := local(t).Direct().Get(s.URL + "/")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusTemporaryRedirect || resp.Header.Get("Location") != "/next" {
		t.Errorf("%d to %q", resp.StatusCode, resp.Header.Get("Location"))
	}
}

// A server that begins an answer and then stalls does not hold its caller.
func TestTheTimeLimitIncludesTheBody(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	}))
	defer s.Close()
	// Connecting alone may take longer than the limit on a busy machine: that
	// is an error too.
	resp, err := local(t).Client(500 * time.Millisecond).Get(s.URL)
	if err == nil {
		_, err = io.ReadAll(resp.Body)
		_ = resp.Body.Close()
	}
	var timeout interface{ Timeout() bool }
	if !errors.As(err, &timeout) || !timeout.Timeout() {
		t.Errorf("%v, want a time-out", err)
	}
}

func TestHugeHeadersAreRefused(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Large", strings.Repeat("x", 128<<10))
	}))
	defer s.Close()
	if resp, err := local(t).Client(time.Minute).Get(s.URL); err == nil {
		_ = resp.Body.Close()
		t.Error("128 KiB of headers were read")
	}
}

func TestDialIsCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if c, err := local(t).Dial(ctx, "tcp", "127.0.0.1:1"); !errors.Is(err, context.Canceled) {
		t.Errorf("%v, %v; want a cancellation", c, err)
	}
	if c, err := local(t).Dial(t.Context(), "tcp", "no port"); err == nil || errors.Is(err, ErrRefusedAddress) {
		t.Errorf("an address without a port: %v, %v", c, err)
	}
}

// The text says who can allow the address, which depends on who named it.
func TestReasons(t *testing.T) {
	for _, c := range []struct {
		policy    Policy
		url, want string
	}{
		{New(Options{}).Callers(), "http://10.0.0.1", "spec.egress.allow"},
		{Policy{}, "http://10.0.0.1", "spec.egress.allow"},
		{New(Options{}).Manifest(), "http://127.0.0.1", "--egress-allow"},
		{New(Options{PublicOnly: true}).Manifest(), "http://10.0.0.1", "--egress-allow"},
		{New(Options{}).Manifest(), "http://10.0.0.1", ""},
		{New(Options{}).Callers(), "http://example.com", ""},
	} {
		u, err := url.Parse(c.url)
		if err != nil {
			t.Fatal(err)
		}
		reason := Reason(c.policy.CheckURL(u))
		if (reason == "") != (c.want == "") || !strings.Contains(reason, c.want) {
			t.Errorf("%s: %q, want %q", c.url, reason, c.want)
		}
	}
	if got := Reason(errors.New("other")); got != "" {
		t.Errorf("the reason of another error is %q", got)
	}
}
