package realnode

import "path/filepath"

// The nodes' names, and the addresses of their network, which nobody outside sees.
const (
	Name       = "node"
	SecondName = "second"
	// Address is the node's. What listens on it is reached by pods.
	Address = "10.80.0.1"

	// PublicAddress is one of the node's that is not private, for what pods shall find
	// outside the cluster, and PublicName is its name in the cluster's DNS.
	PublicAddress = "157.240.0.53"
	PublicName    = "internet.test"
	// MetadataAddress is where a cloud's machines have their metadata.
	MetadataAddress = "169.254.169.254"
	// DNS is where the cluster's DNS answers.
	DNS = dnsService + ":53"

	secondAddress = "10.80.0.2"
	gateway       = "10.80.0.254"
	podRange      = "10.81.0.0/16"
	serviceRange  = "10.96.0.0/16"
	// apiService is the first address of serviceRange, which is that of the Service
	// kubernetes.
	apiService = "10.96.0.1"
	apiServer  = "https://" + Address + ":6443"
	// dnsService is the address of the Service of the cluster's DNS.
	dnsService = "10.96.0.10"
)

// pluginFolder has the network plugins of Debian's containernetworking-plugins.
const pluginFolder = "/usr/lib/cni"

// socket is containerd's.
const socket = "/run/containerd/containerd.sock"

// PauseImage is the image that keeps a pod's namespaces, and does nothing else.
const PauseImage = "localhost/pause:1"

// StorageClass is the default one. Its volumes are folders that are owned by a pod's
// fsGroup, as those of a cloud's disks are.
const StorageClass = "folder"

// paths are the files of a node.
type paths string

func (p paths) of(name string) string { return filepath.Join(string(p), name) }
