package wire

import (
	"encoding/json"
	"testing"
	"time"

	v1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/runtime/chat"
)

func ref[T any](v T) *T { return &v }

func TestEvents(t *testing.T) {
	encoder := Encoder{Raw: raw, FileURL: func(m *chat.Message) string { return "https://host/api/files/s/" + m.Stanza }}
	own := incoming()
	own.FromMe = true
	ownInGroup := own
	ownInGroup.Chat, ownInGroup.Participant = group, "49151@c.us"
	edit := incoming()
	edit.Stanza, edit.Body = "EDIT", "new"
	revocation := incoming()
	revocation.Stanza, revocation.Body = "REVOKE", ""
	reaction := incoming()
	reaction.Stanza = "REACT"
	members := []chat.Participant{{ID: bob, Role: "admin"}, {ID: lid}}

	shown := map[string]bool{}
	for name, ev := range map[string]chat.Event{
		"event-message":       {Name: chat.EventMessage, Change: chat.MessageReceived{Message: incoming()}, After: ref(incoming())},
		"event-message-media": {Name: chat.EventMessageAny, Change: chat.MessageReceived{Message: voice()}},
		"event-ack":           {Name: chat.EventMessageAck, Change: chat.AckChanged{Chat: bob, Stanzas: []string{"3EB0AAAA"}, Ack: chat.AckRead}, After: &own},
		"event-ack-group":     {Name: chat.EventMessageAckGroup, Change: chat.AckChanged{Chat: group, Participant: lid, Ack: chat.AckPlayed}, After: &ownInGroup},
		"event-reaction": {Name: chat.EventMessageReaction, Change: chat.Reacted{
			Message: reaction, Target: own.ID(), Text: "👍", Timestamp: 7}},
		"event-reaction-taken-back": {Name: chat.EventMessageReaction, Change: chat.Reacted{Message: reaction, Target: own.ID(), Timestamp: 7}},
		"event-revoked":             {Name: chat.EventMessageRevoked, Change: chat.Revoked{Message: revocation, Target: "3EB0AAAA"}, Before: ref(incoming())},
		"event-revoked-unknown":     {Name: chat.EventMessageRevoked, Change: chat.Revoked{Message: revocation, Target: "3EB0AAAA"}},
		"event-edited":              {Name: chat.EventMessageEdited, Change: chat.Edited{Message: edit, Target: "3EB0AAAA"}, After: ref(incoming())},
		"event-archive":             {Name: chat.EventChatArchive, Change: chat.Archived{Chat: bob, Archived: true, Timestamp: 9}},
		"event-archive-policy":      {Name: chat.EventChatArchive, Change: chat.Archived{Chat: bob, Archived: true, Timestamp: 9, Policy: "zombies"}},
		"event-archive-lid": {Name: chat.EventChatArchive, Change: chat.Archived{Chat: lid, Timestamp: 9},
			Chat: &chat.Chat{ID: bob}},
		"event-label": {Name: chat.EventLabelUpsert, Change: chat.LabelEdited{Label: chat.Label{ID: "6", Name: "Lead", Color: 3}}},
		"event-label-deleted": {Name: chat.EventLabelDeleted, Change: chat.LabelEdited{
			Label: chat.Label{ID: "6", Name: "Lead", Color: 20}, Deleted: true}},
		"event-labelled": {Name: chat.EventLabelChatAdded, Change: chat.ChatLabelled{Chat: bob, Label: "6", Labelled: true},
			Label: &chat.Label{ID: "6", Name: "Lead"}},
		"event-labelled-no-more": {Name: chat.EventLabelChatDeleted, Change: chat.ChatLabelled{Chat: group, Label: "6"}},
		"event-group-join": {Name: chat.EventGroupJoin, Change: chat.GroupChanged{Event: chat.EventGroupJoin, Timestamp: 3, Group: chat.Group{
			ID: group, Subject: "Friends", Description: "All", Announce: ref(true), Participants: members}}},
		"event-group-leave": {Name: chat.EventGroupLeave, Change: chat.GroupChanged{Event: chat.EventGroupLeave, Timestamp: 3, Group: chat.Group{
			ID: group, Subject: "Friends"}}},
		"event-group-participants": {Name: chat.EventGroupParticipants, Change: chat.GroupChanged{Event: chat.EventGroupParticipants, Timestamp: 3,
			Group: chat.Group{ID: group}, Action: chat.GroupRemove, Participants: []chat.ID{bob, lid}}},
		"event-group-promoted": {Name: chat.EventGroupParticipants, Change: chat.GroupChanged{Event: chat.EventGroupParticipants, Timestamp: 3,
			Group: chat.Group{ID: group}, Action: chat.GroupPromote, Participants: []chat.ID{bob}}},
		"event-status": {Name: chat.EventSessionStatus, Change: chat.StatusChanged{Session: "default", Phase: v1.PhaseWorking,
			Recent: []chat.PhaseChange{{Phase: v1.PhaseStarting, At: time.UnixMilli(1700000000000)}}}},
		"event-status-passkey": {Name: chat.EventSessionStatus, Change: chat.StatusChanged{Session: "default", Phase: v1.PhasePasskeyRequired,
			Passkey: &chat.PasskeyRequest{Challenge: []byte("sign me"), Timeout: time.Minute, RelyingParty: "whatsapp.com", Verification: "required"}}},
		"event-status-passkey-code": {Name: chat.EventSessionStatus, Change: chat.StatusChanged{Session: "default",
			Phase: v1.PhasePasskeyConfirmation, PasskeyCode: "ABCD-EFGH"}},
		"event-group-update": {Name: chat.EventGroupUpdate, Change: chat.GroupChanged{Event: chat.EventGroupUpdate, Timestamp: 3,
			Group: chat.Group{ID: group, Subject: "Old friends"}}},
		"event-group-update-settings": {Name: chat.EventGroupUpdate, Change: chat.GroupChanged{Event: chat.EventGroupUpdate, Timestamp: 3, Undescribed: true,
			Group: chat.Group{ID: group, Locked: ref(true), MembersAdd: ref(false), Approval: ref(true), Invite: "https://chat.whatsapp.com/abc"}}},
		"event-group-join-request": {Name: chat.EventGroupJoinRequest, Change: chat.JoinRequested{
			Group: group, Who: bob, Action: chat.JoinAsked, Method: "invite_link", Timestamp: 3}},
		"event-group-join-request-rejected": {Name: chat.EventGroupJoinRequest, Change: chat.JoinRequested{
			Group: group, Who: lid, Action: chat.JoinRejected, Timestamp: 3}},
		"event-presence": {Name: chat.EventPresence, Change: chat.PresenceChanged{
			Chat: bob, Participant: bob, Presence: chat.PresenceOffline, LastSeen: 1700000000}},
		"event-presence-group": {Name: chat.EventPresence, Change: chat.PresenceChanged{
			Chat: group, Participant: bob, Presence: chat.PresenceTyping}},
		"event-call-received": {Name: chat.EventCallReceived, Change: chat.Called{
			Event: chat.EventCallReceived, ID: "CALL", From: bob, Timestamp: 1700000000, IsVideo: true, Group: true,
			Data: chat.CallData{From: "9001@lid", Creator: "9001:3@lid", CreatorAlt: "11111111111@s.whatsapp.net", GroupJID: "1203@g.us", Media: "video", Type: "group"}}},
		"event-call-accepted": {Name: chat.EventCallAccepted, Change: chat.Called{
			Event: chat.EventCallAccepted, ID: "CALL", From: bob, Timestamp: 1700000000}},
		"event-call-rejected": {Name: chat.EventCallRejected, Change: chat.Called{
			Event: chat.EventCallRejected, ID: "X-2c26b46b68ffc68ff99b453c1d304134", From: bob, Timestamp: 1700000000,
			Data: chat.CallData{From: "9001@lid", Creator: "9001@lid", WireID: "a call", Platform: "iphone", Version: "2.24", Reason: "rejected_elsewhere"}}},
		"event-waiting": {Name: chat.EventMessageWaiting, Change: chat.MessageWaiting{
			ID: chat.MessageID{Chat: group, Stanza: "3EB0AAAA", Participant: bob}, Timestamp: 1700000000}},
		"event-poll-vote": {Name: chat.EventPollVote, Change: chat.PollVoted{
			Vote: chat.MessageID{Chat: bob, Stanza: "VOTE"}, Poll: chat.MessageID{Chat: bob, Stanza: "POLL", FromMe: true},
			Options: []string{"Monday"}, Timestamp: 1700000000}},
		"event-poll-vote-taken-back": {Name: chat.EventPollVote, Change: chat.PollVoted{
			Vote: chat.MessageID{Chat: bob, Stanza: "VOTE"}, Poll: chat.MessageID{Chat: bob, Stanza: "POLL", FromMe: true}, Timestamp: 1700000000}},
		"event-response": {Name: chat.EventCalendarResponse, Change: chat.EventResponded{
			Message:  chat.Message{Chat: group, Stanza: "ANSWER", Participant: bob, Timestamp: 1700000000},
			Calendar: chat.MessageID{Chat: group, Stanza: "PARTY", FromMe: true, Participant: "22222222222@c.us"},
			Answer:   chat.EventGoing, At: 1700000000123, Guests: 2}},
		"event-response-failed": {Name: chat.EventCalendarResponseFailed, Change: chat.EventResponded{Failed: true,
			Message:  chat.Message{Chat: bob, Stanza: "ANSWER", Timestamp: 1700000000},
			Calendar: chat.MessageID{Chat: bob, Stanza: "PARTY", FromMe: true}}},
		"event-poll-vote-failed": {Name: chat.EventPollVoteFailed, Change: chat.PollVoted{Failed: true,
			Vote: chat.MessageID{Chat: bob, Stanza: "VOTE"}, Poll: chat.MessageID{Chat: bob, Stanza: "POLL", FromMe: true}, Timestamp: 1700000000}},
	} {
		t.Run(name, func(t *testing.T) {
			payload, err := encoder.Payload(ev)
			if err != nil {
				t.Fatal(err)
			}
			golden(t, name, json.RawMessage(payload))
		})
		shown[ev.Name] = true
	}
	for _, name := range chat.Events() {
		if !shown[name] {
			t.Errorf("no golden file shows the event %s", name)
		}
		delete(shown, name)
	}
	for name := range shown {
		t.Errorf("the catalogue of events lacks %s", name)
	}
}

