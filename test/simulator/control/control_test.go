package control_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"go.mau.fi/whatsmeow"
	waAppState "go.mau.fi/whatsmeow/appstate"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/proto/waHistorySync"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"
	"google.golang.org/protobuf/proto"

	"github.com/wasession/wasession/test/simulator"
	"github.com/wasession/wasession/test/simulator/appstate"
	"github.com/wasession/wasession/test/simulator/control"
	"github.com/wasession/wasession/test/simulator/simclient"
)

const alice, bob = "15550001111", "15550002222"

// stage is a simulator that is only controlled over HTTP, with the accounts of
// Alice and Bob and a real client that is not linked yet.
type stage struct {
	t       *testing.T
	ctx     context.Context
	control *control.Client
	client  *simclient.Client
}

func newStage(t *testing.T) *stage {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
	t.Cleanup(cancel)
	srv, err := simulator.New(simulator.Options{Extensions: []simulator.Extension{control.Extension}})
	if err != nil {
		t.Fatal(err)
	}
	s := &stage{t: t, ctx: ctx, control: control.NewClient(srv.URL())}
	t.Cleanup(func() {
		unhandled, err := s.control.Unhandled(context.WithoutCancel(ctx))
		if err != nil || len(unhandled) > 0 {
			t.Errorf("stanzas that were not understood: %v, error %v", unhandled, err)
		}
		s.must(srv.Close())
	})
	for number, name := range map[string]string{alice: "Alice", bob: "Bob"} {
		_, err := s.control.AddUser(ctx, control.User{Number: number, Name: name})
		s.must(err)
	}
	s.client, err = simclient.New(ctx, srv, simclient.Options{Dir: t.TempDir()})
	s.must(err)
	t.Cleanup(func() { s.must(s.client.Close()) })
	return s
}

func (s *stage) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

// code connects the client and returns the QR code that it shows.
func (s *stage) code() string {
	s.t.Helper()
	s.must(s.client.Connect())
	return wait[*events.QR](s, nil).Codes[0]
}

// link links the client to Alice's phone.
func (s *stage) link() *stage {
	s.t.Helper()
	_, err := s.control.ScanQR(s.ctx, alice, s.code())
	s.must(err)
	for _, name := range waAppState.AllPatchNames {
		wait(s, func(e *events.AppStateSyncComplete) bool { return e.Name == name })
	}
	return s
}

func wait[T any](s *stage, condition func(T) bool) T {
	s.t.Helper()
	if condition == nil {
		condition = func(T) bool { return true }
	}
	event, err := simclient.Wait(s.ctx, s.client.Events, condition)
	s.must(err)
	return event
}

func TestADemoOverHTTP(t *testing.T) {
	s := newStage(t).link()
	id, err := s.control.Send(s.ctx, control.Message{From: bob, To: alice, Text: "hello"})
	s.must(err)
	message := wait(s, simclient.HasID(id))
	if message.Message.GetConversation() != "hello" {
		t.Errorf("the client got %v", message.Message)
	}
	_, err = s.client.SendMessage(s.ctx, message.Info.Chat, &waE2E.Message{Conversation: proto.String("hello yourself")})
	s.must(err)
	answer, err := s.control.Expect(s.ctx, bob, func(r control.Received) bool { return r.Text == "hello yourself" })
	s.must(err)
	if answer.Kind != simulator.KindMessage || !strings.HasPrefix(answer.From, alice) || answer.Own {
		t.Errorf("Bob's phone got %+v", answer)
	}
	users, err := s.control.Users(s.ctx)
	s.must(err)
	if len(users) != 2 || len(users[0].Devices) != 1 || !users[0].Devices[0].Connected || users[0].Name != "Alice" {
		t.Errorf("users %+v", users)
	}
	stats, err := s.control.Stats(s.ctx)
	s.must(err)
	if stats.Companions != 1 || stats.Connected != 1 || stats.Users != 2 || stats.Unhandled != 0 {
		t.Errorf("stats %+v", stats)
	}
}

func TestAClientThatShowsItsCodeIsCounted(t *testing.T) {
	s := newStage(t)
	s.code()
	stats, err := s.control.Stats(s.ctx)
	s.must(err)
	if stats.Connections != 1 || stats.Companions != 0 || stats.Connected != 0 {
		t.Errorf("stats %+v", stats)
	}
}

