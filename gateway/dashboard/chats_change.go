package dashboard

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"github.com/wasession/wasession/gateway/dashboard/chats"
	"github.com/wasession/wasession/gateway/dashboard/pod"
	"github.com/wasession/wasession/gateway/waha"
)

// chatChanges are what a button can do to a chat.
var chatChanges = map[string]func(ctx context.Context, c pod.Client, id string) error{
	"archive":   func(ctx context.Context, c pod.Client, id string) error { return c.Archive(ctx, id, true) },
	"unarchive": func(ctx context.Context, c pod.Client, id string) error { return c.Archive(ctx, id, false) },
	"pin":       func(ctx context.Context, c pod.Client, id string) error { return c.PinChat(ctx, id, true) },
	"unpin":     func(ctx context.Context, c pod.Client, id string) error { return c.PinChat(ctx, id, false) },
	"unread":    func(ctx context.Context, c pod.Client, id string) error { return c.MarkUnread(ctx, id) },
	"read":      func(ctx context.Context, c pod.Client, id string) error { return c.MarkRead(ctx, id) },
}

// changeChat does what a button says, and shows the chat as it is then.
func (d *Dashboard) changeChat(v *visit) error {
	view, err := v.onChats()
	if err != nil {
		return err
	}
	change, ok := chatChanges[v.r.PostFormValue("what")]
	if !ok {
		return waha.BadRequest("what is not a change of a chat")
	}
	client, id := v.podOf(view.Session), v.r.PathValue("chat")
	if err := change(v.r.Context(), client, id); err != nil {
		return told(err)
	}
	s, err := client.Summary(v.r.Context(), id)
	if err != nil {
		return told(err)
	}
	view.Chat = &chats.Conversation{Row: chats.NewRow(s, chatsPath(view.Session))}
	return v.part(http.StatusOK, "chats", "part-changed", view)
}

// pinTime is how long a message stays pinned, in seconds: a week.
const pinTime = 7 * 24 * 60 * 60

// emojis are the reactions that the page offers, as the phone does.
var emojis = []string{"👍", "❤️", "😂", "😮", "😢", "🙏", ""}

// changeMessage does what a menu says, and shows the message as it is then.
func (d *Dashboard) changeMessage(v *visit) error {
	view, err := v.onChats()
	if err != nil {
		return err
	}
	client, ctx := v.podOf(view.Session), v.r.Context()
	chat, id := v.r.PathValue("chat"), v.r.PathValue("message")
	switch v.r.PostFormValue("what") {
	case "react":
		emoji := v.r.PostFormValue("emoji")
		if !slices.Contains(emojis, emoji) {
			return waha.BadRequest("emoji is not one that the page offers")
		}
		if err := client.React(ctx, id, emoji); err != nil {
			return told(err)
		}
		return v.part(http.StatusOK, "chats", "part-reaction", chats.OwnReaction(id, emoji))
	case "pin":
		err = client.Pin(ctx, chat, id, pinTime)
	case "unpin":
		err = client.Pin(ctx, chat, id, 0)
	case "edit":
		err = client.Edit(ctx, chat, id, v.r.PostFormValue("text"))
	case "revoke":
		err = client.Revoke(ctx, chat, id)
	default:
		return waha.BadRequest("what is not a change of a message")
	}
	if err != nil {
		return told(err)
	}
	message, err := v.message(view, false)
	var failure waha.Failure
	if errors.As(err, &failure) && failure.Status == http.StatusNotFound {
		message, err = chats.GoneMessage(id), nil
	}
	if err != nil {
		return err
	}
	return v.part(http.StatusOK, "chats", "part-message", message)
}