func TestEventWithoutPayloadIsAnError(t *testing.T) {
	encoder := Encoder{Raw: raw}
	for name, ev := range map[string]chat.Event{
		"a change that is no event":  {Name: "x", Change: chat.Muted{}},
		"an ack without its message": {Name: chat.EventMessageAck, Change: chat.AckChanged{}},
	} {
		if payload, err := encoder.Payload(ev); err == nil {
			t.Errorf("%s gives %s", name, payload)
		}
	}
}

// Without a base for URLs an event still says that there is media.
func TestEventMediaWithoutBase(t *testing.T) {
	payload, err := Encoder{Raw: raw}.Payload(chat.Event{Change: chat.MessageReceived{Message: voice()}})
	if err != nil {
		t.Fatal(err)
	}
	var m Message
	if err := json.Unmarshal(payload, &m); err != nil {
		t.Fatal(err)
	}
	if !m.HasMedia || m.Media == nil || m.Media.URL != nil {
		t.Errorf("media is %+v", m.Media)
	}
}

func TestEnvelope(t *testing.T) {
	e := Envelope{
		ID: "evt_01hxxxxxxxxxxxxxxxxxxxxxxx", Timestamp: 1741249702485, Event: "message", Session: "default",
		Metadata: map[string]string{"user.id": "123"}, Payload: json.RawMessage(`{"id":"x"}`), Engine: EngineName,
		Environment: Environment{Version: "1.0", Engine: EngineName, Tier: Tier, Platform: "linux/amd64"},
	}
	golden(t, "envelope-unpaired", e)
	e.Me = &Me{ID: "111@c.us", LID: ref("123@lid"), JID: ref("111:12@s.whatsapp.net"), PushName: "Bob"}
	golden(t, "envelope", e)
}
