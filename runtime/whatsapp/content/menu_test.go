package content

import (
	"encoding/json"
	"math"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"go.mau.fi/whatsmeow/proto/waE2E"
	"google.golang.org/protobuf/proto"

	"github.com/wasession/wasession/runtime/chat"
)

// Whatever a phone shows a bubble for has a row with the text that is in it.
func TestMessagesOfBusinessesAndRarities(t *testing.T) {
	s := proto.String
	row := func(kind chat.MessageType, body string) Content { return Content{Kind: kind, Body: body} }
	hydrated := &waE2E.TemplateMessage_HydratedFourRowTemplate{HydratedContentText: s("Your order")}
	for name, c := range map[string]struct {
		msg  *waE2E.Message
		want Content
	}{
		"a template":              {&waE2E.Message{TemplateMessage: &waE2E.TemplateMessage{HydratedTemplate: hydrated}}, row(chat.TypeText, "Your order")},
		"an older template":       {&waE2E.Message{TemplateMessage: &waE2E.TemplateMessage{Format: &waE2E.TemplateMessage_HydratedFourRowTemplate_{HydratedFourRowTemplate: hydrated}}}, row(chat.TypeText, "Your order")},
		"an interactive template": {&waE2E.Message{TemplateMessage: &waE2E.TemplateMessage{Format: &waE2E.TemplateMessage_InteractiveMessageTemplate{InteractiveMessageTemplate: &waE2E.InteractiveMessage{Body: &waE2E.InteractiveMessage_Body{Text: s("Choose")}}}}}, row(chat.TypeText, "Choose")},
		"an answer to a template": {&waE2E.Message{TemplateButtonReplyMessage: &waE2E.TemplateButtonReplyMessage{SelectedDisplayText: s("Yes")}}, row(chat.TypeText, "Yes")},
		"an interactive one":      {&waE2E.Message{InteractiveMessage: &waE2E.InteractiveMessage{Body: &waE2E.InteractiveMessage_Body{Text: s("Body")}, Header: &waE2E.InteractiveMessage_Header{Title: s("Title")}}}, row(chat.TypeText, "Body")},
		"one with a title alone":  {&waE2E.Message{InteractiveMessage: &waE2E.InteractiveMessage{Header: &waE2E.InteractiveMessage_Header{Title: s("Title")}}}, row(chat.TypeText, "Title")},
		"an interactive answer":   {&waE2E.Message{InteractiveResponseMessage: &waE2E.InteractiveResponseMessage{Body: &waE2E.InteractiveResponseMessage_Body{Text: s("Sent")}}}, row(chat.TypeText, "Sent")},
		"a structured one":        {&waE2E.Message{HighlyStructuredMessage: &waE2E.HighlyStructuredMessage{HydratedHsm: &waE2E.TemplateMessage{HydratedTemplate: hydrated}}}, row(chat.TypeText, "Your order")},
		"a list by its title":     {&waE2E.Message{ListMessage: &waE2E.ListMessage{Title: s("Menu")}}, row(chat.TypeText, "Menu")},
		"an entry by its text":    {&waE2E.Message{ListResponseMessage: &waE2E.ListResponseMessage{Description: s("Soup of the day")}}, row(chat.TypeText, "Soup of the day")},
		"an invitation with text": {&waE2E.Message{GroupInviteMessage: &waE2E.GroupInviteMessage{GroupName: s("Lunch"), Caption: s("join us")}}, row(chat.TypeOther, "join us")},
		"an event":                {&waE2E.Message{EventMessage: &waE2E.EventMessage{Name: s("Party")}}, row(chat.TypeOther, "Party")},
		"an order":                {&waE2E.Message{OrderMessage: &waE2E.OrderMessage{OrderTitle: s("2 items")}}, row(chat.TypeOther, "2 items")},
		"an order with a message": {&waE2E.Message{OrderMessage: &waE2E.OrderMessage{OrderTitle: s("2 items"), Message: s("please")}}, row(chat.TypeOther, "please")},
		"a product":               {&waE2E.Message{ProductMessage: &waE2E.ProductMessage{Product: &waE2E.ProductMessage_ProductSnapshot{Title: s("Chair")}}}, row(chat.TypeOther, "Chair")},
		"a product with words":    {&waE2E.Message{ProductMessage: &waE2E.ProductMessage{Body: s("for you"), Product: &waE2E.ProductMessage_ProductSnapshot{Title: s("Chair")}}}, row(chat.TypeOther, "for you")},
		"a comment":               {&waE2E.Message{CommentMessage: &waE2E.CommentMessage{Message: text("nice")}}, row(chat.TypeText, "nice")},
		"a comment on nothing":    {&waE2E.Message{CommentMessage: &waE2E.CommentMessage{Message: &waE2E.Message{ReactionMessage: &waE2E.ReactionMessage{}}}}, row(chat.TypeOther, "")},
		"a payment":               {&waE2E.Message{SendPaymentMessage: &waE2E.SendPaymentMessage{}}, row(chat.TypeOther, "")},
		"a request for money":     {&waE2E.Message{RequestPaymentMessage: &waE2E.RequestPaymentMessage{}}, row(chat.TypeOther, "")},
		"a sticker pack":          {&waE2E.Message{StickerPackMessage: &waE2E.StickerPackMessage{}}, row(chat.TypeOther, "")},
		"a call":                  {&waE2E.Message{CallLogMesssage: &waE2E.CallLogMessage{}}, row(chat.TypeOther, "")},
		"keys beside something":   {&waE2E.Message{SenderKeyDistributionMessage: &waE2E.SenderKeyDistributionMessage{}, MusicMessage: &waE2E.MusicMessage{}}, row(chat.TypeOther, "")},
		"a video note":            {&waE2E.Message{PtvMessage: &waE2E.VideoMessage{Mimetype: s("video/mp4")}}, Content{Kind: chat.TypeVideo, Media: &chat.Media{MIMEType: "video/mp4"}}},
		"a voice":                 {&waE2E.Message{AudioMessage: &waE2E.AudioMessage{PTT: proto.Bool(true)}}, Content{Kind: chat.TypeVoice, Media: &chat.Media{}}},
		"a document by its title": {&waE2E.Message{DocumentMessage: &waE2E.DocumentMessage{Title: s("a.pdf")}}, Content{Kind: chat.TypeDocument, Media: &chat.Media{Filename: "a.pdf"}}},
	} {
		if got, ok := Of(Unwrap(c.msg)); !ok || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s shows %+v, %t; want %+v", name, got, ok, c.want)
		}
	}
}

