package egress

import (
	"errors"
	"net/http"
)

// ErrRefusedRedirect says that a server answered with a redirect that is not
// followed.
var ErrRefusedRedirect = errors.New("the server redirects to a URL that is not followed")

// maxRedirects is the number of redirects that are followed within one host.
const maxRedirects = 3

func checkRedirect(next *http.Request, via []*http.Request) error {
	first := via[0]
	keeps := next.Method == first.Method
	if len(via) > maxRedirects || !keeps || next.URL.Host != first.URL.Host || next.URL.Scheme != first.URL.Scheme {
		return ErrRefusedRedirect
	}
	return nil
}
