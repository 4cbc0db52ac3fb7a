package localnode

import (
	"context"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/utils/ptr"
)

// watch probes one run of a container: the startup probe first, then liveness
// and readiness, until the run ends or is asked to.
func (w *worker) watch(ctx context.Context, c *container, run int) {
	probing, stop := context.WithCancel(ctx)
	c.stop = stop
	if c.spec.StartupProbe == nil {
		w.hasStarted(probing, c, run)
		return
	}
	w.probe(probing, c, run, c.spec.StartupProbe, func(healthy bool, cause error) {
		if healthy {
			w.hasStarted(probing, c, run)
		} else {
			w.unhealthy(c, "Startup", cause)
		}
	})
}

// hasStarted begins the probes of a container that has started. Without a
// readiness probe it is now ready.
func (w *worker) hasStarted(probing context.Context, c *container, run int) {
	if c.started {
		return
	}
	c.started = true
	if c.spec.LivenessProbe != nil {
		w.probe(probing, c, run, c.spec.LivenessProbe, func(healthy bool, cause error) {
			if !healthy {
				w.unhealthy(c, "Liveness", cause)
			}
		})
	}
	if c.spec.ReadinessProbe == nil {
		c.ready = true
		return
	}
	w.probe(probing, c, run, c.spec.ReadinessProbe, func(healthy bool, cause error) {
		c.ready = healthy
		if !healthy {
			w.event(corev1.EventTypeWarning, "Unhealthy", "Probe", "Readiness probe failed: "+cause.Error())
		}
	})
}

// probe runs spec until probing ends; results about this run are handled in the
// worker's goroutine.
func (w *worker) probe(probing context.Context, c *container, run int, spec *corev1.Probe, verdict func(healthy bool, cause error)) {
	p, err := newProbe(spec, w.ip, c.spec.Ports)
	if err != nil {
		w.event(corev1.EventTypeWarning, "ProbeError", "Probe", err.Error())
		return
	}
	go p.run(probing, func(healthy bool, cause error) {
		w.happen(func() {
			if c.run == run && c.process != nil && c.killAt.IsZero() {
				verdict(healthy, cause)
			}
		})
	})
}

// unhealthy stops a run whose probe has failed; the restart policy decides what
// follows.
func (w *worker) unhealthy(c *container, probe string, cause error) {
	w.event(corev1.EventTypeWarning, "Unhealthy", "Probe", probe+" probe failed: "+cause.Error())
	w.event(corev1.EventTypeNormal, "Killing", "Stop", "Container "+c.spec.Name+" failed "+probe+" probe, will be restarted")
	grace := time.Duration(ptr.Deref(w.pod.Spec.TerminationGracePeriodSeconds, corev1.DefaultTerminationGracePeriodSeconds)) * time.Second
	w.ask(c, time.Now().Add(grace))
}
