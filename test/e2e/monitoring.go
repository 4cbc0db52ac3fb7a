package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/test/cluster"
	"github.com/wasession/wasession/test/prometheus"
)

// monitoring asks Prometheus what alerts and the dashboard ask, and makes an alert fire.
func (l *lab) monitoring(ctx context.Context) error {
	for _, check := range []func(context.Context) error{l.awaitTargets, l.fireAlert, l.askAlerts, l.askDashboard} {
		if err := check(ctx); err != nil {
			return err
		}
	}
	return nil
}

// awaitTargets waits until every pod with metrics is read.
func (l *lab) awaitTargets(ctx context.Context) error {
	want := map[string]int{
		systemNamespace + "/wasession":          2,
		systemNamespace + "/wasession-sessions": 1 + l.options.sessions,
		"gateway":                               2,
	}
	err := cluster.Eventually(ctx, func() (bool, error) {
		targets, err := l.prometheus.Targets(ctx)
		if err != nil {
			return false, err
		}
		up := map[string]int{}
		for _, target := range targets {
			if target.Health != "up" {
				return false, fmt.Errorf("%v: %s: %s", target.Labels, target.Health, target.Error)
			}
			up[target.Job]++
		}
		for job, n := range want {
			if up[job] != n {
				return false, fmt.Errorf("prometheus reads %v, want %v", up, want)
			}
		}
		return true, nil
	})
	if err != nil {
		return fmt.Errorf("targets: %w", err)
	}
	l.story.Step("Prometheus reads both operators, both gateways and %d sessions", want[systemNamespace+"/wasession-sessions"])
	return nil
}

// fireAlert makes a session that cannot start before somebody acts: its Service's name
// is taken.
func (l *lab) fireAlert(ctx context.Context) error {
	const alert = "WasessionSessionsFailed"
	meta := metav1.ObjectMeta{Namespace: userNamespace, Name: "taken"}
	service := &corev1.Service{ObjectMeta: meta, Spec: corev1.ServiceSpec{Ports: []corev1.ServicePort{{Port: 80}}}}
	session := &v1alpha1.WhatsAppSession{ObjectMeta: meta}
	if err := l.cluster.Create(ctx, service); err != nil {
		return err
	}
	if err := l.cluster.Create(ctx, session); err != nil {
		return err
	}
	key := types.NamespacedName{Namespace: meta.Namespace, Name: meta.Name}
	if _, err := l.cluster.AwaitSession(ctx, key, "stalled by the name", cluster.Because(v1alpha1.ReasonNameConflict)); err != nil {
		return err
	}
	firing, err := l.awaitAlert(ctx, alert, true)
	if err != nil {
		return err
	}
	runbook := firing[0].Annotations["runbook_url"]
	page := filepath.Join(l.options.root, "docs", "runbooks", filepath.Base(runbook))
	if _, err := os.Stat(page); err != nil {
		return fmt.Errorf("the runbook %q of %s: %w", runbook, alert, err)
	}
	l.story.Step("a session failed, and %s fires: %s", alert, firing[0].Annotations["description"])
	l.story.Step("it names its runbook, docs/runbooks/%s", filepath.Base(page))
	if err := l.cluster.Delete(ctx, session); err != nil {
		return err
	}
	if err := l.cluster.Delete(ctx, service); err != nil {
		return err
	}
	if err := l.cluster.AwaitGone(ctx, session); err != nil {
		return err
	}
	if _, err := l.awaitAlert(ctx, alert, false); err != nil {
		return err
	}
	l.story.Step("without that session the alert is over")
	return nil
}

// awaitAlert waits until an alert fires, or does not.
func (l *lab) awaitAlert(ctx context.Context, name string, fires bool) (firing []prometheus.Alert, err error) {
	err = cluster.Eventually(ctx, func() (bool, error) {
		firing, err = l.prometheus.Firing(ctx, name)
		return err == nil && (len(firing) > 0) == fires, err
	})
	if err != nil {
		return nil, fmt.Errorf("alert %s, wanted firing: %v: %w", name, fires, err)
	}
	return firing, nil
}

// askAlerts asks what each alert asks.
func (l *lab) askAlerts(ctx context.Context) error {
	rules, err := l.prometheus.Rules(ctx)
	if err != nil {
		return err
	}
	for _, rule := range rules {
		if _, err := l.prometheus.Query(ctx, rule.Expr); err != nil {
			return fmt.Errorf("alert %s: %w", rule.Alert, err)
		}
	}
	l.story.Step("the queries of all %d alerts are answered", len(rules))
	return nil
}

// askDashboard asks what each panel of the dashboard asks. Something must have been seen in
// each since the run began: sessions have been stalled by then, and others archived chats.
func (l *lab) askDashboard(ctx context.Context) error {
	file, err := os.ReadFile(filepath.Join(l.chart(), "files", "grafana-dashboard.json"))
	if err != nil {
		return err
	}
	panels, err := prometheus.Panels(file, 20*time.Second)
	if err != nil {
		return err
	}
	var empty []string
	queries := 0
	for i, panel := range panels {
		for _, query := range panel.Queries {
			queries++
			answer, err := l.prometheus.Range(ctx, query.Expr, l.began, time.Now(), 2*time.Second)
			if err != nil {
				return fmt.Errorf("panel %s: %w", panel.Title, err)
			}
			if !query.Found(answer) {
				empty = append(empty, panel.Title+": "+query.Expr)
			}
			for _, series := range answer {
				panels[i].Lines = append(panels[i].Lines, prometheus.Line{Name: query.Name(series.Labels), Labels: series.Labels, Points: series.Points})
			}
		}
	}
	if len(empty) > 0 {
		return fmt.Errorf("panels of the dashboard without a value:\n%s", strings.Join(empty, "\n"))
	}
	l.story.Step("the dashboard's %d panels have answers to their %d queries", len(panels), queries)
	if l.options.answers == "" {
		return nil
	}
	answers, err := json.Marshal(panels)
	if err != nil {
		return err
	}
	return os.WriteFile(l.options.answers, answers, 0o644)
}
