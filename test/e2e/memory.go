package main

import (
	"context"
	"errors"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/wasession/wasession/test/perf/figures"
)

// memory sums what the processes of the sessions' pods take, containerd's shims
// included.
func (l *lab) memory(ctx context.Context, names []string) error {
	sums := map[string]int64{}
	for _, name := range names {
		pod := &corev1.Pod{}
		if err := l.cluster.Get(ctx, types.NamespacedName{Namespace: userNamespace, Name: name}, pod); err != nil {
			return err
		}
		pids, err := processesOf(string(pod.UID), "")
		if err != nil {
			return err
		}
		for _, pid := range pids {
			command, bytes, err := proportional(pid)
			if err != nil {
				return err
			}
			sums[command] += bytes
		}
	}
	shims, err := shims()
	if err != nil {
		return err
	}
	if shims.count == 0 {
		return errors.New("there is no process of containerd's shim")
	}
	sums["shim"] = shims.bytes / int64(shims.count) * int64(len(names))
	var total int64
	for _, bytes := range sums {
		total += bytes
	}
	each := func(bytes int64) float64 { return float64(bytes) / float64(len(names)) / 1e6 }
	l.measure(figures.Figure{Name: "memory", Ours: each(total), Unit: "MB", Note: "PSS of a session on the node, with pause and containerd's shim"})
	l.story.Step("memory of a session on the node: %.1f MB (PSS), of it the runtime %.1f, init %.1f, pause %.1f, containerd's shim %.1f",
		each(total), each(sums["wasession-runtime"]), each(sums["wasession-init"]), each(sums["wasession-pause"]), each(sums["shim"]))
	return nil
}
