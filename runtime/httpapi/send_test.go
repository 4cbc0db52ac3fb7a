package httpapi

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	v1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/httpapi/auth"
)

func TestSendProblems(t *testing.T) {
	s := newServer(t)
	for _, c := range []struct{ path, body, want string }{
		{"/api/sendText", `{}`, "chatId should not be empty; text should not be empty"},
		{"/api/sendText", `{"chatId":"x","text":"a"}`, `chatId "x" is neither a phone number nor a chat id`},
		{"/api/sendText", `{"chatId":"1","text":true}`, "text must be a string"},
		{"/api/sendText", `{"chatId":"1","text":"` + strings.Repeat("x", 65537) + `"}`, "text must be shorter than or equal to 65536 characters"},
		{"/api/sendText", `{"chatId":"1","text":"a","mentions":{"0":"1"}}`, "mentions must be an array"},
		{"/api/sendText", `{"chatId":"1","text":"a","mentions":["?"]}`, `each value in mentions "?" is neither a phone number nor a chat id`},
		{"/api/sendText", `{"chatId":"1","text":"a","reply_to":"a_b"}`, `reply_to "a_b" is not of the form true_<chat>_<id>`},
		{"/api/sendText", `{"chatId":"1","text":"a","id":"true_1_A"}`, "id must be an ID of letters and digits"},
		{"/api/sendText", `{"chatId":"1","text":"a","linkPreview":"yes"}`, "linkPreview must be a boolean value"},
		{"/api/sendText", `{"chatId":"1","text":"a"`, "body must be one JSON object"},
		{"/api/sendImage", `{"chatId":"1"}`, "file must have either a url or data"},
		{"/api/sendImage", `{"chatId":"1","file":{"url":"http://a","data":"QUJD"}}`, "file must have either a url or data"},
		{"/api/sendImage", `{"chatId":"1","file":"x"}`, "file must be an object"},
		{"/api/sendImage", `{"chatId":"1","file":{"data":"?"}}`, "file.data must be base64"},
		{"/api/sendImage", `{"chatId":"1","file":{"data":"` + strings.Repeat("?", 100_000) + `"}}`, "file.data must be base64"},
		{"/api/sendImage", `{"chatId":"1","file":{"data":"data:,"}}`, "file is empty"},
		{"/api/sendImage", `{"chatId":"1","file":{"data":"QUJD"},"x":"` + strings.Repeat(" ", 1000) + `"` + strings.Repeat(" ", 2<<20) + `}`, "body must not be larger than 1 MiB without the file"},
		{"/api/sendLocation", `{"chatId":"1"}`, "latitude should not be empty; longitude should not be empty"},
		{"/api/sendLocation", `{"chatId":"1","latitude":"north","longitude":2}`, "latitude must be a number"},
		{"/api/sendLocation", `{"chatId":"1","latitude":90.5,"longitude":-180.5}`, "latitude must not be greater than 90; longitude must not be less than -180"},
		{"/api/sendLocation", `{"chatId":"1","latitude":1e400,"longitude":2}`, "latitude must be a number"},
		{"/api/sendContactVcard", `{"chatId":"1"}`, "contacts should not be empty"},
		{"/api/sendContactVcard", `{"chatId":"1","contacts":[]}`, "contacts should not be empty"},
		{"/api/sendContactVcard", `{"chatId":"1","contacts":[{"fullName":"A"}]}`, "contacts.0 must have a vcard, or a fullName and a phoneNumber"},
		{"/api/sendContactVcard", `{"chatId":"1","contacts":[{"fullName":"A","phoneNumber":"1","whatsappId":"1\n2"}]}`, "contacts.0.whatsappId must be digits"},
		{"/api/sendPoll", `{"chatId":"1","poll":{"name":"q","options":["a"]}}`, "poll.options must contain 2 to 12 elements"},
		{"/api/sendPoll", `{"chatId":"1","poll":{"options":["a","b"]}}`, "poll.name should not be empty"},
		{"/api/sendPoll", `{"chatId":"1","poll":{"name":"q","options":["a","a"]}}`, "each value in poll.options must be a unique text of 1 to 100 characters"},
		{"/api/sendPoll", `{"chatId":"1","poll":{"name":"q","options":["a",""]}}`, "each value in poll.options must be a unique text of 1 to 100 characters"},
		{"/api/forwardMessage", `{"chatId":"1"}`, "messageId should not be empty"},
		{"/api/sendLinkPreview", `{"chatId":"1"}`, "url should not be empty; title should not be empty"},
		{"/api/send/link-custom-preview", `{"chatId":"1","text":"a","preview":{"url":"http://a.b","title":"t"}}`, "text must contain the url of the preview"},
		{"/api/sendSeen", `{}`, "chatId should not be empty"},
		{"/api/sendSeen", `{"chatId":"1","messageIds":["?"]}`, `each value in messageIds "?" is not a message id`},
		{"/api/default/presence", `{"presence":"asleep"}`, "presence must be one of the following values: offline, online, typing, recording, paused"},
		{"/api/contacts/block", `{}`, "contactId should not be empty"},
	} {
		w := s.request("POST", c.path, c.body)
		var got struct{ Message []string }
		s.expect(w, http.StatusBadRequest, &got)
		if problems := strings.Join(got.Message, "; "); problems != c.want {
			t.Errorf("%s %.80s gives %q, want %q", c.path, c.body, problems, c.want)
		}
	}
	if done := s.live.done(); done != "" {
		t.Errorf("something was sent: %s", done)
	}
}

