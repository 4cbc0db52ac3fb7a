package appstate

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	waAppState "go.mau.fi/whatsmeow/appstate"
	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/proto/waServerSync"
)

func TestPushChangesEachCollectionOnce(t *testing.T) {
	state := newState(t)
	versions := push(t, state, Pin(bob, true), Mute(bob, Forever), Pin(carol, true), PushName("A"))
	want := map[Collection]uint64{
		waAppState.WAPatchRegularLow: 2, waAppState.WAPatchRegularHigh: 2, waAppState.WAPatchCriticalBlock: 2,
	}
	if len(versions) != len(want) {
		t.Fatalf("versions %v, want %v", versions, want)
	}
	for name, version := range want {
		if versions[name] != version {
			t.Errorf("%s at version %d, want %d", name, versions[name], version)
		}
	}
}

func TestTheViewOfAPhone(t *testing.T) {
	state := newState(t)
	push(t, state, Contact(bob, "", "Bob Builder", "Bob"), UnarchiveChats(false), PushName("Alice B."))
	push(t, state, Archive(bob, true, nil)...)
	push(t, state, Archive(carol, true, nil)...)
	push(t, state, MarkRead(carol, false, nil))
	view := state.View()
	if view.PushName != "Alice B." || view.UnarchiveChats || view.Contacts[bob] != (ContactName{"Bob Builder", "Bob"}) {
		t.Errorf("view %+v", view)
	}
	if view.Archived() != 2 || !view.Chats[carol].MarkedUnread || view.Chats[carol].ArchiveWrites != 0 {
		t.Errorf("chats %+v", view.Chats)
	}
	view.Chats[bob] = Chat{}
	if !state.Chat(bob).Archived {
		t.Error("the view is not a copy")
	}
	push(t, state, Removed(Contact(bob, "", "", "")), Removed(UnarchiveChats(true)))
	if _, ok := state.View().Contacts[bob]; ok {
		t.Error("the removed contact is still there")
	}
}

func TestTheViewCanBeWrittenDown(t *testing.T) {
	state := newState(t)
	push(t, state, Mute(bob, Forever), Mute(carol, time.Unix(1_900_000_000, 0)), Star(bob, "3EB0AA", true, "", true))
	encoded, err := json.Marshal(state.View())
	if err != nil {
		t.Fatal(err)
	}
	var view View
	if err := json.Unmarshal(encoded, &view); err != nil {
		t.Fatal(err)
	}
	if !view.Chats[bob].MutedUntil.Equal(Forever) || view.Chats[carol].MutedUntil.Unix() != 1_900_000_000 || len(view.Starred) != 1 {
		t.Errorf("read back %+v", view)
	}
}

func TestALabelKnowsItsChats(t *testing.T) {
	state := newState(t)
	push(t, state, LabelChat("3", carol, true), EditLabel("3", Label{Name: "Lead", Color: 4}), LabelChat("3", bob, true))
	push(t, state, LabelChat("3", bob, true), LabelChat("3", carol, false), EditLabel("4", Label{Name: "Paid", Predefined: 4}))
	view := state.View()
	if got, want := fmt.Sprintf("%+v", view.Labels["3"]), fmt.Sprintf("%+v", Label{Name: "Lead", Color: 4, Chats: []string{bob}}); got != want {
		t.Errorf("the label is %s, want %s", got, want)
	}
	if got := view.Labels["4"]; got.Name != "Paid" || got.Predefined != 4 || len(view.Labels) != 2 || len(view.Chats) != 0 {
		t.Errorf("view %+v", view)
	}
	push(t, state, EditLabel("3", Label{Name: "Lead", Deleted: true}))
	if got := state.View().Labels["3"]; !got.Deleted || len(got.Chats) != 0 || len(view.Labels["3"].Chats) != 1 {
		t.Errorf("the deleted label is %+v", got)
	}
}

