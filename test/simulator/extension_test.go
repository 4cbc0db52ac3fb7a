package simulator_test

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"testing"

	"go.mau.fi/whatsmeow"
	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"

	"github.com/wasession/wasession/test/simulator"
	"github.com/wasession/wasession/test/simulator/simclient"
)

// query sends an info query that whatsmeow has no method for.
func query(w *world, c *simclient.Client, xmlns, child string) (*waBinary.Node, error) {
	return c.DangerousInternals().SendIQ(w.ctx, whatsmeow.DangerousInfoQuery{
		Namespace: xmlns, Type: "get", To: types.ServerJID, Content: []waBinary.Node{{Tag: child}},
	})
}

func TestUnknownStanzasAreCounted(t *testing.T) {
	w := &world{t: t, ctx: t.Context()}
	w.start(simulator.Options{})
	t.Cleanup(func() { w.ok(w.srv.Close()) })
	c, _ := w.linked(w.alice)
	answer, err := query(w, c, "w:future", "hoverboard")
	w.ok(err)
	if len(answer.GetChildren()) != 0 {
		t.Errorf("answered %s", answer)
	}
	w.ok(c.DangerousInternals().SendNode(w.ctx, waBinary.Node{Tag: "teleport"}))
	_, err = query(w, c, "w:p", "ping") // answered after the stanza before it was handled
	w.ok(err)
	if got, want := w.srv.Unhandled(), []string{"iq w:future get hoverboard", "teleport"}; !slices.Equal(got, want) {
		t.Errorf("unhandled: %v, want %v", got, want)
	}
}

func TestExtensionAnswersQueries(t *testing.T) {
	extension := func(srv *simulator.Server) error {
		srv.HandleIQ("w:future", "get", "", func(_ context.Context, iq *simulator.IQ) ([]waBinary.Node, error) {
			return []waBinary.Node{{Tag: "for", Attrs: waBinary.Attrs{"name": iq.User.Name()}}}, nil
		})
		srv.HandleIQ("w:future", "get", "refused", func(context.Context, *simulator.IQ) ([]waBinary.Node, error) {
			return nil, &simulator.IQError{Code: 423, Text: "locked"}
		})
		srv.HandleIQ("w:future", "get", "broken", func(context.Context, *simulator.IQ) ([]waBinary.Node, error) {
			return nil, errors.New("broken")
		})
		return nil
	}
	w := newWorldWith(t, simulator.Options{Extensions: []simulator.Extension{extension}})
	c, _ := w.linked(w.alice)
	answer, err := query(w, c, "w:future", "anything")
	w.ok(err)
	if name := answer.GetChildByTag("for").Attrs["name"]; name != "Alice" {
		t.Errorf("answered %s", answer)
	}
	if _, err = query(w, c, "w:future", "refused"); !errors.Is(err, whatsmeow.ErrIQLocked) {
		t.Errorf("refused: %v", err)
	}
	if _, err = query(w, c, "w:future", "broken"); !errors.Is(err, whatsmeow.ErrIQInternalServerError) {
		t.Errorf("broken: %v", err)
	}
}

func TestExtensionThatFails(t *testing.T) {
	want := errors.New("no")
	_, err := simulator.New(simulator.Options{Extensions: []simulator.Extension{func(*simulator.Server) error { return want }}})
	if !errors.Is(err, want) {
		t.Errorf("got %v", err)
	}
}

func TestExtensionOnThePhone(t *testing.T) {
	linked := make(chan *simulator.Companion, 1)
	extension := func(srv *simulator.Server) error {
		srv.OnLinked(func(ctx context.Context, u *simulator.User, c *simulator.Companion) {
			// The phone sends immediately, on its own worker.
			if _, err := u.SendText(ctx, u, "note to myself"); err != nil {
				t.Error(err)
			}
			linked <- c
		})
		srv.HandlePeer(func(ctx context.Context, p *simulator.PeerMessage) bool {
			if p.Message.GetProtocolMessage().GetType() != waE2E.ProtocolMessage_EPHEMERAL_SYNC_RESPONSE {
				return false
			}
			_, err := p.User.SendText(ctx, p.User, "you asked in "+p.ID)
			return err == nil
		})
		return nil
	}
	w := newWorldWith(t, simulator.Options{Extensions: []simulator.Extension{extension}})
	c, comp := w.linked(w.alice)
	if got := <-linked; got != comp {
		t.Errorf("linked %s, want %s", got.JID(), comp.JID())
	}
	w.message(c, "note to myself")
	sent, err := c.SendPeerMessage(w.ctx, &waE2E.Message{ProtocolMessage: &waE2E.ProtocolMessage{
		Type: waE2E.ProtocolMessage_EPHEMERAL_SYNC_RESPONSE.Enum(),
	}})
	w.ok(err)
	w.message(c, "you asked in "+sent.ID)
	// Another login of the same client does not call OnLinked again.
	mark := c.Events.Mark()
	comp.Kick()
	w.again(c, comp, mark)
	w.ok(comp.WaitIdle(w.ctx))
	if n := simclient.Count(c.Events, simclient.HasText("note to myself")); n != 1 {
		t.Errorf("%d notes came", n)
	}
}

func TestNotificationsToAllButOne(t *testing.T) {
	w := newWorld(t)
	first, firstComp := w.linked(w.alice)
	second, secondComp := w.linked(w.alice)
	w.alice.Notify("picture", w.bob.PN(), firstComp, waBinary.Node{
		Tag: "set", Attrs: waBinary.Attrs{"jid": w.bob.PN(), "id": "42"},
	})
	pic := event[*events.Picture](w, second)
	if pic.JID != w.bob.PN() || pic.PictureID != "42" {
		t.Errorf("got %+v", pic)
	}
	w.ok(firstComp.WaitIdle(w.ctx))
	w.ok(secondComp.WaitIdle(w.ctx))
	if n := simclient.Count[*events.Picture](first.Events); n != 0 {
		t.Errorf("the first client got %d", n)
	}
}

// diary is a part of the state that the simulator does not own.
type diary struct{ Entries []string }

func (d *diary) Snapshot() (json.RawMessage, error) { return json.Marshal(d) }
func (d *diary) Restore(raw json.RawMessage) error  { return json.Unmarshal(raw, d) }
func (d *diary) attach(srv *simulator.Server) error { return srv.Persist("diary", d) }

func TestExtensionKeepsState(t *testing.T) {
	path := t.TempDir() + "/state.json"
	run := func(d *diary, entry string) {
		srv, err := simulator.New(simulator.Options{StateFile: path, Extensions: []simulator.Extension{d.attach}})
		if err != nil {
			t.Fatal(err)
		}
		d.Entries = append(d.Entries, entry)
		if err = srv.Close(); err != nil {
			t.Fatal(err)
		}
	}
	run(&diary{}, "one")
	var second diary
	run(&second, "two")
	if want := []string{"one", "two"}; !slices.Equal(second.Entries, want) {
		t.Errorf("kept %v, want %v", second.Entries, want)
	}
}
