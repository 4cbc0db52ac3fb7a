package httpapi

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/wasession/wasession/runtime/chat"
)

type row struct {
	ID          string
	Name        *string
	Timestamp   int64
	Archived    bool
	Pinned      bool
	Muted       bool
	UnreadCount int
}

func ids(rows []row) (all []string) {
	for _, r := range rows {
		all = append(all, strings.TrimSuffix(r.ID, "@c.us"))
	}
	return all
}

// nameThree gives the store three chats whose orders by time, id and name differ.
func nameThree(s *server) {
	s.apply(
		received(text("111@c.us", "A", testNow-30)), chat.ContactNamed{ID: "111@c.us", Name: "Charlie"},
		received(text("222@c.us", "B", testNow-10)), chat.ContactNamed{ID: "222@c.us", Name: "Anna"},
		received(text("333@c.us", "C", testNow-20)), chat.ContactNamed{ID: "333@c.us", Name: "Bert"},
	)
}

func TestChatsInEveryOrder(t *testing.T) {
	s := newServer(t)
	nameThree(s)
	for query, want := range map[string]string{
		"": "222 333 111", "?sortOrder=desc": "222 333 111", "?sortOrder=asc": "111 333 222",
		"?sortBy=messageTimestamp": "222 333 111", "?sortBy=conversationTimestamp&sortOrder=asc": "111 333 222",
		"?sortBy=id": "111 222 333", "?sortBy=id&sortOrder=asc": "333 222 111",
		"?sortBy=name": "222 333 111", "?sortBy=name&sortOrder=asc": "111 333 222",
		"?limit=2": "222 333", "?limit=2&offset=2": "111", "?offset=1": "333 111", "?offset=9": "",
	} {
		var rows []row
		s.get("/api/default/chats"+query, &rows)
		if got := strings.Join(ids(rows), " "); got != want {
			t.Errorf("%s lists %s, want %s", query, got, want)
		}
	}
}

func TestChatRowTellsItsState(t *testing.T) {
	s := newServer(t)
	s.apply(received(text("111@c.us", "A", testNow-5)), chat.ContactNamed{ID: "111@c.us", Name: "Bob"},
		chat.PinnedChat{Chat: "111@c.us", At: 5}, chat.Muted{Chat: "111@c.us", Until: -1})
	assertJSON(t, s.request("GET", "/api/default/chats", ""), 200, fmt.Sprintf(
		`[{"id":"111@c.us","name":"Bob","conversationTimestamp":%d,"timestamp":%[1]d,"archived":false,"pinned":true,"muted":true,"unreadCount":1,"markedUnread":false,"labels":[]}]`, testNow-5))
	s.apply(chat.Archived{Chat: "111@c.us", Archived: true, Timestamp: testNow})
	var rows []row
	s.get("/api/default/chats", &rows)
	if !rows[0].Archived || rows[0].Pinned {
		t.Errorf("after archiving: %+v", rows[0])
	}
}

func TestWalkVisitsEachChatOnce(t *testing.T) {
	s := newServer(t)
	s.people(25)
	for _, order := range []string{"sortBy=messageTimestamp", "sortBy=id&sortOrder=asc", "sortBy=name"} {
		var seen []string
		for offset := 0; ; offset += 7 {
			var rows []row
			s.get(fmt.Sprintf("/api/default/chats?limit=7&offset=%d&%s", offset, order), &rows)
			if len(rows) == 0 {
				break
			}
			seen = append(seen, ids(rows)...)
		}
		slices.Sort(seen)
		if len(slices.Compact(seen)) != 25 {
			t.Errorf("%s visits %d chats", order, len(seen))
		}
	}
}

func TestLongListIsStreamedWhole(t *testing.T) {
	s := newServer(t)
	s.people(600)
	var rows []row
	s.get("/api/default/chats", &rows)
	if len(rows) != 600 || rows[0].ID != "15550000599@c.us" {
		t.Errorf("%d rows, the first %+v", len(rows), rows[0])
	}
}

func TestEmptyListIsAnArray(t *testing.T) {
	s := newServer(t)
	for _, target := range []string{"/api/default/chats", "/api/default/chats/overview", "/api/default/chats/111/messages", "/api/default/chats/all/messages"} {
		assertJSON(t, s.request("GET", target, ""), http.StatusOK, `[]`)
	}
}

func TestMergedAndApart(t *testing.T) {
	s := newServer(t)
	s.apply(received(text("987@lid", "L", testNow-2)), received(text("111@c.us", "P", testNow-1)), chat.LIDMapped{LID: "987@lid", Phone: "111@c.us"})
	var rows []row
	s.get("/api/default/chats", &rows)
	if len(rows) != 1 || rows[0].ID != "111@c.us" {
		t.Errorf("merged: %+v", rows)
	}
	s.get("/api/default/chats?merge=false", &rows)
	if len(rows) != 2 {
		t.Errorf("apart: %+v", rows)
	}
}

func TestChatActions(t *testing.T) {
	s := newServer(t)
	s.people(1)
	for _, c := range []struct {
		method, path string
		status       int
		want, call   string
	}{
		{"POST", "/archive", 201, `{}`, "archive 15550000000@c.us true"},
		{"POST", "/unarchive", 201, `{}`, "archive 15550000000@c.us false"},
		{"POST", "/unread", 201, `{"success":true}`, "unread 15550000000@c.us"},
		{"DELETE", "", 200, `{}`, "delete 15550000000@c.us"},
		{"DELETE", "/messages", 200, `{}`, "clear 15550000000@c.us"},
	} {
		for _, id := range []string{"15550000000", "15550000000@c.us", "15550000000%40c.us", "15550000000@s.whatsapp.net", "+15550000000"} {
			s.live.calls = nil
			assertJSON(t, s.request(c.method, "/api/default/chats/"+id+c.path, ""), c.status, c.want)
			if got := s.live.done(); got != c.call {
				t.Errorf("%s %s %s did %q, want %q", c.method, id, c.path, got, c.call)
			}
		}
		assertJSON(t, s.request(c.method, "/api/default/chats/999999@c.us"+c.path, ""), 404,
			`{"message":"Chat not found","error":"Not Found","statusCode":404}`)
	}
}
