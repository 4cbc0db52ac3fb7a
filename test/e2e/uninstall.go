package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/wasession/wasession/test/cluster"
)

// installed are the kinds of objects that a release has, but for Secrets, which stay.
const installed = "deployments,jobs,pods,services,configmaps,serviceaccounts,roles,rolebindings,clusterroles,clusterrolebindings," +
	"networkpolicies,poddisruptionbudgets,whatsappsessions"

// uninstall removes the release and looks for what it has left.
func (l *lab) uninstall(ctx context.Context) error {
	if err := l.helm(ctx, "uninstall", "wasession"); err != nil {
		return err
	}
	// The gateway's pods take calls for some seconds more.
	within, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	if err := cluster.Eventually(within, func() (bool, error) {
		left, err := l.kubectl(within, "get", installed, "--all-namespaces", "--ignore-not-found", "--output", "name")
		if err == nil && strings.Contains(left, "wasession") {
			err = fmt.Errorf("helm uninstall left:\n%s", left)
		}
		return err == nil, err
	}); err != nil {
		return err
	}
	l.story.Step("helm uninstall: nothing of it is left but the CRD and its Secrets, as documented")
	if _, err := l.kubectl(ctx, "delete", "crd", "whatsappsessions.wasession.dev", "--timeout=1m"); err != nil {
		return err
	}
	if _, err := l.kubectl(ctx, "delete", "namespace", systemNamespace, "--timeout=1m"); err != nil {
		return err
	}
	l.story.Step("the CRD and the namespace are deleted")
	if unknown := l.server.Unhandled(); len(unknown) > 0 {
		return fmt.Errorf("the simulator received stanzas that it does not know: %v", unknown)
	}
	return nil
}
