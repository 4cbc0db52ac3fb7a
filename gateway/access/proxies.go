package access

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// Proxies are the addresses of proxies that are believed when they say who the client
// is.
type Proxies []netip.Prefix

// ParseProxies reads addresses and networks, such as 10.0.0.1 and 10.0.0.0/8.
func ParseProxies(texts []string) (p Proxies, err error) {
	for _, text := range texts {
		network, err := netip.ParsePrefix(text)
		if err != nil {
			address, other := netip.ParseAddr(text)
			if other != nil {
				return nil, fmt.Errorf("trusted proxies: %q is neither an address nor a network such as 10.0.0.0/8", text)
			}
			network = netip.PrefixFrom(address, address.BitLen())
		}
		p = append(p, network.Masked())
	}
	return p, nil
}

// Handler has h see the client's address where a proxy that is believed tells it.
func (p Proxies) Handler(h http.Handler) http.Handler {
	if len(p) == 0 {
		return h
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if client, ok := p.clientOf(r.RemoteAddr, r.Header.Values("X-Forwarded-For")); ok {
			r.RemoteAddr = net.JoinHostPort(client.String(), "0")
		}
		h.ServeHTTP(w, r)
	})
}

// clientOf is the last address in X-Forwarded-For that is not of a proxy which is
// believed: what stands before it can be made up.
func (p Proxies) clientOf(remote string, forwarded []string) (client netip.Addr, ok bool) {
	at, err := netip.ParseAddrPort(remote)
	if err != nil || !p.has(at.Addr()) {
		return netip.Addr{}, false
	}
	for _, text := range slices.Backward(strings.Split(strings.Join(forwarded, ","), ",")) {
		next, err := netip.ParseAddr(strings.TrimSpace(text))
		if err != nil {
			return client, ok
		}
		client, ok = next.Unmap(), true
		if !p.has(client) {
			return client, ok
		}
	}
	return client, ok
}

func (p Proxies) has(a netip.Addr) bool {
	a = a.Unmap().WithZone("")
	return slices.ContainsFunc(p, func(network netip.Prefix) bool { return network.Contains(a) })
}
