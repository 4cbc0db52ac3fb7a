package api

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/wire"
	"github.com/wasession/wasession/test/simulator"
)

// Row 1: GET chats.
func TestChatsAsThePhoneHasThem(t *testing.T) {
	w := paired(t)
	group := w.sim.AddGroup("Team", w.alice, w.bob, w.carol)
	older := time.Now().Add(-time.Hour)
	_, err := w.bob.SendText(w.ctx, w.alice, "old", simulator.WithTime(older))
	w.ok(err)
	id, err := w.bob.SendGroupText(w.ctx, group, "new")
	w.ok(err)
	w.arrived(group.JID().String(), id)
	w.await("the group's name", func() bool { return w.chats("")[group.JID().String()].Name != nil })

	var rows []wire.Chat
	w.get("/api/sales/chats?sortBy=messageTimestamp&sortOrder=desc", &rows)
	if rows[0].ID != group.JID().User+"@g.us" || rows[1].ID != bobChat {
		t.Errorf("newest first: %+v", rows)
	}
	if rows[0].Name == nil || *rows[0].Name != "Team" || rows[1].Name == nil || *rows[1].Name != "Bob" {
		t.Errorf("names: %+v", rows)
	}
	if rows[1].Timestamp != older.Unix() || rows[1].UnreadCount != 1 || rows[1].Archived || rows[1].Pinned || rows[1].Muted {
		t.Errorf("Bob's chat: %+v", rows[1])
	}
	w.get("/api/sales/chats?sortOrder=asc&limit=1", &rows)
	if len(rows) != 1 || rows[0].ID != bobChat {
		t.Errorf("oldest first: %+v", rows)
	}
	w.get("/v2/chats?instance_id=sales&sortBy=name&sortOrder=DESC", &rows)
	if len(rows) != 2 || *rows[0].Name != "Bob" {
		t.Errorf("Wawp's rows by name: %+v", rows)
	}

	// What the phone does is in the list.
	w.ok(w.alice.PushPin(w.ctx, w.bob.PN(), true))
	w.ok(w.alice.PushMute(w.ctx, w.bob.PN(), time.Now().Add(time.Hour)))
	w.await("pinned and muted", func() bool { c := w.chats("")[bobChat]; return c.Pinned && c.Muted })
}

func TestOnePersonIsOneChat(t *testing.T) {
	w := paired(t)
	_, err := w.bob.SendText(w.ctx, w.alice, "by LID", simulator.WithAddressing(simulator.AddressLID))
	w.ok(err)
	id, err := w.bob.SendText(w.ctx, w.alice, "by number", simulator.WithAddressing(simulator.AddressPNWithLID))
	w.ok(err)
	w.arrived(bobChat, id)
	if all := w.chats(""); len(all) != 1 || all[bobChat].UnreadCount != 2 {
		t.Errorf("chats: %+v", all)
	}
	for _, address := range []string{bobPN, bobChat, w.bob.LID().User + "@lid"} {
		if n := len(w.messages(address, "")); n != 2 {
			t.Errorf("%s has %d messages", address, n)
		}
	}
}

// A walk by offset in an order that stands visits each chat once, while
// messages arrive.
func TestWalkWhileMessagesArrive(t *testing.T) {
	w := paired(t)
	const people = 12
	for i := range people {
		u := w.sim.AddUser(fmt.Sprintf("1666%07d", i), "", fmt.Sprint("P", i))
		_, err := u.SendText(w.ctx, w.alice, "hello")
		w.ok(err)
	}
	w.await("all chats", func() bool { return len(w.chats("")) == people })
	seen := map[string]int{}
	for offset := 0; ; offset += 5 {
		var rows []wire.Chat
		w.get(fmt.Sprintf("/v2/chats?instance_id=sales&limit=5&offset=%d&sortBy=id", offset), &rows)
		if len(rows) == 0 {
			break
		}
		for _, r := range rows {
			seen[r.ID]++
		}
		u := w.sim.User(fmt.Sprintf("1666%07d", people-1-offset/5))
		id, err := u.SendText(w.ctx, w.alice, "again")
		w.ok(err)
		w.arrived(u.PN().User, id)
	}
	for id, n := range seen {
		if n != 1 {
			t.Errorf("%s was visited %d times", id, n)
		}
	}
	if len(seen) != people {
		t.Errorf("%d chats were visited", len(seen))
	}
}

