package whatsapp

import (
	"fmt"
	"testing"

	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"
)

// However often an admin changes it, a group is asked about once, and not by two.
func TestApprovalIsAskedOnceForManyChanges(t *testing.T) {
	var due approvals
	group := func(i int) *events.GroupInfo {
		return &events.GroupInfo{JID: types.NewJID(fmt.Sprint(i), types.GroupServer), Notify: "old"}
	}
	if !due.put(group(1)) {
		t.Error("nobody asks about the first")
	}
	last := group(1)
	last.Notify = "last"
	if due.put(last) {
		t.Error("two ask at the same time")
	}
	if evt := due.next(); evt == nil || evt.Notify != "last" {
		t.Errorf("asked because of %+v", evt)
	}
	for i := range 2 * maxApprovals {
		due.put(group(i))
	}
	n := 0
	for due.next() != nil {
		n++
	}
	if n != maxApprovals {
		t.Errorf("%d groups are remembered, want %d", n, maxApprovals)
	}
	if !due.put(group(1)) {
		t.Error("nobody asks after the others are done")
	}
}