func TestChatsMeetUnderTheirCanonicalName(t *testing.T) {
	state, err := New("Alice", Options{Canonical: func(jid string) string {
		if jid == "222@lid" {
			return bob
		}
		return jid
	}})
	if err != nil {
		t.Fatal(err)
	}
	push(t, state, Archive("222@lid", true, nil)...)
	push(t, state, MarkRead(bob, false, nil))
	want := Chat{Archived: true, MarkedUnread: true}
	if state.Chat(bob) != want || state.Chat("222@lid") != want || len(state.View().Chats) != 1 {
		t.Errorf("chats %+v", state.View().Chats)
	}
}

func TestASavedStateGoesOn(t *testing.T) {
	clock := time.Unix(1_800_000_000, 0).UTC()
	state, err := New("Alice", Options{Now: func() time.Time { return clock }})
	if err != nil {
		t.Fatal(err)
	}
	client := newClient(t, state, 3)
	client.fetch(waAppState.WAPatchRegularLow)
	if answer := client.send(waAppState.BuildArchive(jid(t, bob), true, time.Time{}, nil)); !answer.Accepted {
		t.Fatalf("%+v", answer)
	}
	push(t, state, DeleteChat(carol, false, nil))
	data, err := json.Marshal(state)
	if err != nil {
		t.Fatal(err)
	}
	again, err := Load(data, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if got := again.Chat(bob); got != (Chat{Archived: true, ArchiveWrites: 1}) || !again.Chat(carol).Deleted {
		t.Errorf("chats %+v", again.View().Chats)
	}
	if again.Stats() != state.Stats() {
		t.Errorf("stats %+v, want %+v", again.Stats(), state.Stats())
	}
	if patches := again.Patches(); len(patches) != 1 || patches[0].Author != 3 || !patches[0].At.Equal(clock) {
		t.Errorf("patches %+v", patches)
	}
	client.state = again
	client.fetch(waAppState.WAPatchRegularLow)
	if answer := client.send(waAppState.BuildPin(jid(t, bob), true)); !answer.Accepted {
		t.Errorf("the earlier client cannot continue: %+v", answer)
	}
}

func TestDamagedFilesAreRefused(t *testing.T) {
	state := newState(t)
	data, err := json.Marshal(state)
	if err != nil {
		t.Fatal(err)
	}
	for name, damaged := range map[string]string{
		"no JSON":            "{",
		"unknown collection": strings.Replace(string(data), "regular_high", "irregular", 1),
		"no protobuf":        strings.Replace(string(data), `"patch":"`, `"patch":"////`, 1),
		"keys lost":          strings.Replace(string(data), `"keys"`, `"kees"`, 1),
	} {
		if _, err := Load([]byte(damaged), Options{}); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestQueriesAreParsed(t *testing.T) {
	sync := waBinary.Node{Tag: "sync", Content: []waBinary.Node{
		{Tag: "collection", Attrs: waBinary.Attrs{"name": "regular", "return_snapshot": "true"}},
		{Tag: "collection", Attrs: waBinary.Attrs{"name": "regular_low", "version": "12", "return_snapshot": "false"},
			Content: []waBinary.Node{{Tag: "patch", Content: []byte("patch")}}},
	}}
	requests, err := ParseSync(sync)
	if err != nil || len(requests) != 2 {
		t.Fatalf("%v, %v", requests, err)
	}
	if r := requests[0]; r.Collection != "regular" || !r.WantSnapshot || r.Version != 0 || r.Patch != nil {
		t.Errorf("first %+v", r)
	}
	if r := requests[1]; r.Collection != "regular_low" || r.WantSnapshot || r.Version != 12 || string(r.Patch) != "patch" {
		t.Errorf("second %+v", r)
	}
	for name, bad := range map[string]waBinary.Node{
		"nothing asked": {Tag: "sync"},
		"no name":       {Tag: "sync", Content: []waBinary.Node{{Tag: "collection"}}},
		"version":       {Tag: "sync", Content: []waBinary.Node{{Tag: "collection", Attrs: waBinary.Attrs{"name": "regular", "version": "x"}}}},
		"empty patch": {Tag: "sync", Content: []waBinary.Node{{
			Tag: "collection", Attrs: waBinary.Attrs{"name": "regular"}, Content: []waBinary.Node{{Tag: "patch"}}}}},
	} {
		if _, err := ParseSync(bad); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestWhatsmeowParsesTheAnswers(t *testing.T) {
	state := newState(t)
	push(t, state, Pin(bob, true))
	var uploaded []byte
	upload := func(plaintext []byte) (*waServerSync.ExternalBlobReference, error) {
		uploaded = plaintext
		return &waServerSync.ExternalBlobReference{}, nil
	}
	parse := func(answer Answer) *waAppState.PatchList {
		t.Helper()
		node, err := answer.Node(upload)
		if err != nil {
			t.Fatal(err)
		}
		list, err := waAppState.ParsePatchList(t.Context(), &node, nil)
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	answer := state.Sync(t.Context(), 1, Request{Collection: waAppState.WAPatchRegularLow, Version: 1})
	answer.More = true
	if list := parse(answer); len(list.Patches) != 1 || !list.HasMorePatches || list.Name != waAppState.WAPatchRegularLow {
		t.Errorf("patches: %+v", list)
	}
	answer = state.Sync(t.Context(), 1, Request{Collection: waAppState.WAPatchRegularLow, WantSnapshot: true})
	if _, err := answer.Node(upload); err != nil || len(uploaded) == 0 {
		t.Errorf("snapshot: %d bytes uploaded, %v", len(uploaded), err)
	}
	failing := func([]byte) (*waServerSync.ExternalBlobReference, error) { return nil, errors.New("disk full") }
	if _, err := answer.Node(failing); err == nil {
		t.Error("a snapshot that could not be uploaded was announced")
	}
	conflict, err := Answer{Collection: "regular", Version: 3, Code: 409}.Node(upload)
	if err != nil {
		t.Fatal(err)
	}
	if code := conflict.GetChildByTag("error"); conflict.Attrs["type"] != "error" || code.Attrs["code"] != "409" {
		t.Errorf("conflict: %s", conflict.String())
	}
}

func TestACompanionRecoversFromThePhonesCopy(t *testing.T) {
	state := newState(t)
	client := newClient(t, state, 1)
	push(t, state, Pin(bob, true), Pin(carol, true))
	push(t, state, Removed(Pin(bob, true)))
	response, err := state.Recovery(waAppState.WAPatchRegularLow)
	if err != nil {
		t.Fatal(err)
	}
	recovery, err := waAppState.ParseRecovery(response)
	if err != nil {
		t.Fatal(err)
	}
	mutations, err := client.processor.ProcessRecovery(t.Context(), recovery)
	if err != nil || len(mutations) != 2 || !mutations[1].Action.GetPinAction().GetPinned() || mutations[1].Index[1] != carol {
		t.Fatalf("a client recovers %v, %v", mutations, err)
	}
	// The recovered state is good enough to build on.
	if answer := client.send(waAppState.BuildPin(jid(t, carol), false)); !answer.Accepted {
		t.Errorf("%+v", answer)
	}
	if _, err := state.Recovery("no_such"); err == nil {
		t.Error("recovered an unknown collection")
	}
}

func TestRevisionGrowsWithEachChange(t *testing.T) {
	state := newState(t)
	last := state.Revision()
	for name, change := range map[string]func(){
		"push":  func() { push(t, state, Pin(bob, true)) },
		"key":   func() { _ = state.RotateKey() },
		"fetch": func() { state.Sync(t.Context(), 1, Request{Collection: waAppState.WAPatchRegularLow}) },
	} {
		change()
		if now := state.Revision(); now <= last {
			t.Errorf("%s: revision %d after %d", name, now, last)
		} else {
			last = now
		}
	}
}
