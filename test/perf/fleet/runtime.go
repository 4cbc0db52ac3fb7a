package main

import (
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"strings"
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
func startRuntime(number int, configFile []byte, podUID string, status runtimev1.Status) (*fakeRuntime, error) {
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
		token := strings.TrimPrefix(q.Header.Get("Authorization"), "Bearer ")
		if runtimev1.VerifyToken(keys, token, podUID, time.Now()) != nil {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		stream(w, q, line)
	})
	r.server = &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = r.server.Serve(listener) }() // ends on close
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
		line = nil // from now on heartbeats
		select {
		case <-q.Context().Done():
			return
		case <-heartbeat.C:
		}
	}
}

func (r *fakeRuntime) close() { _ = r.server.Close() }
