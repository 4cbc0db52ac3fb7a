package simulator_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/proto/waHistorySync"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"

	"github.com/wasession/wasession/test/simulator"
	"github.com/wasession/wasession/test/simulator/history"
	"github.com/wasession/wasession/test/simulator/media"
	"github.com/wasession/wasession/test/simulator/simclient"
)

// bobsChat returns a chat with Bob of n messages, M0 being the oldest.
func (s *stage) bobsChat(n int) history.Chat {
	now := time.Now().Truncate(time.Second)
	chat := history.Chat{
		ID: s.bob.LID(), Alternative: s.bob.PN(), Name: "Bob Builder", LastActivity: now, Archived: true, Unread: 1,
	}
	for i := range n {
		chat.Messages = append(chat.Messages, history.Message{
			ID: fmt.Sprintf("M%d", i), At: now.Add(time.Duration(i-n+1) * time.Minute), FromMe: i%2 == 1,
			Status: history.Read, Body: history.Text(fmt.Sprintf("message %d", i)),
		})
	}
	return chat
}

func ofType(kind waHistorySync.HistorySync_HistorySyncType) func(*events.HistorySync) bool {
	return func(e *events.HistorySync) bool { return e.Data.GetSyncType() == kind }
}

func TestANewCompanionGetsTheHistory(t *testing.T) {
	s := newStage(t, nil)
	s.must(s.alice.SetHistory(s.ctx, history.Chats{
		Chats: []history.Chat{s.bobsChat(3)}, Settings: &history.Settings{LIDMigration: time.Now()},
	}))
	s.link()
	event := wait(s, s.client, ofType(waHistorySync.HistorySync_INITIAL_BOOTSTRAP))
	chats := event.Data.GetConversations()
	if len(chats) != 1 || chats[0].GetID() != s.bob.LID().String() || !chats[0].GetArchived() || len(chats[0].GetMessages()) != 3 {
		t.Fatalf("the client got %v", chats)
	}
	message, err := s.client.ParseWebMessage(s.bob.LID(), chats[0].GetMessages()[0].GetMessage())
	s.must(err)
	if message.Info.ID != "M2" || message.Message.GetConversation() != "message 2" || message.Info.Sender != s.bob.LID() {
		t.Errorf("the newest message is %+v", message.Info)
	}
	s.awaitLID(s.bob.PN(), s.bob.LID())
	if !s.alice.ChatState(s.bob.PN()).Archived {
		t.Error("the chat is archived in the history and not in the app state")
	}
	_, err = s.alice.Expect(s.ctx, func(r simulator.Received) bool { return r.State == string(types.ReceiptTypeHistorySync) })
	s.must(err)
}

// awaitStored waits until the client has stored something: it stores names and
// LIDs on another goroutine, after its events.
func (s *stage) awaitStored(what string, stored func() bool) {
	s.t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !stored() {
		select {
		case <-tick.C:
		case <-s.ctx.Done():
			s.t.Fatalf("the client does not know %s", what)
		}
	}
}

// awaitLID waits until the client knows the number of a LID.
func (s *stage) awaitLID(pn, lid types.JID) {
	s.t.Helper()
	s.awaitStored("the LID of "+pn.String(), func() bool {
		known, err := s.client.Store.LIDs.GetLIDForPN(s.ctx, pn)
		return err == nil && known == lid
	})
}

func TestTheClientDeletesImportedHistory(t *testing.T) {
	s := newStage(t, nil)
	s.must(s.alice.SetHistory(s.ctx, history.Chats{Chats: []history.Chat{s.bobsChat(3)}}))
	s.link()
	event := wait(s, s.client, ofType(waHistorySync.HistorySync_INITIAL_BOOTSTRAP))
	s.must(s.srv.Media().Store.Await(s.ctx, func(stats media.Stats) bool { return stats.Deletes == 1 }))
	if _, err := s.srv.Media().Store.Get(event.Notification.GetDirectPath()); err == nil {
		t.Error("the history is still there")
	}
}

