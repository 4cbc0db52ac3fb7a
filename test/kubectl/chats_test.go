package kubectl

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"unicode"

	"sigs.k8s.io/yaml"

	"github.com/wasession/wasession/kubectl/cli"
	"github.com/wasession/wasession/test/simulator"
)

// mallory's name and text clear the screen, set its title, use the one-byte forms of
// escape sequences and turn the direction of writing.
const (
	hostileName = "Mallory\x1b[2J\u009b31m"
	hostileText = "\x1b]0;title\apay\u202eexe\x7f\rnothing\nand more"
)

func (s *stage) chats(t *testing.T, ctx context.Context) {
	if _, err := s.mallory.SendText(ctx, s.alice, hostileText); err != nil {
		t.Fatal(err)
	}
	eventually(t, ctx, func() string {
		out := s.user.ok(t, "chats", "support")
		if !strings.Contains(out, "15550002222@c.us") || !strings.Contains(out, "Mallory[2J31m") {
			return out
		}
		return ""
	})
	printable(t, s.user.ok(t, "chats", "support"))
	var list []struct{ ID, Name string }
	text := s.user.ok(t, "chats", "support", "-o", "json")
	printable(t, text)
	if err := json.Unmarshal([]byte(text), &list); err != nil || len(list) != 2 || list[0].Name != hostileName && list[1].Name != hostileName {
		t.Errorf("json: %s", text)
	}
	if one := s.user.ok(t, "chats", "support", "--limit", "1"); strings.Count(one, "\n") != 2 {
		t.Errorf("the first one: %s", one)
	}
}

func (s *stage) messages(t *testing.T, ctx context.Context) {
	table := s.user.ok(t, "messages", "support", "15550004444")
	printable(t, table)
	if !strings.Contains(table, "]0;titlepayexe nothing and more") {
		t.Errorf("table: %s", table)
	}
	for _, format := range []string{"json", "yaml"} {
		text := s.user.ok(t, "messages", "support", "15550004444@c.us", "-o", format)
		printable(t, text)
		var list []struct{ Body string }
		if err := yaml.Unmarshal([]byte(text), &list); err != nil || len(list) != 1 || list[0].Body != hostileText {
			t.Errorf("%s: %s", format, text)
		}
	}
	if none := s.user.run(ctx, "messages", "support", "15559999999"); none.code != cli.Done || !strings.Contains(none.err, "knows no messages") {
		t.Errorf("of a stranger: %d\n%s%s", none.code, none.out, none.err)
	}
}

func (s *stage) send(t *testing.T, ctx context.Context) {
	id := strings.TrimSpace(s.user.ok(t, "send", "support", "15550002222", "good morning"))
	if _, err := s.bob.Expect(ctx, func(m simulator.Received) bool {
		return m.Text() == "good morning" && strings.HasSuffix(id, m.ID)
	}); err != nil {
		t.Fatalf("%s did not arrive: %v", id, err)
	}
	// The same id sends nothing more.
	first := s.user.ok(t, "send", "support", "15550002222", "once", "--id", "3EB0AAAABBBBCCCC")
	if again := s.user.ok(t, "send", "support", "15550002222", "once", "--id", "3EB0AAAABBBBCCCC"); again != first {
		t.Errorf("again: %s, not %s", again, first)
	}
	fromInput := s.user
	fromInput.in = strings.NewReader("two\nlines\n")
	if out := fromInput.ok(t, "send", "support", "15550002222@c.us", "-", "-o", "json"); !strings.Contains(out, `"ackName"`) {
		t.Errorf("json: %s", out)
	}
	if _, err := s.bob.Expect(ctx, func(m simulator.Received) bool { return m.Text() == "two\nlines" }); err != nil {
		t.Fatal(err)
	}
	once := 0
	for _, m := range s.bob.Inbox() {
		if m.Text() == "once" {
			once++
		}
	}
	if once != 1 {
		t.Errorf("sent %d times", once)
	}
	for _, wrong := range []string{"", strings.Repeat("x", 65_537)} {
		if r := s.user.run(ctx, "send", "support", "15550002222", wrong); r.code != cli.Usage {
			t.Errorf("a text of %d bytes: %d %s", len(wrong), r.code, r.err)
		}
	}
}

// printable checks that a terminal takes nothing in a text as a command.
func printable(t *testing.T, text string) {
	t.Helper()
	for _, r := range text {
		if r != '\n' && (unicode.IsControl(r) || unicode.In(r, unicode.Bidi_Control)) {
			t.Errorf("%U reaches the terminal: %q", r, text)
			return
		}
	}
}
