package control

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"time"

	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/types"

	"github.com/wasession/wasession/test/simulator"
	"github.com/wasession/wasession/test/simulator/history"
	"github.com/wasession/wasession/test/simulator/media"
)

// maxWait bounds how long an inbox request waits.
const maxWait = time.Minute

func (a *API) send(r *http.Request) (any, error) {
	body, err := read[Message](r)
	if err != nil {
		return nil, err
	}
	from, err := a.user(body.From)
	if err != nil {
		return nil, err
	}
	to, err := chat(body.To)
	if err != nil {
		return nil, err
	}
	if channel := a.srv.Newsletter(to); channel != nil {
		return a.postTo(r.Context(), channel, from, body)
	}
	content, err := a.content(body)
	if err != nil {
		return nil, err
	}
	var options []simulator.SendOption
	if body.Garbled {
		options = append(options, simulator.Garbled())
	}
	var id string
	if group := a.srv.Group(to); group != nil {
		id, err = from.SendGroup(r.Context(), group, content, options...)
	} else if user := a.srv.UserByJID(to); user != nil {
		id, err = from.Send(r.Context(), user, content, options...)
	} else if to == types.StatusBroadcastJID {
		id, err = from.SendStatus(r.Context(), content, a.allBut(from), options...)
	} else {
		err = unknown("there is neither an account nor a group %s", body.To)
	}
	if errors.Is(err, simulator.ErrNotMember) {
		err = invalid("%s is not a member of %s", body.From, body.To)
	}
	if err != nil {
		return nil, err
	}
	return Sent{ID: id}, nil
}

// allBut returns the accounts that see an account's statuses: all others.
func (a *API) allBut(u *simulator.User) []*simulator.User {
	return slices.DeleteFunc(a.srv.Users(), func(other *simulator.User) bool { return other == u })
}

// content returns the message that a request describes.
func (a *API) content(body Message) (*waE2E.Message, error) {
	sampled := func(sample []byte, mimetype string) ([]byte, string) {
		if len(body.Content) > 0 {
			sample = body.Content
		}
		if body.Mimetype != "" {
			mimetype = body.Mimetype
		}
		return sample, mimetype
	}
	upload := func(kind media.Kind, sample []byte, mimetype string) (history.File, error) {
		data, mimetype := sampled(sample, mimetype)
		return a.srv.Upload(kind, mimetype, data)
	}
	switch body.Kind {
	case "", "text":
		if body.Text == "" {
			return nil, invalid("a text message needs a text")
		}
		return simulator.TextMessage(body.Text), nil
	case "image":
		file, err := upload(media.Image, sampleImage(), "image/jpeg")
		return history.Image(file, body.Text), err
	case "audio":
		file, err := upload(media.Audio, sampleAudio(), "audio/ogg; codecs=opus")
		return history.Audio(file, 2, true), err
	case "document":
		name := body.Name
		if name == "" {
			name = "Offer.pdf"
		}
		file, err := upload(media.Document, sampleDocument(), "application/pdf")
		return history.Document(file, name, body.Text), err
	case "poll":
		if body.Text == "" || len(body.Options) == 0 {
			return nil, invalid("a poll needs a question as its text, and options")
		}
		return simulator.PollMessage(body.Text, 0, body.Options...), nil
	case "event":
		if body.Text == "" {
			return nil, invalid("an event needs a name as its text")
		}
		return simulator.EventMessage(body.Text, time.Now().Add(24*time.Hour)), nil
	default:
		return nil, invalid("the kind %q is none of text, image, audio, document, poll, event", body.Kind)
	}
}

func (a *API) read(r *http.Request) (any, error) {
	body, err := read[Read](r)
	if err != nil {
		return nil, err
	}
	u, err := a.user(body.User)
	if err != nil {
		return nil, err
	}
	if len(body.IDs) == 0 {
		return nil, invalid("name the messages to read by their ids")
	}
	err = u.Read(r.Context(), body.IDs...)
	if errors.Is(err, simulator.ErrNoMessage) {
		err = unknown("%v", err)
	}
	return nil, err
}

