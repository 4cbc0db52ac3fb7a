package httpapi

import (
	"context"
	"errors"
	"net/http"

	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/wire"
)

type chatsIn struct {
	allOrPage
	SortBy chat.ChatSort `query:"sortBy" default:"messageTimestamp"`
	labelled
	order
	merged
}

// labelled limits a list of chats.
type labelled struct {
	Labels []string `query:"labels" max:"100" doc:"Label IDs or names; can be repeated. Lists the chats with one of these labels"`
}

func (a *API) listChats(r *http.Request, in chatsIn) (rows[wire.Chat], error) {
	q := chat.ChatQuery{
		Offset: in.Offset, SortBy: chat.SortField(in.SortBy),
		Reverse: in.SortOrder == "asc", Apart: in.apart(), Labels: in.Labels,
	}
	if in.Limit != nil {
		q.Limit = *in.Limit
	}
	return a.chatRows(r, q)
}

func (a *API) chatRows(r *http.Request, q chat.ChatQuery) (rows[wire.Chat], error) {
	chats, err := a.walks.page(r, q)
	if err != nil {
		return nil, err
	}
	now := a.Now().Unix()
	return func(yield func(wire.Chat, error) bool) {
		for i := range chats {
			if !yield(wire.NewChat(&chats[i], now), nil) {
				return
			}
		}
	}, nil
}

type oneChatIn struct {
	Chat chatID `path:"chatId"`
}

// known finds a chat by any of its IDs and returns the one it is stored under.
func (a *API) known(ctx context.Context, id chat.ID) (chat.ID, error) {
	c, err := a.Reader.Chat(ctx, id)
	if errors.Is(err, chat.ErrNotFound) {
		return "", notFound("Chat not found")
	}
	return c.ID, err
}

func (a *API) archiveChat(r *http.Request, in oneChatIn) (none, error) {
	return none{}, a.onChat(r.Context(), in.Chat.ID, a.archive(true))
}

func (a *API) unarchiveChat(r *http.Request, in oneChatIn) (none, error) {
	return none{}, a.onChat(r.Context(), in.Chat.ID, a.archive(false))
}

func (a *API) pinChat(r *http.Request, in oneChatIn) (wire.Success, error) {
	return wire.Success{Success: true}, a.onChat(r.Context(), in.Chat.ID, a.pin(true))
}

func (a *API) unpinChat(r *http.Request, in oneChatIn) (wire.Success, error) {
	return wire.Success{Success: true}, a.onChat(r.Context(), in.Chat.ID, a.pin(false))
}

func (a *API) markChatUnread(r *http.Request, in oneChatIn) (wire.Success, error) {
	return wire.Success{Success: true}, a.onChat(r.Context(), in.Chat.ID, a.Live.MarkChatUnread)
}

func (a *API) deleteChat(r *http.Request, in oneChatIn) (none, error) {
	return none{}, a.onChat(r.Context(), in.Chat.ID, a.Live.DeleteChat)
}

func (a *API) clearChat(r *http.Request, in oneChatIn) (none, error) {
	return none{}, a.onChat(r.Context(), in.Chat.ID, a.Live.ClearChat)
}

func (a *API) archive(archived bool) func(context.Context, chat.ID) error {
	return func(ctx context.Context, id chat.ID) error { return a.Live.ArchiveChat(ctx, id, archived) }
}

func (a *API) pin(pinned bool) func(context.Context, chat.ID) error {
	return func(ctx context.Context, id chat.ID) error { return a.Live.PinChat(ctx, id, pinned) }
}

// onChat calls do with the stored ID of a chat.
func (a *API) onChat(ctx context.Context, id chat.ID, do func(context.Context, chat.ID) error) error {
	id, err := a.known(ctx, id)
	if err != nil {
		return err
	}
	return do(ctx, id)
}
