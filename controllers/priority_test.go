package controllers

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller/priorityqueue"
	"sigs.k8s.io/controller-runtime/pkg/event"
	"sigs.k8s.io/controller-runtime/pkg/handler"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/wasession/wasession/api/v1alpha1"
)

func TestSessionsThatHaveBegunComeFirst(t *testing.T) {
	queue := priorityqueue.New[reconcile.Request]("test")
	defer queue.ShutDown()
	pod := func(session string) client.Object {
		return &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: session, Labels: map[string]string{
			v1alpha1.LabelManagedBy: v1alpha1.ManagerName, v1alpha1.LabelSession: session,
		}}}
	}
	queue.Add(reconcile.Request{NamespacedName: types.NamespacedName{Name: "new"}})
	pods := urgently(handler.EnqueueRequestsFromMapFunc(sessionOfLabels))
	pods.Create(t.Context(), event.CreateEvent{Object: pod("known"), IsInInitialList: true}, queue)
	pods.Update(t.Context(), event.UpdateEvent{ObjectOld: pod("begun"), ObjectNew: pod("begun")}, queue)
	pods.Create(t.Context(), event.CreateEvent{Object: pod("made")}, queue)

	want := map[string]int{"new": 0, "made": urgent, "known": handler.LowPriority}
	for range 4 {
		request, priority, _ := queue.GetWithPriority()
		if expected, ok := want[request.Name]; ok && priority != expected {
			t.Errorf("session %s has priority %d, want %d", request.Name, priority, expected)
		}
		queue.Done(request)
	}
}
