package localnode

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/util/cert"
	ctrl "sigs.k8s.io/controller-runtime"
)

// kubelet serves what the API server asks a node for: forwarded ports and logs. It
// listens on loopback and asks nobody who he is, as the pods' own addresses do.
type kubelet struct {
	pods     *pods
	listener net.Listener
}

// newKubelet listens, so that the Node can say where.
func newKubelet() (*kubelet, error) {
	certificate, key, err := cert.GenerateSelfSignedCertKey("localhost", []net.IP{net.ParseIP(hostIP)}, nil)
	if err != nil {
		return nil, fmt.Errorf("make the kubelet's certificate: %w", err)
	}
	pair, err := tls.X509KeyPair(certificate, key)
	if err != nil {
		return nil, fmt.Errorf("make the kubelet's certificate: %w", err)
	}
	// Upgrades need HTTP/1.1.
	config := &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"}}
	listener, err := tls.Listen("tcp", net.JoinHostPort(hostIP, "0"), config)
	if err != nil {
		return nil, err
	}
	return &kubelet{listener: listener}, nil
}

func (k *kubelet) port() int32 { return int32(k.listener.Addr().(*net.TCPAddr).Port) }

func (k *kubelet) setup(manager ctrl.Manager) error { return manager.Add(k) }

// Start serves until ctx ends.
func (k *kubelet) Start(ctx context.Context) error {
	mux := http.NewServeMux()
	mux.HandleFunc("/portForward/{namespace}/{pod}", k.forwardPorts)
	mux.HandleFunc("/portForward/{namespace}/{pod}/{uid}", k.forwardPorts)
	mux.HandleFunc("GET /containerLogs/{namespace}/{pod}/{container}", k.logs)
	server := &http.Server{
		Handler: mux, ReadHeaderTimeout: 10 * time.Second,
		BaseContext: func(net.Listener) context.Context { return ctx },
	}
	stop := context.AfterFunc(ctx, func() { _ = server.Close() })
	defer stop()
	if err := server.Serve(k.listener); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve the kubelet's API: %w", err)
	}
	return nil
}

// endpoints is where the API server finds the kubelet.
func (k *kubelet) endpoints() corev1.NodeDaemonEndpoints {
	return corev1.NodeDaemonEndpoints{KubeletEndpoint: corev1.DaemonEndpoint{Port: k.port()}}
}

// worker returns the worker of the pod that a request names, or answers 404.
func (k *kubelet) worker(w http.ResponseWriter, r *http.Request) *worker {
	key := types.NamespacedName{Namespace: r.PathValue("namespace"), Name: r.PathValue("pod")}
	k.pods.mutex.Lock()
	defer k.pods.mutex.Unlock()
	found := k.pods.workers[key]
	if found == nil {
		http.Error(w, fmt.Sprintf("pod %s does not run here", key), http.StatusNotFound)
	}
	return found
}
