package realnode

import "path/filepath"

// host is a machine of the cluster, as the others see it.
type host struct {
	name, address string
	// pods is the range of its pods' addresses.
	pods string
}

var (
	firstHost  = host{name: Name, address: Address, pods: "10.81.0.0/17"}
	secondHost = host{name: SecondName, address: secondAddress, pods: "10.81.128.0/17"}
)

// files are those of the host's own programs.
func (h host) files() paths {
	if h == firstHost {
		return paths(Logs())
	}
	return paths(filepath.Join(Logs(), h.name))
}

// group is the control group that has the host's pods.
func (h host) group() string {
	if h == firstHost {
		return groupOf(Folder())
	}
	return filepath.Join(groupOf(Folder()), h.name)
}
