package fakenode

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"testing"
)

func TestOneListenerServesAllPods(t *testing.T) {
	n, err := StartNetwork(0)
	if err != nil {
		t.Fatal(err)
	}
	defer n.Stop()
	for _, ip := range []string{"127.76.0.1", "127.76.0.2"} {
		n.Add(ip, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, ip) }))
	}
	for ip, want := range map[string]int{"127.76.0.1": http.StatusOK, "127.76.0.2": http.StatusOK, "127.76.0.3": http.StatusServiceUnavailable} {
		response, err := http.Get(fmt.Sprintf("http://%s:%d", ip, n.Address.(*net.TCPAddr).Port))
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(response.Body)
		_ = response.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		if response.StatusCode != want || want == http.StatusOK && string(body) != ip {
			t.Errorf("%s answers %d: %s", ip, response.StatusCode, body)
		}
	}
}
