package dashboard

import (
	"net"
	"net/http"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Failed logins that an address, and all addresses together, may make at once, and the
// time after which it is one more.
const (
	attemptsEach, attemptEachAfter = 10, 10 * time.Second
	attemptsAll, attemptAllAfter   = 200, 200 * time.Millisecond
)

// mostAddresses limits the addresses that are kept.
const mostAddresses = 10_000

// attempts counts failed logins.
type attempts struct {
	now func() time.Time

	mu   sync.Mutex
	all  *rate.Limiter
	each map[string]*rate.Limiter
}

func newAttempts(now func() time.Time) *attempts {
	return &attempts{now: now, all: rate.NewLimiter(rate.Every(attemptAllAfter), attemptsAll), each: map[string]*rate.Limiter{}}
}

// allowed says whether a login from an address is looked at.
func (a *attempts) allowed(address string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	now := a.now()
	each, known := a.each[address]
	return a.all.TokensAt(now) >= 1 && (!known || each.TokensAt(now) >= 1)
}

// failed counts a failed login.
func (a *attempts) failed(address string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	each, known := a.each[address]
	if !known {
		if len(a.each) >= mostAddresses {
			clear(a.each)
		}
		each = rate.NewLimiter(rate.Every(attemptEachAfter), attemptsEach)
		a.each[address] = each
	}
	each.AllowN(a.now(), 1)
	a.all.AllowN(a.now(), 1)
}

// addressOf is where a request comes from: the browser, or the proxy before the
// gateway. What proxies say of the browser can be made up.
func addressOf(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}
