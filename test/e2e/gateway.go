package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/test/chatapi"
	"github.com/wasession/wasession/test/cluster"
	"github.com/wasession/wasession/test/process"
	"github.com/wasession/wasession/test/realnode"
	"github.com/wasession/wasession/test/visitor"
)

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
	if err := l.visitDashboard(ctx); err != nil {
		return err
	}
	return l.drainGateway(ctx)
}

// visitDashboard logs in as the chart's notes say: through kubectl port-forward. Without
// TLS, the dashboard keeps a login at localhost only.
func (l *lab) visitDashboard(ctx context.Context) error {
	forward, err := process.Start(realnode.Logs(), "port-forward", l.fail, l.kubectlPath(),
		"--kubeconfig="+l.kubeconfig, "--namespace="+systemNamespace, "port-forward", "service/wasession-gateway", "3000")
	if err != nil {
		return err
	}
	defer forward.Kill()
	v, err := visitor.New("http://localhost:3000")
	if err != nil {
		return err
	}
	if err := cluster.Eventually(ctx, func() (bool, error) {
		err := v.LogIn(ctx, l.key)
		return err == nil, err
	}); err != nil {
		return err
	}
	page, err := v.Load(ctx, "")
	if err != nil {
		return err
	}
	if link := "/dashboard/sessions/" + userNamespace + "/" + sessionKey.Name; !strings.Contains(page, link) {
		return fmt.Errorf("the dashboard does not show the session: no link to %s", link)
	}
	l.story.Step("the dashboard shows the session, through kubectl port-forward and after a login")
	return nil
}

// drainGateway ends both replicas one after the other while a client calls: no call
// may fail.
func (l *lab) drainGateway(ctx context.Context) error {
	pods, err := l.podsOf(ctx, systemNamespace, map[string]string{"app.kubernetes.io/component": "gateway"})
	if err != nil {
		return err
	}
	if len(pods) != 2 {
		return fmt.Errorf("%d pods of the gateway, want 2", len(pods))
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
		pace := time.NewTicker(5 * time.Millisecond) // well below what a caller may
		defer pace.Stop()
		for calls.Err() == nil && r.err == nil {
			<-pace.C
			_, r.err = l.door.Overview(ctx, 5)
			r.calls++
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
