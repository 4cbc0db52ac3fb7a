package whatsapp

import (
	"slices"
	"testing"

	"github.com/wasession/wasession/runtime/chat"
)

// The list of groups is older than what is heard while it is read.
func TestGroupsThatAreLeftOrJoinedWhileTheyAreRead(t *testing.T) {
	const kept, left, back, joined chat.ID = "1@g.us", "2@g.us", "3@g.us", "4@g.us"
	change := func(id chat.ID, event string) chat.GroupChanged {
		return chat.GroupChanged{Event: event, Group: chat.Group{ID: id}}
	}
	got := groupsNow([]chat.Group{{ID: kept}, {ID: left}, {ID: back}}, []chat.GroupChanged{
		change(joined, chat.EventGroupJoin), change(left, chat.EventGroupLeave), change(back, chat.EventGroupLeave),
		change(back, chat.EventGroupJoin), change(kept, chat.EventGroupUpdate),
	})
	if want := []chat.ID{kept, joined, back}; !slices.Equal(got, want) {
		t.Errorf("the account is in %v, want %v", got, want)
	}
}