func TestADemoAccountArrivesWhole(t *testing.T) {
	s := newStage(t, nil)
	spec := history.DemoSpec(time.Now())
	spec.OwnPN, spec.OwnLID = s.alice.PN(), s.alice.LID()
	account := history.NewAccount(spec)
	s.must(s.alice.SetHistory(s.ctx, account))
	s.link()
	wait(s, s.client, ofType(waHistorySync.HistorySync_FULL))
	chats, messages := make(map[string]bool), 0
	for _, event := range s.client.Events.All() {
		sync, ok := event.(*events.HistorySync)
		if !ok {
			continue
		}
		for _, chat := range sync.Data.GetConversations() {
			chats[chat.GetID()] = true
			messages += len(chat.GetMessages())
		}
	}
	if len(chats) != 50 || messages != 3_000 {
		t.Errorf("%d chats, %d messages", len(chats), messages)
	}
	person := account.Person(0)
	s.awaitStored("the name of "+person.PN.String(), func() bool {
		contact, err := s.client.Store.Contacts.GetContact(s.ctx, person.PN)
		return err == nil && contact.Found
	})
	s.awaitLID(person.PN, person.LID)
}

func TestHistoryIsDownloadedByHand(t *testing.T) {
	s := newStage(t, func(c *whatsmeow.Client) { c.ManualHistorySyncDownload = true })
	s.must(s.alice.SetHistory(s.ctx, history.Chats{Chats: []history.Chat{s.bobsChat(5)}}))
	s.link()
	event := wait(s, s.client, func(e *events.Message) bool {
		return e.Message.GetProtocolMessage().GetHistorySyncNotification() != nil
	})
	notification := event.Message.GetProtocolMessage().GetHistorySyncNotification()
	data, err := s.client.DownloadHistorySync(s.ctx, notification, true)
	s.must(err)
	if len(data.GetConversations()) != 1 || len(data.GetConversations()[0].GetMessages()) != 5 {
		t.Errorf("downloaded %v", data)
	}
	if simclient.Count[*events.HistorySync](s.client.Events) != 0 {
		t.Error("the client downloaded without a request")
	}
}

func TestSmallHistoryTravelsInline(t *testing.T) {
	s := newStage(t, nil).link()
	s.must(s.comp.SendInlineHistory(s.ctx, history.Chunk{
		Type: history.Bootstrap, Order: 1, Progress: 100, Chats: []history.Chat{s.bobsChat(2)},
	}))
	event := wait(s, s.client, ofType(waHistorySync.HistorySync_INITIAL_BOOTSTRAP))
	if event.Notification.DirectPath != nil || len(event.Data.GetConversations()[0].GetMessages()) != 2 {
		t.Errorf("got %v", event.Notification)
	}
	if s.srv.Media().Store.Stats().Downloads != 0 {
		t.Error("the client downloaded what it had")
	}
}

func TestAllTypesOfChunksArrive(t *testing.T) {
	s := newStage(t, nil).link()
	for i, kind := range []history.Type{history.Bootstrap, history.Recent, history.Full, history.OnDemand} {
		s.must(s.alice.SendHistory(s.ctx, history.Chunk{Type: kind, Order: uint32(i + 1), Chats: []history.Chat{s.bobsChat(1)}}))
	}
	s.must(s.alice.SendHistory(s.ctx, history.Chunk{
		Type: history.PushNames, Names: map[string]string{s.bob.PN().String(): "Bobby"},
	}))
	for _, kind := range []waHistorySync.HistorySync_HistorySyncType{
		waHistorySync.HistorySync_INITIAL_BOOTSTRAP, waHistorySync.HistorySync_RECENT, waHistorySync.HistorySync_FULL,
		waHistorySync.HistorySync_ON_DEMAND, waHistorySync.HistorySync_PUSH_NAME,
	} {
		wait(s, s.client, ofType(kind))
	}
}

