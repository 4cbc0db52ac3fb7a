package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/test/chatapi"
	"github.com/wasession/wasession/test/cluster"
	"github.com/wasession/wasession/test/perf/figures"
	"github.com/wasession/wasession/test/simulator"
)

// pair goes from the first sample to a session that is connected.
func (l *lab) pair(ctx context.Context) error {
	sample := filepath.Join(l.options.root, "config", "samples", "whatsappsession.yaml")
	if _, err := l.kubectl(ctx, "--namespace", userNamespace, "apply", "--filename", sample); err != nil {
		return err
	}
	l.story.Step("kubectl apply -f config/samples/whatsappsession.yaml, in a namespace that enforces the standard restricted")
	if _, err := l.cluster.AwaitSession(ctx, sessionKey, "waiting for its QR code to be scanned", cluster.Because(v1alpha1.ReasonWaitingForScan)); err != nil {
		return err
	}
	l.story.Step("it waits for its QR code to be scanned")
	if err := scan(ctx, l.door, l.owner); err != nil {
		return fmt.Errorf("through the gateway: %w", err)
	}
	scanned := time.Now()
	session, err := l.cluster.AwaitSession(ctx, sessionKey, "ready", cluster.Ready)
	if err != nil {
		return err
	}
	l.measure(figures.Figure{Name: "scanned", Ours: time.Since(scanned).Seconds(), Unit: "s", Note: "from the scan to Ready in the resource"})
	l.story.Step("the code was read at the gateway and scanned; ready as %s %.2f s later", session.Status.Me.ID, time.Since(scanned).Seconds())
	l.direct, err = l.client(ctx, sessionKey)
	return err
}

// scan shows the session's QR code to a phone. The code is there a moment after the pod
// is: whoever forwards to it hears of it by a watch.
func scan(ctx context.Context, api *chatapi.Client, phone *simulator.User) error {
	var qr string
	if err := cluster.Eventually(ctx, func() (bool, error) {
		var err error
		qr, err = api.QR(ctx)
		return qr != "", err
	}); err != nil {
		return fmt.Errorf("get the QR code: %w", err)
	}
	if _, err := phone.ScanQR(ctx, qr); err != nil {
		return fmt.Errorf("scan the QR code: %w", err)
	}
	return nil
}

// client returns a client of a session's chat API at its Service.
func (l *lab) client(ctx context.Context, key types.NamespacedName) (*chatapi.Client, error) {
	url, err := l.serviceURL(ctx, key)
	if err != nil {
		return nil, err
	}
	secret := &corev1.Secret{}
	if err := l.cluster.Get(ctx, types.NamespacedName{Namespace: key.Namespace, Name: key.Name + "-keys"}, secret); err != nil {
		return nil, err
	}
	return chatapi.New(url, string(secret.Data["api-key"]), key.Name), nil
}

// messages sends both ways, through the Service and through the gateway.
func (l *lab) messages(ctx context.Context) error {
	for i, api := range []*chatapi.Client{l.direct, l.door} {
		name := []string{"Service", "gateway"}[i]
		if err := l.receive(ctx, api, "to the "+name); err != nil {
			return err
		}
		if err := l.send(ctx, api, "from the "+name); err != nil {
			return err
		}
		l.story.Step("a message in and one out, through the %s", name)
	}
	return nil
}

// receive has the contact write to the session, and finds the text at api.
func (l *lab) receive(ctx context.Context, api *chatapi.Client, text string) error {
	if _, err := l.contact.SendText(ctx, l.owner, text); err != nil {
		return fmt.Errorf("the contact's phone: %w", err)
	}
	return l.shows(ctx, api, text)
}

// shows waits until a text is among the newest messages.
func (l *lab) shows(ctx context.Context, api *chatapi.Client, text string) error {
	err := cluster.Eventually(ctx, func() (bool, error) {
		newest, err := api.Newest(ctx, "all", 20)
		return slices.ContainsFunc(newest, func(m chatapi.Message) bool { return m.Body == text }), err
	})
	if err != nil {
		return fmt.Errorf("%q did not arrive: %w", text, err)
	}
	return nil
}

