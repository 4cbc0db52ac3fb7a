package api

import (
	"strings"
	"sync"
	"testing"

	"github.com/wasession/wasession/test/simulator"
)

// A text is the same for its sender, its reader, the list and the search for
// one message, whatever it is written in.
func TestTextsAreKeptToTheLetter(t *testing.T) {
	w := paired(t)
	for what, text := range map[string]string{
		"one letter":         "a",
		"blanks":             "  a \t b  ",
		"lines":              "first\n\nthird\r\nfourth",
		"right to left":      "\u05e9\u05dc\u05d5\u05dd \u202ehidden\u202c",
		"joined emoji":       "👩‍👩‍👧‍👦🏳️‍🌈👍🏽",
		"combining letters":  "e\u0301 is not \u00e9",
		"JSON in a text":     `{"chatId":"x","text":"\"\\u0000"}`,
		"markup":             "<script>alert(1)</script> & \u2028 %s %00",
		"WhatsApp's markup":  "*bold* _italic_ ~struck~ ```code```",
		"the longest":        strings.Repeat("ü", 65_536),
		"what looks like id": "true_15550002222@c.us_ABCDEF",
	} {
		sent := w.send("/api/sendText", to(bobChat, m{"text": text, "linkPreview": false}))
		if got := simulator.MessageText(w.received(w.bob, sent)); got != text {
			t.Errorf("%s: Bob reads %.60q", what, got)
		}
		var stored message
		w.get("/api/sales/chats/"+bobChat+"/messages/"+sent.ID, &stored)
		if sent.Body != text || stored.Body != text {
			t.Errorf("%s: answered %.60q, stored %.60q", what, sent.Body, stored.Body)
		}
		id, err := w.bob.SendText(w.ctx, w.alice, text)
		w.ok(err)
		if got := w.arrived(bobChat, id); got.Body != text || got.FromMe {
			t.Errorf("%s: arrived as %.60q", what, got.Body)
		}
	}
}

// Clients that change one chat at the same moment leave the phone and the list
// in the same state.
func TestConcurrentChangesOfAChatAgree(t *testing.T) {
	w := paired(t)
	w.written("hello")
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for range 3 {
				change := []string{"archive", "unarchive"}[i%2]
				if status, answer := w.call("POST", "/api/sales/chats/"+bobChat+"/"+change, nil); status != 201 {
					t.Errorf("%s: %d %s", change, status, answer)
				}
			}
		})
	}
	all.Wait()
	w.await("the same state on the phone and in the list", func() bool {
		return w.alice.ChatState(w.bob.PN()).Archived == w.chats("")[bobChat].Archived
	})
	// The last change counts, whatever came before it.
	w.do(201, "POST", "/api/sales/chats/"+bobChat+"/archive", nil, nil)
	w.await("archived", func() bool { return w.alice.ChatState(w.bob.PN()).Archived && w.chats("")[bobChat].Archived })
}

// Messages that arrive while others are sent are all there, once each.
func TestBothDirectionsAtOnce(t *testing.T) {
	w := paired(t)
	const each = 25
	incoming := make([]string, each)
	outgoing := make([]message, each)
	var both sync.WaitGroup
	both.Go(func() {
		for i := range incoming {
			id, err := w.bob.SendText(w.ctx, w.alice, "in")
			if err != nil {
				t.Error(err)
				return
			}
			incoming[i] = id
		}
	})
	both.Go(func() {
		for i := range outgoing {
			outgoing[i] = w.send("/api/sendText", to(bobChat, m{"text": "out"}))
		}
	})
	both.Wait()
	for _, id := range incoming {
		w.arrived(bobChat, id)
	}
	listed := map[string]int{}
	for _, row := range w.messages(bobChat, "?limit=1000") {
		listed[row.ID]++
	}
	for i := range each {
		for _, id := range []string{"false_" + bobChat + "_" + incoming[i], outgoing[i].ID} {
			if listed[id] != 1 {
				t.Errorf("%s is listed %d times", id, listed[id])
			}
		}
	}
	if len(listed) != 2*each {
		t.Errorf("%d messages are listed, want %d", len(listed), 2*each)
	}
}
