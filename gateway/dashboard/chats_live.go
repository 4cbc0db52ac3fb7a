package dashboard

import (
	"bytes"
	"context"
	"encoding/json"
	"net/url"
	"reflect"

	"github.com/wasession/wasession/gateway/dashboard/chats"
	"github.com/wasession/wasession/gateway/dashboard/pod"
	"github.com/wasession/wasession/gateway/waha"
)

// chatEvents are the events that change what the page of chats shows.
var chatEvents = []string{
	"message.any", "message.ack", "message.ack.group", "message.reaction", "message.edited", "message.revoked", "chat.archive", "session.status",
}

// chatsLive is the stream of the page of chats: first what happened since the page was
// made, then what happens. It is one stream of the session for each page, and ends with
// the page.
func (d *Dashboard) chatsLive(v *visit) error {
	view, err := v.onChats()
	if err != nil {
		return err
	}
	if !view.May.Read {
		return waha.Forbidden
	}
	l := &chatsLive{v: v, view: view, client: v.podOf(view.Session), chat: v.r.PathValue("chat")}
	return v.stream(l.run)
}

type chatsLive struct {
	v      *visit
	view   chatsView
	client pod.Client
	// chat is the one that is open; empty for none.
	chat string
	// shown are the rows that showList has sent, by their keys.
	shown map[string]chats.Row
}

func (l *chatsLive) run(ctx context.Context, s *stream) error {
	return l.v.followEvents(ctx, s, l.view.Session.Key(), follower{
		names: chatEvents,
		begin: func(running bool) error {
			if running {
				return l.catchUp(ctx, s)
			}
			return l.put(s, "part-offline", l.view)
		},
		show: func(events []pod.Event) error { return l.show(ctx, s, events) },
		beat: func() error { return l.showList(ctx, s) },
	})
}

// put sends a template whose elements say where they belong.
func (l *chatsLive) put(s *stream, part string, data any) error {
	html, err := l.v.d.html("chats", part, l.v.view(data))
	if err != nil {
		return err
	}
	return s.event("put", html)
}

// catchUp shows what happened between the making of the page and this stream.
func (l *chatsLive) catchUp(ctx context.Context, s *stream) error {
	if err := l.put(s, "part-online", l.view); err != nil {
		return err
	}
	if err := l.showList(ctx, s); err != nil || l.chat == "" {
		return err
	}
	view := l.view
	summary, err := l.client.Summary(ctx, l.chat)
	if err != nil {
		return err
	}
	view.Chat = &chats.Conversation{Row: chats.NewRow(summary, chatsPath(l.view.Session))}
	view.Chat.Current = true
	if err := l.put(s, "part-changed", view); err != nil {
		return err
	}
	page, _, err := chats.Page(ctx, l.client, l.href(), l.chat, chats.Cursor{})
	if err != nil {
		return err
	}
	return l.put(s, "part-put-messages", page)
}

// showList sends the chats at the top of the list that look different from last time, and
// how many are unread and archived. Not all that changes them is told by an event: what was
// read, pinned and muted on the phone.
func (l *chatsLive) showList(ctx context.Context, s *stream) error {
	list, err := chats.Load(ctx, l.client, chatsPath(l.view.Session), chats.NewView("inbox", ""), 0, l.chat)
	if err != nil {
		return err
	}
	view := l.view
	view.List = list
	view.List.Rows = nil
	shown := make(map[string]chats.Row, len(list.Rows))
	for _, row := range list.Rows {
		if shown[row.Key] = row; !reflect.DeepEqual(l.shown[row.Key], row) {
			view.List.Rows = append(view.List.Rows, row)
		}
	}
	for _, row := range view.List.Rows {
		if row.Current && l.shown != nil { // what stands above its messages changes too
			view.Chat = &chats.Conversation{Row: row}
			if err := l.put(s, "part-changed", view); err != nil {
				return err
			}
		}
	}
	l.shown = shown
	return l.put(s, "part-put-rows", view)
}

func (l *chatsLive) href() string { return chatsPath(l.view.Session) + "/" + url.PathEscape(l.chat) }

// show shows what events changed, each chat and message once.
func (l *chatsLive) show(ctx context.Context, s *stream, events []pod.Event) error {
	var out chatNews
	for _, event := range events {
		out.add(event, l.chat)
	}
	var html bytes.Buffer
	render := func(part string, data any) error {
		raw, err := l.v.d.html("chats", part, l.v.view(data))
		html.Write(raw)
		return err
	}
	if len(out.chats) > 0 {
		found, err := l.client.Summaries(ctx, out.chats)
		if err != nil {
			return err
		}
		for _, id := range out.chats {
			summary, ok := found[id]
			if !ok {
				continue
			}
			part, view := "part-put-chat", l.view
			view.Chat = &chats.Conversation{Row: chats.NewRow(summary, chatsPath(l.view.Session))}
			if id == l.chat {
				part, view.Chat.Current = "part-changed", true
			}
			if err := render(part, view); err != nil {
				return err
			}
		}
	}
	for _, id := range out.messages {
		m, err := l.client.Message(ctx, l.chat, id)
		shown := []chats.Message{chats.GoneMessage(id)}
		if !pod.IsNotFound(err) {
			if err == nil {
				shown, err = chats.Messages(ctx, l.client, []pod.Message{m}, l.href(), false)
			}
			if err != nil {
				return err
			}
		}
		if err := render("part-put-messages", shown); err != nil {
			return err
		}
	}
	for _, reaction := range out.reactions {
		if err := render("part-reaction", reaction); err != nil {
			return err
		}
	}
	if html.Len() == 0 {
		return nil
	}
	return s.event("put", html.Bytes())
}

// chatNews is what some events changed.
type chatNews struct {
	// chats and messages are IDs, each once, in the order of the events. The messages
	// are of the chat that is open.
	chats, messages []string
	reactions       []chats.Reaction
}

// add takes an event. What cannot be read is left out: a page is no place to fail for
// an event that nobody may have looked at.
func (c *chatNews) add(event pod.Event, open string) {
	var payload struct {
		ID       string `json:"id"`
		From     string `json:"from"`
		Edited   string `json:"editedMessageId"`
		Revoked  string `json:"revokedMessageId"`
		After    *pod.Message
		Reaction json.RawMessage `json:"reaction"`
	}
	if json.Unmarshal(event.Payload, &payload) != nil {
		return
	}
	chat, message := payload.From, payload.ID
	switch event.Name {
	case "chat.archive":
		chat, message = payload.ID, ""
	case "message.edited":
		message = payload.Edited
	case "message.revoked":
		message = payload.Revoked
		if payload.After != nil {
			chat = payload.After.Chat
		}
	case "message.reaction":
		var reaction chats.ReactionEvent
		if chat == open && json.Unmarshal(event.Payload, &reaction) == nil {
			c.reactions = append(c.reactions, chats.NewReaction(reaction))
		}
		return
	case "session.status":
		return
	}
	c.chats = once(c.chats, chat)
	if chat == open && message != "" {
		c.messages = once(c.messages, message)
	}
}

// once adds a word to a list that does not have it.
func once(list []string, word string) []string {
	for _, have := range list {
		if have == word {
			return list
		}
	}
	if word == "" {
		return list
	}
	return append(list, word)
}
