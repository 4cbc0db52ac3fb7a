package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"github.com/wasession/wasession/test/perf/figures"
)

const (
	weighedChats = 50
	weighedPage  = 20
)

// weigh reports the size of answers with messages, uncompressed and compressed.
func (l *lab) weigh(ctx context.Context, r *runtime) error {
	var chats []struct{ ID string }
	if _, err := r.get(ctx, fmt.Sprintf("/api/%s/chats?limit=%d", sessionName, weighedChats), &chats); err != nil {
		return err
	}
	var plain, compressed, messages int
	for _, chat := range chats {
		path := fmt.Sprintf("/api/%s/chats/%s/messages?limit=%d&downloadMedia=false", sessionName, url.PathEscape(chat.ID), weighedPage)
		var page []struct{}
		if _, err := r.get(ctx, path, &page); err != nil {
			return err
		}
		messages += len(page)
		n, err := r.bytes(ctx, path, "identity")
		if err != nil {
			return err
		}
		plain += n
		if n, err = r.bytes(ctx, path, "gzip"); err != nil {
			return err
		}
		compressed += n
	}
	if messages == 0 {
		return fmt.Errorf("no messages in %d chats", len(chats))
	}
	l.report(figures.Figure{Name: "lists.messages.bytes", Ours: float64(plain) / float64(messages), Unit: "bytes/message",
		Note: fmt.Sprintf("of answers with %d messages of %d chats", messages, len(chats))})
	l.report(figures.Figure{Name: "lists.messages.gzip", Ours: float64(compressed) / float64(messages), Against: float64(plain) / float64(messages),
		Ratio: float64(compressed) / float64(plain), Unit: "bytes/message", Note: "for clients that accept gzip, against those that do not"})
	return nil
}

// bytes returns the size of an answer on the wire, in the given encoding.
func (r *runtime) bytes(ctx context.Context, path, encoding string) (int, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, r.url+path, nil)
	if err != nil {
		return 0, err
	}
	req.Header.Set("X-Api-Key", apiKey)
	req.Header.Set("Accept-Encoding", encoding) // if set explicitly, the answer is not decompressed
	resp, err := r.client.Do(req)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return len(body), err
}
