package chat

import (
	"context"
	"net/http"
	"net/url"
	"time"
)

// Session is a session as the chat API describes it.
type Session struct {
	Name   string `json:"name"`
	Status string `json:"status"`
	Me     *struct {
		ID       string `json:"id"`
		PushName string `json:"pushName"`
	} `json:"me"`
}

// Session returns the session's status.
func (c *Client) Session(ctx context.Context) (s Session, err error) {
	_, err = c.call(ctx, http.MethodGet, "/api/sessions/"+url.PathEscape(c.session), nil, nil, &s)
	return s, err
}

// QR returns the text of the QR code to scan, and until when it holds.
func (c *Client) QR(ctx context.Context) (code string, until time.Time, err error) {
	var answer struct {
		Value string `json:"value"`
	}
	header, err := c.call(ctx, http.MethodGet, c.path("auth", "qr"), url.Values{"format": {"raw"}}, nil, &answer)
	if err != nil {
		return "", time.Time{}, err
	}
	until, _ = http.ParseTime(header.Get("Expires")) // absent in older versions
	return answer.Value, until, nil
}

// RequestCode returns the code to type in on the phone of a number.
func (c *Client) RequestCode(ctx context.Context, number string) (string, error) {
	var answer struct {
		Code string `json:"code"`
	}
	body := map[string]string{"phoneNumber": number}
	_, err := c.call(ctx, http.MethodPost, c.path("auth", "request-code"), nil, body, &answer)
	return answer.Code, err
}
