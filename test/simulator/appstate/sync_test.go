package appstate

import (
	"fmt"
	"testing"
	"time"

	waAppState "go.mau.fi/whatsmeow/appstate"
	"go.mau.fi/whatsmeow/proto/waServerSync"
	"go.mau.fi/whatsmeow/types"
)

const (
	bob   = "15550002222@s.whatsapp.net"
	carol = "15550003333@s.whatsapp.net"
)

func newState(t *testing.T) *State {
	t.Helper()
	state, err := New("Alice", Options{})
	if err != nil {
		t.Fatal(err)
	}
	return state
}

func push(t *testing.T, state *State, changes ...Change) map[Collection]uint64 {
	t.Helper()
	versions, err := state.Push(t.Context(), changes...)
	if err != nil {
		t.Fatal(err)
	}
	return versions
}

func jid(t *testing.T, s string) types.JID {
	t.Helper()
	parsed, err := types.ParseJID(s)
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}

func TestANewClientReadsAllFiveCollections(t *testing.T) {
	state := newState(t)
	client := newClient(t, state, 1)
	for _, name := range Collections {
		if got := state.Version(name); got != 1 {
			t.Errorf("%s is seeded at version %d, want 1", name, got)
		}
		if mutations := client.fetch(name); len(mutations) != 1 {
			t.Errorf("%s: %d mutations, want the seed", name, len(mutations))
		}
		if again := client.fetch(name); len(again) != 0 {
			t.Errorf("%s: a second fetch brought %d mutations", name, len(again))
		}
	}
}

func TestClientsReadWhatThePhoneChanges(t *testing.T) {
	state := newState(t)
	client := newClient(t, state, 1)
	until := time.UnixMilli(1_900_000_000_000).UTC()
	last := &LastMessage{ID: "3EB0AA", At: time.Unix(1_700_000_000, 0), Sender: carol}
	for _, name := range Collections {
		client.fetch(name)
	}
	for _, test := range []struct {
		name    string
		changes []Change
		check   func(waAppState.Mutation) bool
	}{
		{"archive", Archive(bob, true, last), func(m waAppState.Mutation) bool {
			action := m.Action.GetArchiveChatAction()
			message := action.GetMessageRange().GetMessages()[0]
			return action.GetArchived() && action.GetMessageRange().GetLastMessageTimestamp() == 1_700_000_000 &&
				message.GetKey().GetID() == "3EB0AA" && message.GetKey().GetParticipant() == carol
		}},
		{"unarchive", Archive(bob, false, nil), func(m waAppState.Mutation) bool {
			return m.Action.GetArchiveChatAction() != nil && !m.Action.GetArchiveChatAction().GetArchived()
		}},
		{"pin", []Change{Pin(bob, true)}, func(m waAppState.Mutation) bool { return m.Action.GetPinAction().GetPinned() }},
		{"mute", []Change{Mute(bob, until)}, func(m waAppState.Mutation) bool {
			return m.Action.GetMuteAction().GetMuted() && m.Action.GetMuteAction().GetMuteEndTimestamp() == until.UnixMilli()
		}},
		{"mute for ever", []Change{Mute(bob, Forever)}, func(m waAppState.Mutation) bool {
			return m.Action.GetMuteAction().GetMuteEndTimestamp() == -1
		}},
		{"unmute", []Change{Mute(bob, time.Time{})}, func(m waAppState.Mutation) bool {
			return m.Action.GetMuteAction() != nil && !m.Action.GetMuteAction().GetMuted()
		}},
		{"mark read", []Change{MarkRead(bob, true, last)}, func(m waAppState.Mutation) bool {
			return m.Action.GetMarkChatAsReadAction().GetRead()
		}},
		{"star", []Change{Star(bob, "3EB0AA", false, "", true)}, func(m waAppState.Mutation) bool {
			return m.Action.GetStarAction().GetStarred() && len(m.Index) == 5 && m.Index[4] == "0"
		}},
		{"clear", []Change{ClearChat(bob, false, true, last)}, func(m waAppState.Mutation) bool {
			return m.Action.GetClearChatAction() != nil && m.Index[3] == "1"
		}},
		{"delete", []Change{DeleteChat(bob, true, last)}, func(m waAppState.Mutation) bool {
			return m.Action.GetDeleteChatAction() != nil && m.Index[2] == "1"
		}},
		{"push name", []Change{PushName("Alice B.")}, func(m waAppState.Mutation) bool {
			return m.Action.GetPushNameSetting().GetName() == "Alice B."
		}},
		{"contact", []Change{Contact(bob, "222@lid", "Bob Builder", "Bob")}, func(m waAppState.Mutation) bool {
			return m.Action.GetContactAction().GetFullName() == "Bob Builder" && m.Action.GetContactAction().GetLidJID() == "222@lid"
		}},
		{"unarchive setting", []Change{UnarchiveChats(false)}, func(m waAppState.Mutation) bool {
			return m.Action.GetUnarchiveChatsSetting() != nil && !m.Action.GetUnarchiveChatsSetting().GetUnarchiveChats()
		}},
		{"salt", []Change{NCTSalt([]byte("salt"))}, func(m waAppState.Mutation) bool {
			return string(m.Action.GetNctSaltSyncAction().GetSalt()) == "salt"
		}},
	} {
		push(t, state, test.changes...)
		mutations := client.fetch(test.changes[0].Collection)
		if len(mutations) != len(test.changes) || !test.check(mutations[0]) {
			t.Errorf("%s: a client reads %v", test.name, mutations)
		}
	}
}

