package httpapi

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	v1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/runtime/chat"
)

type summary struct {
	ID          string
	Name        *string
	Picture     *string
	LastMessage *struct {
		ID    string
		Media any
	}
	Chat row `json:"_chat"`
}

func TestOverview(t *testing.T) {
	s := newServer(t)
	nameThree(s)
	photo := text("111@c.us", "PHOTO", testNow)
	photo.Type, photo.Media = chat.TypeImage, &chat.Media{MIMEType: "image/jpeg"}
	s.apply(received(photo))
	if err := s.store.SavePicture(t.Context(), "111@c.us", chat.Picture{URL: "https://pps/1.jpg", FetchedAt: testNow}); err != nil {
		t.Fatal(err)
	}
	var all []summary
	s.get("/api/default/chats/overview", &all)
	if len(all) != 3 || all[0].ID != "111@c.us" || *all[0].Name != "Charlie" || *all[0].Picture != "https://pps/1.jpg" ||
		all[0].LastMessage.ID != "false_111@c.us_PHOTO" || all[0].LastMessage.Media != nil || all[0].Chat.ID != "111@c.us" || all[0].Chat.UnreadCount != 2 {
		t.Errorf("overview is %+v", all)
	}
	if all[1].Picture != nil {
		t.Errorf("a picture from nowhere: %s", *all[1].Picture)
	}
	// Neither pictures nor media were asked for on the way.
	if calls := s.live.done(); calls != "" {
		t.Errorf("the overview did %s", calls)
	}
}

func TestOverviewPagesAndFilters(t *testing.T) {
	s := newServer(t)
	s.people(30)
	for query, want := range map[string]int{
		"": 20, "?limit=5": 5, "?limit=30": 30, "?limit=20&offset=20": 10, "?offset=99": 0,
		"?ids=15550000001": 1, "?ids=15550000001&ids=15550000002@c.us": 2, "?ids=15550000001%40c.us,15550000002": 2,
		"?ids=999999": 0, "?ids=15550000001&ids=15550000001": 1,
	} {
		var all []summary
		s.get("/api/default/chats/overview"+query, &all)
		if len(all) != want {
			t.Errorf("GET %s: %d rows, want %d", query, len(all), want)
		}
	}
	var many []string
	for i := range 600 {
		many = append(many, fmt.Sprintf(`"1555%07d"`, i))
	}
	for body, want := range map[string]int{
		"": 20, "{}": 20, `{"pagination":{}}`: 20, `{"pagination":{"limit":7}}`: 7, `{"pagination":{"limit":20,"offset":25}}`: 5,
		`{"filter":{"ids":["15550000003@c.us"]}}`: 1, `{"filter":{"ids":[]}}`: 20, `{"filter":null}`: 20,
		`{"pagination":{"limit":1000},"filter":{"ids":[` + strings.Join(many, ",") + `]}}`: 30,
	} {
		var all []summary
		s.expect(s.request("POST", "/api/default/chats/overview", body), 201, &all)
		if len(all) != want {
			t.Errorf("POST %.60s: %d rows, want %d", body, len(all), want)
		}
	}
}

// Pictures that a list found missing are asked for afterwards, each once.
func TestMissingPicturesComeLater(t *testing.T) {
	s := newServer(t)
	s.people(3)
	s.apply(received(chat.Message{Chat: chat.StatusBroadcast, Participant: "15550000001@c.us", Stanza: "S", Timestamp: testNow, Type: chat.TypeText}))
	fetched := make(chan chat.ID, 10)
	s.pictures.every = 0
	s.live.picture = func(id chat.ID) (chat.Picture, error) {
		p := chat.Picture{URL: "https://pps/" + id.User(), FetchedAt: testNow}
		err := s.store.SavePicture(t.Context(), id, p)
		fetched <- id
		return p, err
	}
	s.get("/api/default/chats/overview", nil)
	s.get("/api/default/chats/overview", nil)

	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { s.Run(ctx); close(ended) }()
	for range 3 {
		<-fetched
	}
	var all []summary
	s.get("/api/default/chats/overview", &all)
	for _, c := range all {
		if want := "https://pps/" + chat.ID(c.ID).User(); c.ID != "status@broadcast" && (c.Picture == nil || *c.Picture != want) {
			t.Errorf("%s has the picture %v", c.ID, c.Picture)
		}
	}
	cancel()
	<-ended
	if n := strings.Count(s.live.done(), "picture"); n != 3 {
		t.Errorf("%d pictures were asked for", n)
	}
}

