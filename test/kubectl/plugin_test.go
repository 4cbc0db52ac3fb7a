package kubectl

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/kubectl/app"
	"github.com/wasession/wasession/kubectl/cli"
	"github.com/wasession/wasession/test/controlplane"
)

// plugin is the plugin in the hands of a user.
type plugin struct {
	flags []string
	// in is what the commands read.
	in io.Reader
}

// userOf is the plugin of a user with the rights of docs/kubectl.md, and no others, in
// a namespace.
func userOf(t *testing.T, namespace string, extra ...rbacv1.PolicyRule) plugin {
	t.Helper()
	name := fmt.Sprintf("user-%s-%d", namespace, len(extra))
	meta := metav1.ObjectMeta{Namespace: namespace, Name: name}
	lab.Create(t,
		&rbacv1.Role{ObjectMeta: meta, Rules: append([]rbacv1.PolicyRule{
			{APIGroups: []string{v1alpha1.GroupVersion.Group}, Resources: []string{v1alpha1.Resource}, Verbs: []string{"get", "list", "watch"}},
			{APIGroups: []string{corev1.GroupName}, Resources: []string{"pods/portforward"}, Verbs: []string{"create"}},
			{APIGroups: []string{corev1.GroupName}, Resources: []string{"pods", "pods/log", "persistentvolumeclaims"}, Verbs: []string{"get"}},
			{APIGroups: []string{corev1.GroupName}, Resources: []string{"events"}, Verbs: []string{"list"}},
			{APIGroups: []string{corev1.GroupName}, Resources: []string{"secrets"}, ResourceNames: []string{"sales-keys", "support-keys"}, Verbs: []string{"get"}},
		}, extra...)},
		&rbacv1.RoleBinding{
			ObjectMeta: meta, RoleRef: rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "Role", Name: name},
			Subjects: []rbacv1.Subject{{APIGroup: rbacv1.GroupName, Kind: rbacv1.UserKind, Name: name}},
		})
	config, err := lab.Plane.User(name)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "kubeconfig")
	if err := controlplane.WriteKubeconfig(config, path); err != nil {
		t.Fatal(err)
	}
	return plugin{flags: []string{"--kubeconfig", path, "-n", namespace}, in: strings.NewReader("")}
}

// result is what a command left.
type result struct {
	code     cli.Code
	out, err string
}

// run runs a command to its end.
func (p plugin) run(ctx context.Context, args ...string) result {
	return <-p.start(ctx, args...).ended
}

// ok runs a command that has to work.
func (p plugin) ok(t *testing.T, args ...string) string {
	t.Helper()
	r := p.run(t.Context(), args...)
	if r.code != cli.Done {
		t.Fatalf("%v: exit code %d\n%s%s", args, r.code, r.out, r.err)
	}
	return r.out
}

// running is a command that has not ended.
type running struct {
	out, err output
	ended    chan result
}

func (p plugin) start(ctx context.Context, args ...string) *running {
	r := &running{ended: make(chan result, 1)}
	r.out.fresh, r.err.fresh = make(chan struct{}, 1), make(chan struct{}, 1)
	go func() {
		code := app.Run(ctx, "v9.9.9", append(args, p.flags...), cli.Streams{In: p.in, Out: &r.out, Err: &r.err})
		r.ended <- result{code, r.out.String(), r.err.String()}
	}()
	return r
}

// output is what a command has written so far.
type output struct {
	mutex sync.Mutex
	text  bytes.Buffer
	fresh chan struct{}
}

func (o *output) Write(b []byte) (int, error) {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	select {
	case o.fresh <- struct{}{}:
	default:
	}
	return o.text.Write(b)
}

func (o *output) String() string {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	return o.text.String()
}

// await waits until the output of a command satisfies done.
func (r *running) await(t *testing.T, ctx context.Context, o *output, done func(text string) bool) {
	t.Helper()
	for !done(o.String()) {
		select {
		case <-o.fresh:
		case end := <-r.ended:
			if done(end.out) || done(end.err) {
				r.ended <- end
				return
			}
			t.Fatalf("the command ended with %d\n%s%s", end.code, end.out, end.err)
		case <-ctx.Done():
			t.Fatalf("the command still says\n%s%s", r.out.String(), r.err.String())
		}
	}
}
