package store

import (
	"cmp"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/wasession/wasession/runtime/chat"
)

// model is a naive store without a database: each query searches and sorts all
// of its lists.
type model struct {
	messages []chat.Message // in order of arrival; Chat is not used
	phone    map[chat.ID]chat.ID
	unread   map[chat.ID]int
	archived map[chat.ID]bool
	named    map[chat.ID]string
	activity map[chat.ID]int64 // of what arrived under exactly this id
	gone     map[chat.MessageID]bool
}

func newModel() *model {
	return &model{
		phone: map[chat.ID]chat.ID{}, unread: map[chat.ID]int{}, archived: map[chat.ID]bool{},
		named: map[chat.ID]string{}, activity: map[chat.ID]int64{}, gone: map[chat.MessageID]bool{},
	}
}

func (m *model) canonical(id chat.ID) chat.ID { return cmp.Or(m.phone[id], id) }

// view returns the id a message is listed under.
func (m *model) view(msg chat.Message, apart bool) chat.ID {
	if apart {
		return msg.Arrived
	}
	return m.canonical(msg.Arrived)
}

func (m *model) apply(c chat.Change) {
	switch c := c.(type) {
	case chat.MessageReceived:
		m.receive(c.Message, true)
	case chat.AckChanged:
		for i := range m.messages {
			msg := &m.messages[i]
			if msg.FromMe && m.view(*msg, false) == m.canonical(c.Chat) && slices.Contains(c.Stanzas, msg.Stanza) {
				msg.Ack = msg.Ack.Raised(c.Ack)
			}
		}
	case chat.DeletedForMe:
		m.messages = slices.DeleteFunc(m.messages, func(msg chat.Message) bool {
			gone := m.view(msg, false) == m.canonical(c.Chat) && msg.Stanza == c.Stanza
			if gone {
				m.gone[m.key(msg)] = true
			}
			return gone
		})
	case chat.Archived:
		m.archived[m.canonical(c.Chat)] = c.Archived
	case chat.ContactNamed:
		m.named[m.canonical(c.ID)] = c.Name
	case chat.LIDMapped:
		if m.phone[c.LID] == "" {
			m.merge(c.LID, c.Phone)
		}
	}
}

// key returns what identifies a message that arrives twice.
func (m *model) key(msg chat.Message) chat.MessageID {
	return chat.MessageID{Chat: m.view(msg, false), FromMe: msg.FromMe, Stanza: msg.Stanza, Participant: msg.Participant}
}

func (m *model) has(key chat.MessageID) bool {
	return m.gone[key] || slices.ContainsFunc(m.messages, func(msg chat.Message) bool { return m.key(msg) == key })
}

func (m *model) receive(msg chat.Message, live bool) {
	if m.has(m.key(msg)) {
		return
	}
	m.messages = append(m.messages, msg)
	id := m.canonical(msg.Arrived)
	m.activity[msg.Arrived] = max(m.activity[msg.Arrived], msg.Timestamp)
	switch {
	case live && msg.FromMe:
		m.unread[id] = 0
	case live:
		m.unread[id]++
	}
}

func (m *model) merge(lid, phone chat.ID) {
	there := map[chat.MessageID]bool{}
	for _, msg := range m.messages {
		there[m.key(msg)] = true
	}
	m.phone[lid] = phone
	m.messages = slices.DeleteFunc(m.messages, func(msg chat.Message) bool { return msg.Arrived == lid && there[m.key(msg)] })
	for key := range maps.Clone(m.gone) {
		if key.Chat == lid {
			key.Chat = phone
			m.gone[key] = true
		}
	}
	m.unread[phone] += m.unread[lid]
	delete(m.unread, lid)
	if m.named[phone] == "" && m.named[lid] != "" {
		m.named[phone] = m.named[lid]
	}
}

// conversation returns the latest activity of a chat as listed.
func (m *model) conversation(id chat.ID, apart bool) int64 {
	ts := m.activity[id]
	for lid, phone := range m.phone {
		if phone == id && !apart {
			ts = max(ts, m.activity[lid])
		}
	}
	return ts
}

// last returns the newest message of a chat as listed.
func (m *model) last(id chat.ID, apart bool) (last chat.Message) {
	for _, msg := range m.messages {
		if m.view(msg, apart) == id && (last.Stanza == "" || msg.Timestamp >= last.Timestamp) {
			last = msg
		}
	}
	return last
}

// chats lists chats, one line each.
func (m *model) chats(q chat.ChatQuery) []string {
	ids := map[chat.ID]bool{}
	for arrived := range m.activity {
		if q.Apart {
			ids[arrived] = true
		} else {
			ids[m.canonical(arrived)] = true
		}
	}
	list := slices.Collect(maps.Keys(ids))
	key := func(id chat.ID) (ts int64, text string) {
		switch q.SortBy {
		case chat.SortID:
			return 0, ""
		case chat.SortName:
			return 0, nameKey(m.named[m.canonical(id)])
		case chat.SortConversationTimestamp:
			return -m.conversation(id, q.Apart), ""
		}
		return -m.last(id, q.Apart).Timestamp, ""
	}
	slices.SortFunc(list, func(a, b chat.ID) int {
		ats, atext := key(a)
		bts, btext := key(b)
		return cmp.Or(cmp.Compare(ats, bts), strings.Compare(atext, btext), cmp.Compare(a, b))
	})
	if q.Reverse {
		slices.Reverse(list)
	}
	var lines []string
	for _, id := range list {
		last, person := m.last(id, q.Apart), m.canonical(id)
		lines = append(lines, fmt.Sprintf("%s %q %d %d %d %s", id, m.named[person], last.Timestamp, m.conversation(id, q.Apart),
			m.unread[person], last.Stanza))
	}
	return lines
}

