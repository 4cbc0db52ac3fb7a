package api

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	v1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/runtime/app"
	"github.com/wasession/wasession/runtime/wire"
)

// withKey sends requests with a key.
type withKey string

func (k withKey) RoundTrip(r *http.Request) (*http.Response, error) {
	calls.made(r)
	r = r.Clone(r.Context())
	r.Header.Set("X-Api-Key", string(k))
	return http.DefaultTransport.RoundTrip(r)
}

// model is a client of the tools, as a program with a language model is.
type model struct {
	*world
	*sdk.ClientSession
}

func (w *world) model(key string) model {
	w.Helper()
	client := sdk.NewClient(&sdk.Implementation{Name: "test", Version: "1"}, nil)
	s, err := client.Connect(w.ctx, &sdk.StreamableClientTransport{Endpoint: w.url + "/mcp", HTTPClient: &http.Client{Transport: withKey(key)}}, nil)
	w.ok(err)
	w.Cleanup(func() { _ = s.Close() })
	return model{w, s}
}

// tools are those that are shown, by name.
func (c model) tools() map[string]*sdk.Tool {
	c.Helper()
	list, err := c.ListTools(c.ctx, nil)
	c.ok(err)
	all := map[string]*sdk.Tool{}
	for _, t := range list.Tools {
		all[t.Name] = t
	}
	return all
}

// use returns what a tool answers, and whether that is an error.
func (c model) use(tool string, arguments m) (text string, failed bool) {
	c.Helper()
	result, err := c.CallTool(c.ctx, &sdk.CallToolParams{Name: tool, Arguments: arguments})
	c.ok(err)
	content, ok := result.Content[0].(*sdk.TextContent)
	if !ok || len(result.Content) != 1 {
		c.Fatalf("%s: content %+v", tool, result.Content)
	}
	return content.Text, result.IsError
}

// gets is use of a tool that succeeds; into takes its answer.
func (c model) gets(tool string, arguments m, into any) {
	c.Helper()
	text, failed := c.use(tool, arguments)
	if failed {
		c.Fatalf("%s: %s", tool, text)
	}
	if into != nil {
		c.ok(json.Unmarshal([]byte(text), into))
	}
}

func TestModelsUseTheAPI(t *testing.T) {
	w := paired(t)
	id := w.written("hello")
	c := w.model(key)

	tools := c.tools()
	for name, want := range map[string]struct{ reads, destroys, idempotent bool }{
		"list_sessions": {reads: true, idempotent: true}, "get_session": {reads: true, idempotent: true},
		"start_session": {idempotent: true}, "stop_session": {destroys: true, idempotent: true},
		"list_chats": {reads: true, idempotent: true}, "chats_overview": {reads: true, idempotent: true},
		"archive_chat": {idempotent: true}, "unarchive_chat": {idempotent: true}, "mark_chat_read": {idempotent: true},
		"list_messages": {reads: true, idempotent: true}, "search_messages": {reads: true, idempotent: true}, "get_message": {reads: true, idempotent: true},
		"send_text": {}, "react": {destroys: true, idempotent: true},
		"edit_message": {destroys: true, idempotent: true}, "delete_message": {destroys: true, idempotent: true},
	} {
		tool := tools[name]
		if tool == nil {
			t.Errorf("no tool %s", name)
			continue
		}
		if a := tool.Annotations; a.ReadOnlyHint != want.reads || *a.DestructiveHint != want.destroys || a.IdempotentHint != want.idempotent {
			t.Errorf("%s is marked %+v", name, a)
		}
		if schema, _ := json.Marshal(tool.InputSchema); strings.Contains(string(schema), `"session"`) {
			t.Errorf("%s asks for a session, of which there is one: %s", name, schema)
		}
		delete(tools, name)
	}
	if len(tools) > 0 {
		t.Errorf("unexpected tools %v", tools)
	}

	var sessions []struct{ Name, Status string }
	c.gets("list_sessions", nil, &sessions)
	if len(sessions) != 1 || sessions[0].Name != name || sessions[0].Status != "WORKING" {
		t.Errorf("sessions %+v", sessions)
	}
	c.gets("get_session", nil, nil)
	var chats []wire.Chat
	c.gets("list_chats", m{"limit": 5}, &chats)
	var overview []wire.Summary
	c.gets("chats_overview", nil, &overview)
	if len(chats) != 1 || chats[0].ID != bobChat || len(overview) != 1 || overview[0].ID != bobChat {
		t.Errorf("chats %+v, overview %+v", chats, overview)
	}
	text, _ := c.use("list_messages", m{"chatId": bobChat, "filter.fromMe": false})
	if !strings.Contains(text, `"hello"`) || strings.Contains(text, "_data") {
		t.Errorf("messages %s", text)
	}
	var found []wire.Message
	c.gets("search_messages", m{"chatId": "all", "filter.text": "ELL"}, &found)
	if len(found) != 1 || found[0].Body != "hello" {
		t.Errorf("found %+v", found)
	}
	var one wire.Message
	c.gets("get_message", m{"chatId": bobChat, "messageId": id}, &one)
	if one.Body != "hello" {
		t.Errorf("message %+v", one)
	}

	var sent message
	c.gets("send_text", m{"chatId": bobChat, "text": "good day", "reply_to": one.ID}, &sent)
	if got := w.received(w.bob, sent).GetExtendedTextMessage(); got.GetText() != "good day" || got.GetContextInfo().GetStanzaID() == "" {
		t.Errorf("Bob received %v", got)
	}
	c.gets("react", m{"messageId": one.ID, "reaction": "👍"}, nil)
	c.gets("mark_chat_read", m{"chatId": bobChat}, nil)
	c.gets("archive_chat", m{"chatId": bobChat}, nil)
	if !w.lastArchive().Archived {
		t.Error("not archived")
	}
	c.gets("unarchive_chat", m{"chatId": bobChat}, nil)
	c.gets("edit_message", m{"chatId": bobChat, "messageId": sent.ID, "text": "good evening"}, nil)
	c.gets("delete_message", m{"chatId": bobChat, "messageId": sent.ID}, nil)

	// The sentences are the API's.
	for _, e := range []struct {
		tool string
		with m
		want string
	}{
		{"archive_chat", m{"chatId": "19995550000@c.us"}, "Chat not found"},
		{"archive_chat", m{"chatId": "../x"}, "chatId"},
		{"archive_chat", m{"chatId": ".."}, "chatId must be a name or an ID"},
		{"archive_chat", m{}, "chatId is required"},
		{"list_chats", m{"limit": 101}, "limit must be between 1 and 100"},
		{"list_chats", m{"limit": 0}, "limit must be between 1 and 100"},
		{"list_chats", m{"session": "other"}, `"session" is no argument of list_chats`},
		{"list_messages", m{"chatId": bobChat, "downloadMedia": true}, `"downloadMedia" is no argument`},
		{"search_messages", m{"chatId": "all", "filter.text": 1}, "filter.text must be a string"},
		{"search_messages", m{"chatId": "all"}, "filter.text is required"},
		{"send_text", m{"chatId": bobChat, "text": m{}}, "text must be a string"},
		{"send_text", m{"chatId": bobChat, "text": strings.Repeat("x", 70_000)}, "text"},
	} {
		if text, failed := c.use(e.tool, e.with); !failed || !strings.Contains(text, e.want) {
			t.Errorf("%s %v: %t %s, want %s", e.tool, e.with, failed, text, e.want)
		}
	}

	c.gets("stop_session", nil, nil)
	if text, failed := c.use("send_text", m{"chatId": bobChat, "text": "x"}); !failed || !strings.Contains(text, "Session status is not as expected") {
		t.Errorf("while stopped: %t %s", failed, text)
	}
	c.gets("start_session", nil, nil)
}