func TestQueryProblemsOfPeople(t *testing.T) {
	s := newServer(t)
	for path, want := range map[string]string{
		"/api/contacts":                            "contactId should not be empty",
		"/api/contacts?contactId=?":                `contactId "?" is neither a phone number nor a chat id`,
		"/api/contacts/check-exists":               "phone should not be empty",
		"/api/contacts/check-exists?phone=abc":     "phone must be a phone number in international format, for example 12132132130",
		"/api/contacts/all?sortBy=age":             "sortBy must be one of the following values: id, name",
		"/api/default/groups?limit=-1":             "limit must not be less than 0",
		"/api/default/groups/123":                  "id must be a group ID, for example 120363000000000000@g.us",
		"/api/default/lids?offset=-1":              "offset must not be less than 0",
		"/api/default/lids/x":                      `lid "x@lid" is not a lid`,
		"/api/default/lids/pn/1@g.us":              "phoneNumber must be a phone number",
		"/api/default/webhooks/deliveries?state=x": "state must be one of the following values: pending, failed",
		"/api/sendText?phone=1":                    "text should not be empty",
		"/api/messages":                            "chatId should not be empty",
	} {
		var got struct{ Message []string }
		s.expect(s.request("GET", path, ""), http.StatusBadRequest, &got)
		if problems := strings.Join(got.Message, "; "); problems != want {
			t.Errorf("%s gives %q, want %q", path, problems, want)
		}
	}
}

