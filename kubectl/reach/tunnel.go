package reach

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"sync/atomic"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/client-go/tools/portforward"
	"k8s.io/client-go/transport/spdy"
	"k8s.io/streaming/pkg/httpstream"

	runtimev1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/kubectl/cluster"
)

// tunnel is the port forwarding of one pod, as kubectl port-forward uses it, without a
// port on this machine: other users of it have nothing to connect to.
type tunnel struct {
	connection httpstream.Connection
	requests   atomic.Int64
}

// openTunnel asks the API server to forward to a pod: by websocket, or by SPDY where a
// proxy or an old API server does not take that.
func openTunnel(ctx context.Context, c *cluster.Cluster, namespace, pod string) (*tunnel, error) {
	target := c.Core().Post().Resource("pods").Namespace(namespace).Name(pod).SubResource("portforward").URL()
	transport, upgrader, err := spdy.RoundTripperFor(c.Config)
	if err != nil {
		return nil, err
	}
	second := spdy.NewDialerForStreaming(upgrader, &http.Client{Transport: transport}, http.MethodPost, target)
	first, err := portforward.NewSPDYOverWebsocketDialerForStreaming(target, c.Config)
	if err != nil {
		return nil, err
	}
	dialer := portforward.NewFallbackDialerForStreaming(first, second, func(err error) bool {
		return httpstream.IsUpgradeFailure(err) || httpstream.IsHTTPSProxyError(err)
	})
	type dialled struct {
		connection httpstream.Connection
		err        error
	}
	done := make(chan dialled, 1)
	go func() { // Dial takes no context
		connection, _, err := dialer.Dial(portforward.PortForwardProtocolV1Name)
		done <- dialled{connection, err}
	}()
	select {
	case d := <-done:
		if d.err != nil {
			return nil, fmt.Errorf("forwarding to the pod %s: %w", pod, d.err)
		}
		return &tunnel{connection: d.connection}, nil
	case <-ctx.Done():
		go func() {
			if d := <-done; d.err == nil {
				_ = d.connection.Close()
			}
		}()
		return nil, context.Cause(ctx)
	}
}

func (t *tunnel) close() { _ = t.connection.Close() }

// dial opens a connection to the chat API of the pod. The address is that of the only
// pod there is.
func (t *tunnel) dial(context.Context, string, string) (net.Conn, error) {
	header := http.Header{}
	header.Set(corev1.StreamType, corev1.StreamTypeError)
	header.Set(corev1.PortHeader, strconv.Itoa(runtimev1.Port))
	header.Set(corev1.PortForwardRequestIDHeader, strconv.FormatInt(t.requests.Add(1), 10))
	errors, err := t.connection.CreateStream(header)
	if err != nil {
		return nil, fmt.Errorf("forwarding to the pod: %w", err)
	}
	_ = errors.Close() // nothing is written to it
	header.Set(corev1.StreamType, corev1.StreamTypeData)
	data, err := t.connection.CreateStream(header)
	if err != nil {
		_ = errors.Reset()
		t.connection.RemoveStreams(errors)
		return nil, fmt.Errorf("forwarding to the pod: %w", err)
	}
	s := &stream{Stream: data, told: make(chan string, 1)}
	s.end = func() {
		_, _ = errors.Reset(), data.Reset()
		t.connection.RemoveStreams(errors, data)
	}
	go func() {
		text, _ := io.ReadAll(io.LimitReader(errors, maxError))
		s.told <- string(text)
	}()
	return s, nil
}
