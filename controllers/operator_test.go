package controllers_test

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/client-go/rest"
	"k8s.io/utils/ptr"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	ctrlconfig "sigs.k8s.io/controller-runtime/pkg/config"
	"sigs.k8s.io/controller-runtime/pkg/metrics"
	metricsserver "sigs.k8s.io/controller-runtime/pkg/metrics/server"

	"github.com/wasession/wasession/controllers"
	"github.com/wasession/wasession/controllers/desired"
	"github.com/wasession/wasession/controllers/rollout"
	"github.com/wasession/wasession/controllers/runtimeclient"
	"github.com/wasession/wasession/controllers/status"
)

// streamGrace is how long the suite's operator tolerates a closed stream.
const streamGrace = 1500 * time.Millisecond

// operatorProcess is an operator that is wired as in cmd/operator and can be
// restarted.
type operatorProcess struct {
	config  *rest.Config
	shard   labels.Selector     // nil for all sessions
	lease   func(*ctrl.Options) // how it is elected; nil: not at all
	elected <-chan struct{}     // closed once it leads
	cache   client.Reader       // what its watches have brought
	cancel  context.CancelFunc
	done    chan error

	mu     sync.Mutex
	writes map[string][]string // by namespace
	reads  map[string][]string // by namespace, of single objects
	faults map[string]fault    // by namespace
}

// Start starts the operator with the suite's settings, with changes.
func (o *operatorProcess) Start(changes ...func(*controllers.Options)) {
	GinkgoHelper()
	config := rest.CopyConfig(o.config)
	config.Wrap(o.countWrites)
	managed := ctrl.Options{
		Scheme:     scheme,
		Cache:      controllers.CacheOptions(nil, o.shard),
		Metrics:    metricsserver.Options{BindAddress: "0"},
		Controller: ctrlconfig.Controller{SkipNameValidation: ptr.To(true)}, // it starts more than once
	}
	if o.lease != nil {
		o.lease(&managed)
	}
	mgr, err := ctrl.NewManager(config, managed)
	Expect(err).NotTo(HaveOccurred())
	options := controllers.Options{
		TokenKey: tokenKey,
		Shard:    o.shard,
		Settings: desired.Settings{
			RuntimeImage: "example.com/wasession:test",
			Resources: corev1.ResourceRequirements{
				Limits: corev1.ResourceList{corev1.ResourceMemory: resource.MustParse("256Mi")},
			},
		},
		Rollouts:       rollout.Options{MaxConcurrent: 1, Interval: 10 * time.Millisecond},
		RuntimeClient:  runtimeclient.Options{Backoff: runtimeclient.Backoff{First: 20 * time.Millisecond, Max: 200 * time.Millisecond}},
		StreamGrace:    streamGrace,
		ProgressDelay:  time.Millisecond,
		FailedPodDelay: time.Millisecond,
		Patience:       status.Patience{Blip: time.Millisecond},
	}
	for _, change := range changes {
		change(&options)
	}
	var ctx context.Context
	ctx, o.cancel = context.WithCancel(context.Background())
	Expect(controllers.Setup(ctx, mgr, options)).To(Succeed())
	o.done, o.elected, o.cache = make(chan error, 1), mgr.Elected(), mgr.GetCache()
	go func() { o.done <- mgr.Start(ctx) }()
}

// Stop stops the operator and waits for it.
func (o *operatorProcess) Stop() {
	GinkgoHelper()
	o.cancel()
	Eventually(o.done).Should(Receive(BeNil()), "the operator did not end in order")
}

// Writes returns the operator's write requests in a namespace, as method and path.
func (o *operatorProcess) Writes(namespace string) []string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return append([]string(nil), o.writes[namespace]...)
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// Reads returns the operator's reads in a namespace past its cache, as paths.
func (o *operatorProcess) Reads(namespace string) []string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return append([]string(nil), o.reads[namespace]...)
}

func (o *operatorProcess) countWrites(next http.RoundTripper) http.RoundTripper {
	return roundTripper(func(r *http.Request) (*http.Response, error) {
		_, path, _ := strings.Cut(r.URL.Path, "/namespaces/")
		namespace, _, namespaced := strings.Cut(path, "/")
		if r.Method == http.MethodGet && namespaced {
			o.mu.Lock()
			if o.reads == nil {
				o.reads = map[string][]string{}
			}
			o.reads[namespace] = append(o.reads[namespace], r.URL.Path)
			o.mu.Unlock()
		}
		if r.Method != http.MethodGet {
			o.mu.Lock()
			if o.writes == nil {
				o.writes = map[string][]string{}
			}
			o.writes[namespace] = append(o.writes[namespace], r.Method+" "+r.URL.Path)
			spoil := o.faults[namespace]
			o.mu.Unlock()
			if spoil != nil {
				return spoil(r, next)
			}
		}
		return next.RoundTrip(r)
	})
}

// fault replaces the response to a write of the operator.
type fault func(r *http.Request, next http.RoundTripper) (*http.Response, error)

// Spoil applies a fault to the writes to a namespace; nil removes it.
func (o *operatorProcess) Spoil(namespace string, spoil fault) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.faults == nil {
		o.faults = map[string]fault{}
	}
	o.faults[namespace] = spoil
}

// metricSum returns the sum of all series of one of the operator's metrics.
func metricSum(name string, labels map[string]string) float64 {
	GinkgoHelper()
	families, err := metrics.Registry.Gather()
	Expect(err).NotTo(HaveOccurred())
	sum := 0.0
	for _, family := range families {
		if family.GetName() != name {
			continue
		}
	series:
		for _, metric := range family.GetMetric() {
			held := map[string]string{}
			for _, label := range metric.GetLabel() {
				held[label.GetName()] = label.GetValue()
			}
			for key, value := range labels {
				if held[key] != value {
					continue series
				}
			}
			sum += metric.GetCounter().GetValue() + metric.GetGauge().GetValue()
		}
	}
	return sum
}

func reconcilePanics() float64 {
	return metricSum("controller_runtime_reconcile_panics_total", nil)
}
