package localnode

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-logr/logr"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/kubernetes/scheme"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/wasession/wasession/test/controlplane"
	"github.com/wasession/wasession/test/localnode/sandbox"
)

// suite is shared by all tests: one API server, one node, one image.
type suite struct {
	client  client.WithWatch
	dir     string
	options Options
	stop    func() error
}

var shared *suite

func TestMain(m *testing.M) {
	sandbox.Init()
	ctrl.SetLogger(logr.Discard())
	os.Exit(run(m))
}

func run(m *testing.M) int {
	s, err := start()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	shared = s
	code := m.Run()
	if err := s.stop(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return code
}

func start() (*suite, error) {
	dir, err := os.MkdirTemp("", "localnode-test-")
	if err != nil {
		return nil, err
	}
	build := exec.Command("go", "build", "-o", filepath.Join(dir, "bin", "web"), "./testdata/web")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("build web: %w\n%s", err, out)
	}
	assets, err := controlplane.Assets(context.Background(), ".", os.Stderr)
	if err != nil {
		return nil, err
	}
	plane, err := controlplane.Start(controlplane.Options{Assets: assets, ServiceCIDR: "127.97.0.0/16"})
	if err != nil {
		return nil, err
	}
	s := &suite{dir: dir, options: Options{
		Name: "here", Dir: dir, PodNet: "127.2",
		Images: map[string]Image{"example.org/web": {
			Mounts:     []sandbox.Mount{{Source: filepath.Join(dir, "bin"), Target: "/usr/local/bin", ReadOnly: true}},
			Entrypoint: []string{"web"},
			Env:        []string{"PATH=/usr/local/bin"},
		}},
		Owners:         []schema.GroupVersionKind{{Version: "v1", Kind: "ConfigMap"}},
		RestartBackoff: time.Second,
		Log:            logr.Discard(),
	}}
	if s.client, err = client.NewWithWatch(plane.Config, client.Options{Scheme: scheme.Scheme}); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- Run(ctx, plane.Config, s.options) }()
	s.stop = func() error {
		cancel()
		if err := <-ended; err != nil {
			return err
		}
		if err := plane.Stop(); err != nil {
			return err
		}
		return os.RemoveAll(dir)
	}
	return s, nil
}

// namespace creates a namespace for the test.
func namespace(t *testing.T) string {
	t.Helper()
	object := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{GenerateName: "test-"}}
	create(t, object)
	return object.Name
}

func create(t *testing.T, objects ...client.Object) {
	t.Helper()
	for _, object := range objects {
		if err := shared.client.Create(t.Context(), object); err != nil {
			t.Fatalf("create %T %s: %v", object, object.GetName(), err)
		}
	}
}

// webPod returns a pod that serves on its own address, modified by change.
func webPod(namespace, name string, change func(*corev1.Pod)) *corev1.Pod {
	pod := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name, Labels: map[string]string{"app": name}},
		Spec: corev1.PodSpec{Containers: []corev1.Container{{
			Name:  "web",
			Image: "example.org/web:v1",
			Args:  []string{"--listen", "$(POD_IP):3000"},
			Env: []corev1.EnvVar{{Name: "POD_IP", ValueFrom: &corev1.EnvVarSource{
				FieldRef: &corev1.ObjectFieldSelector{FieldPath: "status.podIP"},
			}}},
			Ports: []corev1.ContainerPort{{Name: "http", ContainerPort: 3000}},
		}}},
	}
	if change != nil {
		change(pod)
	}
	return pod
}

// until watches object until the condition holds, and leaves it in that state.
func until[T client.Object](t *testing.T, object T, what string, condition func(T) bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
	defer cancel()
	list, err := scheme.Scheme.New(listKind(t, object))
	if err != nil {
		t.Fatal(err)
	}
	events, err := shared.client.Watch(ctx, list.(client.ObjectList),
		client.InNamespace(object.GetNamespace()), client.MatchingFields{"metadata.name": object.GetName()})
	if err != nil {
		t.Fatal(err)
	}
	defer events.Stop()
	for event := range events.ResultChan() {
		current, ok := event.Object.(T)
		if ok && event.Type != watch.Deleted && condition(current) {
			if err := shared.client.Get(ctx, client.ObjectKeyFromObject(current), object); err != nil {
				t.Fatal(err)
			}
			return
		}
	}
	_ = shared.client.Get(t.Context(), client.ObjectKeyFromObject(object), object)
	t.Fatalf("%s %s never became %s: %+v", listKind(t, object).Kind, object.GetName(), what, object)
}

// untilGone watches until the object no longer exists.
func untilGone(t *testing.T, object client.Object) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
	defer cancel()
	list, err := scheme.Scheme.New(listKind(t, object))
	if err != nil {
		t.Fatal(err)
	}
	events, err := shared.client.Watch(ctx, list.(client.ObjectList),
		client.InNamespace(object.GetNamespace()), client.MatchingFields{"metadata.name": object.GetName()})
	if err != nil {
		t.Fatal(err)
	}
	defer events.Stop()
	if apierrors.IsNotFound(shared.client.Get(ctx, client.ObjectKeyFromObject(object), object)) {
		return
	}
	for event := range events.ResultChan() {
		if event.Type == watch.Deleted {
			return
		}
	}
	t.Fatalf("%s is still there", object.GetName())
}

func listKind(t *testing.T, object client.Object) schema.GroupVersionKind {
	t.Helper()
	kinds, _, err := scheme.Scheme.ObjectKinds(object)
	if err != nil {
		t.Fatal(err)
	}
	kind := kinds[0]
	kind.Kind += "List"
	return kind
}

// get fetches a URL and returns status and body.
func get(t *testing.T, url string) (int, string) {
	t.Helper()
	return send(t, http.MethodGet, url, "")
}

func send(t *testing.T, method, url, body string) (int, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	response, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(request)
	if err != nil {
		return 0, err.Error()
	}
	defer func() { _ = response.Body.Close() }()
	content, err := io.ReadAll(response.Body)
	if err != nil {
		return 0, err.Error()
	}
	return response.StatusCode, string(content)
}
