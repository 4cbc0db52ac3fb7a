package archive

import (
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"slices"
	"testing"

	v1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/runtime/chat"
)

func each(chats []chat.Chat) iter.Seq2[chat.Chat, error] {
	return func(yield func(chat.Chat, error) bool) {
		for _, c := range chats {
			if !yield(c, nil) {
				return
			}
		}
	}
}

// randomAccount has chats of all sorts and states, some of the same age.
func randomAccount(r *rand.Rand) []chat.Chat {
	chats := make([]chat.Chat, r.IntN(200))
	for i := range chats {
		server := []string{"c.us", "g.us", "lid", "newsletter", "broadcast"}[r.IntN(5)]
		c := chat.Chat{
			ID:       chat.ID(fmt.Sprintf("%d@%s", i+1, server)),
			Name:     []string{"", "VIP Ann", "Bob", "vip"}[r.IntN(4)],
			Archived: r.IntN(5) == 0,
			Unread:   max(0, r.IntN(6)-4),
		}
		if r.IntN(10) > 0 {
			c.Timestamp = now.Unix() - int64(r.IntN(400))*day
		}
		if r.IntN(5) == 0 {
			c.PinnedAt = 1
		}
		c.MarkedUnread = r.IntN(9) == 0
		chats[i] = c
	}
	return chats
}

func randomRules(t *testing.T, r *rand.Rand) (*Rules, *v1.Archive) {
	a := &v1.Archive{MaxChatsPerRun: 1 + r.IntN(40)}
	state := func() v1.KeepOrArchive { return []v1.KeepOrArchive{"", v1.Keep, v1.ArchiveChat}[r.IntN(3)] }
	for i := range 1 + r.IntN(4) {
		p := v1.ArchivePolicy{Name: fmt.Sprint("p", i), InactiveSeconds: int64(1+r.IntN(300)) * day, Unread: state(), Pinned: state(), Muted: state(), Action: state()}
		if r.IntN(2) == 0 {
			p.ChatTypes = []v1.ChatType{v1.ChatDirect, v1.ChatNewsletter}
		}
		if r.IntN(2) == 0 {
			p.ExcludeNames = []string{"VIP*"}
		}
		a.Policies = append(a.Policies, p)
	}
	rules, err := CompileRules(a, v1.Groups{})
	if err != nil {
		t.Fatal(err)
	}
	return rules, a
}

// A plan, whatever the account and the policies: never a chat whose last
// message is younger than the limit of the policy that names it, never one that
// an earlier policy keeps, never more than the maximum, the longest silent
// first, and the same for the same input in any order.
func TestPlanProperties(t *testing.T) {
	for seed := range uint64(500) {
		r := rand.New(rand.NewPCG(seed, 1))
		chats := randomAccount(r)
		rules, config := randomRules(t, r)
		plan, err := rules.Plan(each(chats), nil, now)
		if err != nil {
			t.Fatal(err)
		}
		if len(plan.Items) > config.MaxChatsPerRun {
			t.Fatalf("seed %d: %d items, the maximum is %d", seed, len(plan.Items), config.MaxChatsPerRun)
		}
		if len(plan.Items) != min(plan.Candidates, config.MaxChatsPerRun) {
			t.Fatalf("seed %d: %d items of %d candidates, the maximum is %d", seed, len(plan.Items), plan.Candidates, config.MaxChatsPerRun)
		}
		for i, item := range plan.Items {
			c := chats[slices.IndexFunc(chats, func(c chat.Chat) bool { return c.ID == item.Chat })]
			at := slices.IndexFunc(config.Policies, func(p v1.ArchivePolicy) bool { return p.Name == item.Policy })
			if c.Timestamp == 0 || now.Unix()-c.Timestamp < config.Policies[at].InactiveSeconds {
				t.Fatalf("seed %d: %+v is younger than %+v allows", seed, c, config.Policies[at])
			}
			if i > 0 && plan.Items[i-1].LastActivity > item.LastActivity {
				t.Fatalf("seed %d: item %d is out of order", seed, i)
			}
			for _, earlier := range config.Policies[:at] {
				alone, _ := CompileRules(&v1.Archive{Policies: []v1.ArchivePolicy{earlier}}, v1.Groups{})
				if got := alone.Decide(&c, now); got.Policy != "" {
					t.Fatalf("seed %d: %+v is matched by the earlier policy %s (%s)", seed, c, earlier.Name, got.Outcome)
				}
			}
		}
		r.Shuffle(len(chats), func(i, j int) { chats[i], chats[j] = chats[j], chats[i] })
		again, _ := rules.Plan(each(chats), nil, now)
		if !slices.Equal(again.Items, plan.Items) || again.Candidates != plan.Candidates {
			t.Fatalf("seed %d: another plan for the same chats in another order", seed)
		}
	}
}

