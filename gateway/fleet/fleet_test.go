package fleet

import (
	"context"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/wasession/wasession/api/v1alpha1"
)

// empty is a Fleet whose events the test makes.
func empty() *Fleet {
	return newFleet(func(s *v1alpha1.WhatsAppSession) string { return s.Annotations["called"] })
}

func sessionOf(namespace, name, called string, age int64) *v1alpha1.WhatsAppSession {
	return &v1alpha1.WhatsAppSession{ObjectMeta: metav1.ObjectMeta{
		Namespace: namespace, Name: name, CreationTimestamp: metav1.Unix(1000-age, 0), Annotations: map[string]string{"called": called},
	}}
}

func names(sessions []Session) (text string) {
	for _, s := range sessions {
		text += s.Namespace + "/" + s.Name + " "
	}
	return text
}

func TestSessionsAreFoundByWhatTheyAreCalled(t *testing.T) {
	f := empty()
	f.setSession(sessionOf("ops", "a", "sales", 1))
	f.setSession(sessionOf("crm", "b", "sales", 1))
	f.setSession(sessionOf("crm", "c", "sales", 5))
	f.setSession(sessionOf("crm", "d", "other", 1))
	if got := names(f.Named("sales")); got != "crm/c crm/b ops/a " {
		t.Errorf("called sales are %s", got)
	}
	f.setSession(sessionOf("crm", "c", "support", 5))
	f.removeSession(sessionOf("ops", "a", "sales", 1))
	if got := names(f.Named("sales")); got != "crm/b " {
		t.Errorf("after a change, called sales are %s", got)
	}
	if got := names(f.Named("support")); got != "crm/c " {
		t.Errorf("called support are %s", got)
	}
	if got := names(f.All()); got != "crm/b crm/c crm/d " {
		t.Errorf("all are %s", got)
	}
	f.removeSession(sessionOf("crm", "b", "sales", 1))
	if len(f.named) != 2 {
		t.Errorf("names are kept: %v", f.named)
	}
}

func TestWhereASessionsPodIs(t *testing.T) {
	f := empty()
	f.setSession(sessionOf("crm", "sales", "sales", 1))
	now := metav1.Now()
	pod := func(change func(*corev1.Pod)) *corev1.Pod {
		p := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: "crm", Name: "sales", UID: "u", Labels: map[string]string{v1alpha1.LabelSession: "sales"}}}
		p.Status.Phase, p.Status.PodIP = corev1.PodRunning, "10.0.0.1"
		change(p)
		return p
	}
	for what, c := range map[string]struct {
		change func(*corev1.Pod)
		want   Pod
	}{
		"running":       {func(*corev1.Pod) {}, Pod{"u", "10.0.0.1"}},
		"pending":       {func(p *corev1.Pod) { p.Status.Phase = corev1.PodPending }, Pod{}},
		"ended":         {func(p *corev1.Pod) { p.Status.Phase = corev1.PodFailed }, Pod{}},
		"being stopped": {func(p *corev1.Pod) { p.DeletionTimestamp = &now }, Pod{}},
		"no address":    {func(p *corev1.Pod) { p.Status.PodIP = "" }, Pod{}},
	} {
		f.setPod(pod(c.change))
		if got, _ := f.Get(types.NamespacedName{Namespace: "crm", Name: "sales"}); got.Pod != c.want {
			t.Errorf("%s: %v", what, got.Pod)
		}
	}
	f.setPod(pod(func(*corev1.Pod) {}))
	f.removePod(pod(func(*corev1.Pod) {}))
	if got, _ := f.Get(types.NamespacedName{Namespace: "crm", Name: "sales"}); got.Pod != (Pod{}) {
		t.Errorf("gone: %v", got.Pod)
	}
}

func TestAListenerMissesNothing(t *testing.T) {
	f := empty()
	wake, take, stop := f.Listen()
	f.setSession(sessionOf("crm", "a", "a", 1))
	f.setSession(sessionOf("crm", "a", "a", 1))
	f.setSession(sessionOf("crm", "b", "b", 1))
	<-wake
	if got := take(); len(got) != 2 {
		t.Errorf("changed are %v", got)
	}
	f.removeSession(sessionOf("crm", "a", "a", 1))
	<-wake
	if got := take(); len(got) != 1 || got[0].Name != "a" {
		t.Errorf("changed are %v", got)
	}
	stop()
	if len(f.listeners) != 0 {
		t.Error("the listener is kept")
	}
}

func TestAwait(t *testing.T) {
	f := empty()
	key := types.NamespacedName{Namespace: "crm", Name: "a"}
	done := make(chan bool)
	go func() {
		var last bool
		f.Await(context.Background(), key, time.Minute, func(_ Session, ok bool) bool { last = ok; return ok })
		done <- last
	}()
	f.setSession(sessionOf("crm", "a", "a", 1))
	if !<-done {
		t.Error("it ended before the session came")
	}
	f.Await(t.Context(), key, time.Millisecond, func(Session, bool) bool { return false })
}
