package session

import (
	"reflect"
	"testing"

	v1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/runtime/chat"
)

func TestWhichChatsAreIgnored(t *testing.T) {
	chats := map[string]chat.ID{
		"person": "15550001111@c.us", "group": "1203@g.us", "channel": "1204@newsletter", "list": "1205@broadcast", "status": "status@broadcast",
	}
	for kind, want := range map[v1.IgnoredChats][]string{
		v1.IgnoreStatus: {"status"}, v1.IgnoreGroups: {"group"}, v1.IgnoreChannels: {"channel"}, v1.IgnoreBroadcasts: {"list", "status"},
	} {
		ignored := map[string]bool{}
		for _, name := range want {
			ignored[name] = true
		}
		for name, id := range chats {
			if got := ignores([]v1.IgnoredChats{kind}, id); got != ignored[name] {
				t.Errorf("%s ignores a %s: %v", kind, name, got)
			}
			if ignores(nil, id) {
				t.Errorf("a %s is ignored without being asked for", name)
			}
		}
	}
}

func TestChangesOfIgnoredChatsAreLeftOut(t *testing.T) {
	const person, group chat.ID = "15550001111@c.us", "1203@g.us"
	named := chat.ContactNamed{ID: person, Name: "Ada"}
	roster := chat.GroupChanged{Group: chat.Group{ID: group, Subject: "Lunch"}, Event: chat.EventGroupUpdate}
	silent := roster
	silent.Event = ""
	direct := chat.MessageReceived{Message: chat.Message{Chat: person}}
	got := heeded([]v1.IgnoredChats{v1.IgnoreGroups}, []chat.Change{
		named, chat.MessageReceived{Message: chat.Message{Chat: group}}, direct, roster, chat.Muted{Chat: group, Until: -1},
	})
	if want := []chat.Change{named, direct, silent}; !reflect.DeepEqual(got, want) {
		t.Errorf("left are %+v", got)
	}
}
