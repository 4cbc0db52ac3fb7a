package api

import (
	"encoding/json"
	"net/http"
	"slices"
	"testing"

	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/wire"
	"github.com/wasession/wasession/test/simulator/appstate"
)

const labels = "/api/sales/labels"

// labelsOf are the names of a chat's labels as the list of chats has them.
func (w *world) labelsOf(id string) (names []string) {
	w.Helper()
	for _, l := range w.chats("")[id].Labels {
		names = append(names, l.Name)
	}
	return names
}

func TestLabelsOfThePhone(t *testing.T) {
	w := newWorld(t)
	w.ok(w.alice.PushLabel(w.ctx, "1", appstate.Label{Name: "New customer", Predefined: 1}))
	w.ok(w.alice.PushLabelled(w.ctx, "1", w.carol.PN(), true))
	w.run()
	w.scan()
	id, err := w.carol.SendText(w.ctx, w.alice, "hello")
	w.ok(err)
	w.arrived(carolPN+"@c.us", id)
	// What was there before is there after the first login.
	w.await("Carol's label", func() bool { return slices.Equal(w.labelsOf(carolPN+"@c.us"), []string{"New customer"}) })

	w.written("hello")
	w.ok(w.alice.PushLabel(w.ctx, "6", appstate.Label{Name: "Lead", Color: 3}))
	w.ok(w.alice.PushLabelled(w.ctx, "6", w.bob.LID(), true))
	w.await("Bob's label", func() bool { return slices.Equal(w.labelsOf(bobChat), []string{"Lead"}) })
	lead := wire.Label{ID: "6", Name: "Lead", Color: 3, ColorHex: "#dfaef0"}
	var all []wire.Label
	w.get(labels, &all)
	if len(all) != 2 || all[1] != lead {
		t.Errorf("labels %+v", all)
	}
	w.get(labels+"/chats/"+bobPN, &all)
	if len(all) != 1 || all[0] != lead {
		t.Errorf("Bob's labels %+v", all)
	}
	// Carol's may be one more: whether the label or the chat came first.
	added := slices.DeleteFunc(decoded[wire.LabelOfChat](w, chat.EventLabelChatAdded), func(e wire.LabelOfChat) bool { return e.LabelID == "1" })
	if len(added) != 1 || added[0].LabelID != "6" || added[0].ChatID != bobChat || added[0].Label == nil || *added[0].Label != lead {
		t.Errorf("events %+v", added)
	}

	w.ok(w.alice.PushLabelled(w.ctx, "6", w.bob.PN(), false))
	w.await("Bob without a label", func() bool { return len(decoded[wire.LabelOfChat](w, chat.EventLabelChatDeleted)) == 1 })
	w.ok(w.alice.PushLabel(w.ctx, "6", appstate.Label{Name: "Lead", Deleted: true}))
	w.await("the label is gone", func() bool { return len(decoded[wire.Label](w, chat.EventLabelDeleted)) == 1 })
	if gone := decoded[wire.Label](w, chat.EventLabelDeleted)[0]; gone != lead || w.labelsOf(bobChat) != nil {
		t.Errorf("deleted %+v, Bob has %v", gone, w.labelsOf(bobChat))
	}
}

func TestLabelsOfTheAPI(t *testing.T) {
	w := paired(t)
	w.written("hello")
	w.ok(w.alice.PushLabel(w.ctx, "6", appstate.Label{Name: "Lead", Predefined: 6}))
	w.ok(w.alice.PushLabel(w.ctx, "7", appstate.Label{Name: "Old", Deleted: true}))

	// The phone's newest label is known to the next one, whatever was heard of it.
	var made wire.Label
	w.do(201, "POST", labels, m{"name": "Paid", "colorHex": "#64c4ff"}, &made)
	if want := (wire.Label{ID: "8", Name: "Paid", Color: 1, ColorHex: "#64c4ff"}); made != want {
		t.Fatalf("made %+v, want %+v", made, want)
	}
	if l := w.alice.Label("8"); l.Name != "Paid" || l.Color != 1 || l.Deleted {
		t.Errorf("the phone has %+v", l)
	}
	w.do(200, "PUT", labels+"/6", m{"name": "Hot lead", "color": 4}, nil)
	if l := w.alice.Label("6"); l.Name != "Hot lead" || l.Color != 4 || l.Predefined != 6 {
		t.Errorf("the phone has %+v", l)
	}
	upserts := decoded[wire.Label](w, chat.EventLabelUpsert)
	if len(upserts) != 3 || upserts[1] != made || upserts[2].Name != "Hot lead" {
		t.Errorf("events %+v", upserts)
	}

	bob := w.bob.PN().String()
	w.do(200, "PUT", labels+"/chats/"+bobChat, m{"labels": []m{{"id": "6"}, {"id": "8"}}}, nil)
	if got := w.labelsOf(bobChat); !slices.Equal(got, []string{"Hot lead", "Paid"}) || !slices.Equal(w.alice.Label("8").Chats, []string{bob}) {
		t.Errorf("Bob has %v, the phone's label %+v", got, w.alice.Label("8"))
	}
	w.do(200, "PUT", labels+"/chats/"+bobChat, m{"labels": []m{{"id": "8"}}}, nil)
	if got := w.labelsOf(bobChat); !slices.Equal(got, []string{"Paid"}) || len(w.alice.Label("6").Chats) != 0 {
		t.Errorf("Bob has %v, the phone's label %+v", got, w.alice.Label("6"))
	}
	added, removed := w.events(chat.EventLabelChatAdded), w.events(chat.EventLabelChatDeleted)
	if len(added) != 2 || len(removed) != 1 {
		t.Errorf("%d and %d events", len(added), len(removed))
	}
	patches := w.alice.PatchCount()
	w.do(200, "PUT", labels+"/chats/"+bobChat, m{"labels": []m{{"id": "8"}}}, nil)
	if got := w.alice.PatchCount(); got != patches {
		t.Error("labels that a chat has are sent again")
	}
	w.lists(t, "8", "paid")

	w.do(200, "DELETE", labels+"/8", nil, nil)
	if l := w.alice.Label("8"); !l.Deleted || w.labelsOf(bobChat) != nil {
		t.Errorf("the phone has %+v, Bob %v", l, w.labelsOf(bobChat))
	}
	for _, c := range []struct{ method, path string }{{"PUT", "/8"}, {"DELETE", "/8"}, {"GET", "/8/chats"}} {
		w.do(404, c.method, labels+c.path, m{"name": "x"}, nil)
	}
	w.do(404, "PUT", labels+"/chats/"+bobChat, m{"labels": []m{{"id": "8"}}}, nil)
	w.do(404, "PUT", labels+"/chats/19995550000", m{"labels": []m{}}, nil)
	w.do(400, "POST", labels, m{"name": "x", "color": 99}, nil)
}

