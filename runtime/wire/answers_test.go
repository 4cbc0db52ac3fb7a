package wire

import (
	"testing"
	"time"

	v1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/runtime/chat"
)

func TestAnswers(t *testing.T) {
	up := map[string]HealthPart{"store": {Status: "up"}}
	status := ServerStatus{StartTimestamp: 1700000000000, Uptime: 60000}
	status.Worker.ID = "default"
	friends := chat.Group{
		ID: group, Subject: "Friends", Description: "All", Owner: bob, CreatedAt: 1700000000, Announce: ref(true), Locked: ref(false),
		Participants: []chat.Participant{{ID: bob, LID: lid, Role: chat.RoleSuperAdmin}, {ID: lid, LID: lid}},
	}
	post := chat.Message{Chat: "120363000000500001@newsletter", Stanza: "3EB0AAAA", Timestamp: 1700000000, Type: chat.TypeText, Body: "News", Ack: chat.AckDevice}
	for name, answer := range map[string]any{
		"pong":              Pong{Message: "pong"},
		"health":            Health{Status: "ok", Info: up, Error: map[string]HealthPart{}, Details: up},
		"server-status":     status,
		"server-version":    Environment{Version: "1.0", Engine: EngineName, Tier: Tier, Platform: "linux/amd64"},
		"count":             Count{Count: 3},
		"success":           Success{Success: true},
		"number-exists":     NumberStatus{NumberExists: true, ChatID: string(bob)},
		"number-unknown":    NumberStatus{},
		"about":             About{About: ref("Available")},
		"about-none":        About{},
		"picture":           Picture{URL: ref("https://pps.whatsapp.net/a")},
		"picture-none":      Picture{},
		"profile-picture":   ProfilePicture{URL: ref("https://pps.whatsapp.net/a")},
		"profile":           Profile{ID: string(bob), Picture: ref("https://pps.whatsapp.net/a"), Name: "Bob"},
		"profile-bare":      Profile{ID: string(bob), Name: "Bob"},
		"channel":           NewChannel(&chat.Channel{ID: "120363000000500001@newsletter", Name: "News", Description: "What is new", Invite: "0029Va4K0PZ5a245NkngBA2M", Picture: "https://mmg.whatsapp.net/p", Preview: "https://mmg.whatsapp.net/q", Role: chat.ChannelSubscriber, Verified: true, Subscribers: 36}),
		"channel-message":   NewChannelMessage(&chat.ChannelPost{Message: post, Views: 7, Reactions: map[string]int64{"👍": 2}}, raw),
		"channel-bare":      NewChannel(&chat.Channel{ID: "120363000000500001@newsletter", Role: chat.ChannelGuest}),
		"sending":           NewSending(&chat.SendingPlan{Limits: &chat.SendingLimits{PerMinute: 20, PerContactPerMinute: 6, NewContactsPerDay: 50, WarmUpUntil: time.Unix(1700000000, 0)}, PausedUntil: time.Unix(1700000060, 0), Waiting: []chat.DueMessage{{Waiting: chat.Waiting{ID: chat.MessageID{FromMe: true, Chat: bob, Stanza: "3EB0AAAA"}, QueuedAt: time.Unix(1700000000, 0), New: true, Tries: 1}, Due: time.Unix(1700000090, 0)}}}),
		"sending-unlimited": NewSending(&chat.SendingPlan{}),
		"sends-canceled":    Canceled{Canceled: 2},
		"presence-none":     NewPresences(bob, nil),
		"messages-read":     ReadMessages{IDs: []string{"false_11111111111@c.us_3EB0AAAA"}},
		"qr-image":          Base64File{MIMEType: "image/png", Data: "iVBORw0K"},
		"qr-value":          QRValue{Value: "2@abc"},
		"apps":              []App{},
		"stopping":          Stopping{Stopping: true},
		"pairing-code":      PairingCode{Code: "ABCD-EFGH"},
		"passkey-challenge": NewPasskeyChallenge(chat.PasskeyRequest{
			Challenge: []byte{0xfb, 0xff, 1}, Timeout: time.Minute, RelyingParty: "whatsapp.com", Verification: "required",
			Credentials: []chat.PasskeyCredential{{ID: []byte("key"), Type: "public-key", Transports: []string{"internal"}}},
			Extensions:  map[string]any{"uvm": true},
		}),
		"passkey-challenge-bare": NewPasskeyChallenge(chat.PasskeyRequest{Challenge: []byte("challenge")}),
		"passkey-code":           PasskeyCode{Code: "ABCD-EFGH"},
		"new-message-id":         NewMessageID{ID: "3EB0AAAA"},
		"deliveries-replayed":    Replayed{Replayed: 2},
		"archive-run-under-way":  ArchiveRun{ID: "run-1", Trigger: chat.TriggerSchedule, StartedAt: 1700000000, Candidates: 5},
		"archive-run":            ArchiveRun{ID: "run-1", Trigger: chat.TriggerRequest, StartedAt: 1700000000, FinishedAt: ref(int64(1700000060)), Result: "Succeeded", Candidates: 5, Archived: 4, Left: 1},
		"archive-plan":           ArchivePlan{Candidates: 1, Items: []PlannedChat{{ID: bob, Name: "Bob", Action: "archive", Policy: "zombies", LastActivity: ref(int64(1700000000)), InactiveDays: ref(int64(90))}}, UnknownGroups: []chat.ID{group}},
		"error":                  Failure{Message: "Message not found", Error: "Not Found", StatusCode: 404},
		"error-input":            Failure{Message: []string{"text should not be empty"}, Error: "Bad Request", StatusCode: 400},
		"error-unexpected":       Unexpected{StatusCode: 500, Message: "Internal server error"},
		"error-unknown-session":  UnknownSession{Error: `Session "x" does not exist`, Session: "x"},
		"error-wrong-status":     WrongStatus{Error: "Session status is not as expected", Session: "default", Status: v1.PhaseScanQRCode, Expected: []v1.Phase{v1.PhaseWorking}},
		"error-unanswered":       Unanswered{Failure: Failure{Message: "no answer", Error: "Gateway Timeout", StatusCode: 504}, ID: "true_11111111111@c.us_3EB0AAAA", Ack: ref(0), AckName: "PENDING"},
		"group":                  NewGroupDetails(&friends, true),
		"group-bare":             NewGroupDetails(&chat.Group{ID: group}, false),
		"group-members":          NewMembers(&friends),
		"wawp-done":              WawpDone{Success: true, Message: "Chat archived"},
	} {
		t.Run(name, func(t *testing.T) { golden(t, name, answer) })
	}
}
