package cluster

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"text/tabwriter"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/watch"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/wasession/wasession/api/v1alpha1"
)

// Cluster does what a user does with kubectl.
type Cluster struct {
	client.WithWatch
	config *rest.Config
}

func New(config *rest.Config) (*Cluster, error) {
	scheme := runtime.NewScheme()
	if err := clientgoscheme.AddToScheme(scheme); err != nil {
		return nil, err
	}
	if err := v1alpha1.AddToScheme(scheme); err != nil {
		return nil, err
	}
	c, err := client.NewWithWatch(config, client.Options{Scheme: scheme})
	return &Cluster{WithWatch: c, config: config}, err
}

// AwaitSession watches a session until the condition holds. Its errors contain
// the last status seen.
func (c *Cluster) AwaitSession(ctx context.Context, key types.NamespacedName, what string, condition func(*v1alpha1.WhatsAppSession) bool) (*v1alpha1.WhatsAppSession, error) {
	last := &v1alpha1.WhatsAppSession{}
	err := c.Await(ctx, &v1alpha1.WhatsAppSessionList{}, key, func(event watch.Event) bool {
		session, ok := event.Object.(*v1alpha1.WhatsAppSession)
		if !ok || event.Type == watch.Deleted {
			return false
		}
		last = session
		return session.Status.ObservedGeneration == session.Generation && condition(session)
	})
	if err != nil {
		return nil, fmt.Errorf("session %s did not become %s; its last status: %s (%w)", key.Name, what, describe(last), err)
	}
	return last, nil
}

// AwaitGone returns once the object no longer exists. It polls: a watch started
// after the deletion would never report it.
func (c *Cluster) AwaitGone(ctx context.Context, object client.Object) error {
	err := Eventually(ctx, func() (bool, error) {
		err := c.Get(ctx, client.ObjectKeyFromObject(object), object)
		return apierrors.IsNotFound(err), client.IgnoreNotFound(err)
	})
	if err != nil {
		return fmt.Errorf("%T %s still exists (%w)", object, object.GetName(), err)
	}
	return nil
}

// AwaitPod watches a pod until it is ready.
func (c *Cluster) AwaitPod(ctx context.Context, key types.NamespacedName) (*corev1.Pod, error) {
	last := &corev1.Pod{}
	err := c.Await(ctx, &corev1.PodList{}, key, func(event watch.Event) bool {
		pod, ok := event.Object.(*corev1.Pod)
		if !ok || event.Type == watch.Deleted {
			return false
		}
		last = pod
		for _, condition := range pod.Status.Conditions {
			if condition.Type == corev1.PodReady && condition.Status == corev1.ConditionTrue {
				return pod.DeletionTimestamp == nil
			}
		}
		return false
	})
	if err != nil {
		return nil, fmt.Errorf("pod %s did not become ready; its last status: %s (%w)", key.Name, describePod(last), err)
	}
	return last, nil
}

// Await watches the object of that key until an event satisfies done.
func (c *Cluster) Await(ctx context.Context, list client.ObjectList, key types.NamespacedName, done func(watch.Event) bool) error {
	for ctx.Err() == nil {
		events, err := c.Watch(ctx, list, client.InNamespace(key.Namespace), client.MatchingFields{"metadata.name": key.Name})
		if err != nil {
			return err
		}
		for event := range events.ResultChan() {
			if done(event) {
				events.Stop()
				return nil
			}
		}
	}
	return context.Cause(ctx)
}

// describe returns a session's status in one line.
func describe(session *v1alpha1.WhatsAppSession) string {
	parts := []string{"phase " + string(session.Status.Phase)}
	for _, condition := range session.Status.Conditions {
		parts = append(parts, fmt.Sprintf("%s=%s %s %q", condition.Type, condition.Status, condition.Reason, condition.Message))
	}
	return strings.Join(parts, ", ")
}

// describePod returns a pod's status in one line.
func describePod(pod *corev1.Pod) string {
	parts := []string{string(pod.Status.Phase)}
	for _, condition := range pod.Status.Conditions {
		if condition.Status != corev1.ConditionTrue && condition.Message != "" {
			parts = append(parts, condition.Message)
		}
	}
	for _, container := range pod.Status.ContainerStatuses {
		if waiting := container.State.Waiting; waiting != nil {
			parts = append(parts, fmt.Sprintf("%s: %s", waiting.Reason, waiting.Message))
		}
		if end := container.LastTerminationState.Terminated; end != nil {
			parts = append(parts, fmt.Sprintf("ended before with exit code %d", end.ExitCode))
		}
	}
	return strings.Join(parts, "; ")
}

// Because returns a condition: the session's Ready condition has that reason.
func Because(reason string) func(*v1alpha1.WhatsAppSession) bool {
	return func(session *v1alpha1.WhatsAppSession) bool {
		ready := meta.FindStatusCondition(session.Status.Conditions, v1alpha1.ConditionReady)
		return ready != nil && ready.Reason == reason
	}
}

// Ready reports whether the session is Ready.
func Ready(session *v1alpha1.WhatsAppSession) bool {
	return meta.IsStatusConditionTrue(session.Status.Conditions, v1alpha1.ConditionReady)
}

// Table returns what `kubectl get was` prints.
func (c *Cluster) Table(ctx context.Context, namespace string) (string, error) {
	config := rest.CopyConfig(c.config)
	config.GroupVersion, config.APIPath = &v1alpha1.GroupVersion, "/apis"
	config.NegotiatedSerializer = clientgoscheme.Codecs.WithoutConversion()
	rester, err := rest.RESTClientFor(config)
	if err != nil {
		return "", err
	}
	raw, err := rester.Get().Namespace(namespace).Resource("whatsappsessions").
		SetHeader("Accept", "application/json;as=Table;v=v1;g=meta.k8s.io").
		Do(ctx).Raw()
	if err != nil {
		return "", err
	}
	table := &metav1.Table{}
	if err := json.Unmarshal(raw, table); err != nil {
		return "", err
	}
	var text strings.Builder
	writer := tabwriter.NewWriter(&text, 0, 8, 3, ' ', 0)
	var header []string
	for _, column := range table.ColumnDefinitions {
		if column.Priority == 0 {
			header = append(header, strings.ToUpper(column.Name))
		}
	}
	_, _ = fmt.Fprintln(writer, strings.Join(header, "\t"))
	for _, row := range table.Rows {
		var cells []string
		for i, cell := range row.Cells {
			if table.ColumnDefinitions[i].Priority == 0 {
				cells = append(cells, cellText(cell))
			}
		}
		_, _ = fmt.Fprintln(writer, strings.Join(cells, "\t"))
	}
	err = writer.Flush()
	return text.String(), err
}

// cellText returns a table's cell as kubectl shows it.
func cellText(cell any) string {
	if cell == nil {
		return "<none>"
	}
	return fmt.Sprint(cell)
}

// NewPod returns a condition: an event shows a pod other than the one with uid.
func NewPod(uid types.UID) func(watch.Event) bool {
	return func(event watch.Event) bool {
		pod, ok := event.Object.(*corev1.Pod)
		return ok && event.Type != watch.Deleted && pod.UID != uid
	}
}
