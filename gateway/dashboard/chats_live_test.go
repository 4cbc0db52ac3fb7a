package dashboard

import (
	"encoding/json"
	"reflect"
	"testing"

	"github.com/wasession/wasession/gateway/dashboard/chats"
	"github.com/wasession/wasession/gateway/dashboard/pod"
)

// Many events of one moment ask for each chat and message once.
func TestChatNews(t *testing.T) {
	const open = "1@c.us"
	var got chatNews
	for _, e := range []struct{ name, payload string }{
		{"message.any", `{"id":"false_1@c.us_A","from":"1@c.us"}`},
		{"message.ack", `{"id":"true_1@c.us_B","from":"1@c.us","ack":3}`},
		{"message.any", `{"id":"false_2@c.us_C","from":"2@c.us"}`},
		{"message.edited", `{"id":"false_1@c.us_X","from":"1@c.us","editedMessageId":"A"}`},
		{"message.any", `{"id":"false_1@c.us_A","from":"1@c.us"}`},
		{"message.revoked", `{"after":{"from":"1@c.us"},"revokedMessageId":"D"}`},
		{"chat.archive", `{"id":"3@c.us","archived":true}`},
		{"session.status", `{"name":"sales","status":"WORKING"}`},
		{"message.reaction", `{"from":"1@c.us","fromMe":true,"reaction":{"text":"👍","messageId":"false_1@c.us_A"}}`},
		{"message.reaction", `{"from":"2@c.us","reaction":{"text":"👍","messageId":"false_2@c.us_C"}}`},
		{"message.any", `"nonsense"`},
		{"message.any", `{"from":""}`},
	} {
		got.add(pod.Event{Name: e.name, Payload: json.RawMessage(e.payload)}, open)
	}
	want := chatNews{
		chats:     []string{"1@c.us", "2@c.us", "3@c.us"},
		messages:  []string{"false_1@c.us_A", "true_1@c.us_B", "A", "D"},
		reactions: []chats.Reaction{chats.OwnReaction("false_1@c.us_A", "👍")},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}
