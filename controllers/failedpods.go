package controllers

import (
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/wasession/wasession/controllers/status"
)

const (
	// failedPodMaxDelay is the longest time between two pods of which each fails.
	failedPodMaxDelay = 5 * time.Minute
	// healthyAfter is the age at which a pod's failure is no longer counted with
	// those before it.
	healthyAfter = 10 * time.Minute
)

// failedPodDelay is the age that a pod has at least when it is replaced after it
// failed: it doubles with each of a row of failures.
func failedPodDelay(first time.Duration, failures int) time.Duration {
	delay := first
	for range failures - 1 {
		if delay *= 2; delay >= failedPodMaxDelay {
			return failedPodMaxDelay
		}
	}
	return min(delay, failedPodMaxDelay)
}

// failedPods counts the pods that failed one after the other, by session. An
// operator that restarts begins anew, which at worst makes a few pods sooner.
type failedPods struct {
	mu    sync.Mutex
	known map[types.NamespacedName]failedPod
}

// failedPod is the last one of a row.
type failedPod struct {
	uid types.UID
	row status.Failures
}

// observe counts the pod, once, if it has failed, and returns the row.
func (f *failedPods) observe(key types.NamespacedName, pod *corev1.Pod, now time.Time) status.Failures {
	f.mu.Lock()
	defer f.mu.Unlock()
	last := f.known[key]
	if pod == nil || !finished(pod) || pod.UID == last.uid {
		return last.row
	}
	if last.row.Count == 0 || now.Sub(pod.CreationTimestamp.Time) >= healthyAfter {
		last.row = status.Failures{Since: now}
	}
	last.uid = pod.UID
	last.row.Count++
	if f.known == nil {
		f.known = map[types.NamespacedName]failedPod{}
	}
	f.known[key] = last
	return last.row
}

func (f *failedPods) forget(key types.NamespacedName) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.known, key)
}
