package api

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	v1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/wire"
	"github.com/wasession/wasession/test/simulator"
	"github.com/wasession/wasession/test/simulator/history"
	"github.com/wasession/wasession/test/simulator/media"
)

const channelsPath = "/api/sales/channels"

// channel asks for a channel by its ID, code or link.
func (w *world) channel(name string) (c wire.Channel) {
	w.Helper()
	w.get(channelsPath+"/"+url.PathEscape(name), &c)
	return c
}

// channels are the names of the channels with a role, sorted.
func (w *world) channels(query string) (names []string) {
	w.Helper()
	var list []wire.Channel
	w.get(channelsPath+query, &list)
	for _, c := range list {
		names = append(names, c.Name)
	}
	slices.Sort(names)
	return names
}

// refusedChannel checks that a call about a channel fails.
func (w *world) refusedChannel(method, path string, status int, text string) {
	w.Helper()
	if got, body := w.call(method, channelsPath+path, nil); got != status || !strings.Contains(string(body), text) {
		w.Errorf("%s %s: %d %s, want %d %s", method, path, got, body, status, text)
	}
}

func TestAChannelIsFollowedHereAndOnThePhone(t *testing.T) {
	w := newWorld(t)
	old := w.sim.AddNewsletter(w.carol, "Old news")
	w.ok(w.alice.Follow(old))
	w.run()
	w.scan()
	n := w.sim.AddNewsletter(w.bob, "News")
	n.Describe("News", "What is new")
	n.SetPicture([]byte("\xff\xd8\xffpicture"))
	n.SetVerified(true)
	id := n.JID().String()

	for _, name := range []string{id, n.Invite(), "https://www.whatsapp.com/channel/" + n.Invite()} {
		c := w.channel(name)
		if c.ID != id || c.Name != "News" || c.Description != "What is new" || c.Role != "GUEST" || !c.Verified || c.Subscribers != 1 ||
			!strings.HasSuffix(c.Invite, "/"+n.Invite()) || !strings.HasPrefix(c.Picture, "https://mmg.whatsapp.net/") {
			t.Errorf("%s is %+v", name, c)
		}
	}
	follow, unfollow := "/"+id+"/follow", "/"+id+"/unfollow"
	w.do(http.StatusCreated, "POST", channelsPath+follow, nil, nil)
	if role, _ := n.Role(w.alice); role != simulator.NewsletterSubscriber || w.channel(id).Role != "SUBSCRIBER" {
		t.Errorf("followed as %s", role)
	}
	if got := w.channels("?role=SUBSCRIBER"); !slices.Equal(got, []string{"News", "Old news"}) {
		t.Errorf("follows %v", got)
	}
	if got := w.channels("?role=OWNER"); len(got) != 0 {
		t.Errorf("owns %v", got)
	}
	if row := w.chats("")[id]; row.Name == nil || *row.Name != "News" {
		t.Errorf("the chat is %+v", row)
	}
	w.refusedChannel("POST", follow, http.StatusUnprocessableEntity, "it is so already")

	w.do(http.StatusCreated, "POST", channelsPath+"/"+id+"/mute", nil, nil)
	if _, muted := n.Role(w.alice); !muted {
		t.Error("WhatsApp has it not muted")
	}
	w.do(http.StatusCreated, "POST", channelsPath+"/"+id+"/unmute", nil, nil)
	if _, muted := n.Role(w.alice); muted {
		t.Error("WhatsApp has it muted still")
	}

	w.do(http.StatusCreated, "POST", channelsPath+unfollow, nil, nil)
	if _, listed := w.chats("")[id]; listed {
		t.Error("the chat of a channel is there that is no longer followed")
	}
	w.refusedChannel("POST", unfollow, http.StatusUnprocessableEntity, "it is so already")
	w.refusedChannel("POST", "/"+id+"/mute", http.StatusUnprocessableEntity, "does not follow")

	// The phone does the same.
	w.ok(w.alice.Follow(n))
	w.await("the phone's channel", func() bool { row, ok := w.chats("")[id]; return ok && row.Name != nil && *row.Name == "News" })
	w.ok(w.alice.Unfollow(n))
	w.await("its end", func() bool { _, ok := w.chats("")[id]; return !ok })

	const nowhere = "120363999999999999@newsletter"
	for _, call := range []string{"GET ", "POST /follow", "POST /unfollow", "POST /mute", "POST /unmute"} {
		method, action, _ := strings.Cut(call, " ")
		w.refusedChannel(method, "/"+nowhere+action, http.StatusNotFound, "Channel not found")
	}
	w.refusedChannel("GET", "/0029VaNOSUCHCODE", http.StatusNotFound, "Channel not found")
	w.refusedChannel("GET", "/"+bobChat, http.StatusBadRequest, "must be a channel ID")
	w.refusedChannel("POST", "/"+n.Invite()+"/follow", http.StatusBadRequest, "must be a channel ID")
	w.refusedChannel("DELETE", "/"+id, http.StatusNotImplemented, "on the phone")
}

