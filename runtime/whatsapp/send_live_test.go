package whatsapp

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/test/simulator"
	"github.com/wasession/wasession/test/simulator/media"
)

// acks are the acks that a message went through after it was stored.
func (l *live) acks(stanza string) (acks []chat.Ack) {
	for _, c := range all[chat.AckChanged](l.recorder) {
		if slices.Contains(c.Stanzas, stanza) {
			acks = append(acks, c.Ack)
		}
	}
	return acks
}

func TestAMessageIsStoredBeforeItLeaves(t *testing.T) {
	l := paired(t)
	l.bob.SetAutoReceipts(false)
	l.failing(func(changes ...chat.Change) error {
		if holds(changes, "hello") {
			return syscall.ENOSPC
		}
		return nil
	})
	m, err := l.saying("hello")
	wants(t, "a message that could not be stored", err, syscall.ENOSPC, "no space left on device")
	if m.Stanza != "" {
		t.Errorf("it is returned as %+v", m)
	}
	l.failing(nil)
	if m, err = l.saying("after it"); err != nil || m.Ack != chat.AckServer || !m.FromAPI || !m.FromMe || m.Chat != bobID {
		t.Fatalf("sent %+v, %v", m, err)
	}
	if kept, ok := l.message(m.Stanza); !ok || kept.Ack != chat.AckPending || kept.Body != "after it" {
		t.Errorf("it was stored as %+v before it left", kept)
	}
	if got := l.acks(m.Stanza); !slices.Equal(got, []chat.Ack{chat.AckServer}) {
		t.Errorf("its acks are %v", got)
	}
	if _, err := l.bob.Expect(l.ctx, simulator.Text("after it")); err != nil {
		t.Fatal(err)
	}
	for _, r := range l.bob.Inbox() {
		if r.Text() == "hello" {
			t.Error("a message left that was not stored")
		}
	}
}

// Each way in which a send fails says what became of the message, in words for
// the one who sent it.
func TestHowSendsFail(t *testing.T) {
	l := paired(t, func(o *Options) { o.SendPatience = 5 * time.Second })
	l.bob.SetAutoReceipts(false)
	if _, err := l.saying("warm up"); err != nil {
		t.Fatal(err)
	}
	missing := filepath.Join(t.TempDir(), "missing")
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, []byte("content"), 0o600); err != nil {
		t.Fatal(err)
	}
	text := chat.OutgoingText{Text: "x"}
	for _, c := range []struct {
		name    string
		out     chat.Outgoing
		prepare func()
		class   error
		text    string
		acks    []chat.Ack // of the stored message; nil: none is stored
	}{
		{"WhatsApp refuses it", chat.Outgoing{To: bobID, Content: text}, func() { l.srv.Faults().RejectMessages(479, 1) },
			chat.ErrRefused, "WhatsApp refused the request (479): it does not accept the message as it is", []chat.Ack{chat.AckError}},
		{"a number without an account", chat.Outgoing{To: "19990009999@c.us", Content: text}, nil,
			chat.ErrNotSent, "the message was not sent: there is no WhatsApp account with this number", nil},
		{"a file that is not there", chat.Outgoing{To: bobID, Content: chat.OutgoingFile{Kind: chat.TypeDocument, Path: missing}}, nil,
			os.ErrNotExist, "upload: open " + missing + ": no such file or directory", nil},
		{"a file of a kind that is not sent", chat.Outgoing{To: bobID, Content: chat.OutgoingFile{Kind: chat.TypeSticker, Path: file}}, nil,
			nil, "send: a file cannot be sent as sticker", nil},
		{"an upload that is refused", chat.Outgoing{To: bobID, Content: chat.OutgoingFile{Kind: chat.TypeDocument, Path: file}},
			func() {
				l.srv.Media().Faults.Add(media.Fault{Method: http.MethodPost, Status: http.StatusForbidden, Times: 1})
			},
			chat.ErrNotSent, "", nil},
		{"contacts without any", chat.Outgoing{To: bobID, Content: chat.OutgoingContacts{}}, nil,
			chat.Impossible("a contact message needs at least one contact"), "a contact message needs at least one contact", nil},
		{"a forward of what is not stored", chat.Outgoing{To: bobID, Content: chat.OutgoingForward{}}, nil,
			chat.Impossible("the message is not stored in full"), "the message is not stored in full", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			before := len(all[chat.MessageReceived](l.recorder))
			if c.prepare != nil {
				c.prepare()
			}
			m, err := l.Send(l.ctx, c.out)
			if err == nil || (c.class != nil && !errors.Is(err, c.class)) || (c.text != "" && err.Error() != c.text) {
				t.Errorf("error %q, want %v: %q", err, c.class, c.text)
			}
			if err != nil && strings.Contains(err.Error(), ": "+chat.ErrNotSent.Error()) {
				t.Errorf("the error repeats itself: %v", err)
			}
			if c.acks == nil {
				if n := len(all[chat.MessageReceived](l.recorder)) - before; n != 0 {
					t.Errorf("%d messages are stored", n)
				}
				return
			}
			if m.Ack != c.acks[len(c.acks)-1] {
				t.Errorf("it is returned as %s", m.Ack)
			}
			if got := l.acks(m.Stanza); !slices.Equal(got, c.acks) {
				t.Errorf("its acks are %v, want %v", got, c.acks)
			}
		})
	}
	if left, err := filepath.Glob(filepath.Join(l.opts.Dir, ".upload-*")); err != nil || len(left) != 0 {
		t.Errorf("failed uploads left %v, %v", left, err)
	}
	if m, err := l.saying("the next"); err != nil || m.Ack != chat.AckServer {
		t.Errorf("the next: %+v, %v", m, err)
	}
}

