package chat

import (
	"errors"
	"fmt"
	"slices"
	"testing"
)

func TestTheCatalogueOfEvents(t *testing.T) {
	all := Events()
	seen := map[string]bool{}
	for _, name := range all {
		if name == "" || seen[name] {
			t.Errorf("%q is empty or listed twice", name)
		}
		seen[name] = true
	}
	if len(all) == 0 {
		t.Fatal("no events")
	}
	all[0] = "changed by a caller"
	if slices.Contains(Events(), "changed by a caller") {
		t.Error("a caller can change the catalogue")
	}
}

func TestChangesThatAreOnlyTold(t *testing.T) {
	all := Events()
	for want, c := range map[string]Told{
		EventSessionStatus:  StatusChanged{},
		EventPresence:       PresenceChanged{},
		EventMessageWaiting: MessageWaiting{},
		EventPollVote:       PollVoted{},

		EventCalendarResponse:       EventResponded{},
		EventCalendarResponseFailed: EventResponded{Failed: true},

		EventPollVoteFailed: PollVoted{Failed: true},
	} {
		if got := c.EventName(); got != want || !slices.Contains(all, got) {
			t.Errorf("%T raises %q, want %q", c, got, want)
		}
	}
	if got := (Called{Event: "call.accepted"}).EventName(); got != "call.accepted" {
		t.Errorf("a call raises %q", got)
	}
}

func TestImpossibleIsFoundThroughWrapping(t *testing.T) {
	err := fmt.Errorf("edit: %w", Impossiblef("message %s is older than %d minutes", "A", 15))
	var reason Impossible
	if !errors.As(err, &reason) || reason.Error() != "message A is older than 15 minutes" {
		t.Errorf("%v gives %q", err, reason)
	}
	if errors.Is(err, ErrNotFound) || errors.Is(err, ErrTooLate) {
		t.Error("it is taken for another error")
	}
}

func TestErrorsOfTheDomainDiffer(t *testing.T) {
	all := []error{ErrNotFound, ErrUnstorable, ErrNotConnected, ErrNotPairing, ErrRefused, ErrUnanswered, ErrNotSent, ErrTooLate, ErrNoMedia, ErrHistoryGone}
	for i, a := range all {
		for j, b := range all {
			if errors.Is(fmt.Errorf("call: %w", a), b) != (i == j) {
				t.Errorf("%q and %q are confused", a, b)
			}
		}
	}
}

func TestFieldsToSortBy(t *testing.T) {
	chats, people := ChatSort("").Values(), PeopleSort("").Values()
	if !slices.Equal(chats, []string{"messageTimestamp", "conversationTimestamp", "id", "name"}) {
		t.Errorf("chats by %q", chats)
	}
	if !slices.Equal(people, []string{"id", "name"}) {
		t.Errorf("people by %q", people)
	}
}

// What a page may hold is bounded by this estimate: whatever a sender can make
// large must count.
func TestAMessagesSizeCountsWhatASenderCanMakeLarge(t *testing.T) {
	const large = 1 << 20
	text, raw := string(make([]byte, large)), make([]byte, large)
	least := (&Message{}).Bytes()
	if least <= 0 {
		t.Errorf("an empty message takes %d bytes", least)
	}
	for name, m := range map[string]*Message{
		"body":        {Body: text},
		"raw":         {Raw: raw},
		"name":        {SenderName: text},
		"cards":       {VCards: []string{text[:large/2], text[:large/2]}},
		"thumbnail":   {Location: &Location{Thumbnail: raw}},
		"description": {Location: &Location{Description: text}},
		"quoted text": {ReplyTo: &Reply{Body: text}},
		"quoted raw":  {ReplyTo: &Reply{Raw: raw}},
		"mentions":    {Mentions: slices.Repeat([]ID{"15551234567@c.us"}, large/16)},
	} {
		if got := m.Bytes(); got != least+large {
			t.Errorf("%s: %d bytes, want %d", name, got, least+large)
		}
	}
}

func TestUsersThatAServerCanHave(t *testing.T) {
	for _, c := range []struct {
		user, server string
		want         bool
	}{
		{"15551234567", ServerDirect, true},
		{"", ServerDirect, false},
		{"+1", ServerDirect, false},
		{"1-2", ServerDirect, false},
		{"status", ServerDirect, false},
		{"9876", ServerLID, true},
		{"9876:1", ServerLID, false},
		{"1-2", ServerGroup, true},
		{"1-2-3", ServerGroup, false},
		{"1-", ServerGroup, false},
		{"status", ServerBroadcast, true},
		{"1400000", ServerBroadcast, true},
		{"other", ServerBroadcast, false},
		{"120363", ServerNewsletter, true},
		{"status", ServerNewsletter, false},
	} {
		if got := ValidUser(c.user, c.server); got != c.want {
			t.Errorf("%q on %s: %v", c.user, c.server, got)
		}
		if id, err := ParseID(c.user + "@" + c.server); c.want && (err != nil || string(id) != c.user+"@"+c.server) {
			t.Errorf("%q on %s is valid but read as %q, %v", c.user, c.server, id, err)
		}
	}
}