func TestAttachmentsAndGroups(t *testing.T) {
	s := newStage(t).link()
	group, err := s.control.AddGroup(s.ctx, "Night shift", alice, bob)
	s.must(err)
	for _, kind := range []string{"image", "audio", "document"} {
		id, err := s.control.Send(s.ctx, control.Message{From: bob, To: group.JID, Kind: kind, Text: "see"})
		s.must(err)
		message := wait(s, func(m *events.Message) bool { return m.Info.ID == id && m.Message.SenderKeyDistributionMessage == nil })
		content, err := s.client.DownloadAny(s.ctx, message.Message)
		if err != nil || len(content) == 0 || !message.Info.IsGroup {
			t.Errorf("%s: %d bytes, %v", kind, len(content), err)
		}
	}
	id, err := s.control.Send(s.ctx, control.Message{
		From: bob, To: alice, Kind: "document", Content: []byte("a,b"), Name: "list.csv", Mimetype: "text/csv",
	})
	s.must(err)
	document := wait(s, simclient.HasID(id)).Message.GetDocumentMessage()
	content, err := s.client.Download(s.ctx, document)
	if err != nil || string(content) != "a,b" || document.GetFileName() != "list.csv" || document.GetMimetype() != "text/csv" {
		t.Errorf("%q, %v, %v", content, document, err)
	}
	groups, err := s.control.Groups(s.ctx)
	if err != nil || len(groups) != 1 || groups[0].Subject != "Night shift" || len(groups[0].Members) != 2 {
		t.Errorf("groups %+v, %v", groups, err)
	}
}

func TestChatsChangeOnThePhoneAndAtTheClient(t *testing.T) {
	s := newStage(t).link()
	yes, no := true, false
	s.must(s.control.ChangeChat(s.ctx, control.ChatChange{User: alice, Chat: bob, Archived: &yes, Read: &no}))
	wait(s, func(e *events.Archive) bool { return e.JID.User == bob && e.Action.GetArchived() })
	// The client must know of both changes before it makes one of its own.
	wait(s, func(e *events.MarkChatAsRead) bool { return e.JID.User == bob && !e.Action.GetRead() })
	s.must(s.client.SendAppState(s.ctx, waAppState.BuildArchive(types.NewJID(bob, types.DefaultUserServer), false, time.Time{}, nil)))
	state, err := s.control.AppState(s.ctx, alice)
	s.must(err)
	chat := state.View.Chats[bob+"@s.whatsapp.net"]
	if chat.Archived || !chat.MarkedUnread || state.Stats.ClientPatches != 1 || len(state.Patches) != 1 ||
		state.Patches[0].Mutations[0].Index[0] != "archive" {
		t.Errorf("app state %+v", state)
	}
	until := time.Now().Add(time.Hour).UTC().Truncate(time.Second)
	s.must(s.control.ChangeChat(s.ctx, control.ChatChange{User: alice, Chat: bob + "@c.us", MutedUntil: &until, Pinned: &yes}))
	wait(s, func(e *events.Mute) bool { return e.Action.GetMuteEndTimestamp() == until.UnixMilli() })
	s.must(s.control.ChangeChat(s.ctx, control.ChatChange{User: alice, Chat: bob, Cleared: true, Deleted: true}))
	wait(s, func(e *events.DeleteChat) bool { return e.JID.User == bob })
}

func TestLabelsChangeOnThePhoneAndAtTheClient(t *testing.T) {
	s := newStage(t).link()
	s.must(s.control.ChangeLabel(s.ctx, control.LabelChange{User: alice, ID: "6", Label: appstate.Label{Name: "Lead", Color: 3}}))
	wait(s, func(e *events.LabelEdit) bool {
		return e.LabelID == "6" && e.Action.GetName() == "Lead" && e.Action.GetColor() == 3
	})
	s.must(s.control.ChangeChat(s.ctx, control.ChatChange{User: alice, Chat: bob, Labels: map[string]bool{"6": true}}))
	wait(s, func(e *events.LabelAssociationChat) bool {
		return e.LabelID == "6" && e.JID.User == bob && e.Action.GetLabeled()
	})
	s.must(s.client.SendAppState(s.ctx, waAppState.BuildLabelEdit("6", "Customer", 3, false)))
	state, err := s.control.AppState(s.ctx, alice)
	s.must(err)
	if label := state.View.Labels["6"]; label.Name != "Customer" || len(label.Chats) != 1 || label.Chats[0] != bob+"@s.whatsapp.net" {
		t.Errorf("the phone knows %+v", label)
	}
}

