package streams

import (
	"fmt"
	"testing"

	"k8s.io/apimachinery/pkg/types"

	runtimev1 "github.com/wasession/wasession/api/runtime/v1"
)

// A pod that floods the operator with reports causes few events, and still the
// last report gets one. Other pods are not affected.
func TestAPodThatReportsWithoutEnd(t *testing.T) {
	f := start(t)
	loud, quiet := types.NamespacedName{Name: "loud"}, types.NamespacedName{Name: "quiet"}
	talker := f.follow(t, loud, "a")
	const reports = 2000
	for i := range reports {
		talker.Status(runtimev1.Status{Phase: runtimev1.PhaseWorking, Message: fmt.Sprint("report ", i), Chats: runtimev1.ChatCounts{Total: i}})
		if i%2 == 0 {
			talker.Lost(nil)
		}
	}
	f.follow(t, quiet, "b").Status(runtimev1.Status{Phase: runtimev1.PhaseWorking})
	told := 0
	for {
		switch e := receive(t, f.events); e.Object {
		case quiet:
			if told > 2*eventBurst {
				t.Errorf("%d events of %d reports", told, reports)
			}
		case loud:
			told++
		}
		seen, _ := f.Get(loud)
		if seen.Status != nil && seen.Status.Chats.Total == reports-1 {
			return // the latest, eventually
		}
	}
}
