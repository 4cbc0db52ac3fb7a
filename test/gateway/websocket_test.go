package gateway

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	runtimev1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/gateway/access"
	"github.com/wasession/wasession/gateway/app"
)

// speaker is a pod that has events to tell.
type speaker struct {
	mu    sync.Mutex
	said  []string
	grown chan struct{}
}

func newSpeaker() *speaker { return &speaker{grown: make(chan struct{})} }

// say tells an event of this name with this text.
func (s *speaker) say(name, text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.said = append(s.said, fmt.Sprintf(`{"id":"evt_%06d","timestamp":1,"event":%q,"session":"sales","payload":{"text":%q}}`, len(s.said), name, text))
	close(s.grown)
	s.grown = make(chan struct{})
}

// ServeHTTP implements http.Handler: /ws as the runtime serves it.
func (s *speaker) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != "/ws" {
		return
	}
	s.mu.Lock()
	next := len(s.said)
	s.mu.Unlock()
	w.Header().Set(runtimev1.LastEventHeader, runtimev1.NoEvent)
	if next > 0 {
		w.Header().Set(runtimev1.LastEventHeader, fmt.Sprintf("evt_%06d", next-1))
	}
	if after := r.URL.Query().Get("lastEventId"); after != "" {
		next = 0
		if _, err := fmt.Sscanf(after, "evt_%d", &next); err == nil {
			next++
		}
	}
	conn, err := websocket.Accept(w, r, nil)
	if err != nil {
		return
	}
	defer conn.CloseNow()
	ctx := conn.CloseRead(r.Context())
	for {
		s.mu.Lock()
		said, grown := s.said[next:], s.grown
		next = len(s.said)
		s.mu.Unlock()
		for _, text := range said {
			if conn.Write(ctx, websocket.MessageText, []byte(text)) != nil {
				return
			}
		}
		select {
		case <-grown:
		case <-ctx.Done():
			return
		}
	}
}

// listener is a client's websocket.
type listener struct {
	t    *testing.T
	conn *websocket.Conn
}

// listen opens a websocket.
func (d *door) listen(key, query string, headers ...string) *listener {
	d.t.Helper()
	header := http.Header{"X-Api-Key": {key}}
	for i := 0; i+1 < len(headers); i += 2 {
		header.Set(headers[i], headers[i+1])
	}
	conn, answer, err := websocket.Dial(d.t.Context(), d.url+"/ws?"+query, &websocket.DialOptions{HTTPHeader: header})
	if err != nil {
		d.t.Fatalf("open a websocket: %v, %v", err, answer)
	}
	d.t.Cleanup(func() { conn.CloseNow() })
	conn.SetReadLimit(-1)
	return &listener{d.t, conn}
}

// heard is an event as clients get it.
type heard struct {
	ID        string
	Event     string
	Session   string
	Namespace string
	Payload   struct {
		Text, Body string
	}
}

// next waits for an event.
func (l *listener) next() (h heard) {
	l.t.Helper()
	ctx, cancel := context.WithTimeout(l.t.Context(), 2*time.Minute)
	defer cancel()
	_, raw, err := l.conn.Read(ctx)
	if err == nil {
		err = json.Unmarshal(raw, &h)
	}
	if err != nil {
		l.t.Fatalf("waiting for an event: %v", err)
	}
	return h
}

// expect waits for the next event, which must have this text and be of this namespace.
func (l *listener) expect(namespace, text string) {
	l.t.Helper()
	if got := l.next(); got.Payload.Text != text || got.Namespace != namespace {
		l.t.Fatalf("got %+v, want %q of %s", got, text, namespace)
	}
}

// closed waits until the websocket is closed, and returns how.
func (l *listener) closed() websocket.CloseError {
	l.t.Helper()
	ctx, cancel := context.WithTimeout(l.t.Context(), 2*time.Minute)
	defer cancel()
	for {
		_, _, err := l.conn.Read(ctx)
		if err == nil {
			continue
		}
		var end websocket.CloseError
		if !errors.As(err, &end) {
			l.t.Fatalf("waiting for the end: %v", err)
		}
		return end
	}
}