// A list that is too long for a model is refused, and said to be.
func TestModelsAreNotFlooded(t *testing.T) {
	w := paired(t)
	for range 3 {
		id, err := w.bob.SendText(w.ctx, w.alice, strings.Repeat("x", 30_000))
		w.ok(err)
		w.arrived(bobChat, id)
	}
	c := w.model(key)
	if text, failed := c.use("list_messages", m{"chatId": bobChat}); !failed || !strings.Contains(text, "longer than 65536 bytes") {
		t.Errorf("%t %.200s", failed, text)
	}
	c.gets("list_messages", m{"chatId": bobChat, "limit": 1}, nil)
	if status, _ := w.call("POST", "/mcp", `{"jsonrpc":"2.0","id":1,"method":"ping","params":"`+strings.Repeat("x", 300<<10)+`"}`); status < 400 || status >= 500 {
		t.Errorf("a long request: %d", status)
	}
}

func TestModelsHaveTheRightsOfTheirKey(t *testing.T) {
	w := newWorld(t)
	w.keys = app.Keys{Dir: t.TempDir()}
	w.ok(os.WriteFile(filepath.Join(w.keys.Dir, v1.APIKeyFile), []byte(key), 0o600))
	w.ok(os.WriteFile(filepath.Join(w.keys.Dir, v1.ScopedKeysFile), []byte(`[
		{"id":"r","key":"reader","isActive":true,"session":"sales","actions":{"read":true}},
		{"id":"s","key":"sender","isActive":true,"session":"sales","actions":{"send":true}},
		{"id":"o","key":"other","isActive":true,"session":"other"}]`), 0o600))
	w.run()
	w.scan()
	w.written("hello")

	reader := w.model("reader")
	var names []string
	for name, tool := range reader.tools() {
		names = append(names, name)
		if !tool.Annotations.ReadOnlyHint {
			t.Errorf("a key that may only read is shown %s", name)
		}
	}
	slices.Sort(names)
	if want := []string{"chats_overview", "get_message", "get_session", "list_chats", "list_messages", "list_sessions", "search_messages"}; !slices.Equal(names, want) {
		t.Errorf("a reader is shown %v", names)
	}
	reader.gets("list_messages", m{"chatId": bobChat}, nil)
	if _, err := reader.CallTool(w.ctx, &sdk.CallToolParams{Name: "send_text", Arguments: m{"chatId": bobChat, "text": "x"}}); err == nil {
		t.Error("a reader sends")
	}

	sender := w.model("sender")
	if tools := sender.tools(); tools["send_text"] == nil || tools["list_chats"] != nil || tools["stop_session"] != nil {
		t.Errorf("a sender is shown %v", tools)
	}
	sender.gets("send_text", m{"chatId": bobChat, "text": "hi"}, nil)

	client := sdk.NewClient(&sdk.Implementation{Name: "test", Version: "1"}, nil)
	for _, wrong := range []string{"", "wrong", "other"} {
		_, err := client.Connect(w.ctx, &sdk.StreamableClientTransport{Endpoint: w.url + "/mcp", HTTPClient: &http.Client{Transport: withKey(wrong)}}, nil)
		if err == nil {
			t.Errorf("the key %q is let in", wrong)
		}
	}
}
