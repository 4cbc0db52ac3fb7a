package store

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/wasession/wasession/runtime/chat"
)

// reactionsColumn is what a message's row says of reactions, as []chat.Reaction in JSON;
// NULL for most messages.
const reactionsColumn = `CASE WHEN m.reacted = 1 THEN (
	SELECT json_group_array(json_object('Person', COALESCE(rp.id, ri.id, ''), 'Text', r.text, 'Timestamp', r.ts))
	FROM reactions r LEFT JOIN ids ri ON ri.pk = NULLIF(r.person, 0) LEFT JOIN ids rp ON rp.pk = ri.phone
	WHERE r.message = m.pk) END`

// decodeReactions reads reactionsColumn: of a person who reacted under LID and phone
// number the last reaction counts, and one that was taken back does not.
func decodeReactions(text []byte, m *chat.Message) error {
	if len(text) == 0 {
		return nil
	}
	var all []chat.Reaction
	if err := json.Unmarshal(text, &all); err != nil {
		return fmt.Errorf("%w: reactions to message %s: %w", ErrDamaged, m.Stanza, err)
	}
	slices.SortStableFunc(all, func(a, b chat.Reaction) int { return cmp.Compare(a.Timestamp, b.Timestamp) })
	last := make(map[chat.ID]int, len(all))
	for i, r := range all {
		last[r.Person] = i
	}
	for i, r := range all {
		if last[r.Person] == i && r.Text != "" {
			m.Reactions = append(m.Reactions, r)
		}
	}
	return nil
}

// keepReaction stores a reaction to the message with the key pk, unless the person has
// reacted later. What is too long for an emoji counts as none.
func (t *txn) keepReaction(pk int64, r chat.Reaction) error {
	if len(r.Text) > chat.MaxReaction {
		r.Text = ""
	}
	person, err := t.participantPK(r.Person)
	if err != nil {
		return err
	}
	if err := t.run(`INSERT INTO reactions (message, person, text, ts) VALUES (?, ?, ?, ?)
		ON CONFLICT DO UPDATE SET text = excluded.text, ts = excluded.ts WHERE excluded.ts >= reactions.ts`,
		pk, person, r.Text, r.Timestamp); err != nil {
		return err
	}
	return t.run(`UPDATE messages SET reacted = 1 WHERE pk = ? AND reacted = 0`, pk)
}

// reactionOf is what a message keeps of a reaction that has arrived.
func reactionOf(c *chat.Reacted) chat.Reaction {
	r := chat.Reaction{Text: c.Text, Timestamp: c.Timestamp}
	switch {
	case c.Message.FromMe:
	case c.Message.Participant != "":
		r.Person = c.Message.Participant
	default:
		r.Person = c.Message.Chat
	}
	return r
}
