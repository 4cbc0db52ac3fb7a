package egress

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/wasession/wasession/api/addresses"
)

func allow(t testing.TB, entries ...string) addresses.Allow {
	t.Helper()
	a, err := addresses.ParseAllow(entries)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// local may reach the servers of tests.
func local(t testing.TB) Policy {
	t.Helper()
	return New(Options{Allow: allow(t, "127.0.0.0/8", "::1/128")}).Callers()
}

// Who named a target decides what it may be.
func TestWhoMayReachWhat(t *testing.T) {
	plain, alone := New(Options{APIServer: "10.96.0.1"}), New(Options{Loopback: true})
	opened := New(Options{Allow: allow(t, "169.254.169.254", "10.96.0.1", "*.corp.example")})
	configured := New(Options{APIServer: "10.96.0.1"})
	configured.Configure(allow(t, "10.0.0.0/8", "127.0.0.1", "files.crm.svc"))
	public := New(Options{PublicOnly: true, Loopback: true})
	for _, c := range []struct {
		name          string
		policy        Policy
		address, host string
		allowed       bool
	}{
		{"public, by a caller", plain.Callers(), "8.8.8.8", "", true},
		{"private, by a caller", plain.Callers(), "10.1.2.3", "", false},
		{"private inside IPv6, by a caller", plain.Callers(), "64:ff9b::a01:203", "", false},
		{"loopback, by a caller of a process of its own", alone.Callers(), "127.0.0.1", "", false},
		{"private, by the manifest", plain.Manifest(), "10.1.2.3", "", true},
		{"private inside IPv6, by the manifest", plain.Manifest(), "64:ff9b::a01:203", "", true},
		{"loopback, by the manifest", plain.Manifest(), "127.0.0.1", "", false},
		{"loopback inside IPv6, by the manifest", plain.Manifest(), "64:ff9b::7f00:1", "", false},
		{"metadata, by the manifest", plain.Manifest(), "169.254.169.254", "", false},
		{"metadata inside IPv6, by the manifest", plain.Manifest(), "2002:a9fe:a9fe::1", "", false},
		{"Azure's metadata, by the manifest", plain.Manifest(), "168.63.129.16", "", false},
		{"the API server, by the manifest", plain.Manifest(), "10.96.0.1", "", false},
		{"the API server inside IPv6, by the manifest", plain.Manifest(), "::ffff:10.96.0.1", "", false},
		{"loopback, by the configuration of a process of its own", alone.Manifest(), "127.0.0.1", "", true},
		{"metadata, by the configuration of a process of its own", alone.Manifest(), "169.254.169.254", "", false},
		{"metadata that the operator allows, by the manifest", opened.Manifest(), "169.254.169.254", "", true},
		{"metadata that the operator allows, by a caller", opened.Callers(), "169.254.169.254", "", true},
		{"the API server that the operator allows", opened.Callers(), "10.96.0.1", "", true},
		{"private under a name that the operator allows", opened.Callers(), "10.1.2.3", "a.corp.example", true},
		{"loopback under a name that the operator allows", opened.Callers(), "127.0.0.1", "a.corp.example", false},
		{"private that the configuration allows", configured.Callers(), "10.1.2.3", "", true},
		{"private inside IPv6 that the configuration allows", configured.Callers(), "::ffff:10.1.2.3", "", true},
		{"loopback that the configuration allows", configured.Callers(), "127.0.0.1", "", true},
		{"loopback that the configuration allows to callers, by the manifest", configured.Manifest(), "127.0.0.1", "", false},
		{"private under a name that the configuration allows", configured.Callers(), "192.168.1.1", "FILES.crm.svc.", true},
		{"private under another name", configured.Callers(), "192.168.1.1", "other.crm.svc", false},
		{"metadata under a name that the configuration allows", configured.Callers(), "169.254.169.254", "files.crm.svc", false},
		{"loopback under a name that the configuration allows", configured.Callers(), "::1", "files.crm.svc", false},
		{"private, by a configuration that is held to public addresses", public.Manifest(), "10.1.2.3", "", false},
		{"loopback, by a configuration that is held to public addresses", public.Manifest(), "127.0.0.1", "", false},
		{"public, with no policy", Policy{}, "8.8.8.8", "", true},
		{"private, with no policy", Policy{}, "10.1.2.3", "", false},
	} {
		err := c.policy.check(netip.MustParseAddr(c.address), c.host)
		if (err == nil) != c.allowed || err != nil && (!errors.Is(err, ErrRefusedAddress) || Reason(err) == "") {
			t.Errorf("%s: %v, want allowed %t", c.name, err, c.allowed)
		}
	}
}

// A change of the configuration counts from the next request on, also where the
// last one left a connection behind.
func TestAllowedLive(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer server.Close()
	g := New(Options{})
	client := g.Callers().Fetcher(time.Minute)
	get := func() error {
		resp, err := client.Get(server.URL)
		if err == nil {
			_ = resp.Body.Close()
		}
		return err
	}
	if err := get(); !errors.Is(err, ErrRefusedAddress) {
		t.Errorf("before: %v", err)
	}
	g.Configure(allow(t, "127.0.0.1/32"))
	if err := get(); err != nil {
		t.Errorf("allowed: %v", err)
	}
	g.Configure(addresses.Allow{})
	if err := get(); !errors.Is(err, ErrRefusedAddress) {
		t.Errorf("withdrawn: %v", err)
	}
}

// However a URL spells this machine, it is this machine.
func TestSpellingsOfLoopback(t *testing.T) {
	reached := false
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached = true }))
	defer server.Close()
	port := server.URL[strings.LastIndex(server.URL, ":"):]
	for _, host := range []string{
		"127.0.0.1", "localhost", "LOCALHOST", "localhost.", "LocalHost.", "127.0.0.1.", "user:pass@127.0.0.1", "example.com@127.0.0.1",
		"2130706433", "0x7f.1", "0x7f000001", "0177.0.0.1", "127.1", "[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[0:0:0:0:0:ffff:7f00:0001]",
		"[::1%25lo]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[::127.0.0.1]", "0.0.0.0", "0", "[::]", "１２７.０.０.１",
	} {
		for name, client := range map[string]*http.Client{
			"callers": New(Options{}).Callers().Fetcher(time.Minute), "manifest": New(Options{}).Manifest().Client(time.Minute),
		} {
			if resp, err := client.Get("http://" + host + port); err == nil || reached {
				t.Errorf("%s reach %s: %v", name, host, resp)
			}
		}
	}
}

