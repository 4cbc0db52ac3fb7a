package archive

import (
	"time"

	v1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/runtime/chat"
)

// Verdict is what becomes of a chat, and why.
type Verdict struct {
	// Policy is the name of the policy that matched; empty when none did.
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
)

// Decide returns the verdict on a chat. The first policy that matches decides:
// what it keeps, no later policy archives. A chat whose last activity is not
// known matches no policy that asks for an age.
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
	}
	return OutcomeArchive
}

// lastActivity is when something was last sent or received, unix seconds. The
// conversation's own time serves only for a chat without stored messages: it
// also moves with things that are no activity, such as a changed setting.
func lastActivity(c *chat.Chat) int64 {
	if c.Timestamp > 0 {
		return c.Timestamp
	}
	return c.ConversationTimestamp
}
