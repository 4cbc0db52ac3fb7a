package archive

import (
	"cmp"
	"container/heap"
	"iter"
	"slices"
	"time"

	"github.com/wasession/wasession/runtime/chat"
)

// Plan is what a run would do.
type Plan struct {
	// Items are at most as many as the rules allow for one run: groups to leave, then
	// chats, longest inactive first. Ties are broken by ID.
	Items []chat.ArchiveItem
	// Candidates counts all chats to archive and groups to leave, including those beyond
	// the limit.
	Candidates int
	// UnknownGroups are the unknown groups, whatever the policy does with them; at most
	// MaxReported.
	UnknownGroups []chat.ID
}

// MaxReported limits the list of unknown groups.
const MaxReported = 50

// Plan decides about all chats and the account's groups. It holds no more chats in
// memory than one run's limit. Groups are not read if unknown ones are kept.
func (r *Rules) Plan(chats iter.Seq2[chat.Chat, error], joined []chat.Group, now time.Time) (Plan, error) {
	var plan Plan
	leaving := map[chat.ID]bool{}
	for _, g := range r.unknown(joined) {
		if len(plan.UnknownGroups) < MaxReported {
			plan.UnknownGroups = append(plan.UnknownGroups, g.ID)
		}
		if r.leavesGroup(g.ID) {
			leaving[g.ID] = true
			plan.Candidates++
			plan.Items = append(plan.Items, chat.ArchiveItem{Chat: g.ID, Name: g.Subject, Leave: true})
		}
	}
	oldest := &newestFirst{}
	for c, err := range chats {
		if err != nil {
			return Plan{}, err
		}
		verdict := r.Decide(&c, now)
		if verdict.Outcome != OutcomeArchive || leaving[c.ID] {
			continue
		}
		plan.Candidates++
		heap.Push(oldest, chat.ArchiveItem{Chat: c.ID, Name: c.Name, Policy: verdict.Policy, LastActivity: lastActivity(&c)})
		if oldest.Len() > r.maxChats {
			heap.Pop(oldest)
		}
	}
	slices.SortFunc(*oldest, compareItems)
	plan.Items = append(plan.Items, *oldest...)
	if len(plan.Items) > r.maxChats {
		plan.Items = plan.Items[:r.maxChats]
	}
	return plan, nil
}

// compareItems orders items by inactivity, longest first.
func compareItems(a, b chat.ArchiveItem) int {
	return cmp.Or(cmp.Compare(a.LastActivity, b.LastActivity), cmp.Compare(a.Chat, b.Chat))
}

// newestFirst is a heap whose top is the item to drop when there are too many.
type newestFirst []chat.ArchiveItem

func (h newestFirst) Len() int           { return len(h) }
func (h newestFirst) Less(i, j int) bool { return compareItems(h[i], h[j]) > 0 }
func (h newestFirst) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *newestFirst) Push(x any)        { *h = append(*h, x.(chat.ArchiveItem)) }
func (h *newestFirst) Pop() any {
	last := len(*h) - 1
	item := (*h)[last]
	*h = (*h)[:last]
	return item
}