func TestTheAutoPhoneScansWhatItIsGiven(t *testing.T) {
	s := newStage(t)
	if _, err := s.control.ScanQR(s.ctx, "", "no code at all"); err == nil {
		t.Error("something that is not a code was scanned")
	}
	user, err := s.control.ScanQR(s.ctx, "", s.code())
	s.must(err)
	if user.Number != "15550001000" || len(user.Devices) != 1 {
		t.Errorf("linked to %+v", user)
	}
	wait(s, func(e *events.HistorySync) bool { return e.Data.GetSyncType() == waHistorySync.HistorySync_FULL })
	stats, err := s.control.Stats(s.ctx)
	if err != nil || stats.Users != 53 || stats.Groups == 0 {
		t.Errorf("stats %+v, %v", stats, err)
	}
	groups, err := s.client.GetJoinedGroups(s.ctx)
	if err != nil || len(groups) != stats.Groups {
		t.Errorf("the client is in %d groups of %d, error %v", len(groups), stats.Groups, err)
	}
}

func TestHistoryIsPushedToLinkedClients(t *testing.T) {
	s := newStage(t).link()
	s.must(s.control.SetHistory(s.ctx, control.History{User: alice, Fixture: "archive", Chats: 40, Messages: 100, Chunks: 2, Seed: 9, Push: true}))
	bootstrap := wait(s, func(e *events.HistorySync) bool {
		return e.Data.GetSyncType() == waHistorySync.HistorySync_INITIAL_BOOTSTRAP
	})
	if len(bootstrap.Data.GetConversations()) != 40 {
		t.Errorf("%d chats", len(bootstrap.Data.GetConversations()))
	}
	wait(s, func(e *events.HistorySync) bool { return e.Data.GetSyncType() == waHistorySync.HistorySync_FULL })
}

func TestDisturbances(t *testing.T) {
	s := newStage(t).link()
	mark := s.client.Events.Mark()
	s.must(s.control.Kick(s.ctx, alice))
	_, err := simclient.WaitSince[*events.Connected](s.ctx, s.client.Events, mark)
	s.must(err)

	s.must(s.control.SetFaults(s.ctx, control.Faults{
		LatencyMillis: 1,
		FailQueries:   &control.FailQueries{Namespace: "w:g2", Code: 500, Text: "internal-server-error", Times: -1},
		Media:         &control.MediaFault{Method: "POST", PathPrefix: "/mms/image", Status: 500},
	}))
	if _, err := s.client.GetJoinedGroups(s.ctx); err == nil {
		t.Error("the query was answered")
	}
	if _, err := s.client.Upload(s.ctx, []byte("x"), whatsmeow.MediaImage); err == nil {
		t.Error("the upload was accepted")
	}
	s.must(s.control.ClearFaults(s.ctx))
	_, err = s.client.GetJoinedGroups(s.ctx)
	s.must(err)

	mark = s.client.Events.Mark()
	s.must(s.control.StreamError(s.ctx, control.StreamError{User: alice, Code: 503}))
	_, err = simclient.WaitSince[*events.Disconnected](s.ctx, s.client.Events, mark)
	s.must(err)
	_, err = simclient.WaitSince[*events.Connected](s.ctx, s.client.Events, mark)
	s.must(err)
	s.must(s.control.Unlink(s.ctx, alice))
	wait[*events.LoggedOut](s, nil)
}

func TestMessagesThatCannotBeReadAtFirst(t *testing.T) {
	s := newStage(t).link()
	id, err := s.control.Send(s.ctx, control.Message{From: bob, To: alice, Text: "garbled", Garbled: true})
	s.must(err)
	wait(s, func(e *events.UndecryptableMessage) bool { return e.Info.ID == id })
	wait(s, simclient.HasText("garbled"))
	s.must(s.control.SetFaults(s.ctx, control.Faults{FailDecryption: &control.FailDecryption{User: bob, Times: 1}}))
	sent, err := s.client.SendMessage(s.ctx, types.NewJID(bob, types.DefaultUserServer), simulator.TextMessage("asked for again"))
	s.must(err)
	wait(s, func(e *events.Receipt) bool { return e.Type == types.ReceiptTypeRetry && e.MessageIDs[0] == sent.ID })
	_, err = s.control.Expect(s.ctx, bob, func(r control.Received) bool { return r.Text == "asked for again" })
	s.must(err)
}

func TestAStatusReachesAllOthers(t *testing.T) {
	s := newStage(t).link()
	id, err := s.control.Send(s.ctx, control.Message{From: bob, To: types.StatusBroadcastJID.String(), Text: "at the sea"})
	s.must(err)
	if m := wait(s, simclient.HasID(id)); m.Info.Chat != types.StatusBroadcastJID || m.Info.IsFromMe {
		t.Errorf("the client got %+v", m.Info)
	}
	got, err := s.control.Expect(s.ctx, alice, func(r control.Received) bool { return r.ID == id })
	s.must(err)
	if got.Chat != types.StatusBroadcastJID.String() || got.Text != "at the sea" {
		t.Errorf("Alice's phone got %+v", got)
	}
}

