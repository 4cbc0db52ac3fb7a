package access

import (
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Attempts bounds how many wrong keys and tokens come from one address. Who has been
// let in from there goes on being let in: many clients may share an address.
type Attempts struct {
	// PerMinute is how many an address may send at once, and how many more in a minute.
	// None are refused if it is 0.
	PerMinute int
	// Now is the clock; optional.
	Now func() time.Time

	mu    sync.Mutex
	wrong map[netip.Prefix]*rate.Limiter
	letIn map[attempt]struct{}
}

// attempt is a key or token from an address.
type attempt struct {
	from netip.Prefix
	what hash
}

// mostAttempts limits the addresses that are kept, and who has been let in.
const mostAttempts = 10_000

// Wait is how long a caller with this key or token must wait who calls from this
// address; 0 if it is looked at now.
func (a *Attempts) Wait(from, secret string) time.Duration {
	if a.PerMinute <= 0 {
		return 0
	}
	what := attempt{networkOf(from), sumOfText(secret)}
	a.mu.Lock()
	defer a.mu.Unlock()
	limiter, known := a.wrong[what.from]
	if !known {
		return 0
	}
	missing := 1 - limiter.TokensAt(a.now())
	if missing <= 0 {
		return 0
	}
	if _, ok := a.letIn[what]; ok {
		return 0
	}
	return time.Duration(missing * float64(a.between()))
}

// Judged notes whether a caller was let in.
func (a *Attempts) Judged(from, secret string, letIn bool) {
	if a.PerMinute <= 0 {
		return
	}
	what := attempt{networkOf(from), sumOfText(secret)}
	a.mu.Lock()
	defer a.mu.Unlock()
	if letIn {
		if _, ok := a.letIn[what]; !ok {
			a.letIn = roomFor(a.letIn)
			a.letIn[what] = struct{}{}
		}
		return
	}
	delete(a.letIn, what) // a key that is withdrawn
	limiter, known := a.wrong[what.from]
	if !known {
		limiter = rate.NewLimiter(rate.Every(a.between()), a.PerMinute)
		a.wrong = roomFor(a.wrong)
		a.wrong[what.from] = limiter
	}
	limiter.AllowN(a.now(), 1)
}

// between is the time after which an address may send one more.
func (a *Attempts) between() time.Duration { return time.Minute / time.Duration(a.PerMinute) }

func (a *Attempts) now() time.Time {
	if a.Now != nil {
		return a.Now()
	}
	return time.Now()
}

// roomFor returns a map that has room for one more: an empty one if it is full.
func roomFor[K comparable, V any](m map[K]V) map[K]V {
	if m == nil || len(m) >= mostAttempts {
		return map[K]V{}
	}
	return m
}

// networkOf is what counts as one address: an address of IPv4, or a network of IPv6
// that one customer has, which could send from any of its addresses.
func networkOf(from string) netip.Prefix {
	at, err := netip.ParseAddrPort(from)
	if err != nil {
		return netip.Prefix{}
	}
	address, bits := at.Addr().Unmap().WithZone(""), 32
	if !address.Is4() {
		bits = 64
	}
	network, err := address.Prefix(bits)
	if err != nil {
		return netip.Prefix{}
	}
	return network
}