// speaking makes a session with a pod that has events, and waits until the gateway
// knows it.
func (d *door) speaking(root, namespace, name string) *speaker {
	d.t.Helper()
	s := newSpeaker()
	serve(d.t, session(d.t, namespace, name, v1alpha1.PhaseWorking), s)
	d.await("the pod", func() reply { return d.do(root, "GET", "/api/"+namespace+"."+name+"/chats", "") }, is(200))
	return s
}

func TestOneWebsocketHasTheEventsOfAllSessions(t *testing.T) {
	d := open(t)
	root, mine, theirs := d.key(admin), namespace(t), namespace(t)
	key := d.key(map[string]string{access.EntryNamespaces: mine})
	sales, support, other := d.speaking(root, mine, "sales"), d.speaking(root, mine, "support"), d.speaking(root, theirs, "sales")
	all, some, one := d.listen(key, "session=*"), d.listen(key, "events=message,chat.archive"), d.listen(key, "session=sales")
	both := d.listen(root, "session="+mine+".sales&session="+theirs+".sales")
	other.say("message", "secret")
	both.expect(theirs, "secret")
	sales.say("message.ack", "seen")
	all.expect(mine, "seen")
	support.say("message", "1")
	all.expect(mine, "1")
	sales.say("chat.archive", "2")
	all.expect(mine, "2")
	some.expect(mine, "1")
	some.expect(mine, "2")
	one.expect(mine, "seen")
	one.expect(mine, "2")
	both.expect(mine, "seen")

	// A session that comes later is there too.
	late := d.speaking(root, mine, "late")
	d.await("the new session's stream", func() reply { return d.do(root, "GET", "/metrics", "") }, func(r reply) bool {
		return strings.Contains(r.body, "wasession_gateway_session_streams 4")
	})
	late.say("message", "3")
	all.expect(mine, "3")

	// One goes on where it was, with the session as the client calls it.
	for _, name := range []string{"sales", mine + ".sales"} {
		again := d.listen(key, "since="+name+":evt_000000&since=support:evt_&since="+theirs+".sales:evt_")
		got := map[string]bool{again.next().Payload.Text: true, again.next().Payload.Text: true}
		if !got["1"] || !got["2"] {
			t.Errorf("since %s: got %v", name, got)
		}
		late.say("message", "last")
		again.expect(mine, "last")
	}
	// A session that goes is dropped, and the rest goes on.
	gone := &v1alpha1.WhatsAppSession{ObjectMeta: metav1.ObjectMeta{Namespace: mine, Name: "support"}}
	if err := k8s.Delete(t.Context(), gone); err != nil {
		t.Fatal(err)
	}
	d.await("the session gone", func() reply { return d.do(key, "GET", "/api/sessions/support", "") }, is(404))
	all.expect(mine, "last")
	all.expect(mine, "last")
	sales.say("message", "4")
	all.expect(mine, "4")
}

