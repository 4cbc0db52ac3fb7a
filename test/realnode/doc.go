// Package realnode runs a Kubernetes cluster of one real node, or two, on this machine:
// etcd, kube-apiserver, kube-controller-manager, kube-scheduler, kube-proxy, kubelet
// and containerd with runc. All of it lives in namespaces of its own, so that killing
// their first process ends everything, and nothing of the host's network, mounts or
// kernel settings changes. It needs root on Linux.
//
// A program calls Init first in main. It then either is inside the namespaces, where
// it calls Start, or calls Enter to run itself there.
package realnode