func TestThePhoneReadsWhatClientsChange(t *testing.T) {
	state := newState(t)
	client := newClient(t, state, 7)
	chat := jid(t, bob)
	for _, step := range []struct {
		name  string
		patch waAppState.PatchInfo
		want  Chat
	}{
		{"pin", waAppState.BuildPin(chat, true), Chat{Pinned: true}},
		{"archive unpins", waAppState.BuildArchive(chat, true, time.Time{}, nil), Chat{Archived: true, ArchiveWrites: 1}},
		{"archive again", waAppState.BuildArchive(chat, true, time.Time{}, nil), Chat{Archived: true, ArchiveWrites: 2, RepeatedArchives: 1}},
		{"unarchive", waAppState.BuildArchive(chat, false, time.Time{}, nil), Chat{ArchiveWrites: 2, RepeatedArchives: 1}},
		{"unread", waAppState.BuildMarkChatAsRead(chat, false, time.Time{}, nil), Chat{MarkedUnread: true, ArchiveWrites: 2, RepeatedArchives: 1}},
		{"read", waAppState.BuildMarkChatAsRead(chat, true, time.Time{}, nil), Chat{ReadMarks: 1, ArchiveWrites: 2, RepeatedArchives: 1}},
		{"mute", waAppState.BuildMute(chat, true, 0), Chat{MutedUntil: Forever, ReadMarks: 1, ArchiveWrites: 2, RepeatedArchives: 1}},
		{"unmute", waAppState.BuildMute(chat, false, 0), Chat{ReadMarks: 1, ArchiveWrites: 2, RepeatedArchives: 1}},
		{"delete", waAppState.BuildDeleteChat(chat, time.Time{}, nil, true), Chat{Deleted: true, ArchiveWrites: 2, RepeatedArchives: 1}},
		{"revive", waAppState.BuildPin(chat, true), Chat{Pinned: true, ArchiveWrites: 2, RepeatedArchives: 1}},
	} {
		client.fetch(step.patch.Type)
		if answer := client.send(step.patch); !answer.Accepted || answer.Code != 0 {
			t.Fatalf("%s: %+v", step.name, answer)
		}
		if got := state.Chat(bob); got != step.want {
			t.Errorf("%s: the phone sees %+v, want %+v", step.name, got, step.want)
		}
	}
	stats := state.Stats()
	if stats.ClientPatches != 10 || stats.ClientMutations != 12 || stats.PhonePatches != 5 || stats.RepeatedArchives != 1 {
		t.Errorf("stats %+v", stats)
	}
	patches := state.Patches()
	if len(patches) != 10 || patches[1].Author != 7 || len(patches[1].Mutations) != 2 || patches[1].Mutations[0].Index[0] != "archive" {
		t.Errorf("log of patches: %+v", patches)
	}
}

