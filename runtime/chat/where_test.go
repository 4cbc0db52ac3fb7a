package chat

import (
	"reflect"
	"testing"
)

// Every change that has a chat is found to be about it, and no other.
func TestChatOf(t *testing.T) {
	const here ID = "15550001111@c.us"
	found := 0
	for _, c := range []Change{
		MessageReceived{}, AckChanged{}, SelfRead{}, Reacted{}, Edited{}, Revoked{}, DeletedForMe{}, PinnedMessage{}, Starred{},
		Archived{}, UnarchiveChats{}, PinnedChat{}, Muted{}, MarkedUnread{}, ChatDeleted{}, ChatCleared{}, LIDMapped{}, ContactNamed{},
		LabelEdited{}, ChatLabelled{}, GroupChanged{}, HistoryAnnounced{}, StatusChanged{}, PresenceChanged{}, Called{}, MessageWaiting{}, PollVoted{}, EventResponded{}, JoinRequested{}, GroupsRead{}, ChannelSeen{},
	} {
		change := reflect.New(reflect.TypeOf(c)).Elem()
		has := false
		for _, path := range [][]string{{"Chat"}, {"Message", "Chat"}, {"Group"}, {"Group", "ID"}, {"Poll", "Chat"}, {"ID", "Chat"}} {
			field := change
			for _, name := range path {
				if field.Kind() != reflect.Struct {
					field = reflect.Value{}
					break
				}
				if field = field.FieldByName(name); !field.IsValid() {
					break
				}
			}
			if field.IsValid() && field.Type() == reflect.TypeFor[ID]() {
				field.SetString(string(here))
				has = true
			}
		}
		want := ID("")
		if has {
			want = here
			found++
		}
		if got := ChatOf(change.Interface().(Change)); got != want {
			t.Errorf("%T is about %q, want %q", c, got, want)
		}
	}
	if found < 15 {
		t.Errorf("only %d changes have a chat", found)
	}
}
