package status

import (
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// unready makes the pod unready for a time, with a closed stream.
func unready(since time.Duration) func(*Input) {
	return func(in *Input) {
		in.Pod.Status.Conditions = []corev1.PodCondition{{
			Type: corev1.PodReady, Status: corev1.ConditionFalse, LastTransitionTime: metav1.NewTime(now.Add(-since)),
		}}
		in.Runtime = Runtime{}
	}
}

func node(n Node) func(*Input) {
	n.Known = true
	return func(in *Input) { in.Node = n }
}

func downFor(since time.Duration) func(*Input) {
	return node(Node{NotReady: true, Since: now.Add(-since)})
}

const taint = "kubectl taint nodes node-1 node.kubernetes.io/out-of-service=nodeshutdown:NoExecute"

func TestALostNode(t *testing.T) {
	running := func(in *Input) { in.Runtime.Connected = true }
	cases := []summaryCase{
		{"a pod that has just become unready", []func(*Input){unready(10 * time.Second)}, progressing, "PodStarting", "", 0},
		{"a pod that ends in its time", []func(*Input){ending(20 * time.Second), downFor(time.Hour)}, progressing, "PodReplacing", "", 0},

		{"not ready for a while", []func(*Input){unready(time.Minute), downFor(2 * time.Minute)}, progressing, "NodeLost", taint, 3 * time.Minute},
		{"not ready for long", []func(*Input){unready(time.Minute), downFor(5 * time.Minute)}, stalled, "NodeLost", taint, 0},
		{"not ready, but the session runs", []func(*Input){unready(time.Hour), running, downFor(time.Hour)}, progressing, "NodeLost", "still runs", 0},
		{"not ready, and the pod must end", []func(*Input){ending(time.Minute), downFor(5 * time.Minute)}, stalled, "NodeLost", taint, 0},
		{"the pod was to end before the node was lost", []func(*Input){ending(5 * time.Minute), downFor(time.Minute)}, stalled, "NodeLost", taint, 0},
		{"ready, while its pod starts slowly", []func(*Input){unready(time.Hour), node(Node{})}, progressing, "PodStarting", "", 0},

		{"gone a moment ago", []func(*Input){ending(time.Minute), node(Node{Gone: true})}, progressing, "NodeLost", "no longer exists", 4 * time.Minute},
		{"gone, and nobody cleans up", []func(*Input){ending(time.Hour), node(Node{Gone: true})}, stalled, "NodeLost", "garbage collector", 0},
		{"out of service", []func(*Input){ending(time.Hour), node(Node{NotReady: true, OutOfService: true})}, progressing, "NodeLost", "starts on another node", 0},

		{"ready, and does not confirm", []func(*Input){ending(2 * time.Minute), node(Node{})}, progressing, "PodStuck", "describe pod sales", 3 * time.Minute},
		{"ready, and does not confirm for long", []func(*Input){ending(5 * time.Minute), node(Node{})}, stalled, "PodStuck", "never force-deletes", 0},

		{"unknown, as nodes may not be read", []func(*Input){ending(time.Minute)}, progressing, "NodeLost", taint, 4 * time.Minute},
		{"unknown for long", []func(*Input){ending(5 * time.Minute)}, stalled, "NodeLost", taint, 0},
		{"unknown, and the pod need not end", []func(*Input){unready(time.Hour)}, progressing, "PodStarting", "", 0},

		{"of a stopped session", []func(*Input){stop, ending(5 * time.Minute)}, stalled, "NodeLost", taint, 0},
		{"of a deleted session", []func(*Input){deletion, ending(5 * time.Minute)}, stalled, "NodeLost", taint, 0},
		{"of a clock that is ahead", []func(*Input){unready(time.Minute), downFor(-time.Hour)}, progressing, "NodeLost", taint, 5 * time.Minute},
	}
	testSummaries(t, cases)
}

func TestWhichPodsAreSuspect(t *testing.T) {
	cases := []struct {
		name    string
		changes []func(*Input)
		suspect bool
		again   time.Duration
	}{
		{"a ready one", nil, false, 0},
		{"one without a node", []func(*Input){unready(time.Hour), func(in *Input) { in.Pod.Spec.NodeName = "" }}, false, 0},
		{"one that starts", []func(*Input){unready(10 * time.Second)}, false, 20 * time.Second},
		{"one that does not get ready", []func(*Input){unready(30 * time.Second)}, true, 0},
		{"one that has time to end", []func(*Input){ending(-10 * time.Second)}, false, 40 * time.Second},
		{"one that should have ended", []func(*Input){ending(30 * time.Second)}, true, 0},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			suspect, again := Suspect(working(c.changes...).Pod, now)
			if suspect != c.suspect || again != c.again {
				t.Errorf("suspect is %v, again after %s; want %v, %s", suspect, again, c.suspect, c.again)
			}
		})
	}
	if suspect, again := Suspect(nil, now); suspect || again != 0 {
		t.Error("no pod is suspect")
	}
}
