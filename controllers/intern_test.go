package controllers

import (
	"strings"
	"testing"
	"unsafe"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/tools/cache"
)

func TestCachedObjectsShareTheirStrings(t *testing.T) {
	object := func() *corev1.Pod {
		fresh := strings.Clone
		return &corev1.Pod{ObjectMeta: metav1.ObjectMeta{
			Name: "sales", Namespace: fresh("tenant"), Labels: map[string]string{fresh("app"): fresh("sales")},
			OwnerReferences: []metav1.OwnerReference{{APIVersion: fresh("v1"), Kind: fresh("Session"), Name: fresh("sales")}},
		}}
	}
	same := func(in any) (any, error) { return in, nil }
	var cached [2]*corev1.Pod
	for i := range cached {
		out, err := interned(same)(object())
		if err != nil {
			t.Fatal(err)
		}
		cached[i] = out.(*corev1.Pod)
		if !equality.Semantic.DeepEqual(cached[i], object()) {
			t.Errorf("became %+v", cached[i])
		}
	}
	for what, of := range map[string]func(*corev1.Pod) string{
		"namespace":     func(p *corev1.Pod) string { return p.Namespace },
		"label":         func(p *corev1.Pod) string { return p.Labels["app"] },
		"owner's group": func(p *corev1.Pod) string { return p.OwnerReferences[0].APIVersion },
		"owner's kind":  func(p *corev1.Pod) string { return p.OwnerReferences[0].Kind },
		"owner's name":  func(p *corev1.Pod) string { return p.OwnerReferences[0].Name },
	} {
		if unsafe.StringData(of(cached[0])) != unsafe.StringData(of(cached[1])) {
			t.Errorf("each object has a copy of its %s", what)
		}
	}
}

func TestATombstoneIsLeftAsItIs(t *testing.T) {
	tombstone := cache.DeletedFinalStateUnknown{Key: "tenant/sales"}
	if out, err := interned(stripSecretMetadata)(tombstone); err != nil || out != tombstone {
		t.Errorf("%v, %v", out, err)
	}
}
