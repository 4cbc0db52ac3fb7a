package api

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	v1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/runtime/wire"
	"github.com/wasession/wasession/test/simulator"
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
	if rows := w.chats(""); len(rows) != 0 {
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