func TestStarsOfClients(t *testing.T) {
	state := newState(t)
	client := newClient(t, state, 1)
	group, sender := jid(t, "1203@g.us"), jid(t, carol)
	client.fetch(waAppState.WAPatchRegularHigh)
	client.send(waAppState.BuildStar(group, sender, "3EB0AA", false, true))
	want := Message{Chat: "1203@g.us", ID: "3EB0AA", Sender: carol}
	if got := state.View().Starred; len(got) != 1 || got[0] != want {
		t.Fatalf("starred %+v", got)
	}
	client.fetch(waAppState.WAPatchRegularHigh)
	client.send(waAppState.BuildStar(group, sender, "3EB0AA", false, false))
	if got := state.View().Starred; len(got) != 0 {
		t.Errorf("still starred: %+v", got)
	}
}

func TestAConflictBringsTheMissingPatches(t *testing.T) {
	state := newState(t)
	client := newClient(t, state, 1)
	client.fetch(waAppState.WAPatchRegularLow)
	push(t, state, Pin(carol, true))
	push(t, state, Pin(carol, false))

	patch := waAppState.BuildArchive(jid(t, bob), true, time.Time{}, nil)
	answer := client.send(patch)
	if answer.Code != 409 || answer.Accepted || len(answer.Patches) != 2 || answer.Version != 3 {
		t.Fatalf("answer %+v", answer)
	}
	if state.Chat(bob).Archived {
		t.Fatal("the refused patch was applied")
	}
	client.decode(waAppState.WAPatchRegularLow, answer)
	if answer := client.send(patch); !answer.Accepted || answer.Version != 4 {
		t.Fatalf("the retry: %+v", answer)
	}
	if !state.Chat(bob).Archived || state.Stats().Conflicts != 1 {
		t.Errorf("chat %+v, stats %+v", state.Chat(bob), state.Stats())
	}
}

func TestPatchesThatDoNotVerifyAreRefused(t *testing.T) {
	state := newState(t)
	client := newClient(t, state, 1)
	client.fetch(waAppState.WAPatchRegularLow)
	patch := waAppState.BuildArchive(jid(t, bob), true, time.Time{}, nil)
	blob := func(p *waServerSync.SyncdPatch) []byte { return p.Mutations[0].Record.Value.Blob }
	for name, damage := range map[string]func(*waServerSync.SyncdPatch){
		"value":         func(p *waServerSync.SyncdPatch) { blob(p)[20] ^= 1 },
		"value MAC":     func(p *waServerSync.SyncdPatch) { blob(p)[len(blob(p))-1] ^= 1 },
		"snapshot MAC":  func(p *waServerSync.SyncdPatch) { p.SnapshotMAC[0] ^= 1 },
		"patch MAC":     func(p *waServerSync.SyncdPatch) { p.PatchMAC[0] ^= 1 },
		"unknown key":   func(p *waServerSync.SyncdPatch) { p.KeyID.ID[0] ^= 1 },
		"short value":   func(p *waServerSync.SyncdPatch) { p.Mutations[0].Record.Value.Blob = []byte{1} },
		"short index":   func(p *waServerSync.SyncdPatch) { p.Mutations[0].Record.Index.Blob = nil },
		"no mutations":  func(p *waServerSync.SyncdPatch) { p.Mutations = nil },
		"one is missed": func(p *waServerSync.SyncdPatch) { p.Mutations = p.Mutations[:1] },
	} {
		if answer := client.tampered(patch, damage); answer.Code != 400 || answer.Accepted || answer.Reason == "" {
			t.Errorf("%s: %+v", name, answer)
		}
	}
	if state.Version(waAppState.WAPatchRegularLow) != 1 || state.Chat(bob) != (Chat{}) || state.Stats().Rejected != 9 {
		t.Errorf("version %d, chat %+v, stats %+v", state.Version(waAppState.WAPatchRegularLow), state.Chat(bob), state.Stats())
	}
	if answer := client.send(patch); !answer.Accepted {
		t.Errorf("the undamaged patch: %+v", answer)
	}
	ahead := Request{Collection: waAppState.WAPatchRegularLow, Version: 99, Patch: []byte{}}
	if answer := state.Sync(t.Context(), 1, ahead); answer.Code != 400 {
		t.Errorf("a patch for a version that does not exist: %+v", answer)
	}
	if answer := state.Sync(t.Context(), 1, Request{Collection: "no_such"}); answer.Code != 400 {
		t.Errorf("an unknown collection: %+v", answer)
	}
}

