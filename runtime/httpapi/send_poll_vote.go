package httpapi

import (
	"fmt"
	"net/http"
	"slices"

	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/wire"
)

type pollVoteIn struct {
	Body struct {
		sessionNamed
		ChatID        chatID       `json:"chatId" required:"true"`
		PollMessageID anyMessageID `json:"pollMessageId" required:"true" doc:"ID of the poll, in full or the last part of it"`
		Votes         *votes       `json:"votes" doc:"Options to choose, in place of those chosen before; an empty list takes the vote back"`
	} `body:"json"`
}

// votes are the texts of options. WAHA's description has a list of lists, and its
// examples a list.
type votes []string

// Take implements bind.Taker.
func (v *votes) Take(value any) {
	*v = votes{}
	v.add(value)
}

func (v *votes) add(value any) {
	switch value := value.(type) {
	case []any:
		for _, member := range value {
			v.add(member)
		}
	case nil:
	case string:
		if value != "" { // a form's list of none
			*v = append(*v, value)
		}
	default:
		*v = append(*v, fmt.Sprint(value))
	}
}

func (a *API) sendPollVote(r *http.Request, in pollVoteIn) (wire.Sent, error) {
	b := in.Body
	switch {
	case b.Votes == nil:
		return wire.Sent{}, badRequest("votes must be a list of options; an empty one takes the vote back")
	case b.ChatID.Kind() == chat.KindNewsletter:
		return wire.Sent{}, textFailure(http.StatusNotImplemented, noChannelVotes)
	}
	m, err := a.messageOf(r.Context(), b.ChatID.ID, b.PollMessageID)
	switch {
	case err != nil:
		return wire.Sent{}, err
	case m.Type != chat.TypePoll:
		return wire.Sent{}, badRequest("pollMessageId must be of a poll")
	}
	var chosen []string
	for _, option := range *b.Votes {
		if !slices.Contains(chosen, option) {
			chosen = append(chosen, option)
		}
	}
	return a.sent(a.Live.Vote(r.Context(), m, chosen))
}