// lists are the lists of the chats with a label, which only Bob's has.
func (w *world) lists(t *testing.T, label, name string) {
	t.Helper()
	id, err := w.carol.SendText(w.ctx, w.alice, "no label")
	w.ok(err)
	w.arrived(carolPN+"@c.us", id)
	for _, query := range []string{"?labels=" + label, "?labels=404&labels=" + name + "&limit=5"} {
		if all := w.chats(query); len(all) != 1 || all[bobChat].ID != bobChat {
			t.Errorf("%s: %+v", query, all)
		}
	}
	var rows []wire.Chat
	w.get(labels+"/"+label+"/chats", &rows)
	if len(rows) != 1 || rows[0].ID != bobChat || len(rows[0].Labels) != 1 {
		t.Errorf("chats of the label: %+v", rows)
	}
	var summaries []wire.Summary
	w.do(201, "POST", "/api/sales/chats/overview", m{"filter": m{"labels": []string{label}}}, &summaries)
	if len(summaries) != 1 || summaries[0].ID != bobChat || len(summaries[0].Chat.Labels) != 1 {
		t.Errorf("overview: %+v", summaries)
	}
}

// Labels and their chats are there after a restart and while WhatsApp cannot be
// reached; to change them takes WhatsApp.
func TestLabelsWithoutWhatsApp(t *testing.T) {
	w := paired(t)
	w.written("hello")
	w.do(201, "POST", labels, m{"name": "Lead"}, nil)
	w.do(200, "PUT", labels+"/chats/"+bobChat, m{"labels": []m{{"id": "1"}}}, nil)
	w.do(201, "POST", "/api/sessions/sales/stop", nil, nil)
	if got := w.labelsOf(bobChat); !slices.Equal(got, []string{"Lead"}) {
		t.Errorf("Bob has %v", got)
	}
	w.do(422, "POST", labels, m{"name": "Paid"}, nil)
	w.do(422, "PUT", labels+"/chats/"+bobChat, m{"labels": []m{}}, nil)
	w.ok(w.alice.PushLabel(w.ctx, "1", appstate.Label{Name: "Customer"}))
	w.do(201, "POST", "/api/sessions/sales/start", nil, nil)
	w.await("the phone's change", func() bool { return slices.Equal(w.labelsOf(bobChat), []string{"Customer"}) })

	// WhatsApp may refuse.
	w.sim.Faults().FailIQ("w:sync:app:state", http.StatusInternalServerError, "internal-server-error", 2)
	if status, answer := w.call("POST", labels, m{"name": "Paid"}); status < 400 {
		t.Errorf("refused, and answered with %d %s", status, answer)
	}
	if len(w.alice.Label("2").Name) != 0 {
		t.Error("the refused label is on the phone")
	}
}

// Clients that make labels at the same moment get different ones.
func TestLabelsAtOnce(t *testing.T) {
	w := paired(t)
	made := make(chan wire.Label, 4)
	for range cap(made) {
		go func() {
			var l wire.Label
			if status, answer := w.call("POST", labels, m{"name": "Lead"}); status == 201 {
				_ = json.Unmarshal(answer, &l)
			}
			made <- l
		}()
	}
	ids := map[string]bool{}
	for range cap(made) {
		l := <-made
		ids[l.ID] = true
		if w.alice.Label(l.ID).Name != "Lead" {
			t.Errorf("the phone lacks %+v", l)
		}
	}
	if len(ids) != cap(made) {
		t.Errorf("IDs %v", ids)
	}
}
