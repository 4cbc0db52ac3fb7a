package simulator_test

import (
	"io"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"

	"github.com/wasession/wasession/test/simulator"
	"github.com/wasession/wasession/test/simulator/simclient"
)

func TestWhoIsOnWhatsApp(t *testing.T) {
	w := newWorld(t)
	c, _ := w.linked(w.alice)
	found, err := c.IsOnWhatsApp(w.ctx, []string{"+" + w.bob.PN().User, "+19998887777"})
	w.ok(err)
	if len(found) != 2 {
		t.Fatalf("got %+v", found)
	}
	if !found[0].IsIn || found[0].JID != w.bob.LID() || found[0].PhoneNumber != w.bob.PN() || found[0].Query != "+"+w.bob.PN().User {
		t.Errorf("Bob: %+v", found[0])
	}
	if found[1].IsIn {
		t.Errorf("a number that does not exist: %+v", found[1])
	}
}

func TestUserInfo(t *testing.T) {
	w := newWorld(t)
	w.bob.SetAbout("at work")
	w.bob.SetPicture([]byte("jpeg"))
	c, _ := w.linked(w.alice)
	_, bobComp := w.linked(w.bob)
	info, err := c.GetUserInfo(w.ctx, []types.JID{w.bob.PN()})
	w.ok(err)
	bob := info[w.bob.PN()]
	if bob.Status != "at work" || bob.PictureID != w.bob.Picture().ID || bob.LID != w.bob.LID() ||
		!slices.Equal(bob.Devices, []types.JID{w.bob.PN(), bobComp.JID()}) {
		t.Errorf("got %+v", bob)
	}
}

func TestProfilePicture(t *testing.T) {
	w := newWorld(t)
	c, _ := w.linked(w.alice)
	if _, err := c.GetProfilePictureInfo(w.ctx, w.bob.PN(), nil); err == nil {
		t.Error("Bob has a picture before he set one")
	}
	w.bob.SetPicture([]byte("a jpeg"))
	pic, err := c.GetProfilePictureInfo(w.ctx, w.bob.PN(), &whatsmeow.GetProfilePictureParams{Preview: true})
	w.ok(err)
	if pic.ID != w.bob.Picture().ID || pic.Type != "preview" {
		t.Errorf("got %+v", pic)
	}
	transport, err := simclient.NewTransport(w.srv.URL())
	w.ok(err)
	defer transport.CloseIdleConnections()
	resp, err := (&http.Client{Transport: transport}).Get(pic.URL)
	w.ok(err)
	defer resp.Body.Close()
	if body, _ := io.ReadAll(resp.Body); string(body) != "a jpeg" {
		t.Errorf("downloaded %q", body)
	}
	same, err := c.GetProfilePictureInfo(w.ctx, w.bob.PN(), &whatsmeow.GetProfilePictureParams{ExistingID: pic.ID})
	if err != nil || same != nil {
		t.Errorf("an unchanged picture: %+v, %v", same, err)
	}
	jpeg := []byte("\xff\xd8\xff of Alice")
	if _, err := c.SetGroupPhoto(w.ctx, w.bob.PN(), jpeg); err == nil {
		t.Error("Alice changes Bob's picture")
	}
	_, err = c.SetGroupPhoto(w.ctx, types.EmptyJID, jpeg)
	w.ok(err)
	if got := w.alice.Picture(); got == nil || string(got.JPEG) != string(jpeg) {
		t.Errorf("Alice's own picture: %+v", got)
	}
	g := w.srv.AddGroup("Team", w.alice, w.bob)
	id, err := c.SetGroupPhoto(w.ctx, g.JID(), []byte("\xff\xd8\xffgroup jpeg"))
	w.ok(err)
	if got, err := c.GetProfilePictureInfo(w.ctx, g.JID(), nil); err != nil || got.ID != id {
		t.Errorf("the group's picture: %+v, %v", got, err)
	}
}

