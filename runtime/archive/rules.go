package archive

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	v1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/runtime/chat"
)

// Rules are the compiled policies of a configuration.
type Rules struct {
	rules    []rule
	maxChats int
	groups   v1.UnknownGroups
	allowed  map[chat.ID]bool
}

// DefaultMaxChats is the default limit of a run.
const DefaultMaxChats = 500

type rule struct {
	name                  string
	protects              bool
	inactive              time.Duration
	kinds                 map[chat.Kind]bool
	unread, pinned, muted v1.KeepOrArchive
	excludeIDs            map[chat.ID]bool
	excludeNames          []*regexp.Regexp
	keepLabels            []string
}

var kinds = map[v1.ChatType]chat.Kind{
	v1.ChatDirect:     chat.KindDirect,
	v1.ChatGroup:      chat.KindGroup,
	v1.ChatBroadcast:  chat.KindBroadcast,
	v1.ChatNewsletter: chat.KindNewsletter,
}

// CompileRules validates the policies; a nil archive has none. Errors name the field,
// as in "autoArchive.policies[1].exclude.names[0]: …".
func CompileRules(a *v1.Archive, groups v1.Groups) (*Rules, error) {
	r := &Rules{maxChats: DefaultMaxChats, groups: groups.Unknown, allowed: map[chat.ID]bool{}}
	for i, text := range groups.Allowed {
		id, err := chat.ParseID(text)
		if err == nil && id.Kind() != chat.KindGroup {
			err = fmt.Errorf("%q is not a valid group id", text)
		}
		if err != nil {
			return nil, fmt.Errorf("groups.allowed[%d]: %w", i, err)
		}
		r.allowed[id] = true
	}
	if a == nil {
		return r, nil
	}
	if a.MaxChatsPerRun > 0 {
		r.maxChats = a.MaxChatsPerRun
	}
	for i, p := range a.Policies {
		compiled, err := compileRule(p)
		if err != nil {
			return nil, fmt.Errorf("autoArchive.policies[%d].%w", i, err)
		}
		r.rules = append(r.rules, compiled)
	}
	return r, nil
}

func compileRule(p v1.ArchivePolicy) (rule, error) {
	action, labels := p.Action, p.Labels
	if labels == nil {
		labels = &v1.ArchiveLabels{}
	}
	if labels.Action != "" {
		action = labels.Action
	}
	r := rule{
		name:       p.Name,
		protects:   action == v1.Keep,
		inactive:   time.Duration(p.InactiveSeconds) * time.Second,
		kinds:      map[chat.Kind]bool{},
		unread:     orDefault(p.Unread, v1.Keep),
		pinned:     orDefault(p.Pinned, v1.Keep),
		muted:      orDefault(p.Muted, v1.ArchiveChat),
		excludeIDs: map[chat.ID]bool{},
		keepLabels: labels.Exclude,
	}
	if p.Name == "" {
		return rule{}, fmt.Errorf("name: must not be empty")
	}
	// A rule that protects may do so whatever the age; one that archives must
	// say how long a chat has to be silent.
	if p.InactiveSeconds <= 0 && !r.protects {
		return rule{}, fmt.Errorf("inactiveFor: must be greater than 0")
	}
	types := p.ChatTypes
	if len(types) == 0 {
		types = []v1.ChatType{v1.ChatDirect, v1.ChatGroup}
	}
	for i, t := range types {
		kind, ok := kinds[t]
		if !ok {
			return rule{}, fmt.Errorf("chatTypes[%d]: %q is not a chat type", i, t)
		}
		r.kinds[kind] = true
	}
	for i, text := range p.ExcludeChatIDs {
		id, err := chat.ParseID(text)
		if err != nil {
			return rule{}, fmt.Errorf("exclude.chatIds[%d]: %w", i, err)
		}
		r.excludeIDs[id] = true
	}
	for i, pattern := range p.ExcludeNames {
		if pattern == "" {
			return rule{}, fmt.Errorf("exclude.names[%d]: must not be empty", i)
		}
		r.excludeNames = append(r.excludeNames, compileNamePattern(pattern))
	}
	if i := slices.Index(labels.Exclude, ""); i >= 0 {
		return rule{}, fmt.Errorf("labels.exclude[%d]: must not be empty", i)
	}
	return r, nil
}

// compileNamePattern compiles a pattern in which * matches anything and ? one
// character. Everything else, including brackets, is literal. Case is ignored.
func compileNamePattern(pattern string) *regexp.Regexp {
	quoted := regexp.QuoteMeta(pattern)
	quoted = strings.ReplaceAll(quoted, `\*`, ".*")
	quoted = strings.ReplaceAll(quoted, `\?`, ".")
	return regexp.MustCompile("(?is)^" + quoted + "$")
}

func orDefault(value, byDefault v1.KeepOrArchive) v1.KeepOrArchive {
	if value == "" {
		return byDefault
	}
	return value
}
