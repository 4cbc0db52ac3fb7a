package localnode

import (
	"context"
	"fmt"
	"io"
	"net"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-logr/logr"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/utils/ptr"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"
)

// proxy is kube-proxy: it listens on the address of every Service, a loopback
// one, and forwards connections to the Service's pods.
type proxy struct {
	client client.Client
	log    logr.Logger
	turn   atomic.Uint64

	mutex     sync.Mutex
	closed    bool
	listeners map[types.NamespacedName]map[string]net.Listener
	open      sync.WaitGroup
	ctx       context.Context
	cancel    context.CancelFunc
}

func newProxy(reader client.Client, log logr.Logger) *proxy {
	ctx, cancel := context.WithCancel(context.Background())
	return &proxy{client: reader, log: log, listeners: map[types.NamespacedName]map[string]net.Listener{}, ctx: ctx, cancel: cancel}
}

func (p *proxy) setup(manager ctrl.Manager) error {
	return ctrl.NewControllerManagedBy(manager).Named("localnode-proxy").
		For(&corev1.Service{}).
		WithOptions(controller.Options{SkipNameValidation: ptr.To(true)}).
		Complete(p)
}

// Reconcile opens and closes listeners to match a Service's ports.
func (p *proxy) Reconcile(ctx context.Context, request reconcile.Request) (reconcile.Result, error) {
	service := &corev1.Service{}
	err := p.client.Get(ctx, request.NamespacedName, service)
	if client.IgnoreNotFound(err) != nil {
		return reconcile.Result{}, err
	}
	wanted := map[string]corev1.ServicePort{}
	if err == nil && len(service.Spec.Selector) > 0 && net.ParseIP(service.Spec.ClusterIP) != nil {
		for _, port := range service.Spec.Ports {
			if port.Protocol == corev1.ProtocolTCP {
				wanted[net.JoinHostPort(service.Spec.ClusterIP, strconv.Itoa(int(port.Port)))] = port
			}
		}
	}
	return reconcile.Result{}, p.listen(request.NamespacedName, wanted)
}

func (p *proxy) listen(key types.NamespacedName, wanted map[string]corev1.ServicePort) error {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if p.closed {
		return nil
	}
	present := p.listeners[key]
	for address, listener := range present {
		if _, still := wanted[address]; !still {
			_ = listener.Close()
			delete(present, address)
		}
	}
	for address, port := range wanted {
		if _, already := present[address]; already {
			continue
		}
		listener, err := net.Listen("tcp", address)
		if err != nil {
			return fmt.Errorf("service %s: %w", key, err)
		}
		if present == nil {
			present = map[string]net.Listener{}
		}
		present[address] = listener
		p.open.Add(1)
		go p.accept(listener, key, port.Port)
	}
	p.listeners[key] = present
	if len(present) == 0 {
		delete(p.listeners, key)
	}
	return nil
}

func (p *proxy) accept(listener net.Listener, service types.NamespacedName, port int32) {
	defer p.open.Done()
	for {
		connection, err := listener.Accept()
		if err != nil {
			return
		}
		p.open.Add(1)
		go func() {
			defer p.open.Done()
			p.forward(connection.(*net.TCPConn), service, port)
		}()
	}
}

// forward connects the connection to a pod, or resets it like a Service without
// endpoints.
func (p *proxy) forward(from *net.TCPConn, service types.NamespacedName, port int32) {
	defer func() { _ = from.Close() }()
	backends, err := p.backends(p.ctx, service, port)
	if err != nil || len(backends) == 0 {
		_ = from.SetLinger(0)
		return
	}
	dialer := net.Dialer{Timeout: 5 * time.Second}
	backend := backends[p.turn.Add(1)%uint64(len(backends))]
	connection, err := dialer.DialContext(p.ctx, "tcp", backend)
	if err != nil {
		_ = from.SetLinger(0)
		return
	}
	to := connection.(*net.TCPConn)
	defer func() { _ = to.Close() }()
	stop := context.AfterFunc(p.ctx, func() { _ = from.Close(); _ = to.Close() })
	defer stop()
	var both sync.WaitGroup
	both.Add(2)
	for _, way := range [][2]*net.TCPConn{{from, to}, {to, from}} {
		go func() {
			defer both.Done()
			_, _ = io.Copy(way[1], way[0])
			_ = way[1].CloseWrite()
		}()
	}
	both.Wait()
}

// backends returns the current addresses of the pods behind a Service's port.
func (p *proxy) backends(ctx context.Context, key types.NamespacedName, number int32) ([]string, error) {
	service := &corev1.Service{}
	if err := p.client.Get(ctx, key, service); err != nil {
		return nil, err
	}
	pods := &corev1.PodList{}
	err := p.client.List(ctx, pods, client.InNamespace(key.Namespace),
		client.MatchingLabelsSelector{Selector: labels.SelectorFromSet(service.Spec.Selector)})
	if err != nil {
		return nil, err
	}
	return endpoints(service, number, pods.Items), nil
}

// close closes all listeners and connections, and returns when they are gone.
func (p *proxy) close() {
	p.mutex.Lock()
	p.closed = true
	for _, listeners := range p.listeners {
		for _, listener := range listeners {
			_ = listener.Close()
		}
	}
	p.mutex.Unlock()
	p.cancel()
	p.open.Wait()
}