// The API server is refused by its name too, where the process knows no address
// of it.
func TestTheAPIServersNames(t *testing.T) {
	for _, server := range []string{"", "api.cluster.example"} {
		for _, p := range []Policy{New(Options{APIServer: server}).Manifest(), New(Options{APIServer: server}).Callers()} {
			for _, host := range []string{"kubernetes.default.svc", "kubernetes.default.svc.cluster.local", "KUBERNETES.default.svc.", "kubernetes.default", server} {
				if _, err := p.Client(time.Minute).Get("https://" + host); host != "" && !errors.Is(err, ErrRefusedAddress) {
					t.Errorf("%s: %v", host, err)
				}
			}
			if err := p.checkName("kubernetes.default.svcs.example"); err != nil {
				t.Errorf("another name: %v", err)
			}
		}
	}
}

// Proxies of the environment are for those who ask for them alone; what a URL
// gives away is refused even then.
func TestProxiesOfTheEnvironment(t *testing.T) {
	for _, p := range []Policy{New(Options{}).Callers(), New(Options{Loopback: true}).Manifest()} {
		if p.transport().Proxy != nil {
			t.Error("a proxy of the environment is used")
		}
	}
	p := New(Options{EnvironmentProxy: true}).Callers()
	if p.transport().Proxy == nil {
		t.Error("no proxy of the environment is used")
	}
	if _, err := p.Fetcher(time.Minute).Get("http://169.254.169.254/"); !errors.Is(err, ErrRefusedAddress) {
		t.Errorf("through a proxy: %v", err)
	}
}

func TestRedirects(t *testing.T) {
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the other host was reached") }))
	defer elsewhere.Close()
	mux := http.NewServeMux()
	bodies := make(chan int64, 1)
	mux.HandleFunc("/here", func(_ http.ResponseWriter, r *http.Request) { bodies <- r.ContentLength })
	mux.Handle("/within", http.RedirectHandler("/here", http.StatusPermanentRedirect))
	mux.Handle("/loses-the-body", http.RedirectHandler("/here", http.StatusFound))
	mux.Handle("/away", http.RedirectHandler(elsewhere.URL, http.StatusTemporaryRedirect))
	mux.Handle("/for-ever", http.RedirectHandler("/for-ever", http.StatusTemporaryRedirect))
	server := httptest.NewServer(mux)
	defer server.Close()
	client := local(t).Client(time.Minute)
	post := func(path string) error {
		_, err := client.Post(server.URL+path, "text/plain", strings.NewReader("body"))
		return err
	}
	if err := post("/within"); err != nil || <-bodies != 4 {
		t.Errorf("a redirect within the host: %v", err)
	}
	for _, path := range []string{"/loses-the-body", "/away", "/for-ever"} {
		if err := post(path); !errors.Is(err, ErrRefusedRedirect) {
			t.Errorf("%s: got %v, want %v", path, err, ErrRefusedRedirect)
		}
	}
}