// send has the session write to the contact, whose phone must get the text.
func (l *lab) send(ctx context.Context, api *chatapi.Client, text string) error {
	session := sessionKey.Name
	if api == l.door {
		session = userNamespace + "." + session
	}
	body := fmt.Sprintf(`{"session":%q,"chatId":"%s@c.us","text":%q}`, session, l.contact.PN().User, text)
	if err := api.Call(ctx, http.MethodPost, "/api/sendText", body, new(any)); err != nil {
		return err
	}
	if _, err := l.contact.Expect(ctx, simulator.Text(text)); err != nil {
		return fmt.Errorf("%q did not reach the contact: %w", text, err)
	}
	return nil
}

// checkGateway uses the gateway as WAHA's clients and the dashboard do.
func (l *lab) checkGateway(ctx context.Context) error {
	var list []struct{ Name, Status string }
	if err := l.door.Call(ctx, http.MethodGet, "/api/sessions", "", &list); err != nil {
		return err
	}
	if len(list) != 1 || list[0].Status != string(v1alpha1.PhaseWorking) {
		return fmt.Errorf("the gateway lists %v, want the session at work", list)
	}
	if chatapi.New(l.door.Base(), "wrong-key-of-the-right-length", "").Call(ctx, http.MethodGet, "/api/sessions", "", new(any)) == nil {
		return errors.New("the gateway accepts a wrong key")
	}
	if err := l.door.Call(ctx, http.MethodPost, "/api/sessions", `{"name":"reception"}`, new(any)); err != nil {
		return err
	}
	key := types.NamespacedName{Namespace: userNamespace, Name: "reception"}
	if _, err := l.cluster.AwaitSession(ctx, key, "waiting for its QR code to be scanned", cluster.Because(v1alpha1.ReasonWaitingForScan)); err != nil {
		return err
	}
	if err := l.door.Call(ctx, http.MethodDelete, "/api/sessions/reception", "", new(any)); err != nil {
		return err
	}
	if err := l.cluster.AwaitGone(ctx, &v1alpha1.WhatsAppSession{ObjectMeta: metav1.ObjectMeta{Namespace: key.Namespace, Name: key.Name}}); err != nil {
		return err
	}
	l.story.Step("POST /api/sessions made a session with a QR code, and DELETE removed it")
	response, err := http.Get(l.door.Base() + "/dashboard/login") //nolint:noctx // as a browser does
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("the dashboard's login: %s", response.Status)
	}
	l.story.Step("the dashboard serves its login")
	return l.drainGateway(ctx)
}

// drainGateway ends both replicas one after the other while a client calls: no call
// may fail.
func (l *lab) drainGateway(ctx context.Context) error {
	pods, err := l.podsOf(ctx, systemNamespace, map[string]string{"app.kubernetes.io/component": "gateway"})
	if err != nil || len(pods) != 2 {
		return fmt.Errorf("%d pods of the gateway, want 2 (%w)", len(pods), err)
	}
	calls, stop := context.WithCancel(ctx)
	defer stop()
	type result struct {
		calls int
		err   error
	}
	ended := make(chan result, 1)
	go func() {
		var r result
		for calls.Err() == nil && r.err == nil {
			_, err := l.door.Overview(ctx, 5)
			r.calls++
			r.err = err
		}
		ended <- r
	}()
	for i := range pods {
		if err := l.cluster.Delete(ctx, &pods[i]); err != nil {
			return err
		}
		if err := l.cluster.AwaitGone(ctx, &pods[i]); err != nil {
			return err
		}
		if err := l.awaitReplicas(ctx, "wasession-gateway"); err != nil {
			return err
		}
	}
	stop()
	r := <-ended
	if r.err != nil {
		return fmt.Errorf("a call while the gateway's pods were replaced: %w", r.err)
	}
	l.story.Step("both pods of the gateway replaced during %d calls, of which none failed", r.calls)
	return nil
}

// awaitReplicas waits until a Deployment has all its pods ready.
func (l *lab) awaitReplicas(ctx context.Context, name string) error {
	_, err := l.kubectl(ctx, "--namespace", systemNamespace, "rollout", "status", "deployment/"+name, "--timeout=3m")
	return err
}
