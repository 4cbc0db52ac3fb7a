package localnode

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/utils/ptr"

	"github.com/wasession/wasession/test/localnode/sandbox"
)

// startDue refreshes the volumes and starts the containers that should run now.
// It returns the time until the next start is due.
func (w *worker) startDue(ctx context.Context, now time.Time) time.Duration {
	if len(w.pod.Spec.InitContainers) > 0 {
		w.hold("CreateContainerError", "the local node runs no init containers")
		return 0
	}
	folders, err := w.volumes.prepare(ctx, w.pod)
	if err != nil {
		w.hold("ContainerCreating", err.Error())
		return retryAfter
	}
	var again time.Duration
	for _, c := range w.containers {
		if c.process != nil || !c.wanted(w.pod.Spec.RestartPolicy) {
			continue
		}
		if wait := c.startAt.Sub(now); wait > 0 {
			if c.state.Terminated != nil {
				c.last = c.state
			}
			c.waiting("CrashLoopBackOff", "back-off "+c.backoff.String()+" restarting failed container")
			again = soonest(again, wait)
			continue
		}
		if !w.start(ctx, c, folders, now) {
			again = soonest(again, retryAfter)
		}
	}
	return again
}

// hold marks every container that is not running as waiting, with a reason.
func (w *worker) hold(reason, message string) {
	for _, c := range w.containers {
		if c.process == nil && c.state.Waiting != nil {
			c.waiting(reason, message)
		}
	}
}

// start runs the container, and reports whether it is running.
func (w *worker) start(ctx context.Context, c *container, folders map[string]string, now time.Time) bool {
	image, known := w.node.options.Images[imageName(c.spec.Image)]
	if !known {
		c.waiting("ErrImageNeverPull", "the local node has no image "+imageName(c.spec.Image))
		return false
	}
	pod := w.pod.DeepCopy()
	pod.Status.PodIP = w.ip
	env, err := containerEnvironment(ctx, w.node.client, pod, c.spec, append([]string{"HOSTNAME=" + pod.Name}, image.Env...))
	if err != nil {
		c.waiting("CreateContainerConfigError", err.Error())
		return false
	}
	command := env.expandAll(c.spec.Command)
	if len(command) == 0 {
		command = append(command, image.Entrypoint...)
	}
	root := filepath.Join(w.dir, "root-"+c.spec.Name)
	if err := os.MkdirAll(root, 0o755); err != nil {
		c.waiting("CreateContainerError", err.Error())
		return false
	}
	spec := sandbox.Spec{
		Dir:          root,
		Mounts:       append(mounts(c.spec, folders), image.Mounts...),
		ReadOnlyRoot: c.spec.SecurityContext != nil && ptr.Deref(c.spec.SecurityContext.ReadOnlyRootFilesystem, false),
		Args:         append(command, env.expandAll(c.spec.Args)...),
		Env:          env.pairs(),
		WorkDir:      c.spec.WorkingDir,
	}
	if len(spec.Args) == 0 {
		c.waiting("CreateContainerError", "neither the container nor the image names a command")
		return false
	}
	c.run++
	run := c.run
	process, err := startProcess(spec, w.logFile(c), func(exitCode int) {
		w.happen(func() { w.ended(c, exitCode) })
	})
	if err != nil {
		c.waiting("RunContainerError", err.Error())
		return false
	}
	c.running(process, now)
	w.log.Info("Container started", "container", c.spec.Name, "restarts", c.restarts, "log", w.logFile(c))
	w.event(corev1.EventTypeNormal, "Started", "Start", "Started container "+c.spec.Name)
	w.watch(ctx, c, run)
	return true
}

// ended records the end of a process.
func (w *worker) ended(c *container, exitCode int) {
	c.stop()
	c.ended(exitCode, time.Now(), w.node.options.RestartBackoff)
	w.log.Info("Container ended", "container", c.spec.Name, "exitCode", exitCode)
}

// askAll asks every container to exit before deadline; an earlier deadline
// replaces a previous one.
func (w *worker) askAll(deadline time.Time) {
	for _, c := range w.containers {
		w.ask(c, deadline)
	}
}

func (w *worker) ask(c *container, deadline time.Time) {
	switch {
	case c.process == nil:
	case c.killAt.IsZero():
		c.stop()
		c.ready = false
		c.process.terminate()
		c.killAt = deadline
	case deadline.Before(c.killAt):
		c.killAt = deadline
	}
}

// enforceKills kills what has outlived its deadline and returns the time until
// the next deadline.
func (w *worker) enforceKills(now time.Time) time.Duration {
	var again time.Duration
	for _, c := range w.containers {
		if c.process == nil || c.killAt.IsZero() {
			continue
		}
		if wait := c.killAt.Sub(now); wait > 0 {
			again = soonest(again, wait)
		} else {
			c.process.kill()
		}
	}
	return again
}

// stopAll stops every process within grace, and returns once none runs.
func (w *worker) stopAll(grace time.Duration) {
	w.askAll(time.Now().Add(grace))
	for w.runningContainers() > 0 {
		wait := w.enforceKills(time.Now())
		if wait == 0 { // all killed: wait for them to exit
			wait = time.Minute
		}
		timer := time.NewTimer(wait)
		select {
		case f := <-w.happenings:
			f()
		case <-timer.C:
		}
		timer.Stop()
	}
}

func (w *worker) runningContainers() int {
	count := 0
	for _, c := range w.containers {
		if c.process != nil {
			count++
		}
	}
	return count
}

func (w *worker) event(kind, reason, action, note string) {
	w.node.events.Eventf(w.pod, nil, kind, reason, action, "%s", note)
}

// logFile returns the path of the container's log.
func (w *worker) logFile(c *container) string { return filepath.Join(w.dir, c.spec.Name+".log") }

// imageName returns an image reference without tag and digest.
func imageName(reference string) string {
	name, _, _ := strings.Cut(reference, "@")
	if at := strings.LastIndexByte(name, ':'); at > strings.LastIndexByte(name, '/') {
		name = name[:at]
	}
	return name
}