func TestOlderMessagesComeOnDemand(t *testing.T) {
	s := newStage(t, nil)
	s.must(s.alice.SetHistory(s.ctx, history.Chats{Newest: 5, Chats: []history.Chat{s.bobsChat(100)}}))
	s.link()
	first := wait(s, s.client, ofType(waHistorySync.HistorySync_INITIAL_BOOTSTRAP)).Data.GetConversations()[0]
	oldest := first.GetMessages()[4].GetMessage()
	if oldest.GetKey().GetID() != "M95" {
		t.Fatalf("the oldest message of the bootstrap is %s", oldest.GetKey().GetID())
	}
	request := s.client.BuildHistorySyncRequest(&types.MessageInfo{
		MessageSource: types.MessageSource{Chat: s.bob.PN()}, // not the address that the phone uses
		ID:            oldest.GetKey().GetID(), Timestamp: time.Unix(int64(oldest.GetMessageTimestamp()), 0),
	}, 50)
	sent, err := s.client.SendPeerMessage(s.ctx, request)
	s.must(err)
	answer := wait(s, s.client, ofType(waHistorySync.HistorySync_ON_DEMAND))
	chat := answer.Data.GetConversations()[0]
	if got := chat.GetMessages(); len(got) != 50 || got[0].GetMessage().GetKey().GetID() != "M94" || got[49].GetMessage().GetKey().GetID() != "M45" {
		t.Errorf("%d older messages: %v ...", len(got), got[0])
	}
	if answer.Notification.GetPeerDataRequestSessionID() != sent.ID {
		t.Errorf("the answer is for request %s, not %s", answer.Notification.GetPeerDataRequestSessionID(), sent.ID)
	}
}

func TestLostHistoryIsUploadedAgain(t *testing.T) {
	s := newStage(t, func(c *whatsmeow.Client) { c.ManualHistorySyncDownload = true })
	s.must(s.alice.SetHistory(s.ctx, history.Chats{Chats: []history.Chat{s.bobsChat(5)}}))
	s.link()
	isNotification := func(e *events.Message) bool {
		return e.Message.GetProtocolMessage().GetHistorySyncNotification() != nil
	}
	event := wait(s, s.client, isNotification)
	lost := event.Message.GetProtocolMessage().GetHistorySyncNotification()
	s.srv.Media().Store.Expire(lost.GetDirectPath())
	if _, err := s.client.DownloadHistorySync(s.ctx, lost, true); err == nil {
		t.Fatal("an expired file was downloaded")
	}
	s.must(s.client.SendHistorySyncServerErrorReceipt(s.ctx, event.Info.ID, lost.GetMediaKey()))
	again := wait(s, s.client, func(e *events.Message) bool { return isNotification(e) && e.Info.ID != event.Info.ID })
	renewed := again.Message.GetProtocolMessage().GetHistorySyncNotification()
	if renewed.GetOriginalMessageID() != event.Info.ID {
		t.Errorf("the new notification names %q as the original", renewed.GetOriginalMessageID())
	}
	data, err := s.client.DownloadHistorySync(s.ctx, renewed, true)
	if err != nil || len(data.GetConversations()) != 1 {
		t.Errorf("downloaded %v, %v", data, err)
	}
}

func TestHistorySurvivesAFailingMediaService(t *testing.T) {
	s := newStage(t, nil)
	s.srv.Media().Faults.Add(media.Fault{
		Method: http.MethodGet, PathPrefix: "/v/md-msg-hist", Status: http.StatusServiceUnavailable, Times: 1,
	})
	s.must(s.alice.SetHistory(s.ctx, history.Chats{Chats: []history.Chat{s.bobsChat(1)}}))
	s.link()
	wait(s, s.client, ofType(waHistorySync.HistorySync_INITIAL_BOOTSTRAP))
}

func TestAnExplicitCompanionOnlyGetsItsOwnHistory(t *testing.T) {
	s := newStage(t, nil).link()
	second := s.newClient(nil)
	comp := s.linkAs(second)
	s.must(comp.SendHistory(s.ctx, history.Chunk{Type: history.Recent, Chats: []history.Chat{s.bobsChat(1)}}))
	wait(s, second, ofType(waHistorySync.HistorySync_RECENT))
	s.must(s.alice.PushPin(s.ctx, s.bob.PN(), true))
	wait(s, s.client, func(e *events.Pin) bool { return e.Action.GetPinned() })
	if simclient.Count[*events.HistorySync](s.client.Events) != 0 {
		t.Error("the other companion got the history too")
	}
}
