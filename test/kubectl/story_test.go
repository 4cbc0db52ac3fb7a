package kubectl

import (
	"context"
	"regexp"
	"strings"
	"testing"
	"time"

	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/kubectl/blocks"
	"github.com/wasession/wasession/kubectl/cli"
	"github.com/wasession/wasession/test/simulator"
	"github.com/wasession/wasession/test/simulator/history"
	"github.com/wasession/wasession/test/terminal"
)

// stage is a cluster with a session, and the phones around it.
type stage struct {
	namespace  string
	user       plugin
	sim        *simulator.Server
	alice, bob *simulator.User
	// carol pairs by code and has many chats, and mallory attacks terminals.
	carol, mallory *simulator.User
}

// TestTheStoryOfASession is what a person does with the plugin, one command after the
// other.
func TestTheStoryOfASession(t *testing.T) {
	sim, err := simulator.New(simulator.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = sim.Close() }()
	s := &stage{namespace: lab.Namespace(t), sim: sim}
	s.alice, s.bob = sim.AddUser("15550001111", "", "Alice"), sim.AddUser("15550002222", "", "Bob")
	s.carol = sim.AddUser("15550003333", "", "Carol")
	if err := s.carol.Populate(t.Context(), history.NewAccount(history.DemoSpec(time.Now()))); err != nil {
		t.Fatal(err)
	}
	s.mallory = sim.AddUser("15550004444", "", hostileName)
	lab.Cluster(t, s.namespace, sim)
	s.user = userOf(t, s.namespace, rbacv1.PolicyRule{
		APIGroups: []string{v1alpha1.GroupVersion.Group}, Resources: []string{v1alpha1.Resource}, Verbs: []string{"patch"},
	})
	for _, name := range []string{"support", "sales"} {
		lab.Create(t, &v1alpha1.WhatsAppSession{ObjectMeta: metav1.ObjectMeta{Namespace: s.namespace, Name: name}})
	}
	for _, step := range []struct {
		name string
		play func(t *testing.T, ctx context.Context)
	}{
		{"qr", s.qr},
		{"code", s.code},
		{"list", s.list},
		{"chats", s.chats},
		{"messages", s.messages},
		{"send", s.send},
		{"archive", s.archive},
		{"gateway", s.gateway},
		{"logs", s.logs},
		{"support-bundle", s.bundle},
		{"rollout", s.rollout},
		{"doctor", s.doctor},
	} {
		ok := t.Run(step.name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
			defer cancel()
			step.play(t, ctx)
		})
		if !ok {
			return
		}
	}
}

// qr: the phone scans what the terminal shows.
func (s *stage) qr(t *testing.T, ctx context.Context) {
	command := s.user.start(ctx, "qr", "support")
	command.await(t, ctx, &command.out, func(text string) bool { _, ok := terminal.Drawing(text); return ok })
	drawn, _ := terminal.Drawing(command.out.String())
	code, err := terminal.Scan(drawn, terminal.Dark)
	if err != nil {
		t.Fatalf("%v\n%s", err, drawn)
	}
	if _, err := s.alice.ScanQR(ctx, code); err != nil {
		t.Fatal(err)
	}
	end := <-command.ended
	if end.code != cli.Done || !strings.Contains(end.err, "support is paired with +15550001111") {
		t.Errorf("it ended with %d and %s", end.code, end.err)
	}
	// It says so at once when it is run again.
	if again := s.user.run(ctx, "qr", "support"); again.code != cli.Done || again.out != "" {
		t.Errorf("again: %d\n%s%s", again.code, again.out, again.err)
	}
}

// pairingCode is the line of an output with a pairing code.
var pairingCode = regexp.MustCompile(`(?m)^[1-9A-Z]{4}-[1-9A-Z]{4}$`)

// code: the phone takes the code that the terminal shows.
func (s *stage) code(t *testing.T, ctx context.Context) {
	if wrong := s.user.run(ctx, "code", "sales"); wrong.code != cli.Usage || !strings.Contains(wrong.err, "--phone is missing") {
		t.Errorf("without a number: %d %s", wrong.code, wrong.err)
	}
	if wrong := s.user.run(ctx, "code", "sales", "--phone", "call me"); wrong.code != cli.Failed || !strings.Contains(wrong.err, "international format") {
		t.Errorf("with a wrong number: %d %s", wrong.code, wrong.err)
	}
	command := s.user.start(ctx, "code", "sales", "--phone", "+1 555 000 3333")
	command.await(t, ctx, &command.out, pairingCode.MatchString)
	code := pairingCode.FindString(command.out.String())
	if large := blocks.Letters(code); !strings.Contains(command.out.String(), large) {
		t.Errorf("%s is not large: %s", code, command.out.String())
	}
	if _, err := s.carol.EnterCode(ctx, code); err != nil {
		t.Fatal(err)
	}
	end := <-command.ended
	if end.code != cli.Done || !strings.Contains(end.err, "sales is paired with +15550003333") {
		t.Errorf("it ended with %d and %s", end.code, end.err)
	}
}

func (s *stage) list(t *testing.T, ctx context.Context) {
	if _, err := s.bob.SendText(ctx, s.alice, "hello"); err != nil {
		t.Fatal(err)
	}
	eventually(t, ctx, func() string {
		out := s.user.ok(t, "list")
		if !strings.Contains(out, "LAST MESSAGE") || !strings.Contains(out, "support") || !strings.Contains(out, "s ago") {
			return out
		}
		return ""
	})
	if out := s.user.ok(t, "list", "-o", "json"); !strings.Contains(out, `"lastMessage": "20`) || !strings.Contains(out, `"status": "WORKING"`) ||
		!strings.Contains(out, `"waitingMessages": 0`) {
		t.Errorf("json: %s", out)
	}
}

// eventually repeats a look until it finds nothing wrong.
func eventually(t *testing.T, ctx context.Context, wrong func() string) {
	t.Helper()
	ticker := time.NewTicker(50 * time.Millisecond)
	defer ticker.Stop()
	for {
		found := wrong()
		if found == "" {
			return
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			t.Fatalf("it stays wrong: %s", found)
		}
	}
}
