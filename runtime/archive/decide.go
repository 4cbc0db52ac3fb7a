package archive

import (
	"slices"
	"time"

	v1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/runtime/chat"
)

// Verdict is the decision about a chat, and its reason.
type Verdict struct {
	// Policy is the name of the matching policy; empty if none matched.
	Policy string
	// Outcome is why the chat is archived or kept.
	Outcome Outcome
}

// Outcome is the reason of a verdict.
type Outcome string

// The outcomes. Only OutcomeArchive archives.
const (
	OutcomeArchive         Outcome = "archive"
	OutcomeNoPolicy        Outcome = "no policy matches"
	OutcomeAlreadyArchived Outcome = "archived already"
	OutcomeProtected       Outcome = "protected by its policy"
	OutcomeUnread          Outcome = "unread"
	OutcomePinned          Outcome = "pinned"
	OutcomeMuted           Outcome = "muted"
	OutcomeLabelled        Outcome = "labelled"
)

// Decide returns the verdict on a chat. The first matching policy decides: later
// policies cannot archive what it keeps. A chat whose last activity is unknown matches
// no policy that requires an age.
func (r *Rules) Decide(c *chat.Chat, now time.Time) Verdict {
	if c.Archived {
		return Verdict{Outcome: OutcomeAlreadyArchived}
	}
	for i := range r.rules {
		if rule := &r.rules[i]; rule.matches(c, now) {
			return Verdict{Policy: rule.name, Outcome: rule.outcome(c, now)}
		}
	}
	return Verdict{Outcome: OutcomeNoPolicy}
}

func (r *rule) matches(c *chat.Chat, now time.Time) bool {
	if !r.kinds[c.Kind()] || r.excludeIDs[c.ID] {
		return false
	}
	for _, pattern := range r.excludeNames {
		if pattern.MatchString(c.Name) {
			return false
		}
	}
	if r.inactive == 0 {
		return true
	}
	last := lastActivity(c)
	return last > 0 && now.Sub(time.Unix(last, 0)) >= r.inactive
}

func (r *rule) outcome(c *chat.Chat, now time.Time) Outcome {
	switch {
	case r.protects:
		return OutcomeProtected
	case r.unread == v1.Keep && (c.Unread > 0 || c.MarkedUnread):
		return OutcomeUnread
	case r.pinned == v1.Keep && c.PinnedAt != 0:
		return OutcomePinned
	case r.muted == v1.Keep && c.MutedAt(now.Unix()):
		return OutcomeMuted
	case r.keepsLabelOf(c):
		return OutcomeLabelled
	}
	return OutcomeArchive
}

// keepsLabelOf says whether a chat has a label whose chats the rule keeps.
func (r *rule) keepsLabelOf(c *chat.Chat) bool {
	for i := range c.Labels {
		if slices.ContainsFunc(r.keepLabels, c.Labels[i].Named) {
			return true
		}
	}
	return false
}

// lastActivity is the time of the last message, in unix seconds. The conversation
// timestamp is only used for chats without stored messages, because settings change it
// as well.
func lastActivity(c *chat.Chat) int64 {
	if c.Timestamp > 0 {
		return c.Timestamp
	}
	return c.ConversationTimestamp
}
