package httpapi

import (
	"errors"
	"net/http"

	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/wire"
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

func (a *API) listPresences(*http.Request, noInput) ([]wire.Presences, error) {
	all := []wire.Presences{}
	for _, c := range a.Live.Presences() {
		all = append(all, wire.NewPresences(c.Chat, c.People))
	}
	return all, nil
}

type watchedIn struct {
	Chat watchedID `path:"chatId" doc:"ID of a person or a group"`
}

// watchedID is the ID of a chat whose people have a presence.
type watchedID struct{ chat.ID }

// UnmarshalText implements encoding.TextUnmarshaler.
func (w *watchedID) UnmarshalText(text []byte) (err error) {
	if w.ID, err = chat.ParseID(string(text)); err == nil && w.Kind() != chat.KindDirect && w.Kind() != chat.KindGroup {
		err = errors.New("must be the ID of a person or a group")
	}
	return err
}

func (a *API) getPresence(r *http.Request, in watchedIn) (wire.Presences, error) {
	id := a.destination(r.Context(), in.Chat.ID)
	people, err := a.Live.Presence(r.Context(), id)
	return wire.NewPresences(id, people), err
}

func (a *API) watchPresence(r *http.Request, in watchedIn) (none, error) {
	return none{}, a.Live.WatchPresence(r.Context(), a.destination(r.Context(), in.Chat.ID))
}
