package store

import (
	"strings"

	"github.com/wasession/wasession/runtime/chat"
)

// span limits and pages a query of messages.
type span struct {
	conditions string
	args       []any
	order      string
}

// messagesQuery returns the statement for a page of messages in the chat with
// the key chatPK (0: all chats). If a filter leaves several values of an
// index's leading columns, the page is merged from one ordered walk per value,
// so that its cost does not depend on the filter. hasLID reports that messages
// of the chat may have arrived under a LID.
func messagesQuery(q chat.MessageQuery, after *position, chatPK, arrivedPK int64, hasLID bool) (query string, args []any) {
	s := spanOf(q, after)
	var walks []string
	add := func(index, condition string, values ...any) {
		walks = append(walks, `SELECT ts, pk FROM messages `+index+` WHERE `+condition+s.conditions)
		args = append(append(args, values...), s.args...)
	}
	switch {
	case chatPK == 0:
		for _, st := range states(q) {
			add("INDEXED BY messages_by_state", "late = 0 AND from_me = ? AND ack = ?", st.fromMe, st.ack)
		}
		condition, values := stateFilter(q)
		add("NOT INDEXED", lately+condition, values...)
	case !filtered(q) && (!q.Apart || !hasLID):
		add("INDEXED BY messages_by_chat", "chat = ?", chatPK)
	default:
		ways := arrivals(q.Apart, chatPK, arrivedPK, hasLID)
		for _, viaLID := range ways {
			for _, st := range states(q) {
				add("INDEXED BY messages_by_chat_state", "late = 0 AND chat = ? AND via_lid = ? AND from_me = ? AND ack = ?",
					chatPK, viaLID, st.fromMe, st.ack)
			}
		}
		condition, values := stateFilter(q)
		if condition, values = condition+" AND chat = ?", append(values, chatPK); len(ways) == 1 {
			condition, values = condition+" AND via_lid = ?", append(values, ways[0])
		}
		add("NOT INDEXED", lately+condition, values...)
	}
	page := strings.Join(walks, " UNION ALL ") + " ORDER BY " + s.order + " LIMIT +? OFFSET ?"
	query = `SELECT ` + messageColumns + ` FROM (` + page + `) page CROSS JOIN messages m ON m.pk = page.pk` + messageJoins
	return query, append(args, limit(q.Limit), q.Offset)
}

// filtered says whether a query asks for messages in some states only.
func filtered(q chat.MessageQuery) bool { return q.FromMe != nil || q.Ack != nil }

func spanOf(q chat.MessageQuery, after *position) span {
	s := span{order: "ts DESC, pk DESC"}
	if q.Reverse {
		s.order = "ts, pk"
	}
	if q.Since != nil {
		s.conditions += " AND ts >= ?"
		s.args = append(s.args, *q.Since)
	}
	if q.Until != nil {
		s.conditions += " AND ts <= ?"
		s.args = append(s.args, *q.Until)
	}
	if q.Text != "" {
		s.conditions += " AND " + holdsText + "(body, ?)"
		s.args = append(s.args, strings.ToLower(q.Text))
	}
	if after != nil {
		compare := "<"
		if q.Reverse {
			compare = ">"
		}
		s.conditions += " AND ts " + compare + "= ? AND (ts, pk) " + compare + " (?, ?)"
		s.args = append(s.args, after.ts, after.ts, after.pk)
	}
	return s
}

// position is a row's position in the order of messages.
type position struct{ ts, pk int64 }

// messageState is the direction and ack of a message, as the indexes have them.
type messageState struct{ fromMe, ack int64 }

// states returns the states that a query's filters allow.
func states(q chat.MessageQuery) []messageState {
	var all []messageState
	for _, fromMe := range []bool{false, true} {
		if q.FromMe != nil && *q.FromMe != fromMe {
			continue
		}
		for ack := chat.AckError; ack <= chat.AckPlayed; ack++ {
			if q.Ack == nil || *q.Ack == ack {
				all = append(all, messageState{number(fromMe), int64(ack)})
			}
		}
	}
	return all
}

// stateFilter returns the condition that states stands for.
func stateFilter(q chat.MessageQuery) (condition string, args []any) {
	if q.FromMe != nil {
		condition, args = condition+" AND from_me = ?", append(args, number(*q.FromMe))
	}
	if q.Ack != nil {
		condition, args = condition+" AND ack = ?", append(args, int64(*q.Ack))
	}
	return condition, args
}

// arrivals returns the values of via_lid to search.
func arrivals(apart bool, chatPK, arrivedPK int64, hasLID bool) []int64 {
	switch {
	case !hasLID:
		return []int64{0}
	case !apart:
		return []int64{0, 1}
	case arrivedPK == chatPK:
		return []int64{0}
	}
	return []int64{1}
}
