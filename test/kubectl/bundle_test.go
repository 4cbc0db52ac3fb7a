package kubectl

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/kubectl/bundle"
	"github.com/wasession/wasession/kubectl/cli"
	"github.com/wasession/wasession/test/gatewaylab"
)

// planted is what must not be in a bundle. Numbers and texts of the story are there too.
var planted = []string{
	"tenant-4711-secret", "note about Bob Miller", "acme-customer", "hook-token-1", "ingest/path", "env-secret-value",
	"1555000", "good morning", "hello", "Mallory", "Alice", "Carol",
}

// bundle: what helps is in the archive, and nothing that is private.
func (s *stage) bundle(t *testing.T, ctx context.Context) {
	session := &v1alpha1.WhatsAppSession{}
	session.Namespace, session.Name = s.namespace, "support"
	change := `{"metadata":{"annotations":{"example.com/note":"note about Bob Miller"},"labels":{"customer":"acme-customer"}},"spec":{"logLevel":"Debug",
		"eventMetadata":{"tenant":"tenant-4711-secret"},
		"webhooks":[{"name":"crm","url":"http://crm.invalid/ingest/path?token=hook-token-1","events":["message"]}]}}`
	if err := lab.K8s.Patch(ctx, session, client.RawPatch(types.MergePatchType, []byte(change))); err != nil {
		t.Fatal(err)
	}
	labels := map[string]string{"app.kubernetes.io/name": "wasession"}
	lab.Create(t, &appsv1.Deployment{
		ObjectMeta: metav1.ObjectMeta{Namespace: gatewaylab.Own, Name: "wasession-operator", Labels: labels},
		Spec: appsv1.DeploymentSpec{Selector: &metav1.LabelSelector{MatchLabels: labels}, Template: corev1.PodTemplateSpec{
			ObjectMeta: metav1.ObjectMeta{Labels: labels},
			Spec: corev1.PodSpec{Containers: []corev1.Container{{
				Name: "operator", Image: "ghcr.io/wasession/wasession:v0.1.0", Env: []corev1.EnvVar{{Name: "PROXY", Value: "env-secret-value"}},
			}}},
		}},
	})
	secret := &corev1.Secret{}
	read(t, types.NamespacedName{Namespace: s.namespace, Name: "support-keys"}, secret)
	private := planted
	for _, value := range secret.Data {
		private = append(private, string(value))
	}

	path := filepath.Join(t.TempDir(), "bundle.tar.gz")
	admin := fleetUser(t, s.namespace)
	eventually(t, ctx, func() string { // the event of the webhook has been tried
		if text := admin.ok(t, "logs", "support"); !strings.Contains(text, "DEBUG") {
			return text
		}
		return ""
	})
	if out := admin.ok(t, "support-bundle", "--file", path); out != path+"\n" {
		t.Errorf("it says %s", out)
	}
	files := unpack(t, path)
	for name, text := range files {
		for _, word := range private {
			if strings.Contains(text, word) {
				at := strings.Index(text, word)
				t.Errorf("%s has %q: %s", name, word, text[max(0, at-100):min(len(text), at+100)])
			}
		}
	}
	for name, helps := range map[string]string{
		"plugin.yaml": "v9.9.9", "kubernetes.yaml": "gitVersion: v1.", "installation/deployments.yaml": "image: ghcr.io/wasession/wasession:v0.1.0",
		"sessions/support/session.yaml": "http://crm.invalid/<path-", "sessions/support/pod.yaml": "phase: Running", "sessions/support/claim.yaml": "phase: Bound",
		"sessions/support/services.yaml": "kind: Service", "sessions/support/events.yaml": "reason: ", "sessions/support/runtime.log": `msg="Session status changed"`,
		"sessions/support/metrics.txt": "wasession_", "sessions/support/doctor.yaml": "findings:", "sessions/sales/session.yaml": "name: silent",
	} {
		if !strings.Contains(files[name], helps) {
			t.Errorf("%s does not have %q: %.2000s", name, helps, files[name])
		}
	}
	var manifest bundle.Manifest
	if err := json.Unmarshal([]byte(files["manifest.json"]), &manifest); err != nil || len(manifest.Files) != len(files)-1 {
		t.Errorf("the manifest is %s", files["manifest.json"])
	}
	if again := admin.run(ctx, "support-bundle", "--file", path); again.code != cli.Failed || !strings.Contains(again.err, "exists") {
		t.Errorf("again: %d %s", again.code, again.err)
	}
	// What the caller may not read is left out, and the bundle says so.
	less := filepath.Join(t.TempDir(), "less.tar.gz")
	r := s.user.run(ctx, "support-bundle", "support", "--file", less)
	if r.code != cli.Done || !strings.Contains(r.err, "left out: installation/deployments.yaml") || !strings.Contains(unpack(t, less)["manifest.json"], "forbidden") {
		t.Errorf("with few rights: %d\n%s%s", r.code, r.out, r.err)
	}
}

// unpack reads the files of a bundle.
func unpack(t *testing.T, path string) map[string]string {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	plain, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	files, archive := map[string]string{}, tar.NewReader(plain)
	for {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return files
		}
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(archive)
		if err != nil {
			t.Fatal(err)
		}
		files[strings.TrimPrefix(header.Name, "wasession-support/")] = string(text)
	}
}
