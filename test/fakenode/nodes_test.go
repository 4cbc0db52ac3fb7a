package fakenode_test

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes/scheme"
	"sigs.k8s.io/controller-runtime/pkg/client"

	runtimev1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/test/controlplane"
	"github.com/wasession/wasession/test/fakenode"
)

// lab is an API server with two fake nodes.
type lab struct {
	*testing.T
	client.Client
	nodes *fakenode.Nodes
}

func TestNodes(t *testing.T) {
	assets, err := controlplane.Assets(t.Context(), ".", os.Stderr)
	if err != nil {
		t.Fatal(err)
	}
	plane, err := controlplane.Start(controlplane.Options{Assets: assets})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = plane.Stop() })
	c, err := client.New(plane.Config, client.Options{Scheme: scheme.Scheme})
	if err != nil {
		t.Fatal(err)
	}
	nodes, err := fakenode.Start(t.Context(), plane.Config, fakenode.Options{Count: 2, Network: "127.79", Workers: 4})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := nodes.Stop(); err != nil {
			t.Error(err)
		}
	})
	for _, test := range []struct {
		name string
		run  func(*lab)
	}{
		{"a pod runs, and ends when it is told to", (*lab).runsAndEnds},
		{"a pod of a lost node stays until it is back", (*lab).waitsForItsNode},
		{"a pod of a node out of service goes", (*lab).leavesADeadNode},
		{"a failed pod stays", (*lab).isEvicted},
		{"a pod that is evicted as it starts has no process", (*lab).isEvictedAtOnce},
		{"a changed pod takes its configuration up", (*lab).takesUp},
		{"a claim goes after the pod that it serves", (*lab).releasesTheClaim},
		// The rest are violations, which stay.
		{"a pod that is forced away is a violation", (*lab).seesForce},
		{"two pods of one session are a violation", (*lab).seesTwoPods},
	} {
		t.Run(test.name, func(t *testing.T) { test.run(&lab{t, c, nodes}) })
	}
}

// eventually waits for something that comes about by itself.
func (l *lab) eventually(what string, good func() bool) {
	l.Helper()
	for deadline := time.Now().Add(time.Minute); !good(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			l.Fatalf("in vain: %s", what)
		}
	}
}

func (l *lab) do(err error) {
	l.Helper()
	if err != nil {
		l.Fatal(err)
	}
}

// pod is a pod that runs.
func (l *lab) pod(session, name string) types.NamespacedName {
	l.Helper()
	key := l.create(session, name)
	l.eventually("the pod runs", func() bool { return l.get(key).Status.Phase == corev1.PodRunning })
	return key
}

// create makes what the operator makes for a session that a pod needs, and the pod.
func (l *lab) create(session, name string) types.NamespacedName {
	l.Helper()
	meta := metav1.ObjectMeta{Namespace: "default", Name: name, Labels: map[string]string{v1alpha1.LabelSession: session}}
	l.do(client.IgnoreAlreadyExists(l.Create(l.Context(), &corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: "default"}})))
	l.do(l.Create(l.Context(), &corev1.ConfigMap{ObjectMeta: meta, Data: map[string]string{runtimev1.ConfigFile: "{}"}}))
	l.do(l.Create(l.Context(), &corev1.PersistentVolumeClaim{ObjectMeta: meta, Spec: corev1.PersistentVolumeClaimSpec{
		AccessModes: []corev1.PersistentVolumeAccessMode{corev1.ReadWriteOnce},
		Resources:   corev1.VolumeResourceRequirements{Requests: corev1.ResourceList{corev1.ResourceStorage: resource.MustParse("1Gi")}},
	}}))
	l.do(l.Create(l.Context(), &corev1.Pod{ObjectMeta: meta, Spec: corev1.PodSpec{
		Containers: []corev1.Container{{Name: "runtime", Image: "example.com/wasession:test"}},
		Volumes: []corev1.Volume{
			{Name: "config", VolumeSource: corev1.VolumeSource{ConfigMap: &corev1.ConfigMapVolumeSource{LocalObjectReference: corev1.LocalObjectReference{Name: name}}}},
			{Name: "data", VolumeSource: corev1.VolumeSource{PersistentVolumeClaim: &corev1.PersistentVolumeClaimVolumeSource{ClaimName: name}}},
		},
	}}))
	return types.NamespacedName{Namespace: "default", Name: name}
}

// get returns the pod, empty if there is none.
func (l *lab) get(key types.NamespacedName) *corev1.Pod {
	l.Helper()
	pod := &corev1.Pod{}
	err := l.Get(l.Context(), key, pod)
	if client.IgnoreNotFound(err) != nil {
		l.Fatal(err)
	}
	return pod
}

func (l *lab) gone(key types.NamespacedName, object client.Object) bool {
	return apierrors.IsNotFound(l.Get(l.Context(), key, object))
}

// remove deletes the pod as kubectl does, and waits until it is told to end.
func (l *lab) remove(key types.NamespacedName, options ...client.DeleteOption) {
	l.Helper()
	l.do(client.IgnoreNotFound(l.Delete(l.Context(), l.get(key), options...)))
}