// Rows 2 and 3: the overview, which asks WhatsApp nothing.
func TestOverview(t *testing.T) {
	w := paired(t)
	w.bob.SetPicture([]byte("\xff\xd8\xffbob"))
	id, err := w.bob.SendImage(w.ctx, w.alice, []byte("\xff\xd8\xffphoto"), "Look")
	w.ok(err)
	w.arrived(bobChat, id)
	for _, c := range []struct {
		method string
		status int
		path   string
		body   any
	}{
		{"GET", 200, "/api/sales/chats/overview", nil},
		{"GET", 200, "/api/sales/chats/overview?ids=" + bobPN + "&ids=" + carolPN, nil},
		{"POST", 201, "/api/sales/chats/overview", map[string]any{"pagination": map[string]int{"limit": 20}, "filter": map[string]any{"ids": []string{bobChat}}}},
		{"GET", 200, "/v2/chats/overview?instance_id=sales", nil},
	} {
		var all []wire.Summary
		w.do(c.status, c.method, c.path, c.body, &all)
		if len(all) != 1 || all[0].ID != bobChat || all[0].Name == nil || *all[0].Name != "Bob" || all[0].Chat.UnreadCount != 1 {
			t.Fatalf("%s %s: %+v", c.method, c.path, all)
		}
		last := all[0].LastMessage
		if last == nil || last.Body != "Look" || !last.HasMedia || last.Media != nil || !strings.HasSuffix(last.ID, id) {
			t.Errorf("%s %s: last message %+v", c.method, c.path, last)
		}
	}
	// The picture comes by itself.
	w.await("Bob's picture", func() bool {
		var all []wire.Summary
		w.get("/api/sales/chats/overview", &all)
		return all[0].Picture != nil && strings.HasPrefix(*all[0].Picture, "http")
	})
}

// Row 4: the picture of a chat.
func TestPicture(t *testing.T) {
	w := paired(t)
	var p struct{ URL *string }
	w.get("/api/sales/chats/"+bobChat+"/picture", &p)
	if p.URL != nil {
		t.Errorf("a picture from nowhere: %s", *p.URL)
	}
	w.bob.SetPicture([]byte("\xff\xd8\xffbob"))
	w.get("/api/sales/chats/"+bobChat+"/picture", &p)
	if p.URL != nil {
		t.Errorf("the cache was passed by: %s", *p.URL)
	}
	w.get("/api/sales/chats/"+bobChat+"/picture?refresh=true", &p)
	if p.URL == nil || !strings.HasPrefix(*p.URL, "http") {
		t.Fatalf("no picture after refresh: %v", p.URL)
	}
	w.sim.KickAll()
	w.get("/api/sales/chats/"+bobChat+"/picture", &p)
	if p.URL == nil {
		t.Error("the picture is not in the cache")
	}
}

// Rows 5 and 16: archive, whoever does it.
func TestArchive(t *testing.T) {
	w := paired(t)
	id, err := w.bob.SendText(w.ctx, w.alice, "hello")
	w.ok(err)
	w.arrived(bobChat, id)
	phone := func() bool { return w.alice.ChatState(w.bob.PN()).Archived }

	w.do(201, "POST", "/api/sales/chats/"+bobPN+"/archive", nil, nil)
	w.await("archived on the phone", phone)
	if c := w.chats("")[bobChat]; !c.Archived {
		t.Errorf("the list says %+v", c)
	}
	if e := w.lastArchive(); e.ID != bobChat || !e.Archived || time.Since(time.Unix(e.Timestamp, 0)) > time.Minute {
		t.Errorf("event %+v", e)
	}

	w.do(201, "POST", "/api/sales/chats/"+bobPN+"/unarchive", nil, nil)
	w.await("unarchived on the phone", func() bool { return !phone() })
	if c := w.chats("")[bobChat]; c.Archived {
		t.Errorf("the list says %+v", c)
	}
	if e := w.lastArchive(); e.Archived {
		t.Errorf("event %+v", e)
	}

	w.ok(w.alice.PushArchive(w.ctx, w.bob.PN(), true))
	w.await("the phone's archiving in the list", func() bool { return w.chats("")[bobChat].Archived })
	if e := w.lastArchive(); e.ID != bobChat || !e.Archived {
		t.Errorf("event %+v", e)
	}
	w.do(200, "POST", "/v2/chats/archive", map[string]any{"instance_id": "sales", "chatId": bobChat, "archived": false}, nil)
	w.await("unarchived in Wawp's way", func() bool { return !phone() && !w.chats("")[bobChat].Archived })
	if n := len(w.events(chat.EventChatArchive)); n != 4 {
		t.Errorf("%d events of four changes", n)
	}
}

