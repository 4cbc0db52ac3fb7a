package delivery

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	v1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/runtime/egress/egresstest"
)

// answering is a server that reads one request on each connection and leaves the
// rest to answer. Its end closes the connections.
func answering(t *testing.T, answer func(net.Conn)) (url string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go receive(conn, answer)
		}
	}()
	return "http://" + listener.Addr().String() + "/hook"
}

func receive(conn net.Conn, answer func(net.Conn)) {
	defer conn.Close()
	request, err := http.ReadRequest(bufio.NewReader(conn))
	if err != nil {
		return
	}
	if _, err := io.Copy(io.Discard, request.Body); err == nil {
		answer(conn)
	}
}

// forever writes a text again and again until the other side has gone.
func forever(text string, pause time.Duration) func(net.Conn) {
	return func(conn net.Conn) {
		for {
			if _, err := io.WriteString(conn, text); err != nil {
				return
			}
			time.Sleep(pause)
		}
	}
}

func then(first string, next func(net.Conn)) func(net.Conn) {
	return func(conn net.Conn) {
		if _, err := io.WriteString(conn, first); err == nil {
			next(conn)
		}
	}
}

// unended begins an answer whose body has no end yet.
const unended = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"

// A receiver that does not come to an end is left when the attempt's time is over.
func TestAnAttemptTakesNoLongerThanItsTime(t *testing.T) {
	for name, c := range map[string]struct {
		answer func(net.Conn)
		reason string // empty: it counts as delivered
	}{
		"says nothing":         {func(conn net.Conn) { _, _ = io.Copy(io.Discard, conn) }, "did not answer in time"},
		"trickles its headers": {then("HTTP/1.1 200 OK\r\n", forever("X: y\r\n", time.Second)), "did not answer in time"},
		"trickles its body":    {then(unended, forever("1\r\nx\r\n", time.Second)), ""},
	} {
		t.Run(name, func(t *testing.T) {
			webhooks, err := CompileWebhooks([]v1.Webhook{{URL: "http://example.com/hook?token=secret", Events: []string{"*"}}})
			if err != nil {
				t.Fatal(err)
			}
			synctest.Test(t, func(t *testing.T) {
				var receiver sync.WaitGroup
				defer receiver.Wait()
				dial := func(context.Context, string, string) (net.Conn, error) {
					near, far := net.Pipe()
					receiver.Go(func() { receive(far, c.answer) })
					return near, nil
				}
				client := &http.Client{Timeout: patience, Transport: &http.Transport{DialContext: dial}}
				began := time.Now()
				failed := send(t.Context(), client, webhooks[0], "r", []byte(`{}`))
				if took := time.Since(began); took != patience {
					t.Errorf("it took %s", took)
				}
				if (failed == nil) != (c.reason == "") || failed != nil && (!strings.Contains(failed.reason, c.reason) || strings.Contains(failed.reason, "secret") || failed.final) {
					t.Errorf("it ended with %+v, want %q", failed, c.reason)
				}
			})
		})
	}
}

// Whatever a receiver answers, an attempt ends: with a little memory, and with a
// sentence that does not show the URL.
func TestAnAttemptEndsWhateverTheReceiverAnswers(t *testing.T) {
	for name, c := range map[string]struct {
		answer func(net.Conn)
		reason string // empty: it counts as delivered
	}{
		"never ends its body":           {then(unended, forever("1000\r\n"+strings.Repeat("x", 4096)+"\r\n", 0)), ""},
		"floods with headers":           {then("HTTP/1.1 200 OK\r\n", forever("X: "+strings.Repeat("y", 4096)+"\r\n", 0)), "cannot be reached"},
		"floods with 1xx":               {forever("HTTP/1.1 103 Early Hints\r\nX: y\r\n\r\n", 0), "cannot be reached"},
		"answers garbage":               {then("\x16\x03\x01\x00\xff garbage\r\n\r\n", func(net.Conn) {}), "cannot be reached"},
		"hangs up":                      {func(net.Conn) {}, "cannot be reached"},
		"announces a body that is not":  {then("HTTP/1.1 200 OK\r\nContent-Length: 999999999999\r\n\r\nx", func(net.Conn) {}), ""},
		"has a status that is none":     {then("HTTP/1.1 999999 OK\r\n\r\n", func(net.Conn) {}), "cannot be reached"},
		"switches protocols":            {then("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n", func(net.Conn) {}), "101"},
		"redirects to metadata":         {then("HTTP/1.1 307 Temporary Redirect\r\nLocation: http://169.254.169.254/latest\r\nContent-Length: 0\r\n\r\n", func(net.Conn) {}), "redirect"},
		"redirects to itself":           {then("HTTP/1.1 307 Temporary Redirect\r\nLocation: /hook\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", func(net.Conn) {}), "redirect"},
		"redirects and drops the event": {then("HTTP/1.1 302 Found\r\nLocation: /hook\r\nContent-Length: 0\r\n\r\n", func(net.Conn) {}), "redirect"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			webhooks, err := CompileWebhooks([]v1.Webhook{{URL: answering(t, c.answer) + "?token=secret", Events: []string{"*"}}})
			if err != nil {
				t.Fatal(err)
			}
			client := egresstest.Loopback(t).Manifest().Client(patience)
			defer client.CloseIdleConnections()
			failed := send(t.Context(), client, webhooks[0], "r", []byte(`{}`))
			switch {
			case c.reason == "" && failed != nil:
				t.Errorf("it failed: %s", failed.reason)
			case c.reason != "" && failed == nil:
				t.Error("it counts as delivered")
			case failed != nil && (!strings.Contains(failed.reason, c.reason) || strings.Contains(failed.reason, "secret") || failed.final):
				t.Errorf("reason %q (final %v), want one with %q", failed.reason, failed.final, c.reason)
			}
		})
	}
}

// A time to come back that makes no sense is left out, and a long one is cut.
func TestTheReceiverDoesNotChooseAnyPause(t *testing.T) {
	for value, want := range map[string]time.Duration{
		"99999999999": 0, "2147483647": maxDelay, "-5": 0, "Fri, 31 Dec 9999 23:59:59 GMT": maxDelay, "\x7f": 0, "7": 7 * time.Second,
	} {
		if got := retryAfter(http.Header{"Retry-After": {value}}, time.Now()); got != want {
			t.Errorf("%q: %v, want %v", value, got, want)
		}
	}
}
