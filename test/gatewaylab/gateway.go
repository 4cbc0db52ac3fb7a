package gatewaylab

import (
	"context"
	"crypto/rand"
	"log/slog"
	"net"
	"sync"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/gateway/access"
	"github.com/wasession/wasession/gateway/app"
)

// Admin is the entry of a key that may do everything.
var Admin = map[string]string{access.EntryAdmin: "true"}

// Gateway starts a gateway as the gateway's user, and returns its URL. The options that
// change may set are those that tests are about.
func (l *Lab) Gateway(t *testing.T, change ...func(*app.Options)) string {
	t.Helper()
	url, _ := l.StartGateway(t, change...)
	return url
}

// StartGateway is Gateway for tests that stop it themselves. stop returns how it ended;
// the end of the test stops it otherwise.
func (l *Lab) StartGateway(t *testing.T, change ...func(*app.Options)) (url string, stop func() error) {
	t.Helper()
	config, err := l.Plane.User(User, "system:serviceaccounts", "system:authenticated")
	if err != nil {
		t.Fatal(err)
	}
	config.QPS = -1
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	o := app.Options{
		Config: config, OwnNamespace: Own, Listener: listener, SpoolDir: t.TempDir(), Version: "test",
		Log: slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelInfo})),
	}
	for _, f := range change {
		f(&o)
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	ended := make(chan error, 1)
	go func() { ended <- app.Run(ctx, o) }()
	stop = sync.OnceValue(func() error {
		cancel()
		return <-ended
	})
	t.Cleanup(func() {
		if err := stop(); err != nil {
			t.Errorf("the gateway ended with %v", err)
		}
	})
	return "http://" + listener.Addr().String(), stop
}

// Key creates the Secret of an API key, and returns the key and the Secret.
func (l *Lab) Key(t *testing.T, entries map[string]string) (string, *corev1.Secret) {
	t.Helper()
	plain := "key-" + rand.Text()
	object := &corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{Namespace: Own, GenerateName: "key-", Labels: map[string]string{access.LabelKey: "true"}},
		StringData: map[string]string{access.EntryKey: plain},
	}
	for name, value := range entries {
		object.StringData[name] = value
	}
	l.Create(t, object)
	return plain, object
}

// Namespace creates a namespace.
func (l *Lab) Namespace(t *testing.T) string {
	t.Helper()
	object := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{GenerateName: "tenant-"}}
	l.Create(t, object)
	return object.Name
}

// Create creates objects.
func (l *Lab) Create(t *testing.T, objects ...client.Object) {
	t.Helper()
	for _, object := range objects {
		if err := l.K8s.Create(t.Context(), object); err != nil {
			t.Fatalf("create %T %s: %v", object, object.GetName(), err)
		}
	}
}

// Session creates a session with a status as the operator writes it. change may set
// more of both.
func (l *Lab) Session(t *testing.T, namespace, name string, phase v1alpha1.SessionPhase, change ...func(*v1alpha1.WhatsAppSession)) *v1alpha1.WhatsAppSession {
	t.Helper()
	s := &v1alpha1.WhatsAppSession{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name}}
	for _, f := range change {
		f(s)
	}
	status := s.Status
	l.Create(t, s)
	s.Status = status
	s.Status.ObservedGeneration, s.Status.Phase = s.Generation, phase
	if err := l.K8s.Status().Update(t.Context(), s); err != nil {
		t.Fatalf("write the status of %s: %v", name, err)
	}
	return s
}
