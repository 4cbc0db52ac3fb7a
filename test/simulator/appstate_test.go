package simulator_test

import (
	"encoding/json"
	"testing"
	"time"

	"go.mau.fi/whatsmeow"
	waAppState "go.mau.fi/whatsmeow/appstate"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"

	"github.com/wasession/wasession/test/simulator"
	"github.com/wasession/wasession/test/simulator/appstate"
	"github.com/wasession/wasession/test/simulator/history"
	"github.com/wasession/wasession/test/simulator/simclient"
)

func TestACompanionSyncsAllCollectionsAfterPairing(t *testing.T) {
	s := newStage(t, nil).link()
	state, err := s.alice.AppState()
	s.must(err)
	for _, name := range appstate.Collections {
		version, _, err := s.client.Store.AppState.GetAppStateVersion(s.ctx, string(name))
		if err != nil || version != 1 || state.Version(name) != 1 {
			t.Errorf("%s: client at version %d, server at %d, error %v", name, version, state.Version(name), err)
		}
	}
	if s.client.Store.PushName != "Alice" {
		t.Errorf("the client thinks it is %q", s.client.Store.PushName)
	}
	if failed := simclient.Count[*events.AppStateSyncError](s.client.Events); failed != 0 {
		t.Errorf("%d collections did not sync", failed)
	}
}

func TestTheClientHearsWhatThePhoneDoes(t *testing.T) {
	s := newStage(t, nil).link()
	chat := s.bob.PN()
	until := time.Now().Add(time.Hour).Truncate(time.Millisecond)

	s.must(s.alice.PushArchive(s.ctx, chat, true))
	wait(s, s.client, func(e *events.Archive) bool { return e.JID == chat && e.Action.GetArchived() && !e.FromFullSync })
	s.must(s.alice.PushArchive(s.ctx, chat, false))
	wait(s, s.client, func(e *events.Archive) bool { return e.JID == chat && !e.Action.GetArchived() })
	s.must(s.alice.PushPin(s.ctx, chat, true))
	wait(s, s.client, func(e *events.Pin) bool { return e.JID == chat && e.Action.GetPinned() })
	s.must(s.alice.PushMute(s.ctx, chat, until))
	wait(s, s.client, func(e *events.Mute) bool {
		return e.JID == chat && e.Action.GetMuteEndTimestamp() == until.UnixMilli()
	})
	s.must(s.alice.PushRead(s.ctx, chat, false))
	wait(s, s.client, func(e *events.MarkChatAsRead) bool { return e.JID == chat && !e.Action.GetRead() })
	s.must(s.alice.PushStar(s.ctx, chat, "3EB0AA", true, types.EmptyJID, true))
	wait(s, s.client, func(e *events.Star) bool { return e.ChatJID == chat && e.MessageID == "3EB0AA" && e.IsFromMe })
	s.must(s.alice.PushClearChat(s.ctx, chat))
	wait(s, s.client, func(e *events.ClearChat) bool { return e.JID == chat && e.DeleteMedia })
	s.must(s.alice.PushDeleteChat(s.ctx, chat))
	wait(s, s.client, func(e *events.DeleteChat) bool { return e.JID == chat && e.DeleteMedia })
	s.must(s.alice.PushContact(s.ctx, s.bob, "Bob Builder", "Bob"))
	wait(s, s.client, func(e *events.Contact) bool { return e.JID == chat && e.Action.GetFullName() == "Bob Builder" })
	s.must(s.alice.PushName(s.ctx, "Alice B."))
	wait(s, s.client, func(e *events.PushNameSetting) bool { return e.Action.GetName() == "Alice B." })
	s.must(s.alice.Push(s.ctx, appstate.UnarchiveChats(false)))
	wait(s, s.client, func(e *events.UnarchiveChatsSetting) bool { return !e.Action.GetUnarchiveChats() })
}

func TestAnArchivedChatNamesItsLastMessage(t *testing.T) {
	s := newStage(t, nil).link()
	id, err := s.bob.SendText(s.ctx, s.alice, "the last word")
	s.must(err)
	s.must(s.alice.PushArchive(s.ctx, s.bob.LID(), true))
	event := wait(s, s.client, func(e *events.Archive) bool { return e.Action.GetArchived() })
	messages := event.Action.GetMessageRange().GetMessages()
	if len(messages) != 1 || messages[0].GetKey().GetID() != id || messages[0].GetKey().GetFromMe() {
		t.Errorf("message range %v, want the message %s", event.Action.GetMessageRange(), id)
	}
}

