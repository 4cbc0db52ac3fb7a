package main

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	corev1 "k8s.io/api/core/v1"
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
	ended, err := l.scanDrawn(ctx, l.owner)
	if err != nil {
		return err
	}
	scanned := time.Now()
	session, err := l.cluster.AwaitSession(ctx, sessionKey, "ready", cluster.Ready)
	if err != nil {
		return err
	}
	l.measure(figures.Figure{Name: "scanned", Ours: time.Since(scanned).Seconds(), Unit: "s", Note: "from the scan to Ready in the resource"})
	l.story.Step("kubectl wasession qr drew the code, and a phone scanned it; ready as %s %.2f s later", session.Status.Me.ID, time.Since(scanned).Seconds())
	if err := ended(); err != nil {
		return err
	}
	l.story.Step("the command says that it is paired, and exits with 0")
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
