package egress

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"
)

// resolver asks a DNS server of the test that answers every question with the
// next of some addresses, the last of them for ever.
func resolver(t testing.TB, answers ...string) *net.Resolver {
	t.Helper()
	server, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var asked atomic.Int32
	done := make(chan struct{})
	go func() {
		defer close(done)
		buffer := make([]byte, 512)
		for {
			n, from, err := server.ReadFrom(buffer)
			if err != nil {
				return
			}
			var question dnsmessage.Message
			if question.Unpack(buffer[:n]) != nil || len(question.Questions) != 1 {
				continue
			}
			answer := dnsmessage.Message{Header: dnsmessage.Header{ID: question.ID, Response: true, RecursionAvailable: true}, Questions: question.Questions}
			if q := question.Questions[0]; q.Type == dnsmessage.TypeA {
				i := min(int(asked.Add(1)), len(answers)) - 1
				answer.Answers = []dnsmessage.Resource{{
					Header: dnsmessage.ResourceHeader{Name: q.Name, Type: q.Type, Class: q.Class},
					Body:   &dnsmessage.AResource{A: netip.MustParseAddr(answers[i]).As4()},
				}}
			}
			if packed, err := answer.Pack(); err == nil {
				_, _ = server.WriteTo(packed, from)
			}
		}
	}()
	t.Cleanup(func() {
		_ = server.Close()
		<-done
	})
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		c, err := (&net.Dialer{}).DialContext(ctx, "udp4", server.LocalAddr().String())
		if err != nil {
			return nil, err
		}
		return patient{c.(*net.UDPConn)}, nil
	}}
}

// patient waits for an answer however long it takes: a second question would get
// another answer.
type patient struct{ *net.UDPConn }

func (patient) SetDeadline(time.Time) error { return nil }

// A name is judged by what it resolves to at the moment of connecting, each
// time, so that one that resolves to something else later gains nothing.
func TestRebinding(t *testing.T) {
	var reached atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached.Add(1) }))
	defer server.Close()
	port := server.URL[strings.LastIndex(server.URL, ":"):]
	g := New(Options{Resolver: resolver(t, "127.0.0.1", "127.0.0.2")})
	g.Configure(allow(t, "127.0.0.1"))
	client := g.Callers().Fetcher(time.Minute)
	resp, err := client.Get("http://rebinds.example" + port)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if _, err := client.Get("http://rebinds.example" + port); !errors.Is(err, ErrRefusedAddress) {
		t.Errorf("after it resolves to another address: %v", err)
	}
	if n := reached.Load(); n != 1 {
		t.Errorf("reached %d times", n)
	}
}

// A host that is allowed by its name may be private, and nothing worse.
func TestAllowedByName(t *testing.T) {
	for address, refused := range map[string]bool{"127.0.0.1": true, "169.254.169.254": true, "10.96.0.1": true, "192.0.2.1": false} {
		g := New(Options{Resolver: resolver(t, address), APIServer: "10.96.0.1"})
		g.Configure(allow(t, "*.crm.example"))
		patience := time.Minute
		if !refused {
			patience = 200 * time.Millisecond // nothing answers there
		}
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		_, err := g.Callers().Dial(ctx, "tcp", "files.crm.example:1")
		cancel()
		if err == nil || errors.Is(err, ErrRefusedAddress) != refused {
			t.Errorf("a name at %s: %v", address, err)
		}
	}
}
