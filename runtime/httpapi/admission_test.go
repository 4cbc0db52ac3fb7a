package httpapi

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/wasession/wasession/runtime/httpapi/auth"
)

// listen serves the API on a port until the test ends.
func (s *server) listen() (address string) {
	s.t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		s.t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error)
	go func() { ended <- Serve(ctx, l, s, slog.New(slog.DiscardHandler)) }()
	s.t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			s.t.Error(err)
		}
	})
	return l.Addr().String()
}

// trickle begins a request whose body does not end, and returns its connection.
func trickle(t *testing.T, address, key, path string) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	_, err = fmt.Fprintf(c, "POST %s HTTP/1.1\r\nHost: x\r\nX-Api-Key: %s\r\nContent-Length: 1000000\r\n\r\n{", path, key)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// A key that may only read begins to send many files. It is refused before its
// bodies come, so that those of others are taken in meanwhile.
func TestBodiesOfThoseWhoMayNotSendTakeNoTurn(t *testing.T) {
	s := newServer(t)
	reader := auth.Key{ID: "reader", Secret: "reader", IsActive: true, Session: "default", Actions: map[auth.Action]bool{auth.Read: true}}
	other := auth.Key{ID: "other", Secret: "other", IsActive: true, Session: "other"}
	s.keys.Replace([]auth.Key{auth.Plain(testKey), reader, other})
	address := s.listen()
	for i := range 4 * mostFiles {
		c := trickle(t, address, []string{"reader", "other"}[i%2], "/api/sendFile")
		answer, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err != nil {
			t.Fatalf("request %d got no answer: %v", i, err)
		}
		if answer.StatusCode != http.StatusForbidden {
			t.Errorf("request %d: %s", i, answer.Status)
		}
	}
	if n := len(s.fileTurns); n != 0 {
		t.Errorf("%d turns are taken", n)
	}
	r, err := http.NewRequestWithContext(t.Context(), "POST", "http://"+address+"/api/sendFile", strings.NewReader(`{"chatId":"1","file":{"data":"QUJD","filename":"a"}}`))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("X-Api-Key", testKey)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if body, _ := io.ReadAll(answer.Body); answer.StatusCode != http.StatusCreated {
		t.Errorf("another's file: %s %s", answer.Status, body)
	}
}

// Small bodies are not read either.
func TestBodiesOfThoseWhoMayNotSendAreNotRead(t *testing.T) {
	s := newServer(t)
	reader := auth.Key{ID: "reader", Secret: "reader", IsActive: true, Session: "default", Actions: map[auth.Action]bool{auth.Read: true}}
	s.keys.Replace([]auth.Key{reader})
	address := s.listen()
	for path, status := range map[string]int{"/api/sendText": 403, "/api/sessions": 403, "/v2/chats/archive": 403, "/api/default/chats/overview?x-api-key=none": 401} {
		key := "reader"
		if status == 401 {
			key = ""
		}
		answer, err := http.ReadResponse(bufio.NewReader(trickle(t, address, key, path)), nil)
		if err != nil || answer.StatusCode != status {
			t.Errorf("%s: %v, %v", path, answer, err)
		}
	}
}
