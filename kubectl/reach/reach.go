// Package reach leads to the chat APIs of sessions: through the API server to the pod,
// to the pod's address, or through the gateway.
package reach

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"strconv"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	runtimev1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/kubectl/chat"
	"github.com/wasession/wasession/kubectl/cluster"
)

// Options say which way is taken. Without any, it is the port forwarding of the API
// server, which needs no open port and passes NetworkPolicies.
type Options struct {
	// Gateway is the URL of the gateway.
	Gateway string
	// GatewayKey is a key of the gateway. Without it, the caller's token is sent.
	GatewayKey string
	// Direct dials the pod's address, from inside the cluster.
	Direct bool
}

// Link is a way to one session that is open. Its owner calls Close.
type Link struct {
	*chat.Client
	close func()
}

// Close closes the way.
func (l *Link) Close() { l.close() }

// Open opens the way to a session.
func (o Options) Open(ctx context.Context, c *cluster.Cluster, s *v1alpha1.WhatsAppSession) (*Link, error) {
	if o.Gateway != "" {
		return o.throughGateway(c, s)
	}
	key, err := apiKey(ctx, c, s)
	if err != nil {
		return nil, err
	}
	dial, end, err := o.dialer(ctx, c, s)
	if err != nil {
		return nil, err
	}
	transport := &http.Transport{DialContext: dial}
	host := net.JoinHostPort(s.Name+"."+s.Namespace+".svc", strconv.Itoa(runtimev1.Port))
	return &Link{
		Client: chat.New("http://"+host, nameInAPI(s), key, transport),
		close:  func() { transport.CloseIdleConnections(); end() },
	}, nil
}

type dial = func(ctx context.Context, network, address string) (net.Conn, error)

// dialer connects to the session's pod.
func (o Options) dialer(ctx context.Context, c *cluster.Cluster, s *v1alpha1.WhatsAppSession) (dial, func(), error) {
	if !o.Direct {
		t, err := openTunnel(ctx, c, s.Namespace, s.Name)
		if err != nil {
			return nil, nil, err
		}
		return t.dial, t.close, nil
	}
	pod, err := c.Pods(s.Namespace).Get(ctx, s.Name, metav1.GetOptions{})
	if err != nil {
		return nil, nil, err
	}
	if pod.Status.PodIP == "" {
		return nil, nil, fmt.Errorf("the pod of %s has no address yet", s.Name)
	}
	address := net.JoinHostPort(pod.Status.PodIP, strconv.Itoa(runtimev1.Port))
	return func(ctx context.Context, network, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, network, address)
	}, func() {}, nil
}

// apiKey reads the session's key from its Secret.
func apiKey(ctx context.Context, c *cluster.Cluster, s *v1alpha1.WhatsAppSession) (string, error) {
	name := cluster.KeysName(s)
	secret, err := c.Secrets(s.Namespace).Get(ctx, name, metav1.GetOptions{})
	if err != nil {
		return "", fmt.Errorf("reading the session's API key: %w. With --gateway URL no Secret is read", err)
	}
	key := string(secret.Data[runtimev1.APIKeyFile])
	if key == "" {
		return "", fmt.Errorf("the Secret %s has no entry %q: add it, or use --gateway URL", name, runtimev1.APIKeyFile)
	}
	return key, nil
}

// nameInAPI is the session's name in the chat API.
func nameInAPI(s *v1alpha1.WhatsAppSession) string {
	if s.Spec.SessionName != "" {
		return s.Spec.SessionName
	}
	return s.Name
}

// throughGateway calls the gateway as the caller.
func (o Options) throughGateway(c *cluster.Cluster, s *v1alpha1.WhatsAppSession) (*Link, error) {
	transport, err := gatewayTransport(c.Config, o.GatewayKey == "")
	if err != nil {
		return nil, err
	}
	return &Link{Client: chat.New(o.Gateway, s.Namespace+"."+nameInAPI(s), o.GatewayKey, transport), close: func() {}}, nil
}