func TestPhonesRead(t *testing.T) {
	s := newStage(t).link()
	sent, err := s.client.SendMessage(s.ctx, types.NewJID(bob, types.DefaultUserServer), simulator.TextMessage("read me"))
	s.must(err)
	_, err = s.control.Expect(s.ctx, bob, func(r control.Received) bool { return r.ID == sent.ID })
	s.must(err)
	s.must(s.control.Read(s.ctx, bob, sent.ID))
	wait(s, func(e *events.Receipt) bool { return e.Type == types.ReceiptTypeRead && e.MessageIDs[0] == sent.ID })
	group, err := s.control.AddGroup(s.ctx, "Readers", alice, bob)
	s.must(err)
	for _, to := range []string{alice, group.JID} {
		id, err := s.control.Send(s.ctx, control.Message{From: bob, To: to, Text: "for you"})
		s.must(err)
		s.must(s.control.Read(s.ctx, alice, id))
		read := wait(s, func(e *events.Receipt) bool { return e.Type == types.ReceiptTypeReadSelf && e.MessageIDs[0] == id })
		if read.IsGroup != (to == group.JID) || !read.IsFromMe {
			t.Errorf("read in %s as %+v", to, read.MessageSource)
		}
	}
}

func TestMistakesAreExplained(t *testing.T) {
	s := newStage(t)
	send := func(m control.Message) error { _, err := s.control.Send(s.ctx, m); return err }
	add := func(u control.User) error { _, err := s.control.AddUser(s.ctx, u); return err }
	group := func(members ...string) error { _, err := s.control.AddGroup(s.ctx, "g", members...); return err }
	inbox := func(user string) error { _, err := s.control.Inbox(s.ctx, user, 0, 0); return err }
	for name, test := range map[string]struct {
		err    error
		status int
		text   string
	}{
		"stranger sends":    {send(control.Message{From: "1", To: bob, Text: "x"}), http.StatusNotFound, "no account 1"},
		"to a stranger":     {send(control.Message{From: bob, To: "1", Text: "x"}), http.StatusNotFound, "neither an account nor a group"},
		"to nobody":         {send(control.Message{From: bob, Text: "x"}), http.StatusBadRequest, "neither a number nor a JID"},
		"empty text":        {send(control.Message{From: bob, To: alice}), http.StatusBadRequest, "needs a text"},
		"unknown kind":      {send(control.Message{From: bob, To: alice, Kind: "smell"}), http.StatusBadRequest, "smell"},
		"letters":           {add(control.User{Number: "abc"}), http.StatusBadRequest, "digits"},
		"empty group":       {group(), http.StatusBadRequest, "members"},
		"group of stranger": {group("1"), http.StatusNotFound, "no account 1"},
		"nobody's inbox":    {inbox(""), http.StatusBadRequest, "number"},
		"nothing to change": {s.control.ChangeChat(s.ctx, control.ChatChange{User: alice, Chat: bob}), http.StatusBadRequest, "nothing"},
		"nameless label":    {s.control.ChangeLabel(s.ctx, control.LabelChange{User: alice}), http.StatusBadRequest, "needs an id"},
		"unknown fixture":   {s.control.SetHistory(s.ctx, control.History{User: alice, Fixture: "x"}), http.StatusBadRequest, "demo, archive, large"},
		"negative":          {s.control.SetHistory(s.ctx, control.History{User: alice, Fixture: "demo", Chats: -1}), http.StatusBadRequest, "negative"},
		"read nothing":      {s.control.Read(s.ctx, bob), http.StatusBadRequest, "ids"},
		"read the unknown":  {s.control.Read(s.ctx, bob, "3EB0"), http.StatusNotFound, "no message 3EB0"},
		"unlink nobody":     {s.control.Unlink(s.ctx, "1"), http.StatusNotFound, "no account 1"},
	} {
		var refusal *control.Error
		if !errors.As(test.err, &refusal) || refusal.Status != test.status || !strings.Contains(refusal.Text, test.text) {
			t.Errorf("%s: got %v, want %d with %q", name, test.err, test.status, test.text)
		}
	}
}