func TestPlanOfGroups(t *testing.T) {
	joined := []chat.Group{{ID: "3@g.us", Subject: "Spam"}, {ID: "1@g.us"}, {ID: "2@g.us"}}
	chats := []chat.Chat{{ID: "3@g.us", Timestamp: 1}, {ID: "9@g.us", Timestamp: 1}}
	policies := &v1.Archive{Policies: []v1.ArchivePolicy{{Name: "old", InactiveSeconds: day}}}
	archived := func(id chat.ID) chat.ArchiveItem { return chat.ArchiveItem{Chat: id, Policy: "old", LastActivity: 1} }
	cases := map[string]struct {
		groups  v1.Groups
		items   []chat.ArchiveItem
		unknown []chat.ID
	}{
		"kept by default": {v1.Groups{}, []chat.ArchiveItem{archived("3@g.us"), archived("9@g.us")}, nil},
		"reported":        {v1.Groups{Unknown: v1.UnknownReport, Allowed: []string{"1@g.us"}}, []chat.ArchiveItem{archived("3@g.us"), archived("9@g.us")}, []chat.ID{"2@g.us", "3@g.us"}},
		"left, not archived as well; a group left before is no matter": {
			v1.Groups{Unknown: v1.UnknownLeave, Allowed: []string{"1@g.us", "2@g.us"}},
			[]chat.ArchiveItem{{Chat: "3@g.us", Name: "Spam", Leave: true}, archived("9@g.us")}, []chat.ID{"3@g.us"},
		},
		"a list that was lost leaves none": {
			v1.Groups{Unknown: v1.UnknownLeave},
			[]chat.ArchiveItem{archived("3@g.us"), archived("9@g.us")}, []chat.ID{"1@g.us", "2@g.us", "3@g.us"},
		},
		"all of them, whatever is allowed": {
			v1.Groups{Unknown: v1.UnknownLeaveAll, Allowed: []string{"1@g.us"}},
			[]chat.ArchiveItem{{Chat: "1@g.us", Leave: true}, {Chat: "2@g.us", Leave: true}, {Chat: "3@g.us", Name: "Spam", Leave: true}, archived("9@g.us")},
			[]chat.ID{"1@g.us", "2@g.us", "3@g.us"},
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			rules, err := CompileRules(policies, c.groups)
			if err != nil {
				t.Fatal(err)
			}
			plan, err := rules.Plan(each(chats), joined, now)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(plan.Items, c.items) || !slices.Equal(plan.UnknownGroups, c.unknown) {
				t.Errorf("got %+v, want items %+v and unknown %v", plan, c.items, c.unknown)
			}
		})
	}
}

func TestPlanFailsWithTheStore(t *testing.T) {
	broken := errors.New("disk")
	_, err := rulesOf(t).Plan(func(yield func(chat.Chat, error) bool) { yield(chat.Chat{}, broken) }, nil, now)
	if !errors.Is(err, broken) {
		t.Errorf("got %v, want %v", err, broken)
	}
}
