package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/wasession/wasession/test/chatapi"
	"github.com/wasession/wasession/test/cluster"
	"github.com/wasession/wasession/test/controlplane"
	"github.com/wasession/wasession/test/perf/figures"
	"github.com/wasession/wasession/test/prometheus"
	"github.com/wasession/wasession/test/realnode"
	"github.com/wasession/wasession/test/simulator"
	"github.com/wasession/wasession/test/simulator/control"
	"github.com/wasession/wasession/test/simulator/history"
	"github.com/wasession/wasession/test/story"
)

// The namespaces of the operator and of the session, and the tags of the image.
const (
	systemNamespace = "wasession-system"
	userNamespace   = "crm"
	repository      = "ghcr.io/wasession/wasession"
	builtTag        = "e2e"
	firstTag        = "v0.1.0" // that of docs/getting-started.md
	secondTag       = "e2e-next"
)

var sessionKey = types.NamespacedName{Namespace: userNamespace, Name: "default"}

// lab is all that runs, and what is known of it.
type lab struct {
	options options
	story   *story.Story
	fail    context.CancelCauseFunc

	node       *realnode.Node
	cluster    *cluster.Cluster
	kubeconfig string
	server     *simulator.Server
	serverLog  *os.File
	// owner is the session's account, contact somebody who writes to it.
	owner, contact *simulator.User
	// direct is the session's chat API at its Service, door the same at the gateway.
	direct, door *chatapi.Client
	key          string // of the gateway's admin
	prometheus   prometheus.Server
	discovery    *http.Server // of pods, for prometheus
	began        time.Time
	measured     []figures.Figure
}

// start starts the node and the simulator, and installs the chart.
func (l *lab) start(ctx context.Context) (err error) {
	o := l.options
	l.began = time.Now()
	l.story.Chapter("Starting")
	l.kubeconfig = filepath.Join(realnode.Folder(), "kubeconfig")
	l.node, err = realnode.Start(ctx, realnode.Options{
		Assets: o.assets, NodeAssets: o.nodeAssets, Pause: o.pause,
		Images: []string{o.image}, Failed: l.fail,
		Tags: [][2]string{{repository + ":" + builtTag, repository + ":" + firstTag}, {repository + ":" + builtTag, repository + ":" + secondTag}},
	})
	if err != nil {
		return fmt.Errorf("start a node: %w", err)
	}
	if err := controlplane.WriteKubeconfig(l.node.Config, l.kubeconfig); err != nil {
		return err
	}
	if l.cluster, err = cluster.New(l.node.Config); err != nil {
		return err
	}
	l.story.Step("a node is ready: kubelet, containerd and a control plane of Kubernetes")
	if err := l.startPhones(ctx); err != nil {
		return fmt.Errorf("start the simulator: %w", err)
	}
	l.story.Step("WhatsApp simulator started on %s", l.server.URL())
	for _, name := range []string{systemNamespace, userNamespace} {
		if err := l.makeNamespace(ctx, name); err != nil {
			return err
		}
	}
	g, err := readGuide(o.root)
	if err != nil {
		return err
	}
	if err := l.installAsGuided(ctx, g); err != nil {
		return err
	}
	if err := l.node.AwaitDNS(ctx); err != nil {
		return err
	}
	net.DefaultResolver = realnode.Resolver()
	l.story.Step("helm install --wait, as in docs/getting-started.md: operator and gateway are ready, both with two replicas")
	admin := &corev1.Secret{}
	if err := l.cluster.Get(ctx, types.NamespacedName{Namespace: systemNamespace, Name: "wasession-gateway-admin"}, admin); err != nil {
		return err
	}
	l.key = string(admin.Data["api-key"])
	url, err := l.serviceURL(ctx, types.NamespacedName{Namespace: systemNamespace, Name: "wasession-gateway"})
	if err != nil {
		return err
	}
	l.door = chatapi.New(url, l.key, userNamespace+"."+sessionKey.Name)
	return l.startPrometheus(ctx)
}

