package realnode

import (
	"fmt"
	"os"
)

// writeConfigurations writes the files that containerd, kubelet and kube-proxy read.
func writeConfigurations(h host) error {
	files := h.files()
	texts := map[string]string{
		"containerd.toml":      fmt.Sprintf(containerdText, files.of("containerd"), socket, PauseImage, pluginFolder, files.of("cni")),
		"cni/10-pods.conflist": fmt.Sprintf(networkText, h.pods),
		"kubelet.yaml":         fmt.Sprintf(kubeletText, files.of("ca.crt"), files.of("kubelet.crt"), files.of("kubelet.key"), h.address, h.group(), socket, files.of("manifests"), files.of("pods"), dnsService),
		"kube-proxy.yaml":      fmt.Sprintf(proxyText, files.of("kube-proxy.kubeconfig"), h.name, podRange),
	}
	for name, text := range texts {
		if err := os.WriteFile(files.of(name), []byte(text), 0o600); err != nil {
			return err
		}
	}
	return nil
}

// A container may not lower its OOM score without CAP_SYS_RESOURCE, which a virtual
// machine or a container may lack.
const containerdText = `version = 2
root = %q
state = "/run/containerd"
disabled_plugins = ["io.containerd.internal.v1.opt"]
[grpc]
  address = %q
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = %q
  restrict_oom_score_adj = true
  disable_apparmor = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = %q
    conf_dir = %q
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
      SystemdCgroup = false
`

// Pods keep their addresses towards each other, and everything outside the cluster is on
// the first host: nothing is masqueraded.
const networkText = `{
  "cniVersion": "1.0.0", "name": "pods",
  "plugins": [
    {"type": "bridge", "bridge": "pods0", "isGateway": true, "hairpinMode": true,
     "ipam": {"type": "host-local", "ranges": [[{"subnet": %q}]], "routes": [{"dst": "0.0.0.0/0"}]}},
    {"type": "portmap", "capabilities": {"portMappings": true}}
  ]
}
`

const kubeletText = `apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
authentication:
  anonymous: {enabled: false}
  webhook: {enabled: true}
  x509: {clientCAFile: %s}
authorization: {mode: Webhook}
tlsCertFile: %s
tlsPrivateKeyFile: %s
address: %s
cgroupDriver: cgroupfs
cgroupRoot: /%s
failCgroupV1: false
failSwapOn: false
oomScoreAdj: 0
containerRuntimeEndpoint: unix://%s
staticPodPath: %s
podLogsDir: %s
clusterDNS: [%s]
clusterDomain: cluster.local
evictionHard: {memory.available: 50Mi, nodefs.available: 500Mi, nodefs.inodesFree: "1%%", imagefs.available: 500Mi}
imageGCHighThresholdPercent: 100
maxPods: 250
registryPullQPS: 100
serializeImagePulls: false
enableControllerAttachDetach: true
`

const proxyText = `apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
clientConnection: {kubeconfig: %s}
hostnameOverride: %s
clusterCIDR: %s
mode: nftables
conntrack: {maxPerCore: 0, min: 0, tcpEstablishedTimeout: 0s, tcpCloseWaitTimeout: 0s}
oomScoreAdj: 0
`
