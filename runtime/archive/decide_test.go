package archive

import (
	"strings"
	"testing"
	"time"

	v1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/runtime/chat"
)

var now = time.Date(2026, 6, 1, 3, 0, 0, 0, time.UTC)

const day = 24 * 3600

// silentFor is a direct chat whose last message is that many days old.
func silentFor(days int64) chat.Chat {
	return chat.Chat{ID: "111@c.us", Name: "Bob", Timestamp: now.Unix() - days*day}
}

func with(c chat.Chat, change func(*chat.Chat)) chat.Chat { change(&c); return c }

func rulesOf(t *testing.T, policies ...v1.ArchivePolicy) *Rules {
	t.Helper()
	r, err := CompileRules(&v1.Archive{Policies: policies}, v1.Groups{})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestDecide(t *testing.T) {
	zombies := v1.ArchivePolicy{Name: "zombies", InactiveSeconds: 90 * day}
	ancient := v1.ArchivePolicy{Name: "ancient", InactiveSeconds: 365 * day, Pinned: v1.ArchiveChat, Unread: v1.ArchiveChat}
	byLabel := v1.ArchivePolicy{
		Name: "unlabelled", Action: v1.Keep, InactiveSeconds: 90 * day, Labels: &v1.ArchiveLabels{Exclude: []string{"VIP", "7"}, Action: v1.ArchiveChat},
	}
	label := func(id, name string) func(*chat.Chat) {
		return func(c *chat.Chat) { c.Labels = []chat.Label{{ID: "99", Name: "Old"}, {ID: id, Name: name}} }
	}
	group := func(c *chat.Chat) { c.ID = "1203@g.us" }
	pinned := func(c *chat.Chat) { c.PinnedAt = 5 }
	cases := map[string]struct {
		policies []v1.ArchivePolicy
		chat     chat.Chat
		want     Verdict
	}{
		"silent for the time":           {[]v1.ArchivePolicy{zombies}, silentFor(90), Verdict{"zombies", OutcomeArchive}},
		"a second less":                 {[]v1.ArchivePolicy{zombies}, with(silentFor(90), func(c *chat.Chat) { c.Timestamp++ }), Verdict{"", OutcomeNoPolicy}},
		"archived already":              {[]v1.ArchivePolicy{zombies}, with(silentFor(400), func(c *chat.Chat) { c.Archived = true }), Verdict{"", OutcomeAlreadyArchived}},
		"group by default":              {[]v1.ArchivePolicy{zombies}, with(silentFor(90), group), Verdict{"zombies", OutcomeArchive}},
		"newsletter not by default":     {[]v1.ArchivePolicy{zombies}, with(silentFor(90), func(c *chat.Chat) { c.ID = "1@newsletter" }), Verdict{"", OutcomeNoPolicy}},
		"type not listed":               {[]v1.ArchivePolicy{{Name: "d", InactiveSeconds: 1, ChatTypes: []v1.ChatType{v1.ChatDirect}}}, with(silentFor(90), group), Verdict{"", OutcomeNoPolicy}},
		"unread is kept":                {[]v1.ArchivePolicy{zombies}, with(silentFor(90), func(c *chat.Chat) { c.Unread = 1 }), Verdict{"zombies", OutcomeUnread}},
		"marked unread is kept":         {[]v1.ArchivePolicy{zombies}, with(silentFor(90), func(c *chat.Chat) { c.MarkedUnread = true }), Verdict{"zombies", OutcomeUnread}},
		"pinned is kept":                {[]v1.ArchivePolicy{zombies}, with(silentFor(90), pinned), Verdict{"zombies", OutcomePinned}},
		"pinned, told to archive":       {[]v1.ArchivePolicy{ancient}, with(silentFor(400), pinned), Verdict{"ancient", OutcomeArchive}},
		"the first that matches keeps":  {[]v1.ArchivePolicy{zombies, ancient}, with(silentFor(400), pinned), Verdict{"zombies", OutcomePinned}},
		"a rule that protects":          {[]v1.ArchivePolicy{{Name: "keep", Action: v1.Keep}, zombies}, silentFor(400), Verdict{"keep", OutcomeProtected}},
		"protects a narrower set":       {[]v1.ArchivePolicy{{Name: "keep", Action: v1.Keep, ChatTypes: []v1.ChatType{v1.ChatGroup}}, zombies}, silentFor(400), Verdict{"zombies", OutcomeArchive}},
		"muted is archived by default":  {[]v1.ArchivePolicy{zombies}, with(silentFor(90), func(c *chat.Chat) { c.MutedUntil = -1 }), Verdict{"zombies", OutcomeArchive}},
		"muted is kept when asked":      {[]v1.ArchivePolicy{{Name: "m", InactiveSeconds: 1, Muted: v1.Keep}}, with(silentFor(90), func(c *chat.Chat) { c.MutedUntil = -1 }), Verdict{"m", OutcomeMuted}},
		"labelled by name, any case":    {[]v1.ArchivePolicy{byLabel, zombies}, with(silentFor(90), label("4", "vip")), Verdict{"unlabelled", OutcomeLabelled}},
		"labelled by id":                {[]v1.ArchivePolicy{byLabel}, with(silentFor(90), label("7", "Lead")), Verdict{"unlabelled", OutcomeLabelled}},
		"another label":                 {[]v1.ArchivePolicy{byLabel}, with(silentFor(90), label("8", "Lead")), Verdict{"unlabelled", OutcomeArchive}},
		"labelled, but not silent":      {[]v1.ArchivePolicy{byLabel}, with(silentFor(1), label("7", "Lead")), Verdict{"", OutcomeNoPolicy}},
		"labels of an own file":         {[]v1.ArchivePolicy{{Name: "f", InactiveSeconds: 1, Labels: &v1.ArchiveLabels{Exclude: []string{"VIP"}}}}, silentFor(90), Verdict{"f", OutcomeArchive}},
		"excluded by id in any form":    {[]v1.ArchivePolicy{{Name: "x", InactiveSeconds: 1, ExcludeChatIDs: []string{"111@s.whatsapp.net"}}}, silentFor(90), Verdict{"", OutcomeNoPolicy}},
		"excluded by name, any case":    {[]v1.ArchivePolicy{{Name: "x", InactiveSeconds: 1, ExcludeNames: []string{"b?B*"}}}, silentFor(90), Verdict{"", OutcomeNoPolicy}},
		"a pattern matches all of it":   {[]v1.ArchivePolicy{{Name: "x", InactiveSeconds: 1, ExcludeNames: []string{"bo"}}}, silentFor(90), Verdict{"x", OutcomeArchive}},
		"excluded here, matched below":  {[]v1.ArchivePolicy{{Name: "x", InactiveSeconds: 1, ExcludeNames: []string{"*"}}, zombies}, silentFor(90), Verdict{"zombies", OutcomeArchive}},
		"no message, old conversation":  {[]v1.ArchivePolicy{zombies}, chat.Chat{ID: "1@c.us", ConversationTimestamp: now.Unix() - 91*day}, Verdict{"zombies", OutcomeArchive}},
		"nothing known of its activity": {[]v1.ArchivePolicy{zombies}, chat.Chat{ID: "1@c.us"}, Verdict{"", OutcomeNoPolicy}},
		"a conversation touched later":  {[]v1.ArchivePolicy{zombies}, with(silentFor(91), func(c *chat.Chat) { c.ConversationTimestamp = now.Unix() }), Verdict{"zombies", OutcomeArchive}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if got := rulesOf(t, c.policies...).Decide(&c.chat, now); got != c.want {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
		})
	}
}

func TestCompileRulesNamesTheField(t *testing.T) {
	cases := map[string]struct {
		archive *v1.Archive
		groups  v1.Groups
		want    string
	}{
		"no age":              {&v1.Archive{Policies: []v1.ArchivePolicy{{Name: "a"}}}, v1.Groups{}, "autoArchive.policies[0].inactiveFor: "},
		"no name":             {&v1.Archive{Policies: []v1.ArchivePolicy{{InactiveSeconds: 1}}}, v1.Groups{}, "autoArchive.policies[0].name: "},
		"chat type":           {&v1.Archive{Policies: []v1.ArchivePolicy{{Name: "a", InactiveSeconds: 1, ChatTypes: []v1.ChatType{"Channel"}}}}, v1.Groups{}, "autoArchive.policies[0].chatTypes[0]: "},
		"excluded id":         {&v1.Archive{Policies: []v1.ArchivePolicy{{Name: "a", InactiveSeconds: 1, ExcludeChatIDs: []string{"bob"}}}}, v1.Groups{}, "autoArchive.policies[0].exclude.chatIds[0]: "},
		"empty name":          {&v1.Archive{Policies: []v1.ArchivePolicy{{Name: "a", InactiveSeconds: 1, ExcludeNames: []string{""}}}}, v1.Groups{}, "autoArchive.policies[0].exclude.names[0]: "},
		"empty label":         {&v1.Archive{Policies: []v1.ArchivePolicy{{Name: "a", InactiveSeconds: 1, Labels: &v1.ArchiveLabels{Exclude: []string{"a", ""}}}}}, v1.Groups{}, "autoArchive.policies[0].labels.exclude[1]: "},
		"no age, with labels": {&v1.Archive{Policies: []v1.ArchivePolicy{{Name: "a", Action: v1.Keep, Labels: &v1.ArchiveLabels{Action: v1.ArchiveChat}}}}, v1.Groups{}, "autoArchive.policies[0].inactiveFor: "},
		"group list":          {nil, v1.Groups{Allowed: []string{"111@c.us"}}, "groups.allowed[0]: "},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := CompileRules(c.archive, c.groups)
			if err == nil || !strings.HasPrefix(err.Error(), c.want) {
				t.Errorf("got %v, want an error that begins with %q", err, c.want)
			}
		})
	}
}

func TestNamePatternsTakeBracketsLiterally(t *testing.T) {
	r := rulesOf(t, v1.ArchivePolicy{Name: "x", InactiveSeconds: 1, ExcludeNames: []string{"[team] a/*"}})
	c := with(silentFor(9), func(c *chat.Chat) { c.Name = "[Team] A/b\nc" })
	if got := r.Decide(&c, now); got.Outcome != OutcomeNoPolicy {
		t.Errorf("got %+v, want the chat to be excluded", got)
	}
}