// violated reports whether a violation with these words has been seen.
func (l *lab) violated(words string) func() bool {
	return func() bool { return strings.Contains(strings.Join(l.nodes.Violations(), "\n"), words) }
}

func (l *lab) runsAndEnds() {
	key := l.pod("plain", "plain")
	pod := l.get(key)
	if pod.Status.PodIP == "" || pod.Spec.NodeName == "" || l.nodes.Starts(key) != 1 || l.nodes.Runtime(key) == nil {
		l.Errorf("the pod runs at %q on node %q, after %d starts", pod.Status.PodIP, pod.Spec.NodeName, l.nodes.Starts(key))
	}
	l.remove(key)
	l.eventually("the pod is gone", func() bool { return l.gone(key, &corev1.Pod{}) })
	if l.nodes.Runtime(key) != nil || len(l.nodes.Violations()) > 0 {
		l.Errorf("its process runs on, or something was violated: %s", l.nodes.Violations())
	}
}

func (l *lab) waitsForItsNode() {
	key := l.pod("patient", "patient")
	node := l.get(key).Spec.NodeName
	l.do(l.nodes.Lose(l.Context(), node))
	if pod := l.get(key); pod.DeletionTimestamp == nil || l.nodes.Runtime(key) == nil {
		l.Errorf("a pod of a lost node: deleted %v, process %v", pod.DeletionTimestamp, l.nodes.Runtime(key))
	}
	other := l.pod("elsewhere", "elsewhere") // meanwhile the pod before it was handled
	if l.get(other).Spec.NodeName == node || l.gone(key, &corev1.Pod{}) {
		l.Error("the lost node works")
	}
	l.do(l.nodes.Return(l.Context(), node))
	l.eventually("the pod ends", func() bool { return l.gone(key, &corev1.Pod{}) })
}

func (l *lab) leavesADeadNode() {
	key := l.pod("dead", "dead")
	node := l.get(key).Spec.NodeName
	l.do(l.nodes.Lose(l.Context(), node))
	l.do(l.nodes.OutOfService(l.Context(), node))
	if !l.gone(key, &corev1.Pod{}) || l.nodes.Runtime(key) != nil {
		l.Error("the pod of a dead node stays")
	}
	l.do(l.nodes.Return(l.Context(), node))
	if found := l.nodes.Violations(); len(found) > 0 {
		l.Errorf("violated: %s", found)
	}
}

func (l *lab) isEvicted() {
	key := l.pod("evicted", "evicted")
	l.do(l.nodes.Evict(l.Context(), key))
	if pod := l.get(key); pod.Status.Phase != corev1.PodFailed || l.nodes.Runtime(key) != nil {
		l.Errorf("the pod is %s", pod.Status.Phase)
	}
}

func (l *lab) isEvictedAtOnce() {
	for i := range 20 {
		name := fmt.Sprintf("hasty-%d", i)
		key := l.create(name, name)
		l.eventually("the pod is bound", func() bool { return l.get(key).Spec.NodeName != "" })
		l.do(l.nodes.Evict(l.Context(), key))
		l.do(l.Delete(l.Context(), l.get(key)))
		l.eventually("the pod is gone", func() bool { return l.gone(key, &corev1.Pod{}) })
	}
	if l.violated("was removed")() {
		l.Error("a pod ran on")
	}
}

func (l *lab) takesUp() {
	key := l.pod("fresh", "fresh")
	const file = `{"logLevel":"debug"}`
	l.do(l.Update(l.Context(), &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: "fresh"}, Data: map[string]string{runtimev1.ConfigFile: file}}))
	pod := l.get(key)
	base := pod.DeepCopy()
	metav1.SetMetaDataAnnotation(&pod.ObjectMeta, "example.com/config", "new")
	l.do(l.Patch(l.Context(), pod, client.MergeFrom(base)))
	l.eventually("the configuration is taken up", func() bool {
		return l.nodes.Runtime(key).ConfigHash() == runtimev1.ConfigHash([]byte(file))
	})
}

func (l *lab) releasesTheClaim() {
	key := l.pod("held", "held")
	l.do(l.Delete(l.Context(), &corev1.PersistentVolumeClaim{ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: "held"}}))
	if l.gone(key, &corev1.PersistentVolumeClaim{}) {
		l.Error("a claim that a pod uses is gone")
	}
	l.remove(key)
	l.eventually("the claim is gone", func() bool { return l.gone(key, &corev1.PersistentVolumeClaim{}) })
}

func (l *lab) seesForce() {
	key := l.pod("forced", "forced")
	l.do(l.nodes.Lose(l.Context(), l.get(key).Spec.NodeName))
	node := l.get(key).Spec.NodeName
	l.remove(key, client.GracePeriodSeconds(0))
	l.eventually("the force is seen", l.violated("default/forced"))
	l.do(l.nodes.Return(context.WithoutCancel(l.Context()), node))
}

func (l *lab) seesTwoPods() {
	l.pod("twin", "twin-1")
	l.pod("twin", "twin-2")
	l.eventually("the second pod is seen", l.violated("session default/twin has 2 pods"))
	l.eventually("the second process is seen", l.violated("session default/twin has two processes"))
}
