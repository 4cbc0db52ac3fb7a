package dashboard

import (
	"fmt"
	"strings"
	"time"

	"github.com/wasession/wasession/api/v1alpha1"
)

// archivePolicy is an archive policy in words.
type archivePolicy struct {
	Name string
	// Keeps: it protects chats from the policies below it.
	Keeps bool
	Rule  string
	// Notes are what it makes exceptions of.
	Notes []string
}

// explainPolicies says what policies do, in their order.
func explainPolicies(all []v1alpha1.ArchivePolicy) []archivePolicy {
	var out []archivePolicy
	for _, p := range all {
		out = append(out, explainPolicy(p))
	}
	return out
}

func explainPolicy(p v1alpha1.ArchivePolicy) archivePolicy {
	v := archivePolicy{Name: p.Name, Keeps: p.Action == v1alpha1.ArchiveKeep}
	verb := "Archives"
	if v.Keeps {
		verb = "Keeps"
	}
	v.Rule = verb + " " + kinds(p.ChatTypes)
	if p.InactiveFor != nil {
		v.Rule += " without a message for " + period(p.InactiveFor.Duration)
	} else {
		v.Rule += " of any age"
	}
	if !v.Keeps {
		var kept []string
		for _, c := range []struct {
			what   string
			action v1alpha1.ArchiveAction
			normal v1alpha1.ArchiveAction
		}{
			{"unread", p.Unread, v1alpha1.ArchiveKeep}, {"pinned", p.Pinned, v1alpha1.ArchiveKeep}, {"muted", p.Muted, v1alpha1.ArchiveArchive},
		} {
			if c.action == "" {
				c.action = c.normal
			}
			if c.action == v1alpha1.ArchiveKeep {
				kept = append(kept, c.what)
			}
		}
		if len(kept) > 0 {
			v.Notes = append(v.Notes, "keeps "+listed(kept, "and")+" chats")
		}
		if p.Labels != nil {
			v.Notes = append(v.Notes, "keeps chats labelled "+listed(p.Labels.Exclude, "or"))
		}
	}
	if e := p.Exclude; e != nil {
		if len(e.Names) > 0 {
			v.Notes = append(v.Notes, "leaves out the names "+listed(e.Names, "and"))
		}
		if n := len(e.ChatIDs); n > 0 {
			v.Notes = append(v.Notes, fmt.Sprintf("leaves out %s", counted(n, "chat")))
		}
	}
	return v
}

// kinds are types of chats in words.
func kinds(types []v1alpha1.ChatType) string {
	if len(types) == 0 {
		types = []v1alpha1.ChatType{v1alpha1.ChatDirect, v1alpha1.ChatGroup}
	}
	words := map[v1alpha1.ChatType]string{
		v1alpha1.ChatDirect: "direct chats", v1alpha1.ChatGroup: "groups", v1alpha1.ChatBroadcast: "broadcast lists", v1alpha1.ChatNewsletter: "channels",
	}
	var all []string
	for _, t := range types {
		all = append(all, words[t])
	}
	return listed(all, "and")
}

// period is a duration in whole days or hours.
func period(d time.Duration) string {
	const day = 24 * time.Hour
	switch {
	case d >= day && d%day == 0:
		return counted(int(d/day), "day")
	case d%time.Hour == 0:
		return counted(int(d/time.Hour), "hour")
	}
	return d.String()
}

func idle(days *int64) string {
	if days == nil {
		return ""
	}
	return counted(int(*days), "day")
}

func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// listed joins words as a sentence does.
func listed(words []string, last string) string {
	if n := len(words); n > 1 {
		return strings.Join(words[:n-1], ", ") + " " + last + " " + words[n-1]
	}
	return strings.Join(words, "")
}
