package pod

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
)

// Outgoing is a message to send.
type Outgoing struct {
	Chat, Text string
	// ReplyTo is the ID of the message that it answers; empty for none.
	ReplyTo string
	// ID is that of the new message. The same message with the same ID is sent once, and
	// gets the first one's answer.
	ID string
	// File is what to attach, with Text as its caption; nil for none.
	File *Upload
}

// Upload is a file to send. As is how: image, video, voice or document.
type Upload struct {
	Name, MIMEType, As string
	Content            io.Reader
}

// Send sends a message and returns it. The file passes as a stream.
func (c Client) Send(ctx context.Context, o Outgoing) (m Message, err error) {
	fields := map[string]string{"session": c.Session, "chatId": o.Chat, "id": o.ID}
	if o.ReplyTo != "" {
		fields["reply_to"] = o.ReplyTo
	}
	path := "/api/sendText"
	if o.File != nil {
		path = map[string]string{"image": "/api/sendImage", "video": "/api/sendVideo", "voice": "/api/sendVoice"}[o.File.As]
		if path == "" {
			path = "/api/sendFile"
		}
		fields["caption"] = o.Text
	} else {
		fields["text"] = o.Text
	}
	body, done, err := bodyOf(fields, o.File)
	if err != nil {
		return m, err
	}
	defer done()
	ctx, cancel := context.WithTimeout(ctx, writeTime)
	defer cancel()
	return m, c.read(ctx, request{
		method: http.MethodPost, path: path, body: body, contentType: "application/json",
	}, maxList, &m)
}

// bodyOf is the body of a send. A file is encoded as it is read; done ends that.
func bodyOf(fields map[string]string, file *Upload) (body io.Reader, done func(), err error) {
	head, err := json.Marshal(fields)
	if err != nil {
		return nil, nil, err
	}
	if file == nil {
		return bytes.NewReader(head), func() {}, nil
	}
	about, err := json.Marshal(map[string]string{"filename": file.Name, "mimetype": file.MIMEType})
	if err != nil {
		return nil, nil, err
	}
	read, write := io.Pipe()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		encoder := base64.NewEncoder(base64.StdEncoding, write)
		_, err := io.Copy(encoder, file.Content)
		if err == nil {
			err = encoder.Close()
		}
		_ = write.CloseWithError(err)
	}()
	// {"session":…,"file":{"filename":…,"data":"…"}}
	begin := string(head[:len(head)-1]) + `,"file":` + string(about[:len(about)-1]) + `,"data":"`
	return io.MultiReader(bytes.NewReader([]byte(begin)), read, bytes.NewReader([]byte(`"}}`))), func() { _ = read.Close(); <-ended }, nil
}
