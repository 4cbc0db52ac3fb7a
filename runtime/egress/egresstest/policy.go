// Package egresstest makes policies for tests, whose servers listen on the
// loopback interface.
package egresstest

import (
	"testing"

	"github.com/wasession/wasession/api/addresses"
	"github.com/wasession/wasession/runtime/egress"
)

// Loopback is a guard that allows public addresses and this machine.
func Loopback(t testing.TB) *egress.Guard {
	t.Helper()
	return egress.New(egress.Options{Allow: Allow(t, "127.0.0.0/8", "::1/128")})
}

// Allow reads a list of what is allowed.
func Allow(t testing.TB, entries ...string) addresses.Allow {
	t.Helper()
	allow, err := addresses.ParseAllow(entries)
	if err != nil {
		t.Fatal(err)
	}
	return allow
}
