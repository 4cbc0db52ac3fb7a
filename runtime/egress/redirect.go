package egress

import (
	"errors"
	"net/http"
)

// ErrRefusedRedirect says that a redirect was not followed.
var ErrRefusedRedirect = errors.New("the server redirects to a place that is not followed")

// maxRedirects is the maximum number of redirects within a host.
const maxRedirects = 3

func checkRedirect(next *http.Request, via []*http.Request) error {
	first := via[0]
	keeps := next.Method == first.Method
	if len(via) > maxRedirects || !keeps || next.URL.Host != first.URL.Host || next.URL.Scheme != first.URL.Scheme {
		return ErrRefusedRedirect
	}
	return nil
}
