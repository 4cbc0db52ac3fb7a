package store

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/wasession/wasession/runtime/chat"
)

// lead and paid are labels.
var (
	lead = chat.Label{ID: "6", Name: "Lead", Color: 3, Raw: []byte("raw")}
	paid = chat.Label{ID: "10", Name: "Paid", Color: 1}
)

func edited(l chat.Label) chat.LabelEdited { return chat.LabelEdited{Label: l} }

func labelled(id chat.ID, label string) chat.ChatLabelled {
	return chat.ChatLabelled{Chat: id, Label: label, Labelled: true}
}

// namesOf are the names of a chat's labels.
func namesOf(t testing.TB, s *Store, id chat.ID) (names []string) {
	t.Helper()
	for _, l := range chatOf(t, s, id).Labels {
		names = append(names, l.Name)
	}
	return names
}

func TestLabelsAreMadeChangedAndDeleted(t *testing.T) {
	s := open(t, Options{})
	apply(t, s, edited(paid), edited(lead), edited(lead))
	renamed := lead
	renamed.Name, renamed.Raw = "Hot lead", nil
	apply(t, s, edited(renamed))
	all := must(s.Labels(t.Context()))(t)
	if len(all) != 2 || all[0].Name != "Hot lead" || all[1].Name != "Paid" {
		t.Errorf("labels %+v", all)
	}
	if l := must(s.Label(t.Context(), "6"))(t); string(l.Raw) != "raw" || l.Color != 3 {
		t.Errorf("the label is %+v", l)
	}
	deleted := chat.LabelEdited{Label: chat.Label{ID: "10"}, Deleted: true}
	apply(t, s, deleted, deleted)
	if _, err := s.Label(t.Context(), "10"); !errors.Is(err, chat.ErrNotFound) {
		t.Errorf("a deleted label: %v", err)
	}
	want := []string{chat.EventLabelUpsert, chat.EventLabelUpsert, chat.EventLabelUpsert, chat.EventLabelDeleted}
	if got := eventNames(t, s); !slices.Equal(got, want) {
		t.Errorf("events %v, want %v", got, want)
	}
	if id := must(s.NextLabelID(t.Context()))(t); id != "11" {
		t.Errorf("the next label gets the ID %s, which the deleted one had or which leaves a gap", id)
	}
	apply(t, s, edited(chat.Label{ID: strings.Repeat("9", 30)}), edited(chat.Label{ID: "x"}))
	if id := must(s.NextLabelID(t.Context()))(t); id != "11" {
		t.Errorf("after unusual IDs the next one is %s", id)
	}
}

func TestChatsHaveLabels(t *testing.T) {
	s := open(t, Options{})
	apply(t, s, edited(lead), edited(paid), received(alice, "A1", 100), received(bob, "B1", 200))
	apply(t, s, labelled(alice, "10"), labelled(alice, "6"), labelled(alice, "6"), labelled(bob, "404"), chat.ChatLabelled{Chat: bob, Label: "6"})
	if got := namesOf(t, s, alice); !slices.Equal(got, []string{"Lead", "Paid"}) {
		t.Errorf("Alice's labels: %v", got)
	}
	if got := namesOf(t, s, bob); got != nil {
		t.Errorf("Bob has labels that nobody knows: %v", got)
	}
	for c, err := range s.AllChats(t.Context()) {
		if err != nil || c.ID == alice && len(c.Labels) != 2 {
			t.Errorf("%+v, error %v", c, err)
		}
	}
	apply(t, s, chat.ChatLabelled{Chat: alice, Label: "10"}, chat.LabelEdited{Label: chat.Label{ID: "6"}, Deleted: true}, edited(lead))
	if got := namesOf(t, s, alice); got != nil {
		t.Errorf("Alice still has %v", got)
	}
	var labels []string
	for _, name := range eventNames(t, s)[2:] {
		if strings.HasPrefix(name, "label.") {
			labels = append(labels, name)
		}
	}
	want := []string{
		chat.EventLabelChatAdded, chat.EventLabelChatAdded, chat.EventLabelChatAdded, // Bob's with a label not known yet
		chat.EventLabelChatDeleted, chat.EventLabelDeleted, chat.EventLabelUpsert,
	}
	if !slices.Equal(labels, want) {
		t.Errorf("events %v, want %v", labels, want)
	}
}

