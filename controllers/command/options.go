package command

import (
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/wasession/wasession/api/addresses"
	"github.com/wasession/wasession/controllers"
	"github.com/wasession/wasession/controllers/desired"
	"github.com/wasession/wasession/controllers/status"
)

// options are the command's flags.
type options struct {
	logLevel                slog.Level
	metrics                 metricsOptions
	probeAddress            string
	leaderElect             bool
	leaderNamespace         string
	watchNamespaces         string
	watchLabelSelector      string
	apiQPS                  int
	maxConcurrentReconciles int

	stallAfter time.Duration

	rollouts rolloutOptions

	listenAddress                          string
	runtimeImage, imagePullPolicy          string
	cpuRequest, memoryRequest, memoryLimit string
	fleet                                  fleetDefaults
	whatsappEndpoint, whatsappRootKey      string

	egressAllow         []string
	egressAllowLoopback bool
	requireAccess       bool
	metricsNamespaces   []string
}

func newOptions(flags *flag.FlagSet) *options {
	o := &options{}
	flags.TextVar(&o.logLevel, "log-level", slog.LevelInfo, "The log level: DEBUG, INFO, WARN or ERROR. Logs are JSON on standard error.")
	o.metrics.register(flags)
	flags.StringVar(&o.probeAddress, "health-probe-bind-address", ":8081", "The address that serves /healthz and /readyz.")
	flags.BoolVar(&o.leaderElect, "leader-elect", false, "Elect a leader among several replicas; the others stand by.")
	flags.StringVar(&o.leaderNamespace, "leader-election-namespace", "", "The namespace of the lease. Defaults to the operator's own.")
	flags.StringVar(&o.watchNamespaces, "watch-namespaces", "", "The namespaces to watch, separated by commas. Defaults to all.")
	flags.StringVar(&o.watchLabelSelector, "watch-label-selector", "", "Handle only sessions with this value of the label wasession.dev/shard, as one of several operators: wasession.dev/shard=a, or !wasession.dev/shard for those without. See docs/scaling.md. Defaults to all.")
	flags.IntVar(&o.apiQPS, "kube-api-qps", 0, "The most requests per second to the API server. Defaults to 0: the API server's own priority and fairness decide.")
	flags.IntVar(&o.maxConcurrentReconciles, "max-concurrent-reconciles", 10, "How many sessions are reconciled at the same time.")
	o.rollouts.register(flags)
	flags.DurationVar(&o.stallAfter, "stall-after", 5*time.Minute, "How long a session waits for a lost node, a node with room, or its volume, before it is Stalled.")
	flags.StringVar(&o.runtimeImage, "runtime-image", "", "The image of session pods, unless the session names one. Required.")
	flags.StringVar(&o.imagePullPolicy, "runtime-image-pull-policy", "", "Always, IfNotPresent or Never, for session pods, unless the session sets one. Defaults to the cluster's choice.")
	flags.StringVar(&o.listenAddress, "runtime-listen-address", "", "The address that runtimes listen on inside their pods; may contain $(POD_IP). Defaults to :3000.")
	flags.StringVar(&o.cpuRequest, "runtime-cpu-request", "20m", "The CPU request of session pods, unless the session sets resources; empty for none.")
	flags.StringVar(&o.memoryRequest, "runtime-memory-request", "64Mi", "The memory request of session pods, unless the session sets resources; empty for none.")
	flags.StringVar(&o.memoryLimit, "runtime-memory-limit", "256Mi", "The memory limit of session pods, unless the session sets resources; empty for none.")
	flags.StringVar(&o.whatsappEndpoint, "whatsapp-endpoint", "", "The URL of a simulator, http://host:port, that all sessions use instead of WhatsApp. Requires --whatsapp-root-key.")
	flags.StringVar(&o.whatsappRootKey, "whatsapp-root-key", "", "The simulator's public root key, 64 hex characters. Requires --whatsapp-endpoint.")
	flags.Func("egress-allow", "Non-public CIDRs and host names that all sessions may reach, separated by commas: for files, link previews, webhooks, S3 and proxies. Can be repeated.", o.addEgress)
	flags.BoolVar(&o.egressAllowLoopback, "egress-allow-loopback", false, "Let sessions use webhooks, S3 and proxies on loopback addresses. For single-machine clusters; enabled automatically when --whatsapp-endpoint is on loopback.")
	flags.Func("metrics-namespaces", "The namespaces from which the metrics of sessions may be read without an API key, on port 9464, separated by commas. Can be repeated. Defaults to none.", o.addMetricsNamespaces)
	flags.BoolVar(&o.requireAccess, "require-session-access", false, "Let sessions name only Secrets and claims with the label wasession.dev/session-access, and no image. For clusters where users who can write sessions must not read Secrets.")
	o.fleet.register(flags)
	return o
}

// addEgress takes one value of --egress-allow.
func (o *options) addEgress(list string) error {
	entries := strings.Split(list, ",")
	if _, err := addresses.ParseAllow(entries); err != nil {
		return err
	}
	o.egressAllow = append(o.egressAllow, entries...)
	return nil
}

