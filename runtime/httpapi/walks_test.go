package httpapi

import (
	"fmt"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/wasession/wasession/runtime/chat"
)

// walkThrough reads a list to its end, page by page, with something happening
// after each page, and returns how often each chat was visited.
func (s *server) walkThrough(target string, limit int, between func(page int)) map[string]int {
	s.t.Helper()
	visits := map[string]int{}
	for page := 0; page < 1000; page++ {
		var rows []row
		s.get(fmt.Sprintf("%s&limit=%d&offset=%d", target, limit, page*limit), &rows)
		if len(rows) == 0 {
			return visits
		}
		for _, r := range rows {
			visits[r.ID]++
		}
		between(page)
	}
	s.t.Fatal("the walk has no end")
	return nil
}

func person(i int) chat.ID { return chat.ID(fmt.Sprintf("1555%07d@c.us", i)) }

// bump lifts a chat to the top, as a new message does.
func bump(i, n int) chat.Change {
	return received(text(person(i), fmt.Sprintf("B%d-%d", i, n), testNow+int64(n)))
}

func assertOnce(t *testing.T, what string, visits map[string]int, want int) {
	t.Helper()
	for id, n := range visits {
		if n != 1 {
			t.Errorf("%s: %s was visited %d times", what, id, n)
		}
	}
	if len(visits) != want {
		t.Errorf("%s: %d chats were visited, want %d", what, len(visits), want)
	}
}

func TestWalksVisitEachChatOnceWhileMessagesArrive(t *testing.T) {
	for _, target := range []string{
		"/api/default/chats?x=1", "/api/default/chats?sortOrder=asc", "/api/default/chats?sortBy=id", "/api/default/chats?sortBy=conversationTimestamp",
		"/v2/chats?instance_id=default", "/api/default/chats/overview?x=1",
	} {
		for _, limit := range []int{3, 20} {
			s := newServer(t)
			s.people(60)
			n := 0
			visits := s.walkThrough(target, limit, func(page int) {
				// Chats not visited yet, visited ones, and each end of the list.
				var changes []chat.Change
				for _, i := range []int{page % 60, 59 - page%60, 30, (page * 13) % 60} {
					n++
					changes = append(changes, bump(i, n))
				}
				s.apply(changes...)
			})
			assertOnce(t, fmt.Sprint(target, " by ", limit), visits, 60)
		}
	}
}

func TestWalkSeesChatsThatAppear(t *testing.T) {
	s := newServer(t)
	s.people(20)
	visits := s.walkThrough("/api/default/chats?x=1", 5, func(page int) {
		if page < 3 {
			s.apply(bump(100+page, page))
		}
	})
	assertOnce(t, "with three new chats", visits, 23)
}

func TestWalkSurvivesChatsThatGo(t *testing.T) {
	s := newServer(t)
	s.people(20)
	visits := s.walkThrough("/api/default/chats?x=1", 5, func(page int) {
		if page == 1 {
			s.apply(chat.ChatDeleted{Chat: person(19)}, chat.ChatDeleted{Chat: person(18)}) // visited
		}
	})
	assertOnce(t, "without two visited chats", visits, 20)
}

func TestStillWalkIsThePlainList(t *testing.T) {
	s := newServer(t)
	s.people(50)
	var whole []row
	s.get("/api/default/chats", &whole)
	var walked []row
	for offset := 0; offset < 60; offset += 10 {
		var rows []row
		s.get(fmt.Sprintf("/api/default/chats?limit=10&offset=%d", offset), &rows)
		walked = append(walked, rows...)
	}
	if fmt.Sprint(ids(walked)) != fmt.Sprint(ids(whole)) {
		t.Errorf("walked %v", ids(walked))
	}
}

// A request that is no continuation is answered by plain offset.
func TestOffsetsOutOfTheBlue(t *testing.T) {
	s := newServer(t)
	s.people(30)
	first := func(target string) string {
		var rows []row
		s.get(target, &rows)
		return rows[0].ID
	}
	if got := first("/api/default/chats?limit=5&offset=10"); got != string(person(19)) {
		t.Errorf("without a walk: %s", got)
	}
	first("/api/default/chats?limit=5")
	if got := first("/api/default/chats?limit=5&offset=20"); got != string(person(9)) {
		t.Errorf("further on: %s", got)
	}
	if got := first("/api/default/chats?limit=5&offset=5"); got != string(person(24)) {
		t.Errorf("the next page: %s", got)
	}
	if got := first("/api/default/chats?limit=5&offset=5"); got != string(person(24)) {
		t.Errorf("the same page again: %s", got)
	}
}

func TestWalksAreBoundedAndForgotten(t *testing.T) {
	s := newServer(t)
	s.people(10)
	now := time.Unix(testNow, 0)
	s.walks.now = func() time.Time { return now }
	visit := func(agent string, offset int) []chat.Chat {
		t.Helper()
		r := httptest.NewRequest("GET", "/api/default/chats", nil)
		r.Header.Set("User-Agent", agent)
		now = now.Add(time.Second)
		page, err := s.walks.page(r, chat.ChatQuery{Limit: 2, Offset: offset, SortBy: chat.SortMessageTimestamp})
		if err != nil || len(page) != 2 {
			t.Fatalf("%d chats, %v", len(page), err)
		}
		return page
	}
	for i := range 2 * maxWalks {
		visit(fmt.Sprint("client ", i), 0)
	}
	if len(s.walks.byKey) != maxWalks {
		t.Errorf("%d walks are remembered", len(s.walks.byKey))
	}
	s.apply(bump(0, 1)) // everything moves down by one
	last := fmt.Sprint("client ", 2*maxWalks-1)
	if page := visit("client 0", 2); page[0].ID != person(8) {
		t.Errorf("a walk forgotten goes on at %s", page[0].ID)
	}
	if page := visit(last, 2); page[0].ID != person(0) || page[1].ID != person(7) {
		t.Errorf("a walk remembered goes on at %s, %s", page[0].ID, page[1].ID)
	}
	now = now.Add(walkIdle + time.Second)
	if page := visit(last, 4); page[0].ID != person(6) {
		t.Errorf("an idle walk goes on at %s", page[0].ID)
	}
	if len(s.walks.byKey) >= maxWalks {
		t.Error("the idle walk is remembered")
	}
}
