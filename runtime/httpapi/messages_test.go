package httpapi

import (
	"fmt"
	"strings"
	"testing"

	"github.com/wasession/wasession/runtime/chat"
)

type message struct {
	ID, Body, From string
	HasMedia       bool
	Media          *struct {
		URL      *string
		MIMEType string
		Error    *struct{ Message string }
	}
}

func stanzas(all []message) string {
	var names []string
	for _, m := range all {
		names = append(names, strings.Split(m.ID, "_")[2])
	}
	return strings.Join(names, " ")
}

// conversation gives the store a chat of ten messages, T0 the oldest: even ones
// are own, with every ack, and two messages in another chat.
func conversation(s *server) {
	acks := []chat.Ack{chat.AckServer, chat.AckDevice, chat.AckRead, chat.AckPlayed, chat.AckError}
	var changes []chat.Change
	for i := range 10 {
		m := text("111@c.us", fmt.Sprint("T", i), int64(1000+i))
		if m.FromMe = i%2 == 0; m.FromMe {
			m.Ack = acks[i/2]
		}
		changes = append(changes, received(m))
	}
	s.apply(append(changes, received(text("222@c.us", "X0", 1002)), received(text("222@c.us", "X1", 2000)))...)
}

func TestMessagesWithEveryFilter(t *testing.T) {
	s := newServer(t)
	conversation(s)
	for query, want := range map[string]string{
		"":                       "T9 T8 T7 T6 T5 T4 T3 T2 T1 T0",
		"?limit=3":               "T9 T8 T7",
		"?limit=3&offset=8":      "T1 T0",
		"?offset=10":             "",
		"?sortOrder=asc&limit=2": "T0 T1",
		"?sortBy=timestamp&sortOrder=desc&limit=1":                    "T9",
		"?sortBy=messageTimestamp&limit=1":                            "T9",
		"?filter.timestamp.gte=1008":                                  "T9 T8",
		"?filter.timestamp.lte=1001":                                  "T1 T0",
		"?filter.timestamp.gte=1003&filter.timestamp.lte=1004":        "T4 T3",
		"?filter.timestamp.gte=1004&filter.timestamp.lte=1003":        "",
		"?filter.fromMe=true":                                         "T8 T6 T4 T2 T0",
		"?filter.fromMe=0":                                            "T9 T7 T5 T3 T1",
		"?filter.ack=READ":                                            "T4",
		"?filter.ack=ERROR":                                           "T8",
		"?filter.ack=PENDING":                                         "",
		"?filter.fromMe=true&filter.ack=DEVICE":                       "T2",
		"?filter.fromMe=false&limit=2&offset=2":                       "T5 T3",
		"?filter.fromMe=false&filter.timestamp.lte=1005&limit=2":      "T5 T3",
		"?filter.fromMe=True&sortOrder=asc&filter.timestamp.gte=1001": "T2 T4 T6 T8",
		"?filter.text=BODY&limit=2&offset=1":                          "T8 T7",
		"?filter.text=of+t4":                                          "T4",
		"?filter.text=of+t4&filter.fromMe=false":                      "",
		"?filter.text=%25":                                            "",
		"?filter.text=":                                               "T9 T8 T7 T6 T5 T4 T3 T2 T1 T0",
	} {
		var all []message
		s.get("/api/default/chats/111@c.us/messages"+query, &all)
		if got := stanzas(all); got != want {
			t.Errorf("%s gives %s, want %s", query, got, want)
		}
	}
	var all []message
	s.get("/api/default/chats/all/messages?limit=3", &all)
	if got := stanzas(all); got != "X1 T9 T8" {
		t.Errorf("all: %s", got)
	}
	s.get("/api/default/chats/all/messages?filter.timestamp.lte=1002&filter.fromMe=false", &all)
	if got := stanzas(all); got != "X0 T1" {
		t.Errorf("all, filtered: %s", got)
	}
}

func TestMessageByID(t *testing.T) {
	s := newServer(t)
	conversation(s)
	inGroup := text("1203@g.us", "G1", 50)
	inGroup.Participant = "111@c.us"
	s.apply(received(inGroup))
	const c = "/api/default/chats/"
	for target, want := range map[string]string{
		c + "111@c.us/messages/true_111@c.us_T0":             "true_111@c.us_T0",
		c + "111%40c.us/messages/true_111%40c.us_T0":         "true_111@c.us_T0",
		c + "111/messages/true_111@s.whatsapp.net_T0":        "true_111@c.us_T0",
		c + "111/messages/T0":                                "true_111@c.us_T0",
		c + "1203@g.us/messages/false_1203@g.us_G1_111@c.us": "false_1203@g.us_G1_111@c.us",
		c + "1203@g.us/messages/G1":                          "false_1203@g.us_G1_111@c.us",
		c + "111/messages/T0?downloadMedia=false":            "true_111@c.us_T0",
	} {
		var m message
		s.get(target, &m)
		if m.ID != want {
			t.Errorf("%s is %s", target, m.ID)
		}
	}
	for _, target := range []string{
		c + "111/messages/NONE", c + "222/messages/T0", c + "111/messages/false_111@c.us_T0", c + "222/messages/true_111@c.us_T0",
		c + "111/messages/true_222@c.us_T0", c + "999/messages/true_999@c.us_T0",
	} {
		assertJSON(t, s.request("GET", target, ""), 404, `{"message":"Message not found","error":"Not Found","statusCode":404}`)
	}
}

func TestMessagesOfALID(t *testing.T) {
	s := newServer(t)
	s.apply(received(text("987@lid", "L", 1)), chat.LIDMapped{LID: "987@lid", Phone: "111@c.us"}, received(text("111@c.us", "P", 2)))
	for _, id := range []string{"111@c.us", "987@lid"} {
		var all []message
		s.get("/api/default/chats/"+id+"/messages", &all)
		if stanzas(all) != "P L" || all[1].From != "111@c.us" {
			t.Errorf("%s: %+v", id, all)
		}
		var m message
		s.get("/api/default/chats/"+id+"/messages/L", &m)
		if m.ID != "false_111@c.us_L" {
			t.Errorf("%s: %s", id, m.ID)
		}
	}
	var all []message
	s.get("/api/default/chats/987@lid/messages?merge=false", &all)
	if stanzas(all) != "L" || all[0].ID != "false_987@lid_L" || all[0].From != "987@lid" {
		t.Errorf("apart: %+v", all)
	}
}