// find lists messages, one line each.
func (m *model) find(q chat.MessageQuery) []string {
	var found []chat.Message
	for _, msg := range m.messages {
		wanted := q.Chat
		if !q.Apart {
			wanted = m.canonical(q.Chat)
		}
		switch {
		case q.Chat != "" && m.view(msg, q.Apart) != wanted,
			q.FromMe != nil && msg.FromMe != *q.FromMe, q.Ack != nil && msg.Ack != *q.Ack,
			q.Since != nil && msg.Timestamp < *q.Since, q.Until != nil && msg.Timestamp > *q.Until:
			continue
		}
		msg.Chat = m.view(msg, q.Apart)
		found = append(found, msg)
	}
	slices.SortStableFunc(found, func(a, b chat.Message) int { return cmp.Compare(a.Timestamp, b.Timestamp) })
	if !q.Reverse {
		slices.Reverse(found)
	}
	found = found[min(q.Offset, len(found)):]
	if q.Limit > 0 {
		found = found[:min(q.Limit, len(found))]
	}
	return lines(found)
}

func lines(messages []chat.Message) (all []string) {
	for _, m := range messages {
		all = append(all, fmt.Sprintf("%s %s at %d, %s", m.ID(), m.Arrived, m.Timestamp, m.Ack))
	}
	return all
}

// randomChange returns a change of a kind that occurs.
func randomChange(rng *rand.Rand) chat.Change {
	ids := []chat.ID{alice, bob, aliceLID, bobLID, "1003@c.us", "9004@lid"}
	id := ids[rng.IntN(len(ids))]
	stanza := fmt.Sprintf("S%d", rng.IntN(60))
	switch rng.IntN(20) {
	case 0:
		return chat.LIDMapped{LID: aliceLID, Phone: alice}
	case 1:
		return chat.LIDMapped{LID: bobLID, Phone: bob}
	case 2, 3, 4:
		return chat.AckChanged{Chat: id, Stanzas: []string{stanza}, Ack: chat.Ack(rng.IntN(6) - 1)}
	case 5:
		return chat.DeletedForMe{Chat: id, Stanza: stanza}
	case 6:
		return chat.ContactNamed{ID: id, Name: string(rune('A'+rng.IntN(4))) + "nn"}
	case 7:
		return chat.Archived{Chat: id, Archived: rng.IntN(2) == 0}
	}
	m := received(id, stanza, int64(1000+rng.IntN(40)))
	if rng.IntN(2) == 0 {
		m = sent(id, stanza, m.Message.Timestamp)
	}
	return m
}

// randomQuery returns a query with some of the filters.
func randomQuery(rng *rand.Rand) chat.MessageQuery {
	ids := []chat.ID{"", "", alice, bob, aliceLID, bobLID, "1003@c.us", "9004@lid", "nobody@lid"}
	q := chat.MessageQuery{Chat: ids[rng.IntN(len(ids))], Limit: rng.IntN(8), Offset: rng.IntN(6), Reverse: rng.IntN(2) == 0, Apart: rng.IntN(3) == 0}
	if rng.IntN(2) == 0 {
		since := int64(1000 + rng.IntN(40))
		q.Since = &since
	}
	if rng.IntN(2) == 0 {
		until := int64(1000 + rng.IntN(40))
		q.Until = &until
	}
	if rng.IntN(2) == 0 {
		fromMe := rng.IntN(2) == 0
		q.FromMe = &fromMe
	}
	if rng.IntN(2) == 0 {
		ack := chat.Ack(rng.IntN(6) - 1)
		q.Ack = &ack
	}
	return q
}

func TestListsAreThoseOfANaiveModel(t *testing.T) {
	for seed := range uint64(6) {
		rng := rand.New(rand.NewPCG(seed, 1))
		s, m := open(t, Options{}), newModel()
		for range 8 {
			var changes []chat.Change
			for range 25 {
				c := randomChange(rng)
				changes = append(changes, c)
				m.apply(c)
			}
			apply(t, s, changes...)
			compareChats(t, s, m, seed)
			for range 25 {
				q := randomQuery(rng)
				if got, want := lines(must(s.Messages(t.Context(), q))(t)), m.find(q); !slices.Equal(got, want) {
					t.Fatalf("seed %d: %+v\n got %q\nwant %q", seed, q, got, want)
				}
			}
		}
	}
}

func compareChats(t *testing.T, s *Store, m *model, seed uint64) {
	t.Helper()
	for _, by := range []chat.SortField{"", chat.SortConversationTimestamp, chat.SortID, chat.SortName} {
		for _, ascending := range []bool{false, true} {
			for _, apart := range []bool{false, true} {
				q := chat.ChatQuery{SortBy: by, Reverse: ascending, Apart: apart, WithLast: true}
				want, got := m.chats(q), []string(nil)
				for offset := 0; ; offset += 2 { // all pages, two at a time
					q.Limit, q.Offset = 2, offset
					page := must(s.Chats(t.Context(), q))(t)
					for _, c := range page {
						last := ""
						if c.LastMessage != nil {
							last = c.LastMessage.Stanza
						}
						got = append(got, fmt.Sprintf("%s %q %d %d %d %s", c.ID, c.Name, c.Timestamp, c.ConversationTimestamp, c.Unread, last))
					}
					if len(page) == 0 {
						break
					}
				}
				if !slices.Equal(got, want) {
					t.Fatalf("seed %d: %+v\n got %q\nwant %q", seed, q, got, want)
				}
			}
		}
	}
}
