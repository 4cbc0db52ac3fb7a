package main

import (
	"context"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/wasession/wasession/test/realnode"
)

// systemPolicies tries the chart's own NetworkPolicies: who reaches the operator and the
// gateway, and what they reach. reader is the pod of Prometheus, session that of a session,
// stranger one that no value names. metadata is an address outside the cluster.
func (l *lab) systemPolicies(ctx context.Context, reader, session, stranger *corev1.Pod, metadata string) error {
	operator, err := l.firstPod(ctx, systemNamespace, client.MatchingLabels{"wasession.dev/operator": "true"})
	if err != nil {
		return err
	}
	gateway, err := l.firstPod(ctx, systemNamespace, client.MatchingLabels{"app.kubernetes.io/component": "gateway"})
	if err != nil {
		return err
	}
	at := func(pod *corev1.Pod, port int) string { return fmt.Sprintf("%s:%d", pod.Status.PodIP, port) }
	if err := expect(ctx,
		way{"the operator's metrics from Prometheus", reader, at(operator, 8080), true},
		way{"the operator's metrics from another namespace", stranger, at(operator, 8080), false},
		way{"the operator's metrics from a session", session, at(operator, 8080), false},
		way{"the operator's health from Prometheus, which may read metrics alone", reader, at(operator, 8081), false},
		way{"the gateway from a namespace in its values", reader, at(gateway, 3000), true},
		way{"the gateway from another namespace", stranger, at(gateway, 3000), false},
	); err != nil {
		return err
	}
	l.story.Step("the chart's own policies: the operator's metrics and the gateway are reached from the namespace in their values alone, other ports from none")
	kubernetes, err := l.serviceAddress(ctx, client.ObjectKey{Namespace: "default", Name: "kubernetes"})
	if err != nil {
		return err
	}
	for name, pod := range map[string]*corev1.Pod{"operator": operator, "gateway": gateway} {
		if err := expect(ctx,
			way{"the API server from the " + name, pod, kubernetes, true},
			way{"a session from the " + name, pod, at(session, 3000), true},
			way{"a session's metrics from the " + name, pod, at(session, 9464), false},
			way{"the cluster's DNS from the " + name, pod, realnode.DNS, true},
			way{"another pod from the " + name, pod, at(reader, 9090), false},
			way{"the metadata service from the " + name, pod, metadata, false},
		); err != nil {
			return err
		}
	}
	l.story.Step("both reach the API server, the cluster's DNS and sessions, and no other pod and no metadata service")
	return nil
}

// firstPod is one of the pods with these labels.
func (l *lab) firstPod(ctx context.Context, namespace string, labels client.MatchingLabels) (*corev1.Pod, error) {
	pods, err := l.podsOf(ctx, namespace, labels)
	if err != nil {
		return nil, err
	}
	if len(pods) == 0 {
		return nil, fmt.Errorf("no pod in %s has the labels %v", namespace, labels)
	}
	return &pods[0], nil
}
