package archive

import (
	"cmp"
	"slices"

	v1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/runtime/chat"
)

// WatchesGroups says whether the rules need the account's groups.
func (r *Rules) WatchesGroups() bool {
	return r.groups == v1.UnknownReport || r.groups == v1.UnknownLeave || r.groups == v1.UnknownLeaveAll
}

// unknown returns the unknown groups, ordered by ID; none if unknown groups are kept.
func (r *Rules) unknown(joined []chat.Group) []chat.Group {
	if !r.WatchesGroups() {
		return nil
	}
	var unknown []chat.Group
	for _, g := range joined {
		if r.groups == v1.UnknownLeaveAll || !r.allowed[g.ID] {
			unknown = append(unknown, g)
		}
	}
	slices.SortFunc(unknown, func(a, b chat.Group) int { return cmp.Compare(a.ID, b.ID) })
	return unknown
}

// leavesGroup says whether to leave the group. A list that was lost on the way leaves
// no groups: leaving all of them has a word of its own.
func (r *Rules) leavesGroup(id chat.ID) bool {
	switch r.groups {
	case v1.UnknownLeaveAll:
		return true
	case v1.UnknownLeave:
		return len(r.allowed) > 0 && !r.allowed[id]
	}
	return false
}
