package gateway

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/gateway/access"
)

// withKey sends requests with a key.
type withKey string

func (k withKey) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("X-Api-Key", string(k))
	return http.DefaultTransport.RoundTrip(r)
}

// model is a client of the tools.
type model struct {
	*testing.T
	*sdk.ClientSession
}

func (d *door) model(key string) model {
	d.t.Helper()
	client := sdk.NewClient(&sdk.Implementation{Name: "test", Version: "1"}, nil)
	s, err := client.Connect(d.t.Context(), &sdk.StreamableClientTransport{Endpoint: d.url + "/mcp", HTTPClient: &http.Client{Transport: withKey(key)}}, nil)
	if err != nil {
		d.t.Fatal(err)
	}
	d.t.Cleanup(func() { _ = s.Close() })
	return model{d.t, s}
}

func (c model) tools() map[string]*sdk.Tool {
	c.Helper()
	list, err := c.ListTools(c.Context(), nil)
	if err != nil {
		c.Fatal(err)
	}
	all := map[string]*sdk.Tool{}
	for _, t := range list.Tools {
		all[t.Name] = t
	}
	return all
}

func (c model) use(tool string, arguments map[string]any) (text string, failed bool) {
	c.Helper()
	result, err := c.CallTool(c.Context(), &sdk.CallToolParams{Name: tool, Arguments: arguments})
	if err != nil {
		c.Fatal(err)
	}
	return result.Content[0].(*sdk.TextContent).Text, result.IsError
}

func TestModelsUseAllSessionsOfTheirKey(t *testing.T) {
	d := open(t)
	space, other := namespace(t), namespace(t)
	key := d.key(map[string]string{access.EntryNamespaces: space})
	a, b := session(t, space, "sales", v1alpha1.PhaseWorking), session(t, space, "support", v1alpha1.PhaseWorking)
	session(t, other, "secret", v1alpha1.PhaseWorking)
	serve(t, a, http.HandlerFunc(echo))
	serve(t, b, http.HandlerFunc(echo))
	for _, name := range []string{"sales", "support"} {
		d.await("the pod", func() reply { return d.do(key, "GET", "/api/"+name+"/chats", "") }, is(http.StatusOK))
	}
	c := d.model(key)
	text, failed := c.use("list_sessions", nil)
	if failed || !strings.Contains(text, `"sales"`) || !strings.Contains(text, `"support"`) || strings.Contains(text, "secret") {
		t.Errorf("sessions: %s", text)
	}
	for name, tool := range c.tools() {
		if schema := fmt.Sprint(tool.InputSchema); name != "list_sessions" && !strings.Contains(schema, "session") {
			t.Errorf("%s asks for no session: %s", name, schema)
		}
	}
	type args = map[string]any
	for _, e := range []struct {
		tool string
		with args
		want []string
	}{
		{"list_chats", args{"session": "sales", "limit": 3}, []string{`"Path":"/api/sales/chats"`, `"Query":"limit=3"`, `"Method":"GET"`}},
		{"archive_chat", args{"session": space + ".support", "chatId": "1@c.us"}, []string{`"Path":"/api/support/chats/1@c.us/archive"`, `"Method":"POST"`}},
		{"send_text", args{"session": "support", "chatId": "1@c.us", "text": "hi"}, []string{`"Path":"/api/sendText"`, `\"session\":\"support\"`, `\"text\":\"hi\"`}},
		{"delete_message", args{"session": "sales", "chatId": "1@c.us", "messageId": "true_1@c.us_A"}, []string{`"Method":"DELETE"`, `"Path":"/api/sales/chats/1@c.us/messages/true_1@c.us_A"`}},
	} {
		text, failed := c.use(e.tool, e.with)
		for _, part := range e.want {
			if failed || !strings.Contains(text, part) {
				t.Errorf("%s: the pod got %s, want %s", e.tool, text, part)
			}
		}
		if strings.Contains(text, key) {
			t.Errorf("%s: the pod was told the caller's key", e.tool)
		}
	}
	for _, e := range []struct {
		tool string
		with args
		want string
	}{
		{"list_chats", args{"session": "secret"}, `Session "secret" does not exist`},
		{"get_session", args{"session": "nobody"}, "Session not found"},
		{"list_chats", nil, "session is required"},
	} {
		if text, failed := c.use(e.tool, e.with); !failed || text != e.want {
			t.Errorf("%s %v: %t %q, want %q", e.tool, e.with, failed, text, e.want)
		}
	}
}

func TestModelsHaveTheRightsOfTheirKey(t *testing.T) {
	d := open(t)
	space := namespace(t)
	reader := d.key(map[string]string{access.EntryNamespaces: space, access.EntryActions: "read"})
	c := d.model(reader)
	tools := c.tools()
	for name, tool := range tools {
		if !tool.Annotations.ReadOnlyHint {
			t.Errorf("a key that may only read is shown %s", name)
		}
	}
	if tools["list_messages"] == nil || tools["list_sessions"] == nil {
		t.Errorf("a reader is shown %v", tools)
	}
	if _, err := c.CallTool(t.Context(), &sdk.CallToolParams{Name: "send_text", Arguments: map[string]any{"session": "x", "chatId": "1@c.us", "text": "x"}}); err == nil {
		t.Error("a reader sends")
	}
	for _, wrong := range []string{"", "wrong"} {
		if got := d.do(wrong, "POST", "/mcp", `{"jsonrpc":"2.0","id":1,"method":"tools/list"}`, "Accept", "application/json, text/event-stream"); got.status != http.StatusUnauthorized {
			t.Errorf("the key %q: %d %s", wrong, got.status, got.body)
		}
	}
}
