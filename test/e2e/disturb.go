package main

import (
	"context"
	"errors"
	"fmt"
	"syscall"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/types"

	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/test/cluster"
	"github.com/wasession/wasession/test/perf/figures"
)

// disturbPod deletes the session's pod, and kills its process: twice, which costs no
// more the second time, and until it is kubelet's to start it again.
func (l *lab) disturbPod(ctx context.Context) error {
	var killed []float64
	for _, kill := range []struct {
		what, text string
		do         func(context.Context) error
	}{
		{"the pod was deleted", "sent while there was no pod", l.deletePod},
		{"the process was killed", "sent after the first kill", l.killRuntime},
		{"the process was killed again", "sent after the second kill", l.killRuntime},
	} {
		began := time.Now()
		if err := kill.do(ctx); err != nil {
			return err
		}
		if _, err := l.contact.SendText(ctx, l.owner, kill.text); err != nil {
			return err
		}
		if err := l.shows(ctx, l.direct, kill.text); err != nil {
			return fmt.Errorf("%s: %w", kill.what, err)
		}
		if _, err := l.cluster.AwaitSession(ctx, sessionKey, "ready again", cluster.Ready); err != nil {
			return err
		}
		killed = append(killed, time.Since(began).Seconds())
		l.story.Step("%s, and a message from meanwhile shown after %.2f s", kill.what, time.Since(began).Seconds())
	}
	l.measure(figures.Figure{Name: "killed-again", Unit: "s", Ours: killed[2], Against: killed[1], Ratio: killed[2] / killed[1],
		Note: "until a message from meanwhile was shown, beside the first kill: no back-off"})
	return l.crashLoop(ctx)
}

// crashLoop goes on killing the process. kubelet counts the fourth crash and no earlier
// one.
func (l *lab) crashLoop(ctx context.Context) error {
	for range 2 {
		before, err := l.runtimes(ctx, sessionKey)
		if err != nil {
			return err
		}
		n, err := l.restarts(ctx)
		if err != nil {
			return err
		}
		if n != 0 {
			return fmt.Errorf("kubelet has counted %d restarts, want 0", n)
		}
		if err := l.killRuntime(ctx); err != nil {
			return err
		}
		if err := cluster.Eventually(ctx, func() (bool, error) {
			now, err := l.runtimes(ctx, sessionKey)
			return len(now) == 1 && now[0] != before[0], err
		}); err != nil {
			return fmt.Errorf("a killed process did not come back: %w", err)
		}
	}
	if err := cluster.Eventually(ctx, func() (bool, error) {
		n, err := l.restarts(ctx)
		return n == 1, err
	}); err != nil {
		return fmt.Errorf("kubelet did not count the fourth crash: %w", err)
	}
	if _, err := l.cluster.AwaitSession(ctx, sessionKey, "ready again", cluster.Ready); err != nil {
		return err
	}
	l.story.Step("three kills were forgiven in the pod; the fourth was kubelet's, which backs off")
	return l.outOfMemory(ctx)
}

// outOfMemory gives the session less memory than it needs: it must say that, whoever
// starts a killed process again.
func (l *lab) outOfMemory(ctx context.Context) error {
	if err := l.patch(ctx, `{"spec":{"pod":{"resources":{"requests":{"memory":"8Mi"},"limits":{"memory":"8Mi"}}}}}`); err != nil {
		return err
	}
	session, err := l.cluster.AwaitSession(ctx, sessionKey, "out of memory", cluster.Because(v1alpha1.ReasonOOMKilled))
	if err != nil {
		return err
	}
	l.story.Step("with 8 MiB: %s", meta.FindStatusCondition(session.Status.Conditions, v1alpha1.ConditionReady).Message)
	if err := l.patch(ctx, `{"spec":{"pod":{"resources":null}}}`); err != nil {
		return err
	}
	if _, err := l.cluster.AwaitSession(ctx, sessionKey, "ready with enough memory", cluster.Ready); err != nil {
		return err
	}
	l.story.Step("with enough memory it is ready again")
	return nil
}

