package main

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"time"

	runtimev1 "github.com/wasession/wasession/api/runtime/v1"
)

// fakeRuntime serves one status on a loopback address of its own, and the
// heartbeats of the contract.
type fakeRuntime struct {
	ip     string
	server *http.Server
}

func startRuntime(number int, token string, status runtimev1.Status) (*fakeRuntime, error) {
	r := &fakeRuntime{ip: fmt.Sprintf("127.78.%d.%d", number/250, 1+number%250)}
	listener, err := net.Listen("tcp", net.JoinHostPort(r.ip, fmt.Sprint(runtimev1.Port)))
	if err != nil {
		return nil, err
	}
	line, err := json.Marshal(status)
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+runtimev1.StatusPath, func(w http.ResponseWriter, q *http.Request) {
		if q.Header.Get("Authorization") != "Bearer "+token {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		stream(w, q, line)
	})
	r.server = &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = r.server.Serve(listener) }() // ends with close
	return r, nil
}

func stream(w http.ResponseWriter, q *http.Request, line []byte) {
	heartbeat := time.NewTicker(runtimev1.HeartbeatSeconds * time.Second)
	defer heartbeat.Stop()
	flusher := http.NewResponseController(w)
	for {
		if _, err := w.Write(append(line, '\n')); err != nil || flusher.Flush() != nil {
			return
		}
		line = nil // heartbeats from here on
		select {
		case <-q.Context().Done():
			return
		case <-heartbeat.C:
		}
	}
}

func (r *fakeRuntime) close() { _ = r.server.Close() }