func TestWebsocketsThatAreRefused(t *testing.T) {
	d := open(t, func(o *app.Options) { o.WebsocketsPerCaller, o.Websockets = 2, 3 })
	root, mine, theirs := d.key(admin), namespace(t), namespace(t)
	key := d.key(map[string]string{access.EntryNamespaces: mine})
	deaf := d.key(map[string]string{access.EntryNamespaces: mine, access.EntryActions: "send"})
	d.speaking(root, mine, "sales")
	d.speaking(root, theirs, "neighbour")
	for _, c := range []struct{ key, query, reason string }{
		{"wrong", "", "Unauthorized"},
		{"", "", "Unauthorized"},
		{key, "session=neighbour", "Session does not exist"},
		{key, "session=" + theirs + ".neighbour", "Session does not exist"},
		{key, "session=nobody", "Session does not exist"},
		{key, "session=sales&session=nobody", "Session does not exist"},
		{deaf, "session=sales", "Forbidden resource"},
		{key, "events=,", "events must be event names or *"},
		{key, "since=x", "since must be <session>:<event id>"},
	} {
		if end := d.listen(c.key, c.query).closed(); end.Code != websocket.StatusPolicyViolation || end.Reason != c.reason {
			t.Errorf("%q: closed with %d %q, want %q", c.query, end.Code, end.Reason, c.reason)
		}
	}
	if got := d.do(key, "GET", "/ws", ""); got.status != http.StatusUpgradeRequired || !strings.Contains(got.body, `"statusCode":426`) {
		t.Errorf("no websocket: %d %s", got.status, got.body)
	}
	d.listen(key, "")
	first := d.listen(key, "")
	refused := func(key string) (int, string) {
		_, answer, err := websocket.Dial(t.Context(), d.url+"/ws", &websocket.DialOptions{HTTPHeader: http.Header{"X-Api-Key": {key}}})
		if err == nil {
			return 101, ""
		}
		return answer.StatusCode, answer.Header.Get("Retry-After")
	}
	if status, retry := refused(key); status != 429 || retry == "" {
		t.Errorf("a third websocket of one key: %d, %q", status, retry)
	}
	d.listen(root, "")
	if status, retry := refused(deaf); status != 503 || retry == "" {
		t.Errorf("a fourth websocket: %d, %q", status, retry)
	}
	first.conn.CloseNow()
	d.await("a place", func() reply {
		status, _ := refused(key)
		return reply{status: status}
	}, is(101))
}

// Events have what messages have: who may not read these gets none.
func TestTheEventsThatAnIdentityGets(t *testing.T) {
	d := open(t)
	root, space := d.key(admin), namespace(t)
	sales, support := d.speaking(root, space, "sales"), d.speaking(root, space, "support")
	rule := func(resource string, verbs ...string) rbacv1.PolicyRule {
		return rbacv1.PolicyRule{APIGroups: []string{v1alpha1.GroupVersion.Group}, Resources: []string{resource}, Verbs: verbs}
	}
	one := rule("whatsappsessions/messages", "get")
	one.ResourceNames = []string{"sales"}
	bot := tokenOf(t, space, rule("whatsappsessions", "list"), rule("whatsappsessions/messages", "get"))
	scoped := tokenOf(t, space, one)
	viewer := tokenOf(t, space, rule("whatsappsessions", "get", "list"), rule("whatsappsessions/chats", "get"))
	for path, token := range map[string]string{"support/chats/1@c.us/messages": bot, "sales/chats/1@c.us/messages": scoped, "sales/chats": viewer} {
		d.await("the rights", func() reply { return d.do("", "GET", "/api/"+path, "", "Authorization", "Bearer "+token) }, is(200))
	}
	all, named := d.listen("", "", "Authorization", "Bearer "+bot), d.listen("", "session=sales", "Authorization", "Bearer "+scoped)
	unlisted, nothing := d.listen("", "", "Authorization", "Bearer "+scoped), d.listen("", "", "Authorization", "Bearer "+viewer)
	support.say("message", "1")
	all.expect(space, "1")
	sales.say("message", "2")
	all.expect(space, "2")
	named.expect(space, "2")
	for token, query := range map[string]string{viewer: "session=sales", scoped: "session=support"} {
		end := d.listen("", query, "Authorization", "Bearer "+token).closed()
		if want := map[string]string{viewer: "Forbidden resource", scoped: "Session does not exist"}[token]; end.Code != websocket.StatusPolicyViolation || end.Reason != want {
			t.Errorf("%s: closed with %+v, want %s", query, end, want)
		}
	}
	// Those that follow nothing get nothing: the next that they hear of is the end.
	stopped := make(chan error, 1)
	go func() { stopped <- d.stop() }()
	for _, l := range []*listener{unlisted, nothing} {
		if _, event, err := l.conn.Read(t.Context()); err == nil {
			t.Errorf("an identity without the right got %s", event)
		}
	}
	all.conn.CloseNow()
	named.conn.CloseNow()
	if err := <-stopped; err != nil {
		t.Errorf("the gateway ended with %v", err)
	}
}