// restarts is how often kubelet has started the session's container again.
func (l *lab) restarts(ctx context.Context) (int32, error) {
	pod := &corev1.Pod{}
	if err := l.cluster.Get(ctx, sessionKey, pod); err != nil || len(pod.Status.ContainerStatuses) == 0 {
		return 0, err
	}
	return pod.Status.ContainerStatuses[0].RestartCount, nil
}

// deletePod deletes the session's pod and waits until another is there.
func (l *lab) deletePod(ctx context.Context) error {
	pod := &corev1.Pod{}
	if err := l.cluster.Get(ctx, sessionKey, pod); err != nil {
		return err
	}
	if err := l.cluster.Delete(ctx, pod); err != nil {
		return err
	}
	return l.cluster.Await(ctx, &corev1.PodList{}, sessionKey, cluster.NewPod(pod.UID))
}

// killRuntime kills the process of the session's container, as the kernel does.
func (l *lab) killRuntime(ctx context.Context) error {
	pids, err := l.runtimes(ctx, sessionKey)
	if err != nil {
		return err
	}
	if len(pids) != 1 {
		return fmt.Errorf("session %s has %d processes, want 1", sessionKey.Name, len(pids))
	}
	return syscall.Kill(pids[0], syscall.SIGKILL)
}

// runtimes are the processes of a session's container.
func (l *lab) runtimes(ctx context.Context, key types.NamespacedName) ([]int, error) {
	pod := &corev1.Pod{}
	if err := l.cluster.Get(ctx, key, pod); err != nil {
		return nil, err
	}
	return processesOf(string(pod.UID), "wasession-runtime")
}

// disturbOthers kills the operator's pods, and kubelet: sessions do not notice.
func (l *lab) disturbOthers(ctx context.Context) error {
	before, err := l.runtimes(ctx, sessionKey)
	if err != nil {
		return err
	}
	pods, err := l.podsOf(ctx, systemNamespace, map[string]string{"wasession.dev/operator": "true"})
	if err != nil {
		return err
	}
	if len(pods) != 2 {
		return fmt.Errorf("%d pods of the operator, want 2", len(pods))
	}
	for i := range pods {
		pids, err := processesOf(string(pods[i].UID), "wasession-operator")
		if err != nil {
			return err
		}
		for _, pid := range pids {
			if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
				return err
			}
		}
	}
	if err := l.receive(ctx, l.direct, "sent while no operator ran"); err != nil {
		return err
	}
	began := time.Now()
	// A change is carried out by the operator that comes back.
	if _, err := l.kubectl(ctx, "--namespace", userNamespace, "patch", "whatsappsession", sessionKey.Name, "--type=merge", "--patch", `{"spec":{"logLevel":"Debug"}}`); err != nil {
		return err
	}
	if _, err := l.cluster.AwaitSession(ctx, sessionKey, "as the operator that came back makes it", func(s *v1alpha1.WhatsAppSession) bool {
		return s.Status.ObservedGeneration == s.Generation && cluster.Ready(s)
	}); err != nil {
		return err
	}
	l.story.Step("both operators were killed; a change made meanwhile was carried out after %.1f s", time.Since(began).Seconds())

	l.node.KillKubelet()
	if err := l.receive(ctx, l.direct, "sent while kubelet did not run"); err != nil {
		return err
	}
	if err := l.node.StartKubelet(); err != nil {
		return err
	}
	if err := l.send(ctx, l.direct, "sent after kubelet came back"); err != nil {
		return err
	}
	after, err := l.runtimes(ctx, sessionKey)
	if err != nil {
		return err
	}
	if len(after) != 1 || len(before) != 1 || after[0] != before[0] {
		return errors.New("the session's process was replaced, but nobody touched it")
	}
	l.story.Step("kubelet was killed and started; the session's process is still the same")
	return nil
}