// inbox returns what reached a phone after the sequence number "after". With
// "wait", a duration, it waits that long for something to arrive.
func (a *API) inbox(r *http.Request) (any, error) {
	query := r.URL.Query()
	u, err := a.user(query.Get("user"))
	if err != nil {
		return nil, err
	}
	after := 0
	if text := query.Get("after"); text != "" {
		if after, err = strconv.Atoi(text); err != nil {
			return nil, invalid("after=%q is not a number", text)
		}
	}
	if text := query.Get("wait"); text != "" {
		wait, err := time.ParseDuration(text)
		if err != nil {
			return nil, invalid("wait=%q is not a duration", text)
		}
		ctx, cancel := context.WithTimeout(r.Context(), min(wait, maxWait))
		defer cancel()
		// If nothing arrived, the answer is an empty list.
		_, _ = u.Expect(ctx, func(got simulator.Received) bool { return got.Seq > after })
	}
	out := []Received{}
	for _, got := range u.Inbox() {
		if got.Seq > after {
			out = append(out, received(u, got))
		}
	}
	return out, nil
}

func received(by *simulator.User, got simulator.Received) Received {
	r := Received{
		Seq: got.Seq, Kind: got.Kind, ID: got.ID, From: got.From.String(), Chat: got.Chat.String(), Own: got.Own,
		Text: got.Text(), State: got.State, IDs: got.IDs, Time: got.Time,
	}
	if update := got.Message.GetPollUpdateMessage(); update != nil {
		options, _ := by.ReadVote(got) // see Received.Vote
		r.Vote = &Vote{User: got.From.User, Poll: update.GetPollCreationMessageKey().GetID(), Options: options}
	}
	return r
}

func (a *API) vote(r *http.Request) (any, error) {
	body, err := read[Vote](r)
	if err != nil {
		return nil, err
	}
	u, err := a.user(body.User)
	if err != nil {
		return nil, err
	}
	id, err := u.Vote(r.Context(), body.Poll, body.Options)
	if errors.Is(err, simulator.ErrNoMessage) {
		err = unknown("%v", err)
	}
	return Sent{ID: id}, err
}

func (a *API) changeChat(r *http.Request) (any, error) {
	body, err := read[ChatChange](r)
	if err != nil {
		return nil, err
	}
	u, err := a.user(body.User)
	if err != nil {
		return nil, err
	}
	jid, err := chat(body.Chat)
	if err != nil {
		return nil, err
	}
	return nil, change(r.Context(), u, jid, body)
}

func (a *API) changeLabel(r *http.Request) (any, error) {
	body, err := read[LabelChange](r)
	if err != nil {
		return nil, err
	}
	u, err := a.user(body.User)
	if err != nil {
		return nil, err
	}
	if body.ID == "" || len(body.Chats) > 0 {
		return nil, invalid("a label needs an id; it is put on chats with POST %s/chats", Prefix)
	}
	return nil, u.PushLabel(r.Context(), body.ID, body.Label)
}

func change(ctx context.Context, u *simulator.User, jid types.JID, body ChatChange) error {
	var errs []error
	if body.Archived != nil {
		errs = append(errs, u.PushArchive(ctx, jid, *body.Archived))
	}
	if body.Pinned != nil {
		errs = append(errs, u.PushPin(ctx, jid, *body.Pinned))
	}
	if body.MutedUntil != nil {
		errs = append(errs, u.PushMute(ctx, jid, *body.MutedUntil))
	}
	if body.Read != nil {
		errs = append(errs, u.PushRead(ctx, jid, *body.Read))
	}
	for _, id := range slices.Sorted(maps.Keys(body.Labels)) {
		errs = append(errs, u.PushLabelled(ctx, id, jid, body.Labels[id]))
	}
	if body.Cleared {
		errs = append(errs, u.PushClearChat(ctx, jid))
	}
	if body.Deleted {
		errs = append(errs, u.PushDeleteChat(ctx, jid))
	}
	if len(errs) == 0 {
		return invalid("nothing is to be changed")
	}
	return errors.Join(errs...)
}