func TestTheInboxIsReadInParts(t *testing.T) {
	s := newStage(t)
	for _, text := range []string{"one", "two"} {
		_, err := s.control.Send(s.ctx, control.Message{From: bob, To: alice, Text: text})
		s.must(err)
	}
	all, err := s.control.Inbox(s.ctx, alice, 0, time.Second)
	if err != nil || len(all) != 2 || all[0].Text != "one" {
		t.Fatalf("inbox %+v, %v", all, err)
	}
	rest, err := s.control.Inbox(s.ctx, alice, all[0].Seq, 0)
	if err != nil || len(rest) != 1 || rest[0].Text != "two" {
		t.Errorf("the rest %+v, %v", rest, err)
	}
	if none, err := s.control.Inbox(s.ctx, alice, all[1].Seq, time.Millisecond); err != nil || len(none) != 0 {
		t.Errorf("nothing more should come: %+v, %v", none, err)
	}
}

func TestPollsAndVotes(t *testing.T) {
	s := newStage(t).link()
	poll, err := s.control.Send(s.ctx, control.Message{From: bob, To: alice, Kind: "poll", Text: "When?", Options: []string{"Monday", "Tuesday"}})
	s.must(err)
	got := wait(s, func(e *events.Message) bool { return e.Info.ID == poll })
	_, err = s.control.Vote(s.ctx, control.Vote{User: bob, Poll: poll, Options: []string{"Tuesday"}})
	s.must(err)
	vote := wait(s, func(e *events.Message) bool { return e.Message.GetPollUpdateMessage() != nil })
	decrypted, err := s.client.DecryptPollVote(s.ctx, vote)
	s.must(err)
	if want := whatsmeow.HashPollOptions([]string{"Tuesday"}); len(decrypted.GetSelectedOptions()) != 1 || string(decrypted.GetSelectedOptions()[0]) != string(want[0]) {
		t.Errorf("Bob voted for %x", decrypted.GetSelectedOptions())
	}
	own, err := s.client.BuildPollVote(s.ctx, &got.Info, []string{"Monday"})
	s.must(err)
	_, err = s.client.SendMessage(s.ctx, got.Info.Chat, own)
	s.must(err)
	seen, err := s.control.Expect(s.ctx, bob, func(r control.Received) bool { return r.Vote != nil })
	s.must(err)
	if seen.Vote.Poll != poll || seen.Vote.User != alice || len(seen.Vote.Options) != 1 || seen.Vote.Options[0] != "Monday" {
		t.Errorf("Bob's phone sees %+v", seen.Vote)
	}
	for _, wrong := range []control.Vote{{User: bob, Poll: "NONE"}, {User: "1", Poll: poll}} {
		if _, err := s.control.Vote(s.ctx, wrong); err == nil {
			t.Errorf("%+v was accepted", wrong)
		}
	}
}

func TestEventsAndAnswers(t *testing.T) {
	s := newStage(t).link()
	event, err := s.control.Send(s.ctx, control.Message{From: bob, To: alice, Kind: "event", Text: "Party"})
	s.must(err)
	if got := wait(s, func(e *events.Message) bool { return e.Info.ID == event }); got.Message.GetEventMessage().GetName() != "Party" {
		t.Errorf("arrived %v", got.Message)
	}
	_, err = s.control.Respond(s.ctx, control.Response{User: alice, Event: event, Answer: "MAYBE", Guests: 1})
	s.must(err)
	got := wait(s, func(e *events.Message) bool { return e.Message.GetEncEventResponseMessage() != nil })
	enc := got.Message.GetEncEventResponseMessage()
	got.Info.Sender = types.NewJID(alice, types.DefaultUserServer) // see User.Respond
	enc.EventCreationMessageKey.RemoteJID = proto.String(types.NewJID(bob, types.DefaultUserServer).String())
	plain, err := s.client.DangerousInternals().DecryptMsgSecret(s.ctx, got, whatsmeow.EncSecretEventResponse, enc, enc.GetEventCreationMessageKey())
	s.must(err)
	var answer waE2E.EventResponseMessage
	s.must(proto.Unmarshal(plain, &answer))
	if answer.GetResponse() != waE2E.EventResponseMessage_MAYBE || answer.GetExtraGuestCount() != 1 {
		t.Errorf("answered %v", &answer)
	}
	for _, wrong := range []control.Response{{User: bob, Event: "NONE", Answer: "GOING"}, {User: bob, Event: event, Answer: "perhaps"}} {
		if _, err := s.control.Respond(s.ctx, wrong); err == nil {
			t.Errorf("%+v was accepted", wrong)
		}
	}
}