func TestPrivacyBlocklistAndStatus(t *testing.T) {
	w := newWorld(t)
	c, comp := w.linked(w.alice)
	settings, err := c.TryFetchPrivacySettings(w.ctx, true)
	w.ok(err)
	if settings.ReadReceipts != types.PrivacySettingAll {
		t.Errorf("settings: %+v", settings)
	}
	_, err = c.SetPrivacySetting(w.ctx, types.PrivacySettingTypeLastSeen, types.PrivacySettingContacts)
	w.ok(err)
	settings, err = c.TryFetchPrivacySettings(w.ctx, true)
	w.ok(err)
	if settings.LastSeen != types.PrivacySettingContacts {
		t.Errorf("last seen is %s after the change", settings.LastSeen)
	}

	list, err := c.UpdateBlocklist(w.ctx, w.bob.PN(), events.BlocklistChangeActionBlock)
	w.ok(err)
	if !slices.Equal(list.JIDs, []types.JID{w.bob.LID()}) {
		t.Errorf("blocked: %v", list.JIDs)
	}
	id, err := w.bob.SendText(w.ctx, w.alice, "you cannot hear me")
	w.ok(err)
	if slices.Contains(append(comp.Pending(), comp.Acked()...), id) {
		t.Error("a message of a blocked account was passed on")
	}
	_, err = c.UpdateBlocklist(w.ctx, w.bob.LID(), events.BlocklistChangeActionUnblock)
	w.ok(err)
	list, err = c.GetBlocklist(w.ctx)
	w.ok(err)
	if len(list.JIDs) != 0 {
		t.Errorf("still blocked: %v", list.JIDs)
	}

	about := "busy"
	w.ok(c.SetStatusMessage(w.ctx, types.SetStatusInput{Text: &about}))
	if got := w.alice.About(); got != about {
		t.Errorf("about is %q", got)
	}
	long := strings.Repeat("ä", 140)
	if err := c.SetStatusMessage(w.ctx, types.SetStatusInput{Text: &long}); err == nil || w.alice.About() != about {
		t.Errorf("too long a text: %v", err)
	}
	status, err := c.GetStatusPrivacy(w.ctx)
	w.ok(err)
	if status[0].Type != types.StatusPrivacyTypeContacts {
		t.Errorf("status privacy: %+v", status)
	}
	w.ok(c.SetDefaultDisappearingTimer(w.ctx, 24*time.Hour))
}

func TestPrivacyTokens(t *testing.T) {
	w := newWorld(t)
	c, comp := w.linked(w.alice)
	w.ok(w.bob.GivePrivacyToken(w.ctx, w.alice, []byte("token")))
	w.ok(comp.WaitIdle(w.ctx))
	token, err := c.Store.PrivacyTokens.GetPrivacyToken(w.ctx, w.bob.LID())
	// The client acknowledges a token before it stores it, and raises no event.
	for ; err == nil && token == nil && w.ctx.Err() == nil; runtime.Gosched() {
		token, err = c.Store.PrivacyTokens.GetPrivacyToken(w.ctx, w.bob.LID())
	}
	w.ok(err)
	if token == nil || string(token.Token) != "token" {
		t.Errorf("the client stored %+v", token)
	}
	_, err = c.SendMessage(w.ctx, w.bob.PN(), simulator.TextMessage("trusted"))
	w.ok(err)
	w.ok(w.alice.WaitTrusts(w.ctx, w.bob))
}

func TestPresenceAndTyping(t *testing.T) {
	w := newWorld(t)
	c, _ := w.linked(w.alice)
	c.Store.PushName = "Alice"
	w.ok(c.SendPresence(w.ctx, types.PresenceAvailable))
	w.expect(w.alice, func(r simulator.Received) bool { return r.Kind == simulator.KindPresence && r.State == "available" })

	w.ok(c.SubscribePresence(w.ctx, w.bob.LID()))
	away := event(w, c, func(p *events.Presence) bool { return p.From == w.bob.LID() })
	if !away.Unavailable || away.LastSeen.IsZero() {
		t.Errorf("Bob's presence: %+v", away)
	}
	w.ok(w.bob.SetPresence(w.ctx, true))
	event(w, c, func(p *events.Presence) bool { return p.From == w.bob.LID() && !p.Unavailable })

	w.ok(c.SendChatPresence(w.ctx, w.bob.LID(), types.ChatPresenceComposing, types.ChatPresenceMediaAudio))
	w.expect(w.bob, func(r simulator.Received) bool {
		return r.Kind == simulator.KindChatState && r.State == "composing" && r.Media == "audio"
	})
	w.ok(w.bob.Typing(w.ctx, w.alice, types.ChatPresenceComposing, types.ChatPresenceMediaText))
	event(w, c, func(p *events.ChatPresence) bool {
		return p.Chat == w.bob.LID() && p.SenderAlt == w.bob.PN() && p.State == types.ChatPresenceComposing
	})
	g := w.srv.AddGroup("Team", w.alice, w.bob)
	w.ok(w.bob.TypingIn(w.ctx, g, types.ChatPresencePaused, types.ChatPresenceMediaText))
	event(w, c, func(p *events.ChatPresence) bool { return p.Chat == g.JID() && p.Sender == w.bob.LID() })
	w.ok(c.SendChatPresence(w.ctx, g.JID(), types.ChatPresenceComposing, types.ChatPresenceMediaText))
	w.expect(w.bob, func(r simulator.Received) bool { return r.Kind == simulator.KindChatState && r.Chat == g.JID() })

	// The client is available now, so it confirms messages as seen.
	id, err := w.bob.SendText(w.ctx, w.alice, "online?")
	w.ok(err)
	w.expect(w.bob, simulator.Receipt("", id))
}

func TestPreKeysAreRefilled(t *testing.T) {
	w := newWorld(t)
	_, comp := w.linked(w.alice)
	for comp.PreKeys() > 4 { // as when other devices start sessions
		w.ok(comp.SpendPreKeys(100))
	}
	w.ok(comp.WaitPreKeys(w.ctx, 50))
}
