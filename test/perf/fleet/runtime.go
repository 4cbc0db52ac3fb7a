package main

import (
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	runtimev1 "github.com/wasession/wasession/api/runtime/v1"
)

// fakeRuntime serves one status and heartbeats on its own loopback address.
type fakeRuntime struct {
	ip     string
	server *http.Server
}

// startRuntime starts the fake runtime of a pod. It accepts the operator tokens
// that the configuration names.
func startRuntime(ip string, busy *atomic.Bool, configFile []byte, podUID string, status runtimev1.Status) (*fakeRuntime, error) {
	var config runtimev1.Config
	if err := json.Unmarshal(configFile, &config); err != nil {
		return nil, err
	}
	var keys []ed25519.PublicKey
	for _, text := range config.Operator.Keys {
		key, err := runtimev1.DecodePublicKey(text)
		if err != nil {
			return nil, err
		}
		keys = append(keys, key)
	}
	r := &fakeRuntime{ip: ip}
	listener, err := net.Listen("tcp", net.JoinHostPort(r.ip, fmt.Sprint(runtimev1.Port)))
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+runtimev1.StatusPath, func(w http.ResponseWriter, q *http.Request) {
		token := strings.TrimPrefix(q.Header.Get("Authorization"), "Bearer ")
		if runtimev1.VerifyToken(keys, token, podUID, time.Now()) != nil {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		stream(w, q, status, busy)
	})
	r.server = &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = r.server.Serve(listener) }() // ends on close
	return r, nil
}

// stream sends the status, and again each second with one message more while
// busy is set; heartbeats otherwise.
func stream(w http.ResponseWriter, q *http.Request, status runtimev1.Status, busy *atomic.Bool) {
	flusher, clock := http.NewResponseController(w), time.NewTicker(time.Second)
	defer clock.Stop()
	line, _ := json.Marshal(status) // the status was made here
	for quiet := 0; ; quiet++ {
		if line != nil || quiet == runtimev1.HeartbeatSeconds {
			if _, err := w.Write(append(line, '\n')); err != nil || flusher.Flush() != nil {
				return
			}
			line, quiet = nil, 0
		}
		select {
		case <-q.Context().Done():
			return
		case <-clock.C:
		}
		if busy.Load() {
			status.Chats.Total++
			status.Chats.Unread++
			line, _ = json.Marshal(status)
		}
	}
}

func (r *fakeRuntime) close() { _ = r.server.Close() }
