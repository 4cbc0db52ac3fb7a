package main

import (
	"context"
	"net"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/wasession/wasession/test/realnode"
)

// The namespaces of a client that a session names, and of one that it does not.
const (
	clientNamespace = "n8n"
	otherNamespace  = "elsewhere"
)

// policies tries who reaches a session, and what it reaches, from within pods.
func (l *lab) policies(ctx context.Context) error {
	friend, err := l.idlePod(ctx, clientNamespace)
	if err != nil {
		return err
	}
	stranger, err := l.idlePod(ctx, otherNamespace)
	if err != nil {
		return err
	}
	reader, err := l.cluster.AwaitPod(ctx, types.NamespacedName{Namespace: monitoringNamespace, Name: "prometheus"})
	if err != nil {
		return err
	}
	session, err := l.cluster.AwaitPod(ctx, sessionKey)
	if err != nil {
		return err
	}
	if err := l.patch(ctx, `{"spec":{"api":{"allowedNamespaces":["`+clientNamespace+`"]}}}`); err != nil {
		return err
	}
	api, err := l.serviceAddress(ctx, sessionKey)
	if err != nil {
		return err
	}
	metrics := session.Status.PodIP + ":9464"
	if err := expect(ctx,
		way{"the API from a namespace that the session names", friend, api, true},
		way{"the API from another namespace", stranger, api, false},
		way{"metrics from the namespace of Prometheus", reader, metrics, true},
		way{"metrics from a namespace that may call the API", friend, metrics, false},
	); err != nil {
		return err
	}
	l.story.Step("the API is reached from a namespace that the session names and from no other, metrics from that of Prometheus alone")

	metadata, err := net.Listen("tcp", realnode.MetadataAddress+":80")
	if err != nil {
		return err
	}
	defer func() { _ = metadata.Close() }()
	other := reader.Status.PodIP + ":9090"
	dns, err := l.firstPod(ctx, "kube-system", client.MatchingLabels{"k8s-app": "kube-dns"})
	if err != nil {
		return err
	}
	if err := expect(ctx,
		way{"another pod from a pod without policies", stranger, other, true},
		way{"another pod from the session", session, other, false},
		way{"the metadata service from a pod without policies", stranger, metadata.Addr().String(), true},
		way{"the metadata service from the session", session, metadata.Addr().String(), false},
		way{"the API server from a pod without policies", stranger, realnode.Address + ":6443", true},
		way{"the API server from the session", session, realnode.Address + ":6443", false},
		way{"the cluster's DNS from the session", session, realnode.DNS, true},
		way{"another port of the DNS from a pod without policies", stranger, dns.Status.PodIP + ":8181", true},
		way{"another port of the DNS from the session", session, dns.Status.PodIP + ":8181", false},
	); err != nil {
		return err
	}
	l.story.Step("the session asks the cluster's DNS, and reaches no other pod, no metadata service and no API server, which other pods reach")
	if err := l.systemPolicies(ctx, reader, session, stranger, metadata.Addr().String()); err != nil {
		return err
	}

	if err := l.webhooks(ctx, friend); err != nil {
		return err
	}
	if err := l.receive(ctx, l.door, "received under policies"); err != nil {
		return err
	}
	if err := l.send(ctx, l.door, "sent under policies"); err != nil {
		return err
	}
	l.story.Step("messages go both ways, through the gateway")
	for _, pod := range []*corev1.Pod{friend, stranger} {
		if err := l.cluster.Delete(ctx, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: pod.Namespace}}); err != nil {
			return err
		}
	}
	return l.patch(ctx, `{"spec":{"api":null}}`)
}

// idlePod makes a namespace with a pod that does nothing.
func (l *lab) idlePod(ctx context.Context, namespace string) (*corev1.Pod, error) {
	if err := l.makeNamespace(ctx, namespace); err != nil {
		return nil, err
	}
	pod := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: "idle", Labels: map[string]string{"app": "idle"}},
		Spec: corev1.PodSpec{
			AutomountServiceAccountToken:  ptr.To(false),
			TerminationGracePeriodSeconds: ptr.To(int64(0)),
			SecurityContext:               &corev1.PodSecurityContext{RunAsNonRoot: ptr.To(true), SeccompProfile: &corev1.SeccompProfile{Type: corev1.SeccompProfileTypeRuntimeDefault}},
			Containers: []corev1.Container{{
				Name: "idle", Image: realnode.PauseImage, ImagePullPolicy: corev1.PullNever,
				SecurityContext: &corev1.SecurityContext{AllowPrivilegeEscalation: ptr.To(false), Capabilities: &corev1.Capabilities{Drop: []corev1.Capability{"ALL"}}},
			}},
		},
	}
	if err := l.cluster.Create(ctx, pod); err != nil {
		return nil, err
	}
	return l.cluster.AwaitPod(ctx, client.ObjectKeyFromObject(pod))
}