func TestAWebsocketEndsWithItsKey(t *testing.T) {
	d := open(t)
	root, one, two := d.key(admin), namespace(t), namespace(t)
	a, b := d.speaking(root, one, "a"), d.speaking(root, two, "b")
	key := d.key(map[string]string{access.EntryNamespaces: one + "," + two})
	l := d.listen(key, "")
	a.say("message", "1")
	l.expect(one, "1")
	b.say("message", "2")
	l.expect(two, "2")

	secret := secretOf(t, key)
	before := secret.DeepCopy()
	secret.StringData = map[string]string{access.EntryNamespaces: two}
	if err := k8s.Patch(t.Context(), secret, client.MergeFrom(before)); err != nil {
		t.Fatal(err)
	}
	d.await("the narrower key", func() reply { return d.do(root, "GET", "/metrics", "") }, func(r reply) bool {
		return strings.Contains(r.body, "wasession_gateway_session_streams 1")
	})
	a.say("message", "not any more")
	b.say("message", "3")
	l.expect(two, "3")
	if err := k8s.Delete(t.Context(), secret); err != nil {
		t.Fatal(err)
	}
	if end := l.closed(); end.Code != websocket.StatusPolicyViolation || end.Reason != "Unauthorized" {
		t.Errorf("closed with %+v", end)
	}
}

// secretOf is the Secret of a key.
func secretOf(t *testing.T, key string) *corev1.Secret {
	t.Helper()
	all := &corev1.SecretList{}
	if err := k8s.List(t.Context(), all, client.InNamespace(own), client.HasLabels{access.LabelKey}); err != nil {
		t.Fatal(err)
	}
	for _, secret := range all.Items {
		if string(secret.Data[access.EntryKey]) == key {
			return &secret
		}
	}
	t.Fatal("the key has no Secret")
	return nil
}

// A gateway that is told to stop sends its clients to another one.
func TestWebsocketsAreToldToComeBack(t *testing.T) {
	d := open(t, func(o *app.Options) { o.DrainTime = time.Minute })
	root, space := d.key(admin), namespace(t)
	s := d.speaking(root, space, "sales")
	var all []*listener
	for range 5 {
		all = append(all, d.listen(root, "session="+space+".sales"))
	}
	s.say("message", "1")
	for _, l := range all {
		l.expect(space, "1")
	}
	stopped := make(chan error, 1)
	go func() { stopped <- d.stop() }()
	for _, l := range all {
		if end := l.closed(); end.Code != websocket.StatusServiceRestart || !strings.Contains(end.Reason, "since") {
			t.Errorf("closed with %+v", end)
		}
	}
	if err := <-stopped; err != nil {
		t.Errorf("the gateway ended with %v", err)
	}
}

// A client that takes nothing is closed, and one beside it gets everything.
func TestAWebsocketThatTakesNothingIsClosed(t *testing.T) {
	d := open(t, func(o *app.Options) { o.WebsocketTimeout = time.Second })
	root, space := d.key(admin), namespace(t)
	s := d.speaking(root, space, "sales")
	stuck, fast := d.listen(root, "session="+space+".sales"), d.listen(root, "session="+space+".sales")
	big := strings.Repeat("x", 256<<10)
	tooSlow := func() bool {
		return strings.Contains(d.do(root, "GET", "/metrics", "").body, "wasession_gateway_websocket_too_slow_total 1")
	}
	for n := 0; !tooSlow(); n++ {
		text := fmt.Sprint(n, " ", big)
		s.say("message", text)
		fast.expect(space, text)
	}
	_ = stuck
}
