package httpapi

import (
	"net/http"

	"github.com/wasession/wasession/runtime/chat"
)

type oneChatBodyIn struct {
	Body struct {
		sessionNamed
		ChatID chatID `json:"chatId" required:"true"`
	} `body:"json"`
}

func (a *API) startTyping(r *http.Request, in oneChatBodyIn) (none, error) {
	return none{}, a.show(r, in.Body.ChatID.ID, chat.DoingTyping)
}

func (a *API) stopTyping(r *http.Request, in oneChatBodyIn) (none, error) {
	return none{}, a.show(r, in.Body.ChatID.ID, chat.DoingNothing)
}

func (a *API) show(r *http.Request, id chat.ID, doing chat.Doing) error {
	return a.Live.Show(r.Context(), a.destination(r.Context(), id), doing)
}

type presenceIn struct {
	Body struct {
		ChatID   maybeChatID `json:"chatId" doc:"Required for typing, recording and paused"`
		Presence string      `json:"presence" required:"true" enum:"offline,online,typing,recording,paused"`
	} `body:"json"`
}

func (a *API) setPresence(r *http.Request, in presenceIn) (none, error) {
	switch p := in.Body.Presence; {
	case p == "online", p == "offline":
		return none{}, a.Live.SetOnline(r.Context(), p == "online")
	case in.Body.ChatID.ID == "":
		return none{}, badRequest("chatId should not be empty")
	default:
		return none{}, a.show(r, in.Body.ChatID.ID, chat.Doing(p))
	}
}