// Whatever names the session, in the path, in the query or in the body, keys
// are held to it.
func TestTheSessionThatIsNamedCounts(t *testing.T) {
	s := newServer(t)
	own := auth.Key{ID: "own", Secret: "own", IsActive: true, Session: "default", Actions: map[auth.Action]bool{auth.Send: true}}
	reader := auth.Key{ID: "reader", Secret: "reader", IsActive: true, Session: "default", Actions: map[auth.Action]bool{auth.Read: true}}
	other := auth.Key{ID: "other", Secret: "other", IsActive: true, Session: "other"}
	s.keys.Replace([]auth.Key{auth.Plain(testKey), own, reader, other})
	for _, c := range []struct {
		key, method, path, body string
		status                  int
	}{
		{testKey, "POST", "/api/sendText", `{"session":"default","chatId":"1","text":"a"}`, 201},
		{testKey, "POST", "/api/sendText", `{"chatId":"1","text":"a"}`, 201},
		{testKey, "POST", "/api/sendText", `{"session":"nobody","chatId":"1","text":"a"}`, 422},
		{testKey, "POST", "/api/sendImage", `{"session":"nobody","chatId":"1","file":{"data":"QUJD"}}`, 422},
		{testKey, "GET", "/api/contacts?session=nobody&contactId=1", "", 422},
		{"own", "POST", "/api/sendText", `{"session":"default","chatId":"1","text":"a"}`, 201},
		{"own", "POST", "/api/sendText", `{"session":"other","chatId":"1","text":"a"}`, 403},
		{"own", "GET", "/api/contacts?session=default&contactId=1", "", 403},
		{"own", "POST", "/api/default/webhooks/replay", `{}`, 403},
		{"reader", "POST", "/api/sendText", `{"session":"default","chatId":"1","text":"a"}`, 403},
		{"reader", "GET", "/api/sendText?session=default&phone=1&text=a", "", 403},
		{"reader", "GET", "/api/contacts?session=default&contactId=1", "", 200},
		{"other", "POST", "/api/sendText", `{"session":"default","chatId":"1","text":"a"}`, 403},
		{"other", "POST", "/api/sendText", `{"session":"other","chatId":"1","text":"a"}`, 422},
		{"other", "POST", "/api/sendText", `{"chatId":"1","text":"a"`, 403},
		{"none", "POST", "/api/sendText", `{"session":"default","chatId":"1","text":"a"}`, 401},
	} {
		w := s.request(c.method, c.path, c.body, "X-Api-Key", c.key)
		if w.Code != c.status {
			t.Errorf("%s: %s %s %s: %d %s, want %d", c.key, c.method, c.path, c.body, w.Code, w.Body, c.status)
		}
	}
	assertJSON(t, s.request("POST", "/api/sendText", `{"session":"nobody","chatId":"1","text":"a"}`), 422,
		`{"error":"Session \"nobody\" does not exist","session":"nobody"}`)
}

func TestWhereMessagesGo(t *testing.T) {
	s := newServer(t)
	s.apply(chat.LIDMapped{LID: "77@lid", Phone: "15550000001@c.us"})
	for in, want := range map[string]string{
		"15550000001": "15550000001@c.us", "+15550000001@s.whatsapp.net": "15550000001@c.us", "120363@g.us": "120363@g.us",
		"77@lid": "15550000001@c.us", "88@lid": "88@lid",
	} {
		var to chat.ID
		s.live.send = func(o chat.Outgoing, m chat.Message) (chat.Message, error) {
			to = o.To
			return m, nil
		}
		s.expect(s.request("POST", "/api/sendText", fmt.Sprintf(`{"chatId":%q,"text":"a"}`, in)), 201, nil)
		if string(to) != want {
			t.Errorf("to %s goes to %s, want %s", in, to, want)
		}
	}
}

func TestWhatASendAnswersWhenItFails(t *testing.T) {
	s := newServer(t)
	for _, c := range []struct {
		err    error
		status int
		want   string
	}{
		{chat.ErrNotConnected, 422, `{"error":"Session status is not as expected. Try again later or restart the session","session":"default","status":"STARTING","expected":["WORKING"]}`},
		{fmt.Errorf("%w: no such number", chat.ErrRefused), 422, `{"message":"WhatsApp refused the request: no such number","error":"Unprocessable Entity","statusCode":422}`},
		{fmt.Errorf("%w: code 429", chat.Limited{Text: "Too often", Wait: 89100 * time.Millisecond}), 429, `{"message":"Too often","error":"Too Many Requests","statusCode":429}`},
		{fmt.Errorf("%w: x", chat.ErrUnanswered), 504, `{"message":"WhatsApp did not answer in time; the message may have been sent. It stays PENDING until an answer or a receipt arrives: check its ack before you send it again","error":"Gateway Timeout","statusCode":504,"id":"true_1@c.us_NEW","ack":0,"ackName":"PENDING"}`},
		{errors.New("a bug"), 500, `{"statusCode":500,"message":"Internal server error"}`},
	} {
		s.live.phase = v1.PhaseStarting
		s.live.send = func(_ chat.Outgoing, m chat.Message) (chat.Message, error) {
			m.Stanza, m.Ack = "NEW", chat.AckPending
			return m, c.err
		}
		assertJSON(t, s.request("POST", "/api/sendText", `{"chatId":"1","text":"a"}`), c.status, c.want)
	}
}

