package main

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/wasession/wasession/test/prometheus"
	"github.com/wasession/wasession/test/realnode"
)

// monitoringNamespace is that of Prometheus.
const monitoringNamespace = "monitoring"

//go:embed prometheus.yaml
var prometheusManifests []byte

// gatewayScrape reads the gateway's pods with the token of Prometheus' ServiceAccount. The
// chart has a ServiceMonitor for that, and no PodMonitor.
func gatewayScrape(pace prometheus.Pace) prometheus.Scrape {
	return prometheus.Scrape{
		JobName:       "gateway",
		Authorization: &prometheus.Authorization{CredentialsFile: "/var/run/secrets/kubernetes.io/serviceaccount/token"},
		Discovery:     []prometheus.Discovery{{URL: pace.Discovery + "?namespace=" + systemNamespace, RefreshInterval: pace.Interval}},
		RelabelConfigs: []prometheus.Relabel{
			{SourceLabels: []string{"__meta_kubernetes_pod_label_app_kubernetes_io_component"}, Regex: "gateway", Action: "keep"},
			{SourceLabels: []string{"__meta_kubernetes_pod_name"}, TargetLabel: "pod"},
		},
	}
}

// startPrometheus starts Prometheus in a pod, with what the chart has for it.
func (l *lab) startPrometheus(ctx context.Context) error {
	image := filepath.Join(realnode.Folder(), "prometheus.tar")
	if err := realnode.WriteImage(image, "localhost/prometheus:1", l.options.prometheus); err != nil {
		return err
	}
	if err := l.node.LoadImage(ctx, image); err != nil {
		return err
	}
	rendered, err := l.output(ctx, "helm", l.options.helm, append([]string{
		"template", "wasession", l.chart(), "--namespace", systemNamespace, "--kube-version=1.37",
		"--set=metrics.podMonitor.enabled=true,metrics.prometheusRule.enabled=true,metrics.sessions.podMonitor.enabled=true",
	}, l.values(firstTag)...)...)
	if err != nil {
		return err
	}
	discovery, err := l.serveDiscovery()
	if err != nil {
		return err
	}
	// Pods are read every two seconds, and no alert waits for more than four.
	pace := prometheus.Pace{Interval: "2s", For: "4s", Discovery: discovery}
	files, err := prometheus.FilesOf([]byte(rendered), pace, gatewayScrape(pace))
	if err != nil {
		return err
	}
	if err := l.makeNamespace(ctx, monitoringNamespace); err != nil {
		return err
	}
	if err := l.cluster.Create(ctx, &corev1.ConfigMap{
		ObjectMeta: metav1.ObjectMeta{Namespace: monitoringNamespace, Name: "prometheus"}, Data: files,
	}); err != nil {
		return err
	}
	manifests := filepath.Join(realnode.Folder(), "prometheus.yaml")
	if err := os.WriteFile(manifests, prometheusManifests, 0o600); err != nil {
		return err
	}
	if _, err := l.kubectl(ctx, "apply", "--filename", manifests); err != nil {
		return err
	}
	key := types.NamespacedName{Namespace: monitoringNamespace, Name: "prometheus"}
	if _, err := l.cluster.AwaitPod(ctx, key); err != nil {
		return err
	}
	l.prometheus.URL, err = l.serviceURL(ctx, key)
	l.story.Step("Prometheus runs in a pod, and finds its targets as the chart's PodMonitors say")
	return err
}

// serveDiscovery tells Prometheus which pods there are, until stop. It returns the URL.
func (l *lab) serveDiscovery() (string, error) {
	listener, err := net.Listen("tcp", realnode.Address+":0")
	if err != nil {
		return "", err
	}
	l.discovery = &http.Server{Handler: prometheus.DiscoverPods(l.cluster), ReadHeaderTimeout: 10 * time.Second}
	go func() {
		if err := l.discovery.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			l.fail(fmt.Errorf("serve the list of pods to Prometheus: %w", err))
		}
	}()
	return "http://" + listener.Addr().String() + "/", nil
}
