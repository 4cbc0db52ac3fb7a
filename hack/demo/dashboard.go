package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"time"
)

// dashboard is the address of the page for people.
func (d frontDoor) dashboard() string { return d.url + "/dashboard/" }

// visitor is somebody with a browser, as far as the demo needs one.
type visitor struct {
	door frontDoor
	http *http.Client
}

func newVisitor(door frontDoor) (*visitor, error) {
	jar, err := cookiejar.New(nil)
	return &visitor{door, &http.Client{Jar: jar, Timeout: 20 * time.Second}}, err
}

// logIn sends the form of the login.
func (v *visitor) logIn(ctx context.Context, key string) error {
	_, err := v.load(ctx, http.MethodPost, "login", url.Values{"secret": {key}})
	return err
}

// load returns a page.
func (v *visitor) load(ctx context.Context, method, page string, form url.Values) (string, error) {
	request, err := http.NewRequestWithContext(ctx, method, v.door.dashboard()+page, strings.NewReader(form.Encode()))
	if err != nil {
		return "", err
	}
	request.Header.Set("Origin", v.door.url)
	if method == http.MethodPost {
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	response, err := v.http.Do(request)
	if err != nil {
		return "", err
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode != http.StatusOK {
		err = fmt.Errorf("the dashboard's page %q: %s", page, response.Status)
	}
	return string(body), err
}

// checkDashboard logs in and looks at the sessions. That a browser shows all of it is
// tested in test/dashboard.
func (t *tour) checkDashboard(ctx context.Context) error {
	v, err := newVisitor(t.stack.door)
	if err != nil {
		return err
	}
	if err := v.logIn(ctx, "a-key-that-nobody-made"); err == nil {
		return errors.New("the dashboard takes a wrong key")
	}
	if err := v.logIn(ctx, t.stack.door.key); err != nil {
		return err
	}
	for page, wants := range map[string][]string{
		"": {"/dashboard/sessions/default/default", "/dashboard/sessions/default/support"},
		"sessions/" + namespace + "/" + sessionName:               {"4915155500001"},
		"sessions/" + namespace + "/" + sessionName + "/manifest": {"kind: WhatsAppSession", "Connected"},
	} {
		shown, err := v.load(ctx, http.MethodGet, page, nil)
		if err != nil {
			return err
		}
		for _, want := range wants {
			if !strings.Contains(shown, want) {
				return fmt.Errorf("the dashboard's page %q does not show %s", page, want)
			}
		}
	}
	t.story.Step("%s shows the sessions, after a login with the key", t.stack.door.dashboard())
	return nil
}
