package controllers

import (
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

func TestASessionWaitsForTheCachesToShowItsObjects(t *testing.T) {
	key := types.NamespacedName{Namespace: "crm", Name: "sales"}
	begin := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	pod := func(version string) *corev1.Pod {
		return &corev1.Pod{ObjectMeta: metav1.ObjectMeta{ResourceVersion: version}}
	}
	cases := []struct {
		name  string
		shown *corev1.Pod
		after time.Duration
		want  time.Duration
	}{
		{"not there yet", nil, time.Second, 4 * time.Second},
		{"an older one", pod("99"), 2 * time.Second, 3 * time.Second},
		{"the one written", pod("100"), time.Second, 0},
		{"a newer one", pod("101"), time.Second, 0},
		{"never there", nil, ownWritePatience, 0},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			var own ownWrites
			own.remember(key, "Pod", "100", begin)
			shown := map[string]client.Object{"Pod": c.shown}
			if got := own.behind(key, shown, begin.Add(c.after)); got != c.want {
				t.Errorf("waits for %s, want %s", got, c.want)
			}
			if kept := len(own.writes) == 1; kept != (c.want > 0) {
				t.Errorf("the write is remembered: %v", kept)
			}
			if own.behind(types.NamespacedName{Name: "other"}, shown, begin) != 0 {
				t.Error("another session waits")
			}
			own.forget(key)
			if len(own.writes) != 0 {
				t.Error("the session is not forgotten")
			}
		})
	}
}
