package whatsapp

import (
	"context"
	"sync"
	"time"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"

	"github.com/wasession/wasession/runtime/chat"
)

const (
	// approvalPatience is how long to wait for the answer whether admins approve.
	approvalPatience = 20 * time.Second
	// maxApprovals is the maximum number of groups to ask about.
	maxApprovals = 1024
)

// approvals are the groups to ask whether admins approve new members, with the last
// change of each. One is asked at a time: an admin may change it as often as they like.
type approvals struct {
	mu     sync.Mutex
	due    map[types.JID]*events.GroupInfo
	asking bool
}

// put adds a group. It returns true if the caller must begin to ask.
func (s *approvals) put(evt *events.GroupInfo) (begin bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, known := s.due[evt.JID]; !known && len(s.due) >= maxApprovals {
		return false
	}
	if s.due == nil {
		s.due = map[types.JID]*events.GroupInfo{}
	}
	s.due[evt.JID] = evt
	begin, s.asking = !s.asking, true
	return begin
}

// next takes a group, or returns nil when there are no more.
func (s *approvals) next() *events.GroupInfo {
	s.mu.Lock()
	defer s.mu.Unlock()
	for group, evt := range s.due {
		delete(s.due, group)
		return evt
	}
	s.asking = false
	return nil
}

// askApproval asks whether admins approve new members of a group after that was
// changed, and stores the answer: whatsmeow's event is the same for both. It does not
// wait, because events are handled one after the other.
func (a *Account) askApproval(c *whatsmeow.Client, evt *events.GroupInfo) {
	if evt.MembershipApprovalMode == nil || !a.approvals.put(evt) {
		return
	}
	a.handling.Add(1) // this is called while an event is handled
	go func() {
		defer a.handling.Done()
		for evt := a.approvals.next(); evt != nil; evt = a.approvals.next() {
			a.storeApproval(c, evt)
		}
	}()
}

func (a *Account) storeApproval(c *whatsmeow.Client, evt *events.GroupInfo) {
	ctx, cancel := context.WithTimeout(a.ctx, approvalPatience)
	defer cancel()
	info, err := c.GetGroupInfo(ctx, evt.JID)
	if err != nil {
		a.log.Warn("Failed to ask who approves new members of a group", "error", failure(err))
		return
	}
	change := a.mapper().groupChange(evt)
	change.Event, change.Group.Approval = chat.EventGroupUpdate, &info.IsJoinApprovalRequired
	if err := a.keepInOrder([]chat.Change{change}); err != nil {
		a.log.Error("Failed to store who approves new members of a group", "error", err)
	}
}
