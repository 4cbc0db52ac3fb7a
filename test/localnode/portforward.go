package localnode

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/streaming/pkg/httpstream"
	"k8s.io/streaming/pkg/httpstream/spdy"
)

// portForwardProtocol is the only version of the protocol that there is.
const portForwardProtocol = "portforward.k8s.io"

// forwardPorts forwards connections to the pod's address, each a pair of streams: one
// for the data, one for an error.
func (k *kubelet) forwardPorts(w http.ResponseWriter, r *http.Request) {
	pod := k.worker(w, r)
	if pod == nil {
		return
	}
	if _, err := httpstream.Handshake(r, w, []string{portForwardProtocol}); err != nil {
		return // it has answered
	}
	streams := make(chan httpstream.Stream, 16)
	connection := spdy.NewResponseUpgrader().UpgradeResponse(w, r, func(s httpstream.Stream, _ <-chan struct{}) error {
		select {
		case streams <- s:
			return nil
		case <-r.Context().Done():
			return r.Context().Err()
		}
	})
	if connection == nil {
		return
	}
	defer func() { _ = connection.Close() }()
	forwarder := &forwarder{ip: pod.ip, connection: connection, waiting: map[string]httpstream.Stream{}}
	for {
		select {
		case s := <-streams:
			forwarder.pair(r.Context(), s)
		case <-connection.CloseChan():
			return
		case <-r.Context().Done():
			return
		}
	}
}

// forwarder forwards the streams of one request.
type forwarder struct {
	ip         string
	connection httpstream.Connection
	// waiting are streams without their other half, by the number of their pair.
	waiting map[string]httpstream.Stream
}

func (f *forwarder) pair(ctx context.Context, s httpstream.Stream) {
	id := s.Headers().Get(corev1.PortForwardRequestIDHeader)
	other := f.waiting[id]
	if other == nil {
		f.waiting[id] = s
		return
	}
	delete(f.waiting, id)
	data, errors := s, other
	if data.Headers().Get(corev1.StreamType) == corev1.StreamTypeError {
		data, errors = other, s
	}
	go f.forward(ctx, data, errors)
}

// forward copies both ways until both have ended, or the pod has nothing to say.
func (f *forwarder) forward(ctx context.Context, data, errors httpstream.Stream) {
	defer f.connection.RemoveStreams(data, errors)
	defer func() { _, _ = data.Close(), errors.Close() }()
	port := data.Headers().Get(corev1.PortHeader)
	connection, err := (&net.Dialer{}).DialContext(ctx, "tcp", net.JoinHostPort(f.ip, port))
	if err != nil {
		_, _ = fmt.Fprintf(errors, "failed to connect to port %s of the pod: %v", port, err)
		return
	}
	to := connection.(*net.TCPConn)
	defer func() { _ = to.Close() }()
	stop := context.AfterFunc(ctx, func() { _ = to.Close() })
	defer stop()
	var out sync.WaitGroup
	out.Go(func() {
		_, _ = io.Copy(data, to)
		_ = data.Close()
	})
	_, _ = io.Copy(to, data)
	_ = to.CloseWrite()
	out.Wait()
}