// The app state is read before the history, in no order: a label waits for its chat,
// and a chat for its label.
func TestLabelsWaitForChats(t *testing.T) {
	s := open(t, Options{})
	apply(t, s, labelled(alice, "6"), edited(lead))
	if _, err := s.Chat(t.Context(), alice); !errors.Is(err, chat.ErrNotFound) {
		t.Errorf("a label lists a chat: %v", err)
	}
	if got := eventNames(t, s); !slices.Equal(got, []string{chat.EventLabelUpsert}) {
		t.Errorf("events %v", got)
	}
	apply(t, s, received(alice, "A1", 100))
	if got := namesOf(t, s, alice); !slices.Equal(got, []string{"Lead"}) {
		t.Errorf("labels %v", got)
	}
}

func TestChatsByLabels(t *testing.T) {
	s := open(t, Options{})
	apply(t, s, edited(lead), edited(paid), received(aliceLID, "A1", 100), received(alice, "A2", 150), received(bob, "B1", 200), received(team, "T1", 300),
		labelled(aliceLID, "6"), labelled(bob, "6"), labelled(bob, "10"), labelled(team, "10"))
	apply(t, s, chat.LIDMapped{LID: aliceLID, Phone: alice})
	for name, test := range map[string]struct {
		q    chat.ChatQuery
		want []chat.ID
	}{
		"by ID":          {chat.ChatQuery{Labels: []string{"6"}}, []chat.ID{bob, alice}},
		"by name":        {chat.ChatQuery{Labels: []string{"pAID"}}, []chat.ID{team, bob}},
		"one of two":     {chat.ChatQuery{Labels: []string{"6", "Paid"}}, []chat.ID{team, bob, alice}},
		"unknown":        {chat.ChatQuery{Labels: []string{"7", `"]'--`}}, nil},
		"a page":         {chat.ChatQuery{Labels: []string{"6", "10"}, Limit: 1, Offset: 1}, []chat.ID{bob}},
		"and by chat":    {chat.ChatQuery{Labels: []string{"6"}, IDs: []chat.ID{aliceLID, team}}, []chat.ID{alice}},
		"oldest first":   {chat.ChatQuery{Labels: []string{"6"}, Reverse: true}, []chat.ID{alice, bob}},
		"A to Z, by ID":  {chat.ChatQuery{Labels: []string{"10"}, SortBy: chat.SortID}, []chat.ID{team, bob}},
		"apart":          {chat.ChatQuery{Labels: []string{"6"}, Apart: true}, []chat.ID{bob, alice, aliceLID}},
		"all, of course": {chat.ChatQuery{Labels: []string{}}, []chat.ID{team, bob, alice}},
	} {
		t.Run(name, func(t *testing.T) {
			got := idsOf(t, s, test.q)
			if test.q.SortBy == chat.SortID {
				slices.Sort(got)
				slices.Sort(test.want)
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("%v, want %v", got, test.want)
			}
		})
	}
	if got := namesOf(t, s, alice); !slices.Equal(got, []string{"Lead"}) {
		t.Errorf("the merged chat has %v", got)
	}
}

// A list by labels costs what these labels have, not what the account has.
func TestListsByLabelsAreSearches(t *testing.T) {
	s := open(t, Options{})
	for _, apart := range []bool{false, true} {
		query, args, err := chatsQuery(chat.ChatQuery{Limit: 20, Apart: apart, WithLast: true}, []string{"6"})
		if err != nil {
			t.Fatal(err)
		}
		p := plan(t, s, query, args...)
		if !strings.Contains(p, "SEARCH chats USING INTEGER PRIMARY KEY") || !strings.Contains(p, "SEARCH chat_labels USING PRIMARY KEY (label=?)") ||
			!strings.Contains(p, "chat_labels_by_chat (chat=?)") || strings.Contains(p, "SCAN chats") || strings.Contains(p, "SCAN ids") {
			t.Errorf("apart %t:\n%s", apart, p)
		}
	}
}
