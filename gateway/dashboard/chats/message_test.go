package chats

import (
	"reflect"
	"strings"
	"testing"

	"github.com/wasession/wasession/gateway/dashboard/pod"
)

func TestKinds(t *testing.T) {
	file := &pod.File{}
	for want, m := range map[Kind]pod.Message{
		KindText:     {Body: "x"},
		KindUnknown:  {},
		KindImage:    {HasMedia: true, Body: "a caption", Data: pod.Data{Message: pod.Content{Image: file}}},
		KindSticker:  {HasMedia: true, Data: pod.Data{Message: pod.Content{Sticker: file}}},
		KindVideo:    {HasMedia: true, Data: pod.Data{Message: pod.Content{Note: file}}},
		KindAudio:    {HasMedia: true, Data: pod.Data{Message: pod.Content{Audio: file}}},
		KindVoice:    {HasMedia: true, Data: pod.Data{Message: pod.Content{Audio: &pod.File{IsVoice: true}}}},
		KindDocument: {HasMedia: true},
		KindPoll:     {Data: pod.Data{Message: pod.Content{Poll3: &pod.Poll{Name: "?"}}}},
		KindPlace:    {Location: &pod.Location{}},
		KindContact:  {VCards: []string{""}},
	} {
		if got := kindOf(m); got != want {
			t.Errorf("%s was taken for %s", want, got)
		}
	}
}

// The sender chooses everything that is in a message.
func TestHostileMessages(t *testing.T) {
	m := pod.Message{
		ID: "false_1@c.us_A/../<b>", Chat: "1@c.us", Body: strings.Repeat("ä", 60_000), HasMedia: true,
		Location: &pod.Location{Latitude: `1"&onload=x`, Longitude: "javascript:2", Name: given("\u202ex")},
		Data:     pod.Data{Message: pod.Content{Document: &pod.File{Name: "a\u202egpj.exe", Size: 1 << 62, Seconds: 1 << 31}}},
		ReplyTo:  &pod.Reply{ID: "<x>", Body: given(strings.Repeat("q", 60_000))},
	}
	for range 50 {
		m.VCards = append(m.VCards, "FN:x")
	}
	v := newMessage(m, "/x", false, nil)
	if !v.Clipped || len([]rune(v.Spans[0].Text)) != maxBody {
		t.Errorf("a long text is shown with %d characters, clipped %t", len([]rune(v.Spans[0].Text)), v.Clipped)
	}
	if whole := newMessage(m, "/x", true, nil); whole.Clipped || len(whole.Spans[0].Text) != len(m.Body) {
		t.Error("the whole text is not shown where it is asked for")
	}
	if v.Whole != "/x/false_1@c.us_A%2F..%2F%3Cb%3E" || v.File.Href != v.Whole+"/file" {
		t.Errorf("addresses: %q %q", v.Whole, v.File.Href)
	}
	if v.Place.Href != "https://www.openstreetmap.org/?mlat=1&mlon=2" || v.Place.Name != "x" {
		t.Errorf("the place: %+v", v.Place)
	}
	if v.File.Name != "agpj.exe" {
		t.Errorf("the file is called %q", v.File.Name)
	}
	if len(v.Cards) != maxCards || len([]rune(v.Quote.Text)) > maxQuote+1 {
		t.Errorf("%d cards, a quote of %d", len(v.Cards), len(v.Quote.Text))
	}
	if strings.Trim(v.Key, "-abcdefghijklmnopqrstuvwxyz0123456789") != "" {
		t.Errorf("the element is %q", v.Key)
	}
}

func TestWhoAndHowFar(t *testing.T) {
	own := newMessage(pod.Message{ID: "true_1@c.us_A", Chat: "1@c.us", FromMe: true, Source: "api", Ack: 3, Data: pod.Data{IsEdit: true}}, "", false, nil)
	if own.Ack == nil || own.Ack.Label != "Read" || !own.ByAPI || !own.Edited || own.Sender != nil {
		t.Errorf("an own message: %+v", own)
	}
	other := pod.Message{ID: "false_1@g.us_A_2@c.us", Chat: "1@g.us", Participant: given("2@lid"), Ack: 3}
	if v := newMessage(other, "", false, nil); v.Ack != nil || v.Sender == nil || v.Sender.Name != "Hidden number" {
		t.Errorf("somebody's message in a group: %+v", v)
	}
	other.Data.Info.PushName = "Eve"
	if v := newMessage(other, "", false, nil); v.Sender.Name != "Eve" {
		t.Errorf("her name is %q", v.Sender.Name)
	}
	for ack, want := range map[int]string{-1: "Not sent", 0: "Waiting to be sent", 1: "Sent", 2: "Delivered", 3: "Read", 4: "Played", 9: "Played"} {
		if got := newAck(ack).Label; got != want {
			t.Errorf("receipt %d: %s", ack, got)
		}
	}
}