func TestEveryVersionOfAPoll(t *testing.T) {
	poll := &waE2E.PollCreationMessage{Name: proto.String("?"), Options: []*waE2E.PollCreationMessage_Option{{OptionName: proto.String("a")}}}
	for name, msg := range map[string]*waE2E.Message{
		"1": {PollCreationMessage: poll}, "2": {PollCreationMessageV2: poll}, "3": {PollCreationMessageV3: poll},
		"4": {PollCreationMessageV4: future(&waE2E.Message{PollCreationMessage: poll})}, "5": {PollCreationMessageV5: poll},
	} {
		if got, ok := Of(Unwrap(msg)); !ok || got.Kind != chat.TypePoll || got.Body != "?\na" || Poll(Unwrap(msg)) != poll {
			t.Errorf("version %s shows %+v, %t", name, got, ok)
		}
	}
	if Poll(text("x")) != nil || Poll(nil) != nil {
		t.Error("a text is a poll")
	}
}

func TestShortened(t *testing.T) {
	for _, c := range []struct {
		in   string
		n    int
		want string
	}{
		{"hello", 5, "hello"}, {"hello", 4, "hell"}, {"hello", 0, ""}, {"", 0, ""},
		{"naïve", 3, "na"}, {"naïve", 4, "naï"}, {"日本", 5, "日"}, {"日本", 6, "日本"}, {"👍", 3, ""},
	} {
		if got := Shortened(c.in, c.n); got != c.want || !utf8.ValidString(got) {
			t.Errorf("%q to %d is %q, want %q", c.in, c.n, got, c.want)
		}
	}
	// Bytes that are no text end somewhere.
	if got := Shortened(strings.Repeat("\x80", 10), 5); len(got) > 5 {
		t.Errorf("%q is too long", got)
	}
}

// What a sender says of a file is kept within bounds.
func TestBoundsOfMedia(t *testing.T) {
	m := &waE2E.Message{DocumentMessage: &waE2E.DocumentMessage{
		Mimetype: proto.String(strings.Repeat("m", 1000)), FileName: proto.String(strings.Repeat("f", 5000)), FileLength: proto.Uint64(math.MaxUint64),
	}}
	got, ok := Of(m)
	if !ok || len(got.Media.MIMEType) != maxMIMEType || len(got.Media.Filename) != MaxName || got.Media.Size != 1<<62 {
		t.Errorf("%d, %d, %d", len(got.Media.MIMEType), len(got.Media.Filename), got.Media.Size)
	}
}

// Numbers in lists and in maps are tamed as those in fields, and the nesting is
// cut where it becomes too deep, not above.
func TestTameInListsAndDepths(t *testing.T) {
	inf := math.Inf(-1)
	points := &waE2E.Message{ImageMessage: &waE2E.ImageMessage{Annotations: []*waE2E.InteractiveAnnotation{
		{PolygonVertices: []*waE2E.Point{{X: &inf, Y: proto.Float64(1)}, {X: proto.Float64(2), Y: &inf}}},
		{PolygonVertices: []*waE2E.Point{{X: proto.Float64(3)}}},
	}}}
	Tame(points)
	v := points.ImageMessage.Annotations[0].PolygonVertices
	if v[0].X != nil || v[0].GetY() != 1 || v[1].GetX() != 2 || v[1].Y != nil || points.ImageMessage.Annotations[1].PolygonVertices[0].GetX() != 3 {
		t.Errorf("left are %v", points)
	}
	deep := func(levels int) *waE2E.Message {
		m := text("innermost")
		for range levels {
			m = &waE2E.Message{EphemeralMessage: future(m)}
		}
		return m
	}
	for levels, whole := range map[int]bool{1: true, (MaxNesting - 1) / 2: true, MaxNesting: false} {
		m := deep(levels)
		Tame(m)
		raw, err := json.Marshal(m)
		if err != nil || strings.Contains(string(raw), "innermost") != whole {
			t.Errorf("%d levels: whole %t, want %t; %v", levels, !whole, whole, err)
		}
	}
}
