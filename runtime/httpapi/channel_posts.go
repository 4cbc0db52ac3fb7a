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

func (a *API) previewChannel(r *http.Request, in previewIn) ([]wire.ChannelMessage, error) {
	id := in.Channel.id
	if in.Channel.code != "" {
		c, err := a.channel(r.Context(), in.Channel)
		if err != nil {
			return nil, err
		}
		id = c.ID
	}
	posts, err := a.Live.ChannelPosts(r.Context(), id, in.Limit)
	if err != nil {
		return nil, channelFailure(err)
	}
	messages := make([]chat.Message, len(posts))
	for i := range posts {
		messages[i] = posts[i].Message
	}
	files := make([]*wire.Media, len(posts))
	if in.Download {
		files = a.attach(r, messages, time.Now().Add(pageTime))
	}
	out := make([]wire.ChannelMessage, len(posts))
	for i := range posts {
		out[i] = wire.NewChannelMessage(&posts[i], a.Raw)
		out[i].Message.Attach(files[i])
	}
	return out, nil
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
