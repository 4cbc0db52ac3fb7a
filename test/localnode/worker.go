package localnode

import (
	"context"
	"os"
	"path/filepath"
	"time"

	"github.com/go-logr/logr"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// shutdownGrace bounds how long pods may take to stop when the node does.
const shutdownGrace = 10 * time.Second

// retryAfter is how long a worker waits before it retries what failed because
// of an API server error or a missing object.
const retryAfter = time.Second

// worker runs the containers of one pod. All its state belongs to the goroutine
// that runs work; others reach it through channels.
type worker struct {
	node       *pods
	uid        types.UID
	log        logr.Logger
	dir        string
	ip         string
	startTime  metav1.Time
	volumes    *volumes
	updates    chan *corev1.Pod
	happenings chan func()
	dismissed  chan struct{}
	over       chan struct{}

	pod        *corev1.Pod
	containers []*container
	// asked is when the pod's deletion was first seen.
	asked time.Time
}

func newWorker(node *pods, pod *corev1.Pod, ip string) *worker {
	dir := filepath.Join(node.options.Dir, "pods", pod.Namespace+"_"+pod.Name+"_"+string(pod.UID))
	w := &worker{
		node: node, uid: pod.UID, ip: ip, dir: dir, startTime: metav1.Now(),
		log:        node.options.Log.WithName("pods").WithValues("pod", pod.Namespace+"/"+pod.Name),
		volumes:    &volumes{reader: node.client, dir: filepath.Join(dir, "volumes")},
		updates:    make(chan *corev1.Pod, 1),
		happenings: make(chan func()),
		dismissed:  make(chan struct{}),
		over:       make(chan struct{}),
	}
	for i := range pod.Spec.Containers {
		c := &container{spec: &pod.Spec.Containers[i], stop: func() {}}
		c.waiting("ContainerCreating", "")
		w.containers = append(w.containers, c)
	}
	return w
}

// tell passes the pod's newest state to the worker, replacing an unread one.
func (w *worker) tell(pod *corev1.Pod) {
	for {
		select {
		case w.updates <- pod:
			return
		case <-w.over:
			return
		default:
		}
		select {
		case <-w.updates:
		default:
		}
	}
}

// dismiss kills the pod's processes without grace and returns when they are
// gone.
func (w *worker) dismiss() {
	close(w.dismissed)
	<-w.over
}

// happen runs f in the worker's goroutine, unless the worker has ended.
func (w *worker) happen(f func()) {
	select {
	case w.happenings <- f:
	case <-w.over:
	}
}

// work is the worker's goroutine.
func (w *worker) work(ctx context.Context) {
	defer close(w.over)
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case w.pod = <-w.updates:
		case f := <-w.happenings:
			f()
		case <-timer.C:
		case <-w.dismissed:
			w.stopAll(0)
			w.cleanUp()
			return
		case <-ctx.Done():
			w.stopAll(shutdownGrace)
			return
		}
		if w.pod == nil {
			continue
		}
		again, done := w.sync(ctx)
		if done {
			w.cleanUp()
			return
		}
		timer.Stop()
		if again > 0 {
			timer.Reset(again)
		}
	}
}

// sync does what is due now. It returns the time until more is due (0: never),
// and whether the pod has ended and is gone.
func (w *worker) sync(ctx context.Context) (again time.Duration, done bool) {
	now := time.Now()
	if w.pod.DeletionTimestamp != nil {
		return w.end(ctx, now)
	}
	again = w.enforceKills(now)
	if !finished(w.pod) {
		again = soonest(again, w.startDue(ctx, now))
	}
	if err := w.report(ctx, now); err != nil {
		again = soonest(again, retryAfter)
	}
	return again, false
}

// end stops a deleted pod: it asks the processes to exit, waits for the grace
// period, kills them, and releases the object once nothing runs.
func (w *worker) end(ctx context.Context, now time.Time) (again time.Duration, done bool) {
	if w.asked.IsZero() {
		w.asked = now
	}
	grace := time.Duration(ptr.Deref(w.pod.DeletionGracePeriodSeconds, 0)) * time.Second
	w.askAll(w.asked.Add(grace))
	again = w.enforceKills(now)
	if err := w.report(ctx, now); err != nil {
		again = soonest(again, retryAfter)
	}
	if w.runningContainers() > 0 {
		return again, false
	}
	err := w.node.client.Delete(ctx, w.pod, client.GracePeriodSeconds(0), client.Preconditions{UID: &w.uid})
	if client.IgnoreNotFound(err) != nil {
		return retryAfter, false
	}
	return 0, true
}

// report writes the pod's status if it has changed.
func (w *worker) report(ctx context.Context, now time.Time) error {
	var statuses []corev1.ContainerStatus
	for _, c := range w.containers {
		statuses = append(statuses, c.status())
	}
	status := podStatus(w.pod, statuses, w.ip, w.startTime.Rfc3339Copy(), metav1.NewTime(now).Rfc3339Copy())
	if err := patchStatus(ctx, w.node.client, w.pod, status); err != nil {
		return client.IgnoreNotFound(err)
	}
	w.pod = w.pod.DeepCopy()
	w.pod.Status = status
	return nil
}

func (w *worker) cleanUp() { _ = os.RemoveAll(filepath.Join(w.dir, "volumes")) }

// soonest returns the shorter of two waits, where 0 means none.
func soonest(a, b time.Duration) time.Duration {
	if a == 0 || b != 0 && b < a {
		return b
	}
	return a
}