// A message is the same element under all names of its chat.
func TestOneMessageIsOneElement(t *testing.T) {
	want := newMessage(pod.Message{ID: "false_1@c.us_ABC"}, "", false, nil).Key
	for _, id := range []string{"false_9@lid_ABC", "false_1@g.us_ABC_2@c.us", "ABC"} {
		if got := newMessage(pod.Message{ID: id}, "", false, nil).Key; got != want {
			t.Errorf("%s is %s, not %s", id, got, want)
		}
	}
	if r := OwnReaction("false_9@lid_ABC", "👍"); r.Target != want {
		t.Errorf("a reaction to it goes to %s", r.Target)
	}
}

func TestReactionsOfOnePersonReplaceEachOther(t *testing.T) {
	event := func(from, emoji string) ReactionEvent {
		e := ReactionEvent{Message: pod.Message{Chat: "1@g.us", Participant: &from}}
		e.Reaction.Text, e.Reaction.MessageID = emoji, "true_1@g.us_ABC"
		return e
	}
	first, second, other := NewReaction(event("2@c.us", "👍")), NewReaction(event("2@c.us", "")), NewReaction(event("3@c.us", "👍"))
	if first.Key != second.Key || first.Key == other.Key || first.Target != other.Target || second.Emoji != "" {
		t.Errorf("%+v\n%+v\n%+v", first, second, other)
	}
}

// A stored reaction is the same element as that of the event that told of it.
func TestStoredReactions(t *testing.T) {
	bob := "2@c.us"
	m := newMessage(pod.Message{ID: "true_2@c.us_ABC", Chat: bob, FromMe: true, Reactions: []pod.Reaction{{From: &bob, Text: "👍"}, {Text: "❤️"}}}, "", false, nil)
	e := ReactionEvent{Message: pod.Message{Chat: bob}}
	e.Reaction.Text, e.Reaction.MessageID = "👍", "true_2@c.us_ABC"
	if len(m.Reactions) != 2 || m.Reactions[0].Key != NewReaction(e).Key || m.Reactions[0].Target != m.Key || m.Reactions[1] != OwnReaction(m.ID, "❤️") {
		t.Errorf("%+v", m.Reactions)
	}
}

func TestCard(t *testing.T) {
	for given, want := range map[string]Card{
		"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Eve Miller\r\nORG:Shop\\, Ltd;\r\nitem1.TEL;waid=1555:+1 555\r\nTEL:7\r\nEND:VCARD": {
			Avatar: Avatar{Name: "Eve Miller", Initials: "EM"}, Organization: "Shop, Ltd", Numbers: []string{"+1 555", "7"},
		},
		"":                             {Avatar: Avatar{Name: "Contact", Initials: "C"}},
		"FN:<img>\x00\u202e\nnonsense": {Avatar: Avatar{Name: "<img>", Initials: "I"}},
	} {
		want.Color = colorOf(want.Name)
		if got := newCard(given); !reflect.DeepEqual(got, want) {
			t.Errorf("%q: %+v, want %+v", given, got, want)
		}
	}
}

// Pages of messages meet each other exactly, also where many have the same time.
func TestCursor(t *testing.T) {
	at := func(times ...int64) (page []pod.Message) {
		for _, time := range times {
			page = append(page, pod.Message{Timestamp: time})
		}
		return page
	}
	for _, c := range []struct {
		from Cursor
		page []pod.Message
		want Cursor
	}{
		{Cursor{}, at(9, 8, 7), Cursor{7, 1}},
		{Cursor{7, 1}, at(7, 7, 7), Cursor{7, 4}},
		{Cursor{7, 4}, at(7, 6, 6), Cursor{6, 2}},
	} {
		if got := c.from.after(c.page); got != c.want {
			t.Errorf("after %+v: %+v, want %+v", c.from, got, c.want)
		}
	}
	if got := ParseCursor(map[string][]string{"until": {"-5"}, "skip": {"x"}}); got != (Cursor{}) {
		t.Errorf("nonsense became %+v", got)
	}
}

// Who writes in a group is called as in the list of chats.
func TestNamesInGroups(t *testing.T) {
	known := names{"2@c.us": "Eve Miller"}
	m := pod.Message{ID: "false_1@g.us_A_2@c.us", Chat: "1@g.us", Participant: given("2@c.us"), ReplyTo: &pod.Reply{Participant: given("2@c.us")}}
	if v := newMessage(m, "", false, known); v.Sender.Name != "Eve Miller" || v.Quote.Name != "Eve Miller" {
		t.Errorf("%+v, quoting %+v", v.Sender, v.Quote)
	}
	m.Data.Info.PushName = "eve" // what she says herself comes first
	if v := newMessage(m, "", false, known); v.Sender.Name != "eve" {
		t.Errorf("%+v", v.Sender)
	}
}