func TestThePhoneHearsWhatTheClientDoes(t *testing.T) {
	s := newStage(t, nil).link()
	lid, pn := s.bob.LID(), s.bob.PN()
	send := func(patch waAppState.PatchInfo) {
		t.Helper()
		s.must(s.client.SendAppState(s.ctx, patch))
	}
	send(waAppState.BuildPin(pn, true))
	send(waAppState.BuildMute(pn, true, 0))
	send(waAppState.BuildMarkChatAsRead(lid, false, time.Time{}, nil))
	want := appstate.Chat{Pinned: true, MutedUntil: appstate.Forever, MarkedUnread: true}
	if got := s.alice.ChatState(pn); got != want {
		t.Errorf("the phone sees %+v, want %+v", got, want)
	}
	send(waAppState.BuildArchive(lid, true, time.Time{}, nil))
	send(waAppState.BuildMarkChatAsRead(pn, true, time.Time{}, nil))
	want = appstate.Chat{Archived: true, MutedUntil: appstate.Forever, ReadMarks: 1, ArchiveWrites: 1}
	if got := s.alice.ChatState(lid); got != want {
		t.Errorf("the phone sees %+v, want %+v", got, want)
	}
	send(waAppState.BuildStar(pn, pn, "3EB0AA", false, true))
	send(waAppState.BuildDeleteChat(pn, time.Time{}, nil, true))
	send(waAppState.BuildSettingPushName("Alice of the desk"))
	state, err := s.alice.AppState()
	s.must(err)
	if view := state.View(); len(view.Starred) != 1 || !view.Chats[pn.String()].Deleted || len(view.Chats) != 1 {
		t.Errorf("the phone sees %+v", view)
	}
	if s.alice.Name() != "Alice of the desk" {
		t.Errorf("others see the name %q", s.alice.Name())
	}
	if s.alice.PatchCount() != 8 || state.Stats().ClientMutations != 9 || state.Stats().RepeatedArchives != 0 {
		t.Errorf("%d patches, stats %+v", s.alice.PatchCount(), state.Stats())
	}
}

func TestTheClientRetriesAConflict(t *testing.T) {
	s := newStage(t, nil).link()
	isNews := func(st simulator.Stanza) bool {
		return st.Direction == simulator.ToClient && st.Node.Tag == "notification" && st.Node.Attrs["type"] == "server_sync"
	}
	stop := s.srv.Faults().Drop(isNews) // the client does not learn of the phone's change
	s.must(s.alice.PushPin(s.ctx, s.alice.PN(), true))
	stop()
	s.must(s.client.SendAppState(s.ctx, waAppState.BuildArchive(s.bob.PN(), true, time.Time{}, nil)))
	state, err := s.alice.AppState()
	s.must(err)
	if stats := state.Stats(); stats.Conflicts != 1 || stats.ClientPatches != 1 {
		t.Errorf("stats %+v", stats)
	}
	if !s.alice.ChatState(s.bob.PN()).Archived {
		t.Error("the retry did not arrive")
	}
	wait(s, s.client, func(e *events.Pin) bool { return e.JID == s.alice.PN() && e.Action.GetPinned() })
}

func TestCompanionsHearOfEachOther(t *testing.T) {
	s := newStage(t, nil).link()
	second := s.newClient(nil)
	s.linkAs(second)
	s.must(s.client.SendAppState(s.ctx, waAppState.BuildArchive(s.bob.PN(), true, time.Time{}, nil)))
	wait(s, second, func(e *events.Archive) bool { return e.JID == s.bob.PN() && e.Action.GetArchived() })
	s.must(second.SendAppState(s.ctx, waAppState.BuildArchive(s.bob.PN(), false, time.Time{}, nil)))
	wait(s, s.client, func(e *events.Archive) bool { return e.JID == s.bob.PN() && !e.Action.GetArchived() })
}

func TestRemovalsReachTheClient(t *testing.T) {
	s := newStage(t, nil).link()
	pin := appstate.Pin(s.bob.PN().String(), true)
	s.must(s.alice.Push(s.ctx, pin))
	s.must(s.alice.Push(s.ctx, appstate.Removed(pin)))
	s.must(s.alice.PushArchive(s.ctx, s.bob.PN(), true))
	wait(s, s.client, func(e *events.Archive) bool { return e.Action.GetArchived() })
	// The client builds on the removal: its copy of the collection is intact.
	s.must(s.client.SendAppState(s.ctx, waAppState.BuildPin(s.bob.PN(), true)))
	if !s.alice.ChatState(s.bob.PN()).Pinned || simclient.Count[*events.AppStateSyncError](s.client.Events) != 0 {
		t.Error("the client lost track of the collection")
	}
}