func TestPicturesWaitForTheConnection(t *testing.T) {
	s := newServer(t)
	s.live.phase = v1.PhaseStarting
	if pause := s.pictures.fetch(t.Context(), "111@c.us"); pause != 0 || s.live.done() != "" {
		t.Errorf("pause %s, calls %s", pause, s.live.done())
	}
	s.live.phase, s.live.err = v1.PhaseWorking, chat.ErrRefused
	if pause := s.pictures.fetch(t.Context(), "111@c.us"); pause != pictureRest {
		t.Errorf("after a refusal the pause is %s", pause)
	}
}

// A chat whose picture is refused holds up the others once, not each time.
func TestRefusedPictureIsLeftAlone(t *testing.T) {
	s := newServer(t)
	now := time.Unix(testNow, 0)
	s.Now = func() time.Time { return now }
	s.live.err = chat.ErrRefused
	s.pictures.want("111@c.us")
	s.pictures.fetch(t.Context(), <-s.pictures.queue)
	s.pictures.want("111@c.us")
	s.pictures.want("222@c.us")
	if len(s.pictures.queue) != 1 {
		t.Errorf("%d are queued", len(s.pictures.queue))
	}
	now = now.Add(pictureRefused)
	s.pictures.want("111@c.us")
	if len(s.pictures.queue) != 2 {
		t.Errorf("after a while %d are queued", len(s.pictures.queue))
	}
}

func TestPictureQueueIsBounded(t *testing.T) {
	s := newServer(t)
	for i := range 3 * pictureQueue {
		s.pictures.want(chat.ID(fmt.Sprint(i, "@c.us")))
	}
	if len(s.pictures.queue) != pictureQueue || len(s.pictures.wanted) != pictureQueue {
		t.Errorf("%d queued, %d wanted", len(s.pictures.queue), len(s.pictures.wanted))
	}
}

func TestPicture(t *testing.T) {
	s := newServer(t)
	url := "https://pps/new.jpg"
	s.live.picture = func(chat.ID) (chat.Picture, error) { return chat.Picture{URL: url, FetchedAt: testNow}, nil }
	const target = "/api/default/chats/111@c.us/picture"
	asked := func() int { return strings.Count(s.live.done(), "picture 111@c.us") }
	save := func(p chat.Picture) {
		if err := s.store.SavePicture(t.Context(), "111@c.us", p); err != nil {
			t.Fatal(err)
		}
	}

	assertJSON(t, s.request("GET", target, ""), 200, `{"url":"https://pps/new.jpg"}`)
	save(chat.Picture{URL: "https://pps/cached.jpg", FetchedAt: testNow - 86399})
	assertJSON(t, s.request("GET", target, ""), 200, `{"url":"https://pps/cached.jpg"}`)
	if asked() != 1 {
		t.Errorf("asked %d times", asked())
	}
	assertJSON(t, s.request("GET", target+"?refresh=True", ""), 200, `{"url":"https://pps/new.jpg"}`)
	save(chat.Picture{URL: "https://pps/cached.jpg", FetchedAt: testNow - 86400})
	assertJSON(t, s.request("GET", target, ""), 200, `{"url":"https://pps/new.jpg"}`)
	if asked() != 3 {
		t.Errorf("asked %d times", asked())
	}
	url = ""
	assertJSON(t, s.request("GET", target+"?refresh=1", ""), 200, `{"url":null}`)

	// Without a connection an old picture is better than none.
	s.live.err = chat.ErrNotConnected
	assertJSON(t, s.request("GET", target, ""), 200, `{"url":"https://pps/cached.jpg"}`)
	if w := s.request("GET", target+"?refresh=true", ""); w.Code != 422 {
		t.Errorf("refresh without a connection: %d", w.Code)
	}
}
