package localnode

import (
	"fmt"
	"sync"
)

// hostIP is the node's own address.
const hostIP = "127.0.0.1"

// addresses allocates the loopback addresses of pods. The kernel answers on all
// of 127.0.0.0/8, so an address needs no setup.
type addresses struct {
	net   string
	mutex sync.Mutex
	used  map[string]bool
	next  int
}

func newAddresses(net string) *addresses {
	return &addresses{net: net, used: map[string]bool{}, next: 1}
}

// take returns a free address; the one released last is reused last.
func (a *addresses) take() (string, error) {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	const last = 254 * 254
	for range last {
		number := a.next
		a.next = a.next%last + 1
		address := fmt.Sprintf("%s.%d.%d", a.net, number/254, number%254+1)
		if !a.used[address] {
			a.used[address] = true
			return address, nil
		}
	}
	return "", fmt.Errorf("all addresses of %s.0.0/16 are in use", a.net)
}

func (a *addresses) giveBack(address string) {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	delete(a.used, address)
}
