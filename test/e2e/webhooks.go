package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/wasession/wasession/test/cluster"
)

// receiverPort is where the pod behind the webhook's Service listens.
const receiverPort = 8080

// webhooks has the session deliver a message to a Service, by its name. pod is the one
// behind it.
func (l *lab) webhooks(ctx context.Context, pod *corev1.Pod) error {
	service := &corev1.Service{
		ObjectMeta: metav1.ObjectMeta{Namespace: pod.Namespace, Name: "n8n"},
		Spec: corev1.ServiceSpec{
			Selector: pod.Labels,
			Ports:    []corev1.ServicePort{{Port: 80, TargetPort: intstr.FromInt32(receiverPort)}},
		},
	}
	if err := l.cluster.Create(ctx, service); err != nil {
		return err
	}
	texts, stop, err := l.receiveIn(pod)
	if err != nil {
		return err
	}
	defer stop()
	url := fmt.Sprintf("http://%s.%s.svc/hook", service.Name, service.Namespace)
	if err := l.patch(ctx, fmt.Sprintf(`{"spec":{"webhooks":[{"name":"n8n","url":%q,"events":["message"]}]}}`, url)); err != nil {
		return err
	}
	if err := l.hasWebhooks(ctx, 1); err != nil {
		return err
	}
	const text = "for the webhook"
	if _, err := l.contact.SendText(ctx, l.owner, text); err != nil {
		return err
	}
	for got := ""; got != text; {
		select {
		case got = <-texts:
		case <-ctx.Done():
			return errors.New("the webhook did not get the message")
		}
	}
	l.story.Step("a message was delivered to the webhook %s, whose name the cluster's DNS knows", url)
	if err := l.patch(ctx, `{"spec":{"webhooks":null}}`); err != nil {
		return err
	}
	return l.hasWebhooks(ctx, 0)
}

// hasWebhooks waits until the session works with that many webhooks.
func (l *lab) hasWebhooks(ctx context.Context, want int) error {
	return cluster.Eventually(ctx, func() (bool, error) {
		var session struct{ Config struct{ Webhooks []any } }
		err := l.direct.Call(ctx, http.MethodGet, "/api/sessions/"+sessionKey.Name, "", &session)
		return err == nil && len(session.Config.Webhooks) == want, err
	})
}

// receiveIn serves webhooks within a pod, and returns the texts of their messages.
func (l *lab) receiveIn(pod *corev1.Pod) (texts <-chan string, stop func(), err error) {
	listener, err := listenIn(pod, receiverPort)
	if err != nil {
		return nil, nil, err
	}
	received := make(chan string, 100)
	server := &http.Server{ReadHeaderTimeout: 10 * time.Second, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var event struct{ Payload struct{ Body string } }
		if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<20)).Decode(&event); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		received <- event.Payload.Body
	})}
	go func() {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			l.fail(fmt.Errorf("receive webhooks: %w", err))
		}
	}()
	return received, func() { _ = server.Close() }, nil
}
