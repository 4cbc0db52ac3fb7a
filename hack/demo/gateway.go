package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/test/chatapi"
	"github.com/wasession/wasession/test/cluster"
	"github.com/wasession/wasession/test/controlplane"
	"github.com/wasession/wasession/test/process"
)

// gatewayUser is the gateway's service account, whose role is tested too.
const gatewayUser = "system:serviceaccount:" + systemNamespace + ":wasession-gateway"

// systemNamespace has the operator and the gateway.
const systemNamespace = "wasession-system"

// frontDoor is the gateway: its URL, and an admin key.
type frontDoor struct{ url, key string }

// startGateway installs the gateway's roles and an admin key, and runs it with them.
func (s *stack) startGateway(ctx context.Context, o options, port int) error {
	if err := cluster.ApplyFile(ctx, s.cluster, "", filepath.Join(o.root, "config", "gateway", "rbac.yaml")); err != nil {
		return err
	}
	s.door = frontDoor{url: fmt.Sprintf("http://127.0.0.1:%d", port), key: rand.Text()}
	if err := s.cluster.Create(ctx, &corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{Namespace: systemNamespace, Name: "wasession-gateway-admin", Labels: map[string]string{"wasession.dev/gateway-key": "true"}},
		StringData: map[string]string{"api-key": s.door.key, "admin": "true"},
	}); err != nil {
		return err
	}
	config, err := s.plane.User(gatewayUser, "system:serviceaccounts", "system:serviceaccounts:"+systemNamespace, "system:authenticated")
	if err != nil {
		return err
	}
	kubeconfig := filepath.Join(s.dir, "gateway.kubeconfig")
	if err := controlplane.WriteKubeconfig(config, kubeconfig); err != nil {
		return err
	}
	s.gateway, err = process.Start(s.logs(), "gateway", s.fail, filepath.Join(o.bin, "wasession-gateway"),
		"--kubeconfig", kubeconfig,
		"--listen-address", fmt.Sprintf("127.0.0.1:%d", port),
		"--namespace", systemNamespace,
		"--default-namespace", namespace,
		"--spool-dir", s.dir,
		"--drain-delay", "0s",
		"--history-interval", "5s", // a minute would show nothing of so short a story
	)
	return err
}

// api is a client of a session's chat API at the gateway.
func (d frontDoor) api(session string) *chatapi.Client { return chatapi.New(d.url, d.key, session) }

// waitForIt waits until the gateway answers with the sessions that the cluster has.
func (d frontDoor) waitForIt(ctx context.Context, sessions int) error {
	var list []struct{ Name, Status string }
	err := cluster.Eventually(ctx, func() (bool, error) {
		err := d.api("").Call(ctx, http.MethodGet, "/api/sessions?all=true", "", &list)
		return len(list) == sessions, err
	})
	if err != nil {
		return fmt.Errorf("the gateway shows %d of %d sessions: %w", len(list), sessions, err)
	}
	return nil
}

// checkGateway reads the same chats through the gateway, and has a session made and
// removed there as a WAHA client does.
func (t *tour) checkGateway(ctx context.Context) error {
	door := t.stack.door
	if err := door.waitForIt(ctx, len(samples)); err != nil {
		return err
	}
	chats, err := door.api(sessionName).Chats(ctx)
	if err != nil {
		return err
	}
	if err := sameChats(chats, t.stack.phones.account()); err != nil {
		return fmt.Errorf("through the gateway: %w", err)
	}
	if (frontDoor{door.url, "wrong-key-of-the-right-length"}).api(sessionName).Call(ctx, http.MethodGet, "/api/sessions", "", new(any)) == nil {
		return errors.New("the gateway accepts a wrong key")
	}
	t.story.Step("%s serves all sessions with one key", door.url)

	key := types.NamespacedName{Namespace: namespace, Name: "reception"}
	made := door.api(key.Name)
	if err := made.Call(ctx, http.MethodPost, "/api/sessions", `{"name":"reception","config":{"metadata":{"team":"front-desk"}}}`, new(any)); err != nil {
		return err
	}
	if _, err := t.stack.cluster.AwaitSession(ctx, key, "waiting for its QR code to be scanned", cluster.Because(v1alpha1.ReasonWaitingForScan)); err != nil {
		return err
	}
	// The gateway hears of the pod by its watch, like everybody.
	within, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	if err := cluster.Eventually(within, func() (bool, error) {
		qr, err := made.QR(ctx)
		return qr != "", err
	}); err != nil {
		return fmt.Errorf("get the QR code of a session that the gateway made: %w", err)
	}
	if err := made.Call(ctx, http.MethodDelete, "/api/sessions/reception", "", new(any)); err != nil {
		return err
	}
	if err := t.stack.cluster.AwaitGone(ctx, &v1alpha1.WhatsAppSession{ObjectMeta: metav1.ObjectMeta{Namespace: key.Namespace, Name: key.Name}}); err != nil {
		return err
	}
	t.story.Step("POST /api/sessions made session %s with a QR code, and DELETE removed it", key.Name)
	return nil
}