// A message whose answer does not come may have left: it stays PENDING, and the
// late answer is followed.
func TestAnAnswerThatComesLate(t *testing.T) {
	l := paired(t, func(o *Options) { o.SendPatience = 4500 * time.Millisecond })
	l.bob.SetAutoReceipts(false)
	if _, err := l.saying("warm up"); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		reject int
		want   chat.Ack
	}{"accepted": {0, chat.AckServer}, "refused": {479, chat.AckError}} {
		t.Run(name, func(t *testing.T) {
			if c.reject != 0 {
				l.srv.Faults().RejectMessages(c.reject, 1)
			}
			stop := l.srv.Faults().Delay(func(s simulator.Stanza) bool {
				return s.Direction == simulator.ToClient && s.Node.Tag == "ack"
			}, 4*time.Second)
			defer stop()
			m, err := l.saying("slow, " + name)
			wants(t, "without an answer", err, chat.ErrUnanswered, "")
			if m.Ack != chat.AckPending || m.Stanza == "" {
				t.Errorf("it is returned as %+v", m)
			}
			l.await("the late answer", func() bool { return slices.Contains(l.acks(m.Stanza), c.want) })
			if got := l.acks(m.Stanza); !slices.Equal(got, []chat.Ack{c.want}) {
				t.Errorf("its acks are %v", got)
			}
		})
	}
}

// A connection that breaks while the answer is awaited leaves the message
// PENDING; the sends after it use the next connection.
func TestAConnectionThatBreaksDuringASend(t *testing.T) {
	l := paired(t, func(o *Options) { o.SendPatience = 4 * time.Second })
	l.bob.SetAutoReceipts(false)
	if _, err := l.saying("warm up"); err != nil {
		t.Fatal(err)
	}
	var once bool
	left := make(chan struct{})
	stop := l.srv.Faults().Drop(func(s simulator.Stanza) bool {
		if s.Direction != simulator.FromClient || s.Node.Tag != "message" {
			return false
		}
		if !once {
			once = true
			close(left)
		}
		return true
	})
	type result struct {
		m   chat.Message
		err error
	}
	sent := make(chan result, 1)
	go func() {
		m, err := l.saying("lost")
		sent <- result{m, err}
	}()
	<-left
	l.alice.Kick()
	r := <-sent
	stop()
	if r.err != nil {
		wants(t, "the send", r.err, chat.ErrUnanswered, "")
		if r.m.Ack != chat.AckPending {
			t.Errorf("it is %s", r.m.Ack)
		}
	}
	l.await("the reconnect", func() bool { return turned[Connected](l.recorder) > 1 && l.reachable() })
	if m, err := l.saying("found"); err != nil || m.Ack != chat.AckServer {
		t.Errorf("the next: %+v, %v", m, err)
	}
}

// An answer that could not be stored must not make the caller send it again.
func TestAnAnswerThatCouldNotBeStored(t *testing.T) {
	l := paired(t)
	l.failing(func(changes ...chat.Change) error {
		for _, c := range changes {
			if _, ok := c.(chat.AckChanged); ok {
				return syscall.EIO
			}
		}
		return nil
	})
	m, err := l.saying("hello")
	wants(t, "the send", err, chat.ErrUnanswered, "WhatsApp did not answer in time; the request may have been carried out: the answer could not be stored: input/output error")
	if m.Ack != chat.AckPending {
		t.Errorf("it is %s", m.Ack)
	}
	l.srv.Faults().RejectMessages(479, 1)
	m, err = l.saying("refused")
	if !errors.Is(err, chat.ErrRefused) || !errors.Is(err, syscall.EIO) || m.Ack != chat.AckError {
		t.Errorf("a refusal that could not be stored: %+v, %v", m, err)
	}
}