func TestALateCompanionGetsSnapshots(t *testing.T) {
	s := newStage(t, func(c *whatsmeow.Client) { c.EmitAppStateEventsOnFullSync = true })
	spec := history.ArchiveSpec(time.Now())
	spec.Chats, spec.Messages = 300, 300
	s.must(s.alice.SetHistory(s.ctx, history.NewAccount(spec)))
	archived := s.alice.PN()
	s.must(s.alice.PushArchive(s.ctx, archived, true))
	s.link()
	wait(s, s.client, func(e *events.Archive) bool { return e.JID == archived && e.FromFullSync })
	state, err := s.alice.AppState()
	s.must(err)
	if state.Stats().Snapshots != 3 {
		t.Errorf("stats %+v", state.Stats())
	}
	contacts, err := s.client.Store.Contacts.GetAllContacts(s.ctx)
	if err != nil || len(contacts) < 150 {
		t.Errorf("the client knows %d contacts, error %v", len(contacts), err)
	}
}

func TestTheClientAsksForAKeyItLacks(t *testing.T) {
	s := newStage(t, nil).link()
	state, err := s.alice.AppState()
	s.must(err)
	s.must(state.RotateKey())
	s.must(s.alice.PushArchive(s.ctx, s.bob.PN(), true))
	wait(s, s.client, func(e *events.Archive) bool { return e.JID == s.bob.PN() && e.Action.GetArchived() })
}

func TestTheClientRecoversABrokenCollection(t *testing.T) {
	s := newStage(t, nil).link()
	s.must(s.alice.PushArchive(s.ctx, s.bob.PN(), true))
	wait(s, s.client, func(e *events.Archive) bool { return e.Action.GetArchived() })
	s.must(s.client.Store.AppState.DeleteAppStateVersion(s.ctx, string(waAppState.WAPatchRegularLow)))
	_, err := s.client.SendPeerMessage(s.ctx, whatsmeow.BuildAppStateRecoveryRequest(waAppState.WAPatchRegularLow))
	s.must(err)
	event := wait(s, s.client, func(e *events.AppStateSyncComplete) bool { return e.Recovery })
	if event.Name != waAppState.WAPatchRegularLow || event.Version != 2 {
		t.Errorf("recovered %+v", event)
	}
}

func TestAwaitAppState(t *testing.T) {
	s := newStage(t, nil).link()
	done := make(chan error, 1)
	go func() {
		done <- s.alice.AwaitAppState(s.ctx, func(state *appstate.State) bool { return state.Chat(s.bob.PN().String()).Archived })
	}()
	s.must(s.client.SendAppState(s.ctx, waAppState.BuildArchive(s.bob.PN(), true, time.Time{}, nil)))
	s.must(<-done)
}

func TestTheStateFileKeepsAppState(t *testing.T) {
	file := t.TempDir() + "/state.json"
	open := func() (*simulator.Server, *simulator.User) {
		t.Helper()
		srv, err := simulator.New(simulator.Options{StateFile: file})
		if err != nil {
			t.Fatal(err)
		}
		return srv, srv.AddUser("15550001111", "", "Alice")
	}
	chat := types.NewJID("15550002222", types.DefaultUserServer)
	srv, alice := open()
	if err := alice.PushArchive(t.Context(), chat, true); err != nil {
		t.Fatal(err)
	}
	if err := srv.Close(); err != nil {
		t.Fatal(err)
	}
	srv, _ = open() // the app state is not used here, but is kept
	if err := srv.Close(); err != nil {
		t.Fatal(err)
	}
	srv, alice = open()
	defer srv.Close()
	state, err := alice.AppState()
	if err != nil {
		t.Fatal(err)
	}
	if !alice.ChatState(chat).Archived || state.Version(waAppState.WAPatchRegularLow) != 2 {
		t.Errorf("chat %+v, version %d", alice.ChatState(chat), state.Version(waAppState.WAPatchRegularLow))
	}
	if _, err := json.Marshal(state.View()); err != nil {
		t.Error(err)
	}
}
