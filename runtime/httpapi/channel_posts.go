package httpapi

import (
	"context"
	"net/http"
	"time"

	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/media"
	"github.com/wasession/wasession/runtime/wire"
)

type previewIn struct {
	channelNamedIn
	Download bool `query:"downloadMedia" default:"false" doc:"Download media that has not been downloaded yet"`
	Limit    int  `query:"limit" default:"10" min:"1" max:"100" doc:"Maximum number of messages"`
}

func (a *API) previewChannel(r *http.Request, in previewIn) (rows[wire.ChannelMessage], error) {
	return func(yield func(wire.ChannelMessage, error) bool) {
		share, err := a.previews.take(r.Context())
		if err != nil {
			yield(wire.ChannelMessage{}, err)
			return
		}
		defer share.release()
		posts, err := a.posts(r.Context(), in)
		if err != nil {
			yield(wire.ChannelMessage{}, err)
			return
		}
		files := make([]*wire.Media, len(posts))
		if in.Download {
			files = a.attach(r, messagesOf(posts), time.Now().Add(pageTime))
		}
		for i := range posts {
			w := wire.NewChannelMessage(&posts[i], a.Raw)
			w.Message.Attach(files[i])
			if !yield(w, nil) {
				return
			}
		}
	}, nil
}

func messagesOf(posts []chat.ChannelPost) []chat.Message {
	messages := make([]chat.Message, len(posts))
	for i := range posts {
		messages[i] = posts[i].Message
	}
	return messages
}

// posts asks WhatsApp for the last posts of a channel.
func (a *API) posts(ctx context.Context, in previewIn) ([]chat.ChannelPost, error) {
	id := in.Channel.id
	if in.Channel.code != "" {
		c, err := a.channel(ctx, in.Channel)
		if err != nil {
			return nil, err
		}
		id = c.ID
	}
	posts, err := a.Live.ChannelPosts(ctx, id, in.Limit)
	return posts, channelFailure(err)
}

// previewed is the message of a file of a channel that was only previewed: nothing but the
// file is stored.
func (a *API) previewed(ctx context.Context, name string) (chat.Message, error) {
	id, digest, ok := media.MessageID(name)
	if !ok || digest != "" || id.Chat.Kind() != chat.KindNewsletter {
		return chat.Message{}, chat.ErrNotFound
	}
	m := chat.Message{Chat: id.Chat, Stanza: id.Stanza, FromMe: id.FromMe}
	file, err := a.Files.Find(ctx, m)
	m.Media = &chat.Media{MIMEType: file.MIMEType, Size: file.Size}
	return m, err
}
