package main

import (
	"context"
	"fmt"
	"net/http"
	"slices"

	"github.com/wasession/wasession/test/chatapi"
	"github.com/wasession/wasession/test/cluster"
	"github.com/wasession/wasession/test/simulator"
)

// messages sends both ways, through the Service and through the gateway.
func (l *lab) messages(ctx context.Context) error {
	for i, api := range []*chatapi.Client{l.direct, l.door} {
		name := []string{"Service", "gateway"}[i]
		if err := l.receive(ctx, api, "to the "+name); err != nil {
			return err
		}
		if err := l.send(ctx, api, "from the "+name); err != nil {
			return err
		}
		l.story.Step("a message in and one out, through the %s", name)
	}
	return nil
}

// receive has the contact write to the session, and finds the text at api.
func (l *lab) receive(ctx context.Context, api *chatapi.Client, text string) error {
	if _, err := l.contact.SendText(ctx, l.owner, text); err != nil {
		return fmt.Errorf("the contact's phone: %w", err)
	}
	return l.shows(ctx, api, text)
}

// shows waits until a text is among the newest messages.
func (l *lab) shows(ctx context.Context, api *chatapi.Client, text string) error {
	err := cluster.Eventually(ctx, func() (bool, error) {
		newest, err := api.Newest(ctx, "all", 20)
		return slices.ContainsFunc(newest, func(m chatapi.Message) bool { return m.Body == text }), err
	})
	if err != nil {
		return fmt.Errorf("%q did not arrive: %w", text, err)
	}
	return nil
}

// send has the session write to the contact, whose phone must get the text.
func (l *lab) send(ctx context.Context, api *chatapi.Client, text string) error {
	session := sessionKey.Name
	if api == l.door {
		session = userNamespace + "." + session
	}
	body := fmt.Sprintf(`{"session":%q,"chatId":"%s@c.us","text":%q}`, session, l.contact.PN().User, text)
	if err := api.Call(ctx, http.MethodPost, "/api/sendText", body, new(any)); err != nil {
		return err
	}
	if _, err := l.contact.Expect(ctx, simulator.Text(text)); err != nil {
		return fmt.Errorf("%q did not reach the contact: %w", text, err)
	}
	return nil
}
