package httpapi

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"image"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	v1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/runtime/archive"
	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/convert"
	"github.com/wasession/wasession/runtime/egress/egresstest"
	"github.com/wasession/wasession/runtime/httpapi/auth"
	"github.com/wasession/wasession/runtime/intake"
	"github.com/wasession/wasession/runtime/linkpreview"
	"github.com/wasession/wasession/runtime/media"
	"github.com/wasession/wasession/runtime/store"
)

const (
	testKey = "K-3f1c9d"
	testNow = 1_700_000_000
)

// server is the API over a real store, with a scripted session in the place of
// WhatsApp. What goes through WhatsApp is tested in test/api.
type server struct {
	*API
	t     *testing.T
	store *store.Store
	live  *scripted
	keys  *auth.Keyring
	log   *bytes.Buffer
	cfg   v1.Config
	// outgoing is where files to be sent are.
	outgoing string
}

func newServer(t testing.TB) *server {
	t.Helper()
	st, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "chats.db"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	s := &server{store: st, live: &scripted{phase: v1.PhaseWorking}, keys: auth.NewKeyring(auth.Plain(testKey)), log: &bytes.Buffer{}}
	s.t, _ = t.(*testing.T)
	files, err := media.Open(media.Options{
		Dir: t.TempDir(), Session: "default", Index: st,
		Config: func() v1.Media { return s.cfg.Media }, Fetch: s.live.Download,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(files.Close)
	s.outgoing = t.TempDir()
	in, err := intake.Open(intake.Options{Dir: s.outgoing, Egress: egresstest.Loopback(t).Callers()})
	if err != nil {
		t.Fatal(err)
	}
	s.API = New(Options{
		Intake: in, Converter: convert.New(convert.Options{}), Previews: linkpreview.New(egresstest.Loopback(t).Callers(), func(image.Image) []byte { return []byte("small") }),
		Journal: st, Outbox: st,
		Session: "default", Reader: st, Live: s.live, Raw: func(m chat.Message) any { return map[string]any{"Info": m.Stanza} }, AutoArchive: noPolicies{}, Access: auth.Access{Keys: s.keys}, Files: files, Version: "1.2.3",
		Config: func() v1.Config { return s.cfg }, Stop: func() { _ = s.live.did("stop the process") },
		Log: slog.New(slog.NewTextHandler(s.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Now: func() time.Time { return time.Unix(testNow, 0) },
	})
	return s
}

// apply writes changes to the store.
func (s *server) apply(changes ...chat.Change) {
	s.t.Helper()
	if err := s.store.Apply(s.t.Context(), changes...); err != nil {
		s.t.Fatal(err)
	}
}

// request sends a request with the key, and headers in pairs.
func (s *server) request(method, target, body string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	r.Header.Set("X-Api-Key", testKey)
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

// get is the JSON of a successful GET.
func (s *server) get(target string, into any) {
	s.t.Helper()
	s.expect(s.request("GET", target, ""), http.StatusOK, into)
}

// expect checks a status and reads the answer.
func (s *server) expect(w *httptest.ResponseRecorder, status int, into any) {
	s.t.Helper()
	if w.Code != status {
		s.t.Fatalf("status %d, want %d: %s", w.Code, status, w.Body)
	}
	if into == nil {
		return
	}
	if err := json.Unmarshal(w.Body.Bytes(), into); err != nil {
		s.t.Fatalf("%v: %s", err, w.Body)
	}
}

// assertJSON compares an answer with the JSON wanted, member by member.
func assertJSON(t *testing.T, w *httptest.ResponseRecorder, status int, want string) {
	t.Helper()
	if w.Code != status {
		t.Errorf("status %d, want %d: %s", w.Code, status, w.Body)
	}
	if got := w.Header().Get("Content-Type"); got != "application/json; charset=utf-8" {
		t.Errorf("content type %q", got)
	}
	if canonical(t, w.Body.Bytes()) != canonical(t, []byte(want)) {
		t.Errorf("answer %s\nwant   %s", w.Body, want)
	}
}

func canonical(t *testing.T, b []byte) string {
	t.Helper()
	var v any
	if err := json.Unmarshal(b, &v); err != nil {
		t.Fatalf("%v: %s", err, b)
	}
	out, _ := json.Marshal(v)
	return string(out)
}

func text(id chat.ID, stanza string, at int64) chat.Message {
	return chat.Message{
		Chat: id, Arrived: id, Stanza: stanza, Timestamp: at, Ack: chat.AckDevice, Type: chat.TypeText, Body: "body of " + stanza,
	}
}

func received(m chat.Message) chat.MessageReceived { return chat.MessageReceived{Message: m} }

// people gives the store a number of chats with a message each, the newest last.
func (s *server) people(n int) {
	var changes []chat.Change
	for i := range n {
		id := chat.ID(fmt.Sprintf("1555%07d@c.us", i))
		changes = append(changes, received(text(id, fmt.Sprint("M", i), testNow-1000+int64(i))))
	}
	s.apply(changes...)
}

// noPolicies is the archive engine of a session without policies.
type noPolicies struct{}

func (noPolicies) Request(context.Context, string, bool) (chat.ArchiveRun, error) {
	return chat.ArchiveRun{}, chat.ErrNoPolicies
}
func (noPolicies) Plan(context.Context) (archive.Plan, error)           { return archive.Plan{}, nil }
func (noPolicies) Runs(context.Context, int) ([]chat.ArchiveRun, error) { return nil, nil }

// scripted is a session that does what a test says and remembers its calls.
type scripted struct {
	passkey chat.PasskeyRequest
	mu      sync.Mutex
	phase   v1.Phase
	status  v1.Status
	calls   []string
	told    int // how many of them last has returned
	// err is what every call that needs WhatsApp answers.
	err      error
	code     string
	picture  func(id chat.ID) (chat.Picture, error)
	download func(m chat.Message, w io.Writer) error
	// send is what Send does; ids counts those given out.
	send func(o chat.Outgoing, m chat.Message) (chat.Message, error)
	ids  int
}

func (s *scripted) did(format string, args ...any) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls = append(s.calls, fmt.Sprintf(format, args...))
	return s.err
}

func (s *scripted) done() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.Join(s.calls, "\n")
}

// last is what was done last; empty if nothing was since it was asked before.
func (s *scripted) last() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.calls) == s.told {
		return ""
	}
	s.told = len(s.calls)
	return s.calls[s.told-1]
}

func (s *scripted) Status() v1.Status {
	st := s.status
	st.Session, st.Phase = "default", s.phase
	return st
}

func (s *scripted) Statuses() []chat.PhaseChange { return nil }
func (s *scripted) Watch() <-chan struct{}       { return nil }
func (s *scripted) Start(context.Context) error  { return s.did("start") }
func (s *scripted) Stop(context.Context) error   { return s.did("stop") }
func (s *scripted) Logout(context.Context) error { return s.did("logout") }

func (s *scripted) Restart(context.Context) error { return s.did("restart") }

// codeUntil is when the scripted QR code is renewed.
var codeUntil = time.Date(2026, 3, 1, 12, 0, 20, 0, time.UTC)

func (s *scripted) QR(context.Context) (string, time.Time, error) {
	if s.phase != v1.PhaseScanQRCode {
		return "", time.Time{}, chat.ErrNotPairing
	}
	return s.code, codeUntil, nil
}

func (s *scripted) RequestCode(_ context.Context, number string) (string, error) {
	if s.phase != v1.PhaseScanQRCode {
		return "", chat.ErrNotPairing
	}
	return "ABCD-" + number[:4], s.did("code %s", number)
}

func (s *scripted) PasskeyRequest() (chat.PasskeyRequest, error) { return s.passkey, s.err }

func (s *scripted) PresentPasskey(_ context.Context, a chat.PasskeyAssertion) error {
	return s.did("passkey %s %q %q %q %q %q", a.ID, a.RawID, a.ClientData, a.AuthenticatorData, a.Signature, a.UserHandle)
}
func (s *scripted) PasskeyCode() (string, error)         { return s.code, s.err }
func (s *scripted) ConfirmPasskey(context.Context) error { return s.did("confirm passkey") }

func (s *scripted) ArchiveChat(_ context.Context, id chat.ID, archived bool) error {
	return s.did("archive %s %t", id, archived)
}

func (s *scripted) PinChat(_ context.Context, id chat.ID, pinned bool) error {
	return s.did("pin %s %t", id, pinned)
}
func (s *scripted) MarkChatUnread(_ context.Context, id chat.ID) error { return s.did("unread %s", id) }
func (s *scripted) DeleteChat(_ context.Context, id chat.ID) error     { return s.did("delete %s", id) }
func (s *scripted) ClearChat(_ context.Context, id chat.ID) error      { return s.did("clear %s", id) }

func (s *scripted) NameContact(_ context.Context, id chat.ID, fullName, firstName string) error {
	return s.did("name %s %q %q", id, fullName, firstName)
}

func (s *scripted) CreateLabel(_ context.Context, name string, color int) (chat.Label, error) {
	return chat.Label{ID: "9", Name: name, Color: color}, s.did("create label %s %d", name, color)
}

func (s *scripted) UpdateLabel(_ context.Context, l chat.Label) error {
	return s.did("update label %s %s %d", l.ID, l.Name, l.Color)
}
func (s *scripted) DeleteLabel(_ context.Context, l chat.Label) error {
	return s.did("delete label %s", l.ID)
}

func (s *scripted) LabelChat(_ context.Context, id chat.ID, added, removed []string) error {
	return s.did("label %s %v %v", id, added, removed)
}

func (s *scripted) MarkRead(_ context.Context, id chat.ID, messages []chat.Message) error {
	return s.did("read %s %d", id, len(messages))
}

func (s *scripted) PinMessage(_ context.Context, m chat.Message, d time.Duration) error {
	return s.did("pin %s %s", m.Stanza, d)
}

func (s *scripted) EditMessage(_ context.Context, m chat.Message, text string, mentions []chat.ID) (chat.Message, error) {
	m.Body = text
	return m, s.did("edit %s %q %v", m.Stanza, text, mentions)
}

func (s *scripted) RevokeMessage(_ context.Context, m chat.Message, _ ...chat.ID) (chat.Message, error) {
	return m, s.did("revoke %s", m.Stanza)
}

func (s *scripted) Picture(_ context.Context, id chat.ID) (chat.Picture, error) {
	if err := s.did("picture %s", id); err != nil {
		return chat.Picture{}, err
	}
	if s.picture == nil {
		return chat.Picture{}, nil
	}
	return s.picture(id)
}

func (s *scripted) Download(_ context.Context, m chat.Message, w chat.File) error {
	if err := s.did("download %s", m.Stanza); err != nil {
		return err
	}
	if s.download != nil {
		return s.download(m, w)
	}
	_, err := io.WriteString(w, "file of "+m.Stanza)
	return err
}
