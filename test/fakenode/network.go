package fakenode

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"sync"
	"syscall"
	"time"
)

// Network serves pods at their addresses through a single listener: one for
// each would take more open files than many machines allow.
type Network struct {
	// Address is where it listens.
	Address net.Addr
	server  *http.Server
	pods    sync.Map // http.Handler by IP
}

// StartNetwork listens at a port of all loopback addresses.
func StartNetwork(port int) (*Network, error) {
	config := net.ListenConfig{Control: onlyLoopback}
	listener, err := config.Listen(context.Background(), "tcp4", fmt.Sprintf(":%d", port))
	if err != nil {
		return nil, fmt.Errorf("listening at all loopback addresses, where nothing else may use the port: %w", err)
	}
	n := &Network{Address: listener.Addr()}
	n.server = &http.Server{Handler: n, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = n.server.Serve(listener) }() // ends with Stop
	return n, nil
}

// onlyLoopback keeps a listener that has no address of its own off other interfaces.
func onlyLoopback(_, _ string, connection syscall.RawConn) error {
	var failed error
	err := connection.Control(func(fd uintptr) {
		failed = syscall.SetsockoptString(int(fd), syscall.SOL_SOCKET, syscall.SO_BINDTODEVICE, "lo")
	})
	if err != nil {
		return err
	}
	return failed
}

// Add serves a pod at an address.
func (n *Network) Add(ip string, pod http.Handler) { n.pods.Store(ip, pod) }

// ServeHTTP implements http.Handler.
func (n *Network) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	address, ok := r.Context().Value(http.LocalAddrContextKey).(*net.TCPAddr)
	if !ok {
		http.Error(w, "no local address", http.StatusInternalServerError)
		return
	}
	pod, ok := n.pods.Load(address.IP.String())
	if !ok {
		http.Error(w, "no pod has this address", http.StatusServiceUnavailable)
		return
	}
	pod.(http.Handler).ServeHTTP(w, r)
}

// Stop ends all connections.
func (n *Network) Stop() { _ = n.server.Close() }