// A caller that goes away does not end a send that has begun, and keeps one from
// uploading.
func TestACallerThatGoesAway(t *testing.T) {
	l := paired(t)
	gone, cancel := context.WithCancel(l.ctx)
	cancel()
	if m, err := l.Send(gone, chat.Outgoing{To: bobID, Content: chat.OutgoingText{Text: "anyway"}}); err != nil || m.Ack != chat.AckServer {
		t.Errorf("a text: %+v, %v", m, err)
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, []byte("content"), 0o600); err != nil {
		t.Fatal(err)
	}
	if m, err := l.Send(gone, chat.Outgoing{To: bobID, Content: chat.OutgoingFile{Kind: chat.TypeDocument, Path: file}}); err == nil || m.Stanza != "" {
		t.Errorf("a file: %+v, %v", m, err)
	}
}

func TestEveryKindOfContentArrives(t *testing.T) {
	l := paired(t)
	dir := t.TempDir()
	content := bytes.Repeat([]byte("0123456789"), 5000)
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, content, 0o600); err != nil {
		t.Fatal(err)
	}
	quoted := l.received("shall we?")
	for name, c := range map[string]struct {
		out  chat.Outgoing
		kind chat.MessageType
		body string
		file bool
	}{
		"a reply":      {chat.Outgoing{Content: chat.OutgoingText{Text: "yes"}, ReplyTo: &quoted}, chat.TypeText, "yes", false},
		"a place":      {chat.Outgoing{Content: chat.OutgoingLocation{Latitude: 1.5, Longitude: -2, Name: "Here"}}, chat.TypeLocation, "Here", false},
		"a contact":    {chat.Outgoing{Content: chat.OutgoingContacts{Cards: []chat.VCard{{Name: "Carol", Text: "BEGIN:VCARD"}}}}, chat.TypeContact, "Carol", false},
		"a poll":       {chat.Outgoing{Content: chat.OutgoingPoll{Question: "Lunch?", Options: []string{"yes", "no"}}}, chat.TypePoll, "Lunch?\nyes\nno", false},
		"a forward":    {chat.Outgoing{Content: chat.OutgoingForward{Message: quoted}}, chat.TypeText, "shall we?", false},
		"a document":   {chat.Outgoing{Content: chat.OutgoingFile{Kind: chat.TypeDocument, Path: file, MIMEType: "text/plain", Filename: "a.txt", Caption: "read"}}, chat.TypeDocument, "read", true},
		"an image":     {chat.Outgoing{Content: chat.OutgoingFile{Kind: chat.TypeImage, Path: file, MIMEType: "image/jpeg", Caption: "look"}}, chat.TypeImage, "look", true},
		"a voice":      {chat.Outgoing{Content: chat.OutgoingFile{Kind: chat.TypeVoice, Path: file, MIMEType: "audio/ogg; codecs=opus"}}, chat.TypeVoice, "", true},
		"a video note": {chat.Outgoing{Content: chat.OutgoingFile{Kind: chat.TypeVideo, Path: file, MIMEType: "video/mp4", Note: true}}, chat.TypeVideo, "", true},
		"under an id":  {chat.Outgoing{Stanza: l.NewMessageID(), Content: chat.OutgoingText{Text: "mine"}}, chat.TypeText, "mine", false},
		"a mention":    {chat.Outgoing{Content: chat.OutgoingText{Text: "hi @15550002222"}, Mentions: []chat.ID{bobID}}, chat.TypeText, "hi @15550002222", false},
	} {
		t.Run(name, func(t *testing.T) {
			c.out.To = bobID
			m, err := l.Send(l.ctx, c.out)
			if err != nil || m.Ack != chat.AckServer {
				t.Fatalf("sent %+v, %v", m, err)
			}
			if m.Type != c.kind || m.Body != c.body || (c.out.Stanza != "" && m.Stanza != c.out.Stanza) {
				t.Errorf("stored as %s %q under %s", m.Type, m.Body, m.Stanza)
			}
			got, err := l.bob.Expect(l.ctx, simulator.MessageID(m.Stanza))
			if err != nil {
				t.Fatal(err)
			}
			if !c.file {
				return
			}
			if got.Message.GetPtvMessage() == nil { // which the simulated phone does not open
				if arrived, err := l.srv.Download(got.Message); err != nil || !bytes.Equal(arrived, content) {
					t.Errorf("%d bytes arrived, %v", len(arrived), err)
				}
			}
			into, err := os.Create(filepath.Join(t.TempDir(), "back"))
			if err != nil {
				t.Fatal(err)
			}
			defer into.Close()
			if err := l.Download(l.ctx, m, into); err != nil {
				t.Errorf("the own file: %v", err)
			}
			if back, err := os.ReadFile(into.Name()); err != nil || !bytes.Equal(back, content) {
				t.Errorf("%d bytes came back, %v", len(back), err)
			}
		})
	}
}