func TestRemovalsAndRepeatedIndexesVerify(t *testing.T) {
	state := newState(t)
	client := newClient(t, state, 1)
	client.fetch(waAppState.WAPatchRegularLow)
	push(t, state, Pin(bob, true), Pin(bob, false), Pin(bob, true), Pin(carol, true))
	push(t, state, Removed(Pin(bob, true)), Pin(bob, true), Removed(Pin(bob, true)))
	mutations := client.fetch(waAppState.WAPatchRegularLow)
	if len(mutations) != 7 || mutations[6].Operation != waServerSync.SyncdMutation_REMOVE || mutations[6].Index[1] != bob {
		t.Fatalf("a client reads %v", mutations)
	}
	if state.Chat(bob).Pinned || !state.Chat(carol).Pinned {
		t.Errorf("bob %+v, carol %+v", state.Chat(bob), state.Chat(carol))
	}
	// The client's copy is still intact: it can build on it.
	if answer := client.send(waAppState.BuildPin(jid(t, bob), true)); !answer.Accepted {
		t.Errorf("%+v", answer)
	}
}

func TestSnapshotsAreForClientsThatAsk(t *testing.T) {
	state := newState(t)
	for i := range 250 {
		push(t, state, Pin(fmt.Sprintf("1555%07d@s.whatsapp.net", i%50), i%2 == 0))
	}
	push(t, state, Removed(Pin("15550000049@s.whatsapp.net", true)))
	late := newClient(t, state, 1)
	mutations := late.fetch(waAppState.WAPatchRegularLow)
	if len(mutations) != 50 { // the 49 pins that are set, and the seed
		t.Errorf("the snapshot has %d records, want 50", len(mutations))
	}
	if state.Stats().Snapshots != 1 {
		t.Errorf("stats %+v", state.Stats())
	}
	if answer := late.send(waAppState.BuildPin(jid(t, bob), true)); !answer.Accepted {
		t.Errorf("after a snapshot: %+v", answer)
	}
	// Without asking for a snapshot, the same comes as pages of patches.
	early := state.Sync(t.Context(), 2, Request{Collection: waAppState.WAPatchRegularLow, Version: 1})
	if len(early.Patches) != pageSize || !early.More || early.Snapshot != nil {
		t.Errorf("%d patches, more %v", len(early.Patches), early.More)
	}
}

func TestManyPatchesComeInPages(t *testing.T) {
	state := newState(t)
	client := newClient(t, state, 1)
	client.fetch(waAppState.WAPatchRegularLow)
	for i := range 2*pageSize + 10 {
		push(t, state, Pin(bob, i%2 == 0))
	}
	if mutations := client.fetch(waAppState.WAPatchRegularLow); len(mutations) != 2*pageSize+10 {
		t.Errorf("%d mutations", len(mutations))
	}
}

func TestClientsNeedTheNewKeyAfterARotation(t *testing.T) {
	state := newState(t)
	client := newClient(t, state, 1)
	client.fetch(waAppState.WAPatchRegularLow)
	if err := state.RotateKey(); err != nil {
		t.Fatal(err)
	}
	push(t, state, Pin(bob, true))
	answer := state.Sync(t.Context(), 1, Request{Collection: waAppState.WAPatchRegularLow, Version: 1})
	missing := client.processor.GetMissingKeyIDs(t.Context(), &waAppState.PatchList{Patches: answer.Patches})
	if len(missing) != 1 {
		t.Fatalf("missing keys %x", missing)
	}
	if keys := state.KeyShare([]byte("unknown")).GetProtocolMessage().GetAppStateSyncKeyShare().GetKeys(); len(keys) != 0 {
		t.Errorf("a share of an unknown key has %d keys", len(keys))
	}
	client.takeKeys(missing...)
	if mutations := client.fetch(waAppState.WAPatchRegularLow); len(mutations) != 1 {
		t.Errorf("%d mutations", len(mutations))
	}
	if answer := client.send(waAppState.BuildPin(jid(t, bob), false)); !answer.Accepted {
		t.Errorf("a patch with the new key: %+v", answer)
	}
}
