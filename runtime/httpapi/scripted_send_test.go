package httpapi

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"testing"

	"github.com/wasession/wasession/runtime/chat"
)

func (s *scripted) NewMessageID() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ids++
	return fmt.Sprintf("NEW%d", s.ids)
}

func (s *scripted) Send(_ context.Context, o chat.Outgoing) (chat.Message, error) {
	m := chat.Message{Chat: o.To, Stanza: o.Stanza, FromMe: true, FromAPI: true, Ack: chat.AckServer, Type: chat.TypeText}
	if text, ok := o.Content.(chat.OutgoingText); ok {
		m.Body = text.Text
	}
	if s.send != nil {
		return s.send(o, m)
	}
	return m, s.did("send %s %+v", o.To, o.Content)
}

func (s *scripted) SendingPlan(context.Context) (chat.SendingPlan, error) {
	return chat.SendingPlan{}, s.did("plan")
}

func (s *scripted) CancelSend(_ context.Context, m chat.Message) error {
	return s.did("cancel %s", m.Stanza)
}

func (s *scripted) CancelSends(context.Context) (int, error) { return 2, s.did("cancel all") }

func (s *scripted) React(_ context.Context, m chat.Message, text string) (chat.Message, error) {
	return chat.Message{Chat: m.Chat, Stanza: "R", FromMe: true}, s.did("react %s %s", m.Stanza, text)
}

func (s *scripted) Vote(_ context.Context, poll chat.Message, options []string) (chat.Message, error) {
	return chat.Message{Chat: poll.Chat, Stanza: "V", FromMe: true}, s.did("vote %s %q", poll.Stanza, options)
}

func (s *scripted) RejectCall(_ context.Context, from chat.ID, id string) error {
	return s.did("reject %s %s", from, id)
}

func (s *scripted) Star(_ context.Context, m chat.Message, starred bool) error {
	return s.did("star %s %t", m.Stanza, starred)
}

func (s *scripted) Show(_ context.Context, id chat.ID, doing chat.Doing) error {
	return s.did("show %s %s", id, doing)
}

func (s *scripted) WatchPresence(_ context.Context, id chat.ID) error { return s.did("watch %s", id) }

func (s *scripted) Presence(_ context.Context, id chat.ID) ([]chat.PresenceChanged, error) {
	return []chat.PresenceChanged{{Chat: id, Participant: id, Presence: chat.PresenceOffline, LastSeen: 5}}, s.did("presence %s", id)
}

func (s *scripted) Presences() []chat.ChatPresence { return []chat.ChatPresence{{Chat: "1203@g.us"}} }

func (s *scripted) SetOnline(_ context.Context, online bool) error { return s.did("online %t", online) }

func (s *scripted) Lookup(_ context.Context, number string) (chat.ID, error) {
	return chat.ID(number + "@c.us"), s.did("lookup %s", number)
}

func (s *scripted) SetName(_ context.Context, name string) error  { return s.did("name %q", name) }
func (s *scripted) SetAbout(_ context.Context, text string) error { return s.did("about me %q", text) }

func (s *scripted) SetProfilePicture(_ context.Context, path string) error {
	return s.did("own picture %t", path != "")
}

func (s *scripted) About(_ context.Context, id chat.ID) (string, error) {
	return "about " + string(id), s.did("about %s", id)
}

func (s *scripted) Block(_ context.Context, id chat.ID, blocked bool) error {
	return s.did("block %s %t", id, blocked)
}

// assertNoFiles checks that nothing that was taken in is left.
func (s *server) assertNoFiles() {
	s.t.Helper()
	left, err := os.ReadDir(s.outgoing)
	if err != nil || len(left) > 0 {
		s.t.Errorf("left behind: %v, %v", left, err)
	}
}

func assertGone(t *testing.T, path string) {
	t.Helper()
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%s is still there: %v", path, err)
	}
}
