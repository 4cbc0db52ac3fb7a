package api

import (
	"encoding/json"

	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/wire"
)

// chats is a page of the chats list, by id.
func (w *world) chats(query string) map[string]wire.Chat {
	w.Helper()
	var rows []wire.Chat
	w.get("/api/sales/chats"+query, &rows)
	byID := map[string]wire.Chat{}
	for _, r := range rows {
		byID[r.ID] = r
	}
	return byID
}

// messages is a page of a chat's messages, newest first.
func (w *world) messages(id, query string) []wire.Message {
	w.Helper()
	var rows []wire.Message
	w.get("/api/sales/chats/"+id+"/messages"+query, &rows)
	return rows
}

// arrived waits for a message by its stanza id and returns it.
func (w *world) arrived(id, stanza string) (m wire.Message) {
	w.Helper()
	w.await("message "+stanza, func() bool {
		status, body := w.call("GET", "/api/sales/chats/"+id+"/messages/"+stanza+"?downloadMedia=false", nil)
		return status == 200 && json.Unmarshal(body, &m) == nil
	})
	return m
}

// events are the payloads of an event's occurrences so far, oldest first.
func (w *world) events(event string) (payloads []json.RawMessage) {
	w.Helper()
	for seq := int64(0); ; {
		page, err := w.store.EventsFrom(w.ctx, seq, 10000) // bounded in bytes as well
		w.ok(err)
		if len(page) == 0 {
			return payloads
		}
		for _, e := range page {
			seq = e.Seq
			if e.Name == event {
				payloads = append(payloads, e.Payload)
			}
		}
	}
}

// decoded are the payloads of an event in the outbox, decoded.
func decoded[T any](w *world, event string) (all []T) {
	w.Helper()
	for _, payload := range w.events(event) {
		var one T
		w.ok(json.Unmarshal(payload, &one))
		all = append(all, one)
	}
	return all
}

// lastArchive is the newest chat.archive in the outbox.
func (w *world) lastArchive() (a wire.ChatArchive) {
	w.Helper()
	all := w.events(chat.EventChatArchive)
	if len(all) == 0 {
		return a
	}
	w.ok(json.Unmarshal(all[len(all)-1], &a))
	return a
}
