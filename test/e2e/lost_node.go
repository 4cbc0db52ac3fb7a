package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/wasession/wasession/test/chatapi"
	"github.com/wasession/wasession/test/cluster"
	"github.com/wasession/wasession/test/perf/figures"
	"github.com/wasession/wasession/test/realnode"
	"github.com/wasession/wasession/test/simulator"
)

// loseNode has the session run on a second node, ends that node as the loss of its power
// does, and does what the documentation says.
func (l *lab) loseNode(ctx context.Context) error {
	if err := l.node.StartSecond(ctx); err != nil {
		return fmt.Errorf("start a second node: %w", err)
	}
	l.story.Step("a second node is ready")
	if err := l.moveToSecond(ctx); err != nil {
		return err
	}
	if err := l.receive(ctx, l.direct, "sent before the loss"); err != nil {
		return err
	}
	if err := l.send(ctx, l.direct, "from the second node"); err != nil {
		return err
	}
	l.story.Step("the session's pod is there, and messages go both ways")

	l.node.LoseSecond()
	if _, err := l.contact.SendText(ctx, l.owner, "sent after the loss"); err != nil {
		return err
	}
	if _, err := l.kubectl(ctx, "wait", "node/"+realnode.SecondName, "--for=condition=Ready=Unknown", "--timeout=3m"); err != nil {
		return err
	}
	l.story.Step("its power is cut, and the cluster notices")
	began := time.Now()
	if _, err := l.kubectl(ctx, "taint", "nodes", realnode.SecondName, "node.kubernetes.io/out-of-service=nodeshutdown:NoExecute"); err != nil {
		return err
	}
	if err := l.awaitNode(ctx, realnode.Name); err != nil {
		return err
	}
	if err := l.shows(ctx, l.direct, "sent after the loss"); err != nil {
		return err
	}
	if err := l.send(ctx, l.direct, "from the first node"); err != nil {
		return err
	}
	l.measure(figures.Figure{Name: "node-lost", Ours: time.Since(began).Seconds(), Unit: "s", Note: "from the taint out-of-service until a message from meanwhile is shown; the cluster removes such pods every 20 s"})
	l.story.Step("with the taint out-of-service the session is ready on the first node, and shows the message from meanwhile, after %.1f s", time.Since(began).Seconds())
	if err := l.once(ctx, "sent before the loss", "from the second node", "sent after the loss", "from the first node"); err != nil {
		return err
	}
	l.story.Step("each message is there once")
	_, err := l.kubectl(ctx, "delete", "node", realnode.SecondName)
	return err
}

// moveToSecond has the session's pod run on the second node.
func (l *lab) moveToSecond(ctx context.Context) error {
	if _, err := l.kubectl(ctx, "cordon", realnode.Name); err != nil {
		return err
	}
	if err := l.deletePod(ctx); err != nil {
		return err
	}
	if err := l.awaitNode(ctx, realnode.SecondName); err != nil {
		return err
	}
	_, err := l.kubectl(ctx, "uncordon", realnode.Name)
	return err
}

// awaitNode waits until the session is ready with a pod on a node.
func (l *lab) awaitNode(ctx context.Context, name string) error {
	if err := cluster.Eventually(ctx, func() (bool, error) {
		pod := &corev1.Pod{}
		if err := l.cluster.Get(ctx, sessionKey, pod); err != nil {
			return false, err
		}
		if pod.Spec.NodeName != name {
			return false, fmt.Errorf("the session's pod is on the node %q", pod.Spec.NodeName)
		}
		return true, nil
	}); err != nil {
		return fmt.Errorf("want the session on the node %s: %w", name, err)
	}
	if _, err := l.cluster.AwaitPod(ctx, sessionKey); err != nil {
		return err
	}
	_, err := l.cluster.AwaitSession(ctx, sessionKey, "ready on the node "+name, cluster.Ready)
	return err
}

// once looks for texts that are not there exactly once, in the session and on the phone of
// the contact.
func (l *lab) once(ctx context.Context, texts ...string) error {
	newest, err := l.direct.Newest(ctx, "all", 50)
	if err != nil {
		return err
	}
	for _, text := range texts {
		same := slices.DeleteFunc(slices.Clone(newest), func(m chatapi.Message) bool { return m.Body != text })
		if len(same) != 1 {
			return fmt.Errorf("the session shows %q %d times, want once", text, len(same))
		}
	}
	inbox := l.contact.Inbox()
	for _, text := range []string{"from the second node", "from the first node"} {
		others := slices.DeleteFunc(slices.Clone(inbox), simulator.Text(text))
		if n := len(inbox) - len(others); n != 1 {
			return fmt.Errorf("the contact's phone got %q %d times, want once", text, n)
		}
	}
	return nil
}
