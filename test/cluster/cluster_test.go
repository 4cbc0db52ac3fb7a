package cluster

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/test/controlplane"
)

func TestCluster(t *testing.T) {
	assets, err := controlplane.Assets(t.Context(), ".", os.Stderr)
	if err != nil {
		t.Fatal(err)
	}
	plane, err := controlplane.Start(controlplane.Options{Assets: assets, CRDs: []string{"../../config/crd/bases"}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := plane.Stop(); err != nil {
			t.Error(err)
		}
	})
	c, err := New(plane.Config)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
	defer cancel()

	folder := t.TempDir()
	file := filepath.Join(folder, "two.yaml")
	manifest := `# a comment before all
---
apiVersion: wasession.dev/v1alpha1
kind: WhatsAppSession
metadata: {name: one}
spec: {}
---
apiVersion: v1
kind: Namespace
metadata: {name: elsewhere}
`
	if err := os.WriteFile(file, []byte(manifest), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "kustomization.yaml"), []byte("resources: [two.yaml]"), 0o600); err != nil {
		t.Fatal(err)
	}
	for range 2 { // applying again changes nothing
		if err := ApplyFolder(ctx, c, "default", folder); err != nil {
			t.Fatal(err)
		}
	}
	key := types.NamespacedName{Namespace: "default", Name: "one"}
	session := &v1alpha1.WhatsAppSession{}
	if err := c.Get(ctx, key, session); err != nil {
		t.Fatalf("the object without a namespace: %v", err)
	}
	if err := c.Get(ctx, types.NamespacedName{Name: "elsewhere"}, &corev1.Namespace{}); err != nil {
		t.Fatalf("the second document: %v", err)
	}

	// A status of an older generation does not count.
	setStatus := func(generation int64, status metav1.ConditionStatus) {
		t.Helper()
		session.Status.ObservedGeneration = generation
		session.Status.Phase = v1alpha1.PhaseWorking
		session.Status.Conditions = []metav1.Condition{{
			Type: v1alpha1.ConditionReady, Status: status, Reason: v1alpha1.ReasonConnected, Message: "all is well",
			LastTransitionTime: metav1.Now(),
		}}
		if err := c.Status().Update(ctx, session); err != nil {
			t.Fatal(err)
		}
	}
	setStatus(session.Generation-1, metav1.ConditionTrue)
	short, stop := context.WithTimeoutCause(ctx, 2*time.Second, errors.New("too slow"))
	defer stop()
	_, err = c.AwaitSession(short, key, "Ready", Ready)
	if err == nil || !strings.Contains(err.Error(), "did not become Ready") || !strings.Contains(err.Error(), "all is well") || !strings.Contains(err.Error(), "too slow") {
		t.Errorf("a status that is behind: %v, want an error with the last status and the cause", err)
	}
	setStatus(session.Generation, metav1.ConditionTrue)
	if _, err := c.AwaitSession(ctx, key, "Ready", Ready); err != nil {
		t.Error(err)
	}
	if _, err := c.AwaitSession(ctx, key, "connected", Because(v1alpha1.ReasonConnected)); err != nil {
		t.Error(err)
	}

	table, err := c.Table(ctx, "default")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(table, "\n")
	if got := strings.Fields(lines[0]); strings.Join(got, " ") != "NAME PHONE STATUS READY REASON UPDATED AGE" {
		t.Errorf("columns %q", got)
	}
	if row := strings.Fields(lines[1]); strings.Join(row[:5], " ") != "one <none> WORKING True Connected" {
		t.Errorf("row %q", lines[1])
	}

	if err := c.Delete(ctx, session); err != nil {
		t.Fatal(err)
	}
	if err := c.AwaitGone(ctx, session); err != nil {
		t.Error(err)
	}
	kept := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: "default"}}
	soon, stopSoon := context.WithTimeout(ctx, 300*time.Millisecond)
	defer stopSoon()
	if err := c.AwaitGone(soon, kept); err == nil || !strings.Contains(err.Error(), "still exists") {
		t.Errorf("waiting for an object that stays: %v", err)
	}
}

func TestApplyFileSaysWhichFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "broken.yaml")
	if err := os.WriteFile(path, []byte("a: b: c"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := ApplyFile(t.Context(), nil, "default", path); err == nil || !strings.Contains(err.Error(), "broken.yaml") {
		t.Errorf("error %v, want one that names the file", err)
	}
}