func TestChannelsOfAHostileOwner(t *testing.T) {
	w := paired(t)
	big := strings.Repeat("\u202e\x00Ω<script>", 100_000)
	n := w.sim.AddNewsletter(w.bob, big)
	n.Describe(big, big)
	id := n.JID().String()
	w.do(http.StatusCreated, "POST", channelsPath+"/"+id+"/follow", nil, nil)
	if c := w.channel(id); c.Name == "" || len(c.Name) > 1<<10 || c.Description == "" || len(c.Description) > 16<<10 {
		t.Errorf("%d bytes of name, %d of description", len(c.Name), len(c.Description))
	}
	if row := w.chats("")[id]; row.Name == nil || len(*row.Name) > 1<<10 {
		t.Errorf("the chat has %d bytes of name", len(*row.Name))
	}
	if got := w.channels(""); len(got) != 1 {
		t.Errorf("%d channels", len(got))
	}
}

func TestIgnoredChannelsAreNotStored(t *testing.T) {
	w := newWorld(t)
	w.config.Ignore = []v1.IgnoredChats{v1.IgnoreChannels}
	w.run()
	w.scan()
	n := w.sim.AddNewsletter(w.bob, "News")
	w.do(http.StatusCreated, "POST", channelsPath+"/"+n.JID().String()+"/follow", nil, nil)
	if got := w.channels(""); !slices.Equal(got, []string{"News"}) {
		t.Errorf("follows %v", got)
	}
	id, err := n.Post(w.ctx, w.bob, simulator.TextMessage("unheard"))
	w.ok(err)
	w.ok(w.alice.Companion().WaitAcked(w.ctx, id))
	if rows := w.chats(""); len(rows) != 0 || len(w.events(chat.EventMessage)) != 0 {
		t.Errorf("chats %v", rows)
	}
}

func TestSearchesOfChannelsSayThatTheyCannotBeHad(t *testing.T) {
	w := paired(t)
	for _, call := range []string{"POST by-view", "POST by-text", "GET views", "GET countries", "GET categories"} {
		method, search, _ := strings.Cut(call, " ")
		status, body := w.call(method, "/api/sales/channels/search/"+search, nil)
		if status != http.StatusNotImplemented || !strings.Contains(string(body), "directory of channels") {
			t.Errorf("%s: %d %s", call, status, body)
		}
	}
}

// posted waits for what an admin posts on a phone.
func (w *world) posted(n *simulator.Newsletter, by *simulator.User, text string) wire.Message {
	w.Helper()
	id, err := n.Post(w.ctx, by, simulator.TextMessage(text))
	w.ok(err)
	return w.arrived(n.JID().String(), id)
}

// previews are the last messages of a channel, as WhatsApp has them.
func (w *world) previews(name, query string) (posts []wire.ChannelMessage) {
	w.Helper()
	w.get(channelsPath+"/"+url.PathEscape(name)+"/messages/preview"+query, &posts)
	return posts
}

func TestMessagesOfAChannelArriveAndChange(t *testing.T) {
	w := newWorld(t)
	n := w.sim.AddNewsletter(w.bob, "News")
	id := n.JID().String()
	w.ok(w.alice.Follow(n))
	w.run()
	w.scan()
	first := w.posted(n, w.bob, "first")
	if first.ID != "false_"+id+"_"+stanzaOf(first.ID) || first.FromMe || first.From != id || first.Participant != nil || first.Body != "first" {
		t.Errorf("came as %+v", first)
	}
	if data, _ := first.Data.(map[string]any)["Info"].(map[string]any); data["ServerID"] != float64(101) {
		t.Errorf("its raw data is %v", first.Data)
	}
	// Its name is read after the login, at the same time.
	w.await("the channel's name", func() bool { row := w.chats("")[id]; return row.Name != nil && *row.Name == "News" })
	if row := w.chats("")[id]; row.UnreadCount != 1 {
		t.Errorf("the chat is %+v", row)
	}
	if got := len(w.events(chat.EventMessage)); got != 1 {
		t.Errorf("%d events", got)
	}
	comp := w.alice.Companion()
	for _, text := range []string{"second", "third"} {
		w.ok(comp.WaitIdle(w.ctx))
		w.ok(n.EditPost(w.ctx, w.bob, stanzaOf(first.ID), simulator.TextMessage(text)))
		w.await("the edit", func() bool { return w.messages(id, "")[0].Body == text })
	}
	var edit wire.MessageEdited
	edits := w.events(chat.EventMessageEdited)
	if len(edits) != 2 {
		t.Fatalf("%d events of edits", len(edits))
	}
	w.ok(json.Unmarshal(edits[1], &edit))
	if edit.EditedMessageID != stanzaOf(first.ID) || edit.Body != "third" || !strings.HasPrefix(edit.ID, first.ID) {
		t.Errorf("the edit is %+v", edit)
	}
	w.ok(comp.WaitIdle(w.ctx))
	w.ok(n.RevokePost(w.ctx, w.bob, stanzaOf(first.ID)))
	w.await("the deletion", func() bool { return len(w.messages(id, "")) == 0 })
	if got := len(w.events(chat.EventMessageRevoked)); got != 1 {
		t.Errorf("%d events of deletions", got)
	}

	// What comes while the session is stopped comes later, once.
	w.do(http.StatusCreated, "POST", "/api/sessions/sales/stop", nil, nil)
	missed, err := n.Post(w.ctx, w.bob, simulator.TextMessage("missed"))
	w.ok(err)
	w.do(http.StatusCreated, "POST", "/api/sessions/sales/start", nil, nil)
	if got := w.arrived(id, missed); got.Body != "missed" {
		t.Errorf("missed %+v", got)
	}
	big := w.posted(n, w.bob, strings.Repeat("Ω", 500_000))
	if len(big.Body) != 1_000_000 {
		t.Errorf("%d bytes of a megabyte", len(big.Body))
	}

	// Reactions name a post by the server's number.
	for _, emoji := range []string{"👍", ""} {
		w.do(http.StatusOK, "PUT", "/api/reaction", m{"messageId": big.ID, "reaction": emoji}, nil)
		if got := n.Reactions(stanzaOf(big.ID))[alicePN]; got != emoji {
			t.Errorf("reacted with %q, want %q", got, emoji)
		}
	}
	w.ok(w.alice.Unfollow(n))
	w.await("the channel's end", func() bool { _, ok := w.chats("")[id]; return !ok })
	if rows := w.messages(id, ""); len(rows) != 0 {
		t.Errorf("%d messages are left", len(rows))
	}
}

