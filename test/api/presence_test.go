package api

import (
	"net/http"
	"testing"

	"go.mau.fi/whatsmeow/types"

	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/wire"
)

// doing is what is known of one person in a chat; empty if nothing is.
func (w *world) doing(chatID, person string) chat.Presence {
	w.Helper()
	var got wire.Presences
	w.get("/api/sales/presence/"+chatID, &got)
	if got.ID != chatID {
		w.Fatalf("asked for %s: %+v", chatID, got)
	}
	for _, p := range got.Presences {
		if p.Participant == person {
			return p.LastKnownPresence
		}
	}
	return ""
}

func TestThePresenceOfOthers(t *testing.T) {
	w := paired(t)
	var all []wire.Presences
	w.get("/api/sales/presence", &all)
	if len(all) != 0 {
		t.Errorf("before any subscription: %+v", all)
	}
	// The first question subscribes, and is answered by WhatsApp.
	w.await("what Bob is doing", func() bool { return w.doing(bobChat, bobChat) == chat.PresenceOffline })
	w.ok(w.bob.SetPresence(w.ctx, true))
	w.await("Bob online", func() bool { return w.doing(bobChat, bobChat) == chat.PresenceOnline })
	w.ok(w.bob.Typing(w.ctx, w.alice, types.ChatPresenceComposing, types.ChatPresenceMediaAudio))
	w.await("Bob recording", func() bool { return w.doing(bobChat, bobChat) == chat.PresenceRecording })
	if n := len(w.events(chat.EventPresence)); n < 3 {
		t.Errorf("%d events", n)
	}
	// Subscriptions end with the connection, and are made again on the next one.
	w.do(http.StatusCreated, "POST", "/api/sessions/sales/restart", nil, nil)
	w.await("Bob online on the new connection", func() bool { return w.doing(bobChat, bobChat) == chat.PresenceOnline })
	w.ok(w.bob.SetPresence(w.ctx, false))
	w.await("Bob offline", func() bool { return w.doing(bobChat, bobChat) == chat.PresenceOffline })
	w.get("/api/sales/presence", &all)
	if len(all) != 1 || all[0].ID != bobChat || all[0].Presences[0].LastSeen == nil {
		t.Errorf("all that is watched: %+v", all)
	}
}

func TestThePresenceInAGroup(t *testing.T) {
	w := paired(t)
	g := w.sim.AddGroup("Lunch", w.alice, w.bob, w.carol)
	id := g.JID().String()
	w.do(http.StatusCreated, "POST", "/api/sales/presence/"+id+"/subscribe", nil, nil)
	w.ok(w.bob.TypingIn(w.ctx, g, types.ChatPresenceComposing, types.ChatPresenceMediaText))
	w.await("Bob typing", func() bool { return w.doing(id, bobChat) == chat.PresenceTyping })
	w.ok(w.bob.TypingIn(w.ctx, g, types.ChatPresencePaused, types.ChatPresenceMediaText))
	w.await("Bob pausing", func() bool { return w.doing(id, bobChat) == chat.PresencePaused })
	if status, body := w.call("POST", "/api/sales/presence/1@newsletter/subscribe", nil); status != http.StatusBadRequest {
		t.Errorf("a channel: %d %s", status, body)
	}
}