func TestFilesAreRemovedAfterwards(t *testing.T) {
	s := newServer(t)
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = w.Write([]byte("file")) }))
	defer web.Close()
	large := strings.Repeat("QUJD", 100_000)
	for _, fail := range []error{nil, chat.ErrRefused} {
		var path string
		s.live.send = func(o chat.Outgoing, m chat.Message) (chat.Message, error) {
			path = o.Content.(chat.OutgoingFile).Path
			return m, fail
		}
		for _, file := range []string{`"data":"QUJD"`, `"data":"` + large + `"`, `"url":"` + web.URL + `"`} {
			s.request("POST", "/api/sendFile", `{"chatId":"1","file":{`+file+`}}`)
			if path == "" {
				t.Fatalf("%.20s was not sent", file)
			}
			assertGone(t, path)
		}
	}
	for _, broken := range []string{
		`{"chatId":"1","file":{"data":"` + large + `"}`, `{"chatId":"?","file":{"data":"` + large + `"}}`,
		`{"session":"nobody","chatId":"1","file":{"data":"` + large + `"}}`, `{"chatId":"1","file":{"data":"` + large + `","url":"http://a"}}`,
	} {
		s.request("POST", "/api/sendFile", broken)
	}
	s.assertNoFiles()
}

func TestTypesOfFiles(t *testing.T) {
	for _, c := range []struct {
		kind               chat.MessageType
		usual, said, looks string
		want               string
	}{
		{chat.TypeImage, "image/jpeg", "image/webp", "image/png", "image/webp"},
		{chat.TypeImage, "image/jpeg", "", "image/png", "image/png"},
		{chat.TypeImage, "image/jpeg", "", "text/plain; charset=utf-8", "image/jpeg"},
		{chat.TypeImage, "image/jpeg", "not a type at all; =", "image/png", "image/png"},
		{chat.TypeDocument, "", "", "application/pdf", "application/pdf"},
		{chat.TypeVoice, "audio/ogg; codecs=opus", "", "application/ogg", "audio/ogg; codecs=opus"},
	} {
		if got := typeOf(chat.OutgoingFile{Kind: c.kind, MIMEType: c.usual}, c.said, c.looks); got != c.want {
			t.Errorf("%+v gives %s", c, got)
		}
	}
}

// endless is a body that goes on and on.
type endless struct{ read int }

func (e *endless) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = 'A'
	}
	e.read += len(b)
	return len(b), nil
}

func TestABodyWithoutEndIsCutOff(t *testing.T) {
	s := newServer(t)
	for path, want := range map[string]string{
		"/api/sendFile": "body must not be larger than 64 MiB; larger files can be given by URL",
		"/api/sendText": "body must not be larger than 1048576 bytes",
	} {
		body := &endless{}
		r := httptest.NewRequest("POST", path, io.MultiReader(strings.NewReader(`{"chatId":"1","file":{"data":"`), body))
		r.Header.Set("X-Api-Key", testKey)
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if w.Code != 400 || !strings.Contains(w.Body.String(), want) || body.read > maxFileBody+1<<20 {
			t.Errorf("%s: %d %s after %d bytes", path, w.Code, w.Body, body.read)
		}
	}
	s.assertNoFiles()
}

// Bodies with files take turns: their number at once is bounded, and who waits
// in vain gives up.
func TestFilesTakeTurns(t *testing.T) {
	s := newServer(t)
	entered, leave := make(chan struct{}, 2*mostFiles), make(chan struct{})
	s.live.send = func(_ chat.Outgoing, m chat.Message) (chat.Message, error) {
		entered <- struct{}{}
		<-leave
		return m, nil
	}
	const body = `{"chatId":"1","file":{"data":"QUJD"}}`
	done := make(chan int, 2*mostFiles)
	for range mostFiles {
		go func() { done <- s.request("POST", "/api/sendFile", body).Code }()
	}
	for range mostFiles {
		<-entered
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	r := httptest.NewRequestWithContext(ctx, "POST", "/api/sendFile", strings.NewReader(body))
	r.Header.Set("X-Api-Key", testKey)
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	if w.Code == 201 || len(entered) > 0 {
		t.Errorf("one more was taken in: %d", w.Code)
	}
	close(leave)
	for range mostFiles {
		if status := <-done; status != 201 {
			t.Errorf("status %d", status)
		}
	}
	s.expect(s.request("POST", "/api/sendFile", body), 201, nil)
}
