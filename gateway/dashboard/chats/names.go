package chats

import (
	"context"
	"slices"

	"github.com/wasession/wasession/gateway/dashboard/pod"
)

// names are what people are called who write in groups: as their own chat is called in
// the list, by their IDs.
type names map[string]string

// namesOf asks for the names of those who wrote messages of groups, or are quoted there,
// and have not told theirs.
func namesOf(ctx context.Context, c pod.Client, messages []pod.Message) (names, error) {
	var ids []string
	for _, m := range messages {
		if !isGroup(m.Chat) {
			continue
		}
		if m.Participant != nil && !m.FromMe && m.Data.Info.PushName == "" {
			ids = append(ids, *m.Participant)
		}
		if m.ReplyTo != nil && m.ReplyTo.Participant != nil {
			ids = append(ids, *m.ReplyTo.Participant)
		}
	}
	slices.Sort(ids)
	found, err := c.Summaries(ctx, slices.Compact(ids))
	if err != nil {
		return nil, err
	}
	all := names{}
	for id, s := range found {
		all[id] = nameOf(s.Chat)
	}
	return all, nil
}

// of is what somebody is called.
func (n names) of(id string) string {
	if name, ok := n[id]; ok {
		return name
	}
	return idName(id)
}

// Messages are the views of messages. base is the address of their chat, and whole shows
// all of long texts.
func Messages(ctx context.Context, c pod.Client, messages []pod.Message, base string, whole bool) ([]Message, error) {
	known, err := namesOf(ctx, c, messages)
	if err != nil {
		return nil, err
	}
	all := make([]Message, len(messages))
	for i, m := range messages {
		all[i] = newMessage(m, base, whole, known)
	}
	return all, nil
}
