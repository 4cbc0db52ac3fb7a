package httpapi

import (
	"cmp"
	"net/http"
	"time"

	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/wire"
)

type messagesIn struct {
	Chat chatOrAll `path:"chatId" doc:"Chat ID, or all"`
	messagesPage
}

type messagesOfIn struct {
	sessionQuery
	Chat chatOrAll `query:"chatId" required:"true" doc:"Chat ID, or all"`
	messagesPage
}

// listMessagesOf is listMessages with the chat in the query.
func (a *API) listMessagesOf(r *http.Request, in messagesOfIn) (rows[wire.Message], error) {
	return a.listMessages(r, messagesIn{in.Chat, in.messagesPage})
}

// messagesPage selects messages of a chat.
type messagesPage struct {
	Limit  int    `query:"limit" default:"10" min:"0" doc:"Maximum number of results; 0 returns all"`
	Offset int    `query:"offset" min:"0" max:"1000000000"`
	SortBy string `query:"sortBy" enum:"timestamp,messageTimestamp" default:"timestamp"`
	order
	download
	merged
	Until  *int64  `query:"filter.timestamp.lte" min:"0" doc:"Unix time in seconds, inclusive"`
	Since  *int64  `query:"filter.timestamp.gte" min:"0" doc:"Unix time in seconds, inclusive"`
	FromMe *bool   `query:"filter.fromMe"`
	Ack    *string `query:"filter.ack" enum:"ERROR,PENDING,SERVER,DEVICE,READ,PLAYED"`
	Text   string  `query:"filter.text" max:"256" doc:"Part of the text or caption, in upper or lower case. Messages are looked through one by one, newest first: about 100,000 a second, for one search at a time"`
}

// download says whether to download media.
type download struct {
	Download bool `query:"downloadMedia" default:"true" doc:"Download media that has not been downloaded yet"`
}

func (a *API) listMessages(r *http.Request, in messagesIn) (rows[wire.Message], error) {
	q := chat.MessageQuery{
		Chat: in.Chat.ID, Limit: in.Limit, Offset: in.Offset,
		Reverse: in.SortOrder == "asc", Since: in.Since, Until: in.Until,
		FromMe: in.FromMe, Text: in.Text, Apart: in.apart(),
	}
	if in.Ack != nil {
		ack, _ := chat.ParseAck(*in.Ack)
		q.Ack = &ack
	}
	until := time.Now().Add(pageTime)
	return paged(a, r, a.Reader.MessagePage(q), func(messages []chat.Message, yield func(wire.Message) bool) bool {
		media := make([]*wire.Media, len(messages))
		if in.Download {
			media = a.attach(r, messages, until)
		}
		for i := range messages {
			w := wire.NewMessage(&messages[i], a.Raw)
			w.Attach(media[i])
			if !yield(w) {
				return false
			}
		}
		return true
	}), nil
}

type messageIn struct {
	Chat    chatOrAll    `path:"chatId" doc:"Chat ID, or all"`
	Message anyMessageID `path:"messageId" doc:"Full message ID, or its last part alone"`
	download
	merged
}

func (a *API) getMessage(r *http.Request, in messageIn) (wire.Message, error) {
	m, err := a.messageOf(r.Context(), in.Chat.ID, in.Message)
	if err != nil {
		return wire.Message{}, err
	}
	if in.apart() {
		m.Chat = cmp.Or(m.Arrived, m.Chat)
	}
	w := wire.NewMessage(&m, a.Raw)
	if in.Download {
		w.Attach(a.attach(r, []chat.Message{m}, time.Now().Add(pageTime))[0])
	}
	return w, nil
}