// addMetricsNamespaces takes one value of --metrics-namespaces.
func (o *options) addMetricsNamespaces(list string) error {
	for name := range strings.SplitSeq(list, ",") {
		if problems := validation.IsDNS1123Label(name); len(problems) > 0 {
			return fmt.Errorf("%q is not the name of a namespace", name)
		}
		o.metricsNamespaces = append(o.metricsNamespaces, name)
	}
	return nil
}

// loopback reports whether sessions may connect to loopback addresses.
func (o *options) loopback() bool {
	endpoint, err := url.Parse(o.whatsappEndpoint)
	if err != nil || o.whatsappEndpoint == "" {
		return o.egressAllowLoopback
	}
	address, literal := addresses.Literal(endpoint)
	return o.egressAllowLoopback || literal && address.IsLoopback() || endpoint.Hostname() == "localhost"
}

func (o *options) namespaces() []string {
	var names []string
	for name := range strings.SplitSeq(o.watchNamespaces, ",") {
		if name = strings.TrimSpace(name); name != "" {
			names = append(names, name)
		}
	}
	return names
}

// controller checks the flags and turns them into the controller's options. An
// error names the flag.
func (o *options) controller() (controllers.Options, error) {
	if o.runtimeImage == "" {
		return controllers.Options{}, errors.New("--runtime-image is required: set it to the image that session pods run")
	}
	switch policy := corev1.PullPolicy(o.imagePullPolicy); policy {
	case "", corev1.PullAlways, corev1.PullIfNotPresent, corev1.PullNever:
	default:
		return controllers.Options{}, fmt.Errorf("--runtime-image-pull-policy is %q: use Always, IfNotPresent or Never", policy)
	}
	if o.maxConcurrentReconciles < 1 || o.apiQPS < 0 {
		return controllers.Options{}, errors.New("--max-concurrent-reconciles must be at least 1, and --kube-api-qps not negative")
	}
	if o.stallAfter <= 0 {
		return controllers.Options{}, errors.New("--stall-after must be more than 0")
	}
	if err := errors.Join(o.checkEndpoint(), o.metrics.check()); err != nil {
		return controllers.Options{}, err
	}
	shard, err := o.shard()
	if err != nil {
		return controllers.Options{}, err
	}
	resources, err := o.resources()
	if err != nil {
		return controllers.Options{}, err
	}
	settings := desired.Settings{
		RuntimeImage:     o.runtimeImage,
		ImagePullPolicy:  corev1.PullPolicy(o.imagePullPolicy),
		ListenAddress:    o.listenAddress,
		WhatsAppEndpoint: o.whatsappEndpoint,
		WhatsAppRootKey:  o.whatsappRootKey,
		EgressAllow:      o.egressAllow,
		AllowLoopback:    o.loopback(),
		Resources:        resources,

		MetricsNamespaces: o.metricsNamespaces,
	}
	settings.OperatorNamespace = o.ownNamespace()
	if err := o.fleet.settle(&settings); err != nil {
		return controllers.Options{}, err
	}
	options := controllers.Options{
		Settings:                settings,
		ShortenNumbers:          o.fleet.shortenNumbers,
		RequireAccess:           o.requireAccess,
		Namespaces:              o.namespaces(),
		Shard:                   shard,
		Patience:                status.Patience{Wait: o.stallAfter},
		MaxConcurrentReconciles: o.maxConcurrentReconciles,
	}
	if err := o.rollouts.settle(&options); err != nil {
		return controllers.Options{}, err
	}
	return options, nil
}

func (o *options) checkEndpoint() error {
	if o.whatsappEndpoint == "" && o.whatsappRootKey == "" {
		return nil
	}
	if o.whatsappEndpoint == "" || o.whatsappRootKey == "" {
		return errors.New("--whatsapp-endpoint and --whatsapp-root-key must be set together: set both or neither")
	}
	endpoint, err := url.Parse(o.whatsappEndpoint)
	if err != nil || endpoint.Scheme != "http" || endpoint.Host == "" || endpoint.User != nil {
		return errors.New("--whatsapp-endpoint must be http://host:port")
	}
	if key, err := hex.DecodeString(o.whatsappRootKey); err != nil || len(key) != 32 {
		return errors.New("--whatsapp-root-key must be 64 hex characters")
	}
	return nil
}

func (o *options) resources() (corev1.ResourceRequirements, error) {
	var all corev1.ResourceRequirements
	set := func(list *corev1.ResourceList, flagName string, name corev1.ResourceName, text string) error {
		if text == "" {
			return nil
		}
		quantity, err := resource.ParseQuantity(text)
		if err != nil || quantity.Sign() <= 0 {
			return fmt.Errorf("--%s is %q: use a quantity such as 20m or 64Mi, or leave it empty", flagName, text)
		}
		if *list == nil {
			*list = corev1.ResourceList{}
		}
		(*list)[name] = quantity
		return nil
	}
	err := errors.Join(
		set(&all.Requests, "runtime-cpu-request", corev1.ResourceCPU, o.cpuRequest),
		set(&all.Requests, "runtime-memory-request", corev1.ResourceMemory, o.memoryRequest),
		set(&all.Limits, "runtime-memory-limit", corev1.ResourceMemory, o.memoryLimit),
	)
	return all, err
}