// makeNamespace makes a namespace in which pods must be as restricted as can be.
func (l *lab) makeNamespace(ctx context.Context, name string) error {
	return l.cluster.Create(ctx, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name, Labels: map[string]string{
		"pod-security.kubernetes.io/enforce": "restricted",
	}}})
}

func (l *lab) startPhones(ctx context.Context) (err error) {
	if l.serverLog, err = os.Create(filepath.Join(realnode.Logs(), "simulator.log")); err != nil {
		return err
	}
	l.server, err = simulator.New(simulator.Options{
		Listen:     realnode.PublicAddress + ":0",
		Logger:     slog.New(slog.NewTextHandler(l.serverLog, nil)),
		Extensions: []simulator.Extension{control.Extension},
	})
	if err != nil {
		return err
	}
	l.owner = l.server.AddUser("4915155500001", "", "Support desk")
	l.contact = l.server.AddUser("4915155500002", "", "Ada")
	spec := history.DemoSpec(time.Now())
	spec.OwnPN, spec.OwnLID = l.owner.PN(), l.owner.LID()
	return l.owner.Populate(ctx, history.NewAccount(spec))
}

// values are the arguments of Helm with which the chart is installed.
func (l *lab) values(tag string) []string {
	set := []string{
		"image.tag=" + tag, "image.pullPolicy=Never",
		"metrics.sessions.namespaces[0]=" + monitoringNamespace,
		"networkPolicy.enabled=true", "networkPolicy.metricsNamespaces[0]=" + monitoringNamespace,
		"networkPolicy.apiServer.cidrs[0]=" + realnode.Address + "/32",
		"gateway.networkPolicy.enabled=true",
		`gateway.networkPolicy.from[0].namespaceSelector.matchLabels.kubernetes\.io/metadata\.name=` + monitoringNamespace,
		"gateway.enabled=true", "gateway.defaultNamespace=" + userNamespace,
		"extraArgs[0]=--whatsapp-endpoint=" + strings.Replace(l.server.URL(), realnode.PublicAddress, realnode.PublicName, 1),
		"extraArgs[1]=--whatsapp-root-key=" + l.server.RootKeyHex(),
	}
	var args []string
	for _, value := range set {
		args = append(args, "--set", value)
	}
	return args
}

// measure keeps a figure, to be judged in the end.
func (l *lab) measure(f figures.Figure) {
	f.Name = "e2e." + f.Name
	l.measured = append(l.measured, f)
}

// serviceURL is the URL of a Service, by its name.
func (l *lab) serviceURL(ctx context.Context, key types.NamespacedName) (string, error) {
	service := &corev1.Service{}
	if err := l.cluster.Get(ctx, key, service); err != nil {
		return "", err
	}
	return fmt.Sprintf("http://%s.%s.svc.cluster.local:%d", key.Name, key.Namespace, service.Spec.Ports[0].Port), nil
}

// serviceAddress is the address of a Service, and its port.
func (l *lab) serviceAddress(ctx context.Context, key types.NamespacedName) (string, error) {
	service := &corev1.Service{}
	if err := l.cluster.Get(ctx, key, service); err != nil {
		return "", err
	}
	return fmt.Sprintf("%s:%d", service.Spec.ClusterIP, service.Spec.Ports[0].Port), nil
}

// podsOf lists the pods with these labels.
func (l *lab) podsOf(ctx context.Context, namespace string, labels client.MatchingLabels) ([]corev1.Pod, error) {
	list := &corev1.PodList{}
	err := l.cluster.List(ctx, list, client.InNamespace(namespace), labels)
	return list.Items, err
}

// stop ends everything.
func (l *lab) stop() error {
	var failed error
	if l.discovery != nil {
		failed = l.discovery.Close()
	}
	if l.server != nil {
		failed = errors.Join(failed, l.server.Close())
	}
	if l.serverLog != nil {
		failed = errors.Join(failed, l.serverLog.Close())
	}
	if l.node != nil {
		failed = errors.Join(failed, l.node.Stop())
	}
	return failed
}
