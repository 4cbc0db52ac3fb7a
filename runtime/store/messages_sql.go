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
		walks = append(walks, `SELECT ts, pk FROM messages INDEXED BY `+index+` WHERE `+condition+s.conditions)
		args = append(append(args, values...), s.args...)
	}
	filtered := q.FromMe != nil || q.Ack != nil
	switch {
	case chatPK == 0:
		for _, st := range states(q) {
			add("messages_by_state", "from_me = ? AND ack = ?", st.fromMe, st.ack)
		}
	case !filtered && (!q.Apart || !hasLID):
		add("messages_by_chat", "chat = ?", chatPK)
	default:
		for _, viaLID := range arrivals(q.Apart, chatPK, arrivedPK, hasLID) {
			for _, st := range states(q) {
				add("messages_by_chat_state", "chat = ? AND via_lid = ? AND from_me = ? AND ack = ?", chatPK, viaLID, st.fromMe, st.ack)
			}
		}
	}
	page := strings.Join(walks, " UNION ALL ") + " ORDER BY " + s.order + " LIMIT +? OFFSET ?"
	query = `SELECT ` + messageColumns + ` FROM (` + page + `) page CROSS JOIN messages m ON m.pk = page.pk` + messageJoins
	return query, append(args, limit(q.Limit), q.Offset)
}

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
