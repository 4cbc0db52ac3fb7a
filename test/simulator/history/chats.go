package history

import (
	"fmt"
	"iter"
	"math"
	"math/rand/v2"
	"time"

	"go.mau.fi/whatsmeow/types"
)

// traits are the random properties of a chat.
type traits struct {
	group   bool
	lid     bool // addressed by LID, or a group whose members are
	empty   bool // known, but without messages
	saved   bool // in the address book
	archive bool
	mute    time.Duration // 0: no, negative: forever
	unread  int
	marked  bool
	jitter  float64
}

func (a *Account) traits(i int) traits {
	random := a.random(i, purposeTraits)
	percent := func(n int) bool { return random.IntN(100) < n }
	t := traits{
		group: percent(20), lid: percent(60), empty: percent(4), saved: percent(85),
		archive: percent(12), marked: percent(3), jitter: random.Float64(),
	}
	switch dice := random.IntN(100); {
	case dice < 4:
		t.mute = -1
	case dice < 8:
		t.mute = 7 * 24 * time.Hour
	}
	if percent(14) {
		t.unread = 1 + random.IntN(9)
	}
	return t
}

// pinned reports whether chat i is one of the three that WhatsApp lets a user
// pin: a new one, one of medium age and an old one.
func (a *Account) pinned(i int) bool {
	return i == 1 || i == a.spec.Chats/3 || i == 2*a.spec.Chats/3
}

// Chat returns chat i without its messages. Chats are ordered from the newest
// to the oldest.
func (a *Account) Chat(i int) Chat {
	t := a.traits(i)
	age := time.Duration(math.Pow((float64(i)+t.jitter)/float64(a.spec.Chats), 1.6) * float64(a.spec.Span))
	chat := Chat{
		LastActivity: a.spec.Now.Add(-age - time.Minute).Truncate(time.Second),
		MarkedUnread: t.marked, Unread: min(t.unread, a.counts[i]),
	}
	// The chats at the top of the list are not archived.
	chat.Archived = t.archive && i >= a.spec.Chats/10 && !a.pinned(i)
	if a.pinned(i) {
		chat.Pinned = chat.LastActivity.Add(-time.Hour)
	}
	switch {
	case t.mute < 0:
		chat.MutedUntil = Forever
	case t.mute > 0:
		chat.MutedUntil = a.spec.Now.Add(t.mute).Truncate(time.Second)
	}
	if t.group {
		chat.ID = types.NewJID(fmt.Sprintf("120363%07d%05d", 1+a.spec.Seed%9_999_999, i), types.GroupServer)
		chat.Name = groupName(a.random(i, purposePerson), i)
		chat.Participants = a.participants(i, t)
		return chat
	}
	person := a.Person(i)
	chat.ID, chat.Alternative = person.PN, person.LID
	if t.lid {
		chat.ID, chat.Alternative = person.LID, person.PN
	}
	if t.saved {
		chat.Name = person.Name
	}
	return chat
}

// Person is somebody whom the account knows.
type Person struct {
	PN, LID types.JID
	Name    string
}

// Person returns person i. There are as many people as chats: those with a chat
// of their own under their number, and others who only occur in groups.
func (a *Account) Person(i int) Person {
	// 7,919 is prime to the size of the range, so no two people share a number.
	// A number is the same person in all accounts.
	n := (i*7_919 + int(a.spec.Seed%6_997)*10_007) % 7_000_000
	return Person{
		// Numbers with 555 in the middle are not assigned.
		PN:   types.NewJID(fmt.Sprintf("1%03d555%04d", 200+n/10_000, n%10_000), types.DefaultUserServer),
		LID:  types.NewJID(fmt.Sprintf("2%014d", n*9_999_991), types.HiddenUserServer),
		Name: personName(rand.New(rand.NewPCG(uint64(n), purposePerson))),
	}
}

// People lists everybody.
func (a *Account) People() iter.Seq[Person] {
	return func(yield func(Person) bool) {
		for i := range a.spec.Chats {
			if !yield(a.Person(i)) {
				return
			}
		}
	}
}

// Groups lists the chats that are groups, without messages.
func (a *Account) Groups() iter.Seq[Chat] {
	return func(yield func(Chat) bool) {
		for i := range a.spec.Chats {
			if a.traits(i).group && !yield(a.Chat(i)) {
				return
			}
		}
	}
}

// participants returns the owner and a few people.
func (a *Account) participants(i int, t traits) []Participant {
	random := a.random(i, purposeMembers)
	address := func(pn, lid types.JID) types.JID {
		if t.lid {
			return lid
		}
		return pn
	}
	var members []Participant
	if !a.spec.OwnPN.IsEmpty() {
		members = append(members, Participant{ID: address(a.spec.OwnPN, a.spec.OwnLID), Admin: random.IntN(3) == 0})
	}
	seen := make(map[int]bool)
	for range 3 + random.IntN(15) {
		other := random.IntN(a.spec.Chats)
		if seen[other] {
			continue
		}
		seen[other] = true
		person := a.Person(other)
		members = append(members, Participant{ID: address(person.PN, person.LID), Admin: len(members) == 1})
	}
	return members
}

func (a *Account) mappings() map[types.JID]types.JID {
	mappings := make(map[types.JID]types.JID, a.spec.Chats)
	for person := range a.People() {
		mappings[person.PN] = person.LID
	}
	return mappings
}

// names returns the push names of all people, by phone number JID.
func (a *Account) names() map[string]string {
	names := make(map[string]string, a.spec.Chats)
	for person := range a.People() {
		names[person.PN.String()] = person.Name
	}
	return names
}