// Beyond WAHA: pin a chat, which the phone shows at the top.
func TestPinning(t *testing.T) {
	w := paired(t)
	for _, u := range []*simulator.User{w.bob, w.carol} { // Carol's is the newer chat
		id, err := u.SendText(w.ctx, w.alice, "hello")
		w.ok(err)
		w.arrived(u.PN().User, id)
	}
	var out struct{ Success bool }
	w.do(201, "POST", "/api/sales/chats/"+bobChat+"/pin", nil, &out)
	w.await("pinned on the phone", func() bool { return w.alice.ChatState(w.bob.PN()).Pinned })
	if c := w.chats("")[bobChat]; !out.Success || !c.Pinned {
		t.Errorf("the list says %+v", c)
	}
	w.do(201, "POST", "/api/sales/chats/"+bobChat+"/unpin", nil, nil)
	w.await("unpinned on the phone", func() bool { return !w.alice.ChatState(w.bob.PN()).Pinned })
	if c := w.chats("")[bobChat]; c.Pinned {
		t.Errorf("the list says %+v", c)
	}
	w.do(404, "POST", "/api/sales/chats/19995550000@c.us/pin", nil, nil)
	w.do(201, "POST", "/api/sales/chats/"+bobChat+"/archive", nil, nil)
	w.do(422, "POST", "/api/sales/chats/"+bobChat+"/pin", nil, nil)
}

// Row 6: mark as unread.
func TestUnread(t *testing.T) {
	w := paired(t)
	id, err := w.bob.SendText(w.ctx, w.alice, "hello")
	w.ok(err)
	w.arrived(bobChat, id)
	w.do(201, "POST", "/api/sales/chats/"+bobChat+"/messages/read", "{}", nil)
	w.await("read on the phone", func() bool { return w.alice.ChatState(w.bob.PN()).ReadMarks > 0 })
	var out struct{ Success bool }
	w.do(201, "POST", "/api/sales/chats/"+bobChat+"/unread", nil, &out)
	w.await("the mark on the phone", func() bool { return w.alice.ChatState(w.bob.PN()).MarkedUnread })
	if c := w.chats("")[bobChat]; !out.Success || !c.MarkedUnread {
		t.Errorf("the list says %+v", c)
	}
}

// Rows 7 and 15: delete a chat, clear it of its messages.
func TestDeleteAndClear(t *testing.T) {
	w := paired(t)
	for _, u := range []*simulator.User{w.bob, w.carol} {
		id, err := u.SendText(w.ctx, w.alice, "hello")
		w.ok(err)
		w.arrived(u.PN().User, id)
	}
	w.do(200, "DELETE", "/api/sales/chats/"+bobChat+"/messages", nil, nil)
	w.await("cleared on the phone", func() bool { return w.alice.ChatState(w.bob.PN()).Cleared })
	if n := len(w.messages(bobChat, "")); n != 0 {
		t.Errorf("%d messages are left", n)
	}
	if _, there := w.chats("")[bobChat]; !there {
		t.Error("the cleared chat is gone")
	}
	w.do(200, "DELETE", "/api/sales/chats/"+carolPN, nil, nil)
	w.await("deleted on the phone", func() bool { return w.alice.ChatState(w.carol.PN()).Deleted })
	if _, there := w.chats("")[carolPN+"@c.us"]; there {
		t.Error("the deleted chat is there")
	}
	// The phone's own doings count as well.
	w.ok(w.alice.PushDeleteChat(w.ctx, w.bob.PN()))
	w.await("deleted by the phone", func() bool { return len(w.chats("")) == 0 })
}
