package whatsapp

import (
	"context"
	"log/slog"
	"strings"
	"testing"

	"go.mau.fi/whatsmeow/proto/waCommon"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"
	"google.golang.org/protobuf/proto"

	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/test/simulator"
)

// asked is a directory that knows nobody, and notes whom it was asked about.
type asked map[types.JID]bool

func (a asked) GetPNForLID(_ context.Context, j types.JID) (types.JID, error) {
	a[j] = true
	return types.EmptyJID, nil
}

func (a asked) GetLIDForPN(_ context.Context, j types.JID) (types.JID, error) {
	a[j] = true
	return types.EmptyJID, nil
}

// The sender of a vote or an answer chooses which author it names. The directory keeps in
// memory whom it was asked about, and the log must not show who sent what.
func TestForgedVotesAndAnswers(t *testing.T) {
	l := paired(t)
	poll, err := l.bob.Send(l.ctx, l.alice, simulator.PollMessage("When?", 1, "Monday"))
	if err != nil {
		t.Fatal(err)
	}
	l.stored(poll)
	var log strings.Builder
	account := &Account{opts: l.opts, ctx: l.ctx, log: slog.New(slog.NewTextHandler(&log, nil))}
	m, people := l.mapper(), asked{}
	m.numbers = people
	group := types.NewJID("1203", types.GroupServer)
	bob := types.MessageSource{Chat: l.bob.LID(), Sender: l.bob.LID(), SenderAlt: l.bob.PN()}
	inGroup := types.MessageSource{Chat: group, Sender: l.bob.LID(), SenderAlt: l.bob.PN(), IsGroup: true}
	for name, c := range map[string]struct {
		source types.MessageSource
		key    *waCommon.MessageKey
		cause  string
	}{
		"a stranger's":            {bob, &waCommon.MessageKey{RemoteJID: proto.String("666@lid")}, "secret"},
		"a stranger's, by number": {bob, &waCommon.MessageKey{RemoteJID: proto.String("666@s.whatsapp.net")}, "secret"},
		"a stranger's in a group": {inGroup, &waCommon.MessageKey{Participant: proto.String("666@lid")}, "secret"},
		"a very long address":     {bob, &waCommon.MessageKey{RemoteJID: proto.String(strings.Repeat("6", 1<<20) + "@lid")}, errAuthor.Error()},
		"garbage":                 {bob, &waCommon.MessageKey{FromMe: proto.Bool(true)}, "authentication failed"},
	} {
		log.Reset()
		c.key.ID = &poll
		evt := &events.Message{Info: types.MessageInfo{MessageSource: c.source, ID: "3EB0FORGED", Timestamp: at}}
		voted := account.pollVote(l.client, m, evt, &waE2E.PollUpdateMessage{
			PollCreationMessageKey: c.key, Vote: &waE2E.PollEncValue{EncPayload: make([]byte, 40), EncIV: make([]byte, nonceSize)},
		})
		answered := account.eventResponse(l.client, m, evt, &waE2E.EncEventResponseMessage{
			EventCreationMessageKey: c.key, EncPayload: make([]byte, 40), EncIV: make([]byte, nonceSize),
		})
		if len(voted) != 1 || !voted[0].(chat.PollVoted).Failed || len(answered) != 1 || !answered[0].(chat.EventResponded).Failed {
			t.Errorf("%s: %+v, %+v", name, voted, answered)
		}
		got := log.String()
		if strings.Count(got, c.cause) != 2 {
			t.Errorf("%s: the log does not name the cause %q:\n%.1000s", name, c.cause, got)
		}
		for _, address := range []string{l.bob.LID().User, l.bob.PN().User, "666", group.User} {
			if strings.Contains(got, address) {
				t.Errorf("%s: the log shows %s:\n%.1000s", name, address, got)
			}
		}
	}
	for person := range people {
		if person != l.bob.LID() && person != l.bob.PN() {
			t.Errorf("the directory was asked about %.100s", person)
		}
	}
}
