// Package visitor is somebody with a browser, as far as it takes to log in to the
// gateway's dashboard and to load pages. What a browser makes of them is tested in
// test/dashboard.
package visitor

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"time"
)

// Visitor keeps the cookies of one gateway.
type Visitor struct {
	base string
	http *http.Client
}

// New returns a visitor of the gateway at base, a URL without a path, who is not logged in.
func New(base string) (*Visitor, error) {
	jar, err := cookiejar.New(nil)
	return &Visitor{base, &http.Client{Jar: jar, Timeout: time.Minute}}, err
}

// LogIn sends the form of the login. A wrong key is an error.
func (v *Visitor) LogIn(ctx context.Context, key string) error {
	_, err := v.load(ctx, http.MethodPost, "login", url.Values{"secret": {key}})
	return err
}

// Load returns a page by its path below /dashboard/. Any status but 200 is an error.
func (v *Visitor) Load(ctx context.Context, page string) (string, error) {
	return v.load(ctx, http.MethodGet, page, nil)
}

func (v *Visitor) load(ctx context.Context, method, page string, form url.Values) (string, error) {
	request, err := http.NewRequestWithContext(ctx, method, v.base+"/dashboard/"+page, strings.NewReader(form.Encode()))
	if err != nil {
		return "", err
	}
	request.Header.Set("Origin", v.base)
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