func TestMessagesOfAChannelArePreviewed(t *testing.T) {
	w := paired(t)
	n := w.sim.AddNewsletter(w.bob, "News")
	id := n.JID().String()
	var ids []string
	for _, text := range []string{"first", "second", "third"} {
		stanza, err := n.Post(w.ctx, w.bob, simulator.TextMessage(text))
		w.ok(err)
		ids = append(ids, stanza)
	}
	w.ok(w.carol.Follow(n))
	w.ok(n.ReactToPost(w.carol, ids[2], "👍"))
	n.View(7)
	for _, name := range []string{id, n.Invite(), "https://www.whatsapp.com/channel/" + n.Invite()} {
		posts := w.previews(name, "?limit=2&downloadMedia=false")
		if len(posts) != 2 || posts[0].Message.Body != "third" || posts[1].Message.Body != "second" || posts[0].Reactions["👍"] != 1 ||
			len(posts[1].Reactions) != 0 || posts[0].ViewCount != 7 || posts[0].Message.ID != "false_"+id+"_"+ids[2] {
			t.Errorf("%s: %+v", name, posts)
		}
	}
	if rows := w.chats(""); len(rows) != 0 {
		t.Errorf("a preview left %v", rows)
	}

	// A file can be downloaded, although the message is not stored.
	picture := []byte("\xff\xd8\xffpicture")
	file, err := w.sim.UploadPlain(media.Image, "image/jpeg", picture)
	w.ok(err)
	_, err = n.Post(w.ctx, w.bob, history.Image(file, "look"))
	w.ok(err)
	if got := w.previews(id, "?limit=1")[0].Message; !got.HasMedia || got.Media != nil {
		t.Errorf("without a download: %+v", got)
	}
	got := w.previews(id, "?limit=1&downloadMedia=true")[0].Message
	if got.Body != "look" || got.Media == nil || got.Media.URL == nil {
		t.Fatalf("with a download: %+v", got.Media)
	}
	path := strings.TrimPrefix(*got.Media.URL, w.url)
	if status, body := w.call("GET", path, nil); status != http.StatusOK || !bytes.Equal(body, picture) {
		t.Errorf("the file: %d %q", status, body)
	}
	for _, other := range []string{strings.Replace(path, ".jpeg", ".html", 1), strings.Replace(path, "_3A", "_3B", 1), strings.Replace(path, id, bobChat, 1)} {
		if status, body := w.call("GET", other, nil); status != http.StatusNotFound {
			t.Errorf("%s: %d %q", other, status, body)
		}
	}

	w.refusedChannel("GET", "/120363999999999999@newsletter/messages/preview", http.StatusNotFound, "Channel not found")
	w.refusedChannel("GET", "/0029VaNOSUCHCODE/messages/preview", http.StatusNotFound, "Channel not found")
	w.refusedChannel("GET", "/"+id+"/messages/preview?limit=101", http.StatusBadRequest, "limit")
}

func TestAFileOfAChannelArrives(t *testing.T) {
	w := paired(t)
	n := w.sim.AddNewsletter(w.bob, "News")
	w.ok(w.alice.Follow(n))
	picture := []byte("\xff\xd8\xffpicture")
	file, err := w.sim.UploadPlain(media.Image, "image/jpeg", picture)
	w.ok(err)
	stanza, err := n.Post(w.ctx, w.bob, history.Image(file, "look"))
	w.ok(err)
	id := n.JID().String()
	w.arrived(id, stanza)
	got := w.messages(id, "")[0]
	if got.Media == nil || got.Media.URL == nil {
		t.Fatalf("the message is %+v", got.Media)
	}
	if status, body := w.call("GET", strings.TrimPrefix(*got.Media.URL, w.url), nil); status != http.StatusOK || !bytes.Equal(body, picture) {
		t.Errorf("the file: %d %q", status, body)
	}
}
