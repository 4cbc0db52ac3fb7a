package realnode

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"time"

	"k8s.io/client-go/rest"

	"github.com/wasession/wasession/test/controlplane"
)

// authority signs the certificates of a cluster.
type authority struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
	pem         []byte
}

func newAuthority() (*authority, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	template := certificate(pkix.Name{CommonName: "kubernetes"})
	template.IsCA, template.BasicConstraintsValid = true, true
	template.KeyUsage |= x509.KeyUsageCertSign
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, err
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, err
	}
	return &authority{certificate: parsed, key: key, pem: block("CERTIFICATE", der)}, nil
}

func certificate(subject pkix.Name) *x509.Certificate {
	serial, _ := rand.Int(rand.Reader, big.NewInt(1<<62))
	return &x509.Certificate{
		SerialNumber: serial, Subject: subject,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		KeyUsage:    x509.KeyUsageDigitalSignature | x509.KeyUsageKeyEncipherment,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
}

// sign returns a certificate and its key. Groups are of a client, hosts of a server.
func (a *authority) sign(name string, groups, hosts []string) (certPEM, keyPEM []byte, err error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	template := certificate(pkix.Name{CommonName: name, Organization: groups})
	for _, host := range hosts {
		if ip := net.ParseIP(host); ip != nil {
			template.IPAddresses = append(template.IPAddresses, ip)
		} else {
			template.DNSNames = append(template.DNSNames, host)
		}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.certificate, key.Public(), a.key)
	if err != nil {
		return nil, nil, err
	}
	encoded, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, nil, err
	}
	return block("CERTIFICATE", der), block("PRIVATE KEY", encoded), nil
}

func block(kind string, der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
}

// config returns a client configuration for a user.
func (a *authority) config(name string, groups ...string) (*rest.Config, error) {
	certPEM, keyPEM, err := a.sign(name, groups, nil)
	if err != nil {
		return nil, err
	}
	return &rest.Config{
		Host:            apiServer,
		TLSClientConfig: rest.TLSClientConfig{CAData: a.pem, CertData: certPEM, KeyData: keyPEM},
	}, nil
}

// writeControlPlane writes what the programs of the control plane read as files, and
// returns the configuration of an administrator.
func (a *authority) writeControlPlane(files paths) (*rest.Config, error) {
	hosts := []string{Address, apiService, "127.0.0.1", "localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc"}
	if err := a.write(files, "apiserver", "", nil, hosts); err != nil {
		return nil, err
	}
	// What the API server calls kubelet with, and what tokens are signed with.
	if err := a.write(files, "apiserver-kubelet", "kube-apiserver", []string{"system:masters"}, nil); err != nil {
		return nil, err
	}
	if err := a.write(files, "tokens", "tokens", nil, nil); err != nil {
		return nil, err
	}
	for _, name := range []string{"kube-controller-manager", "kube-scheduler"} {
		if err := a.writeClient(files, name, "system:"+name); err != nil {
			return nil, err
		}
	}
	return a.config("admin", "system:masters")
}

// writeHost writes what the programs of a host read as files.
func (a *authority) writeHost(h host) error {
	if err := os.WriteFile(h.files().of("ca.crt"), a.pem, 0o600); err != nil {
		return err
	}
	if err := a.write(h.files(), "kubelet", "", nil, []string{h.address, h.name}); err != nil {
		return err
	}
	if err := a.writeClient(h.files(), "kubelet", "system:node:"+h.name, "system:nodes"); err != nil {
		return err
	}
	return a.writeClient(h.files(), "kube-proxy", "system:kube-proxy")
}

// writeClient writes the client configuration of a user.
func (a *authority) writeClient(files paths, name, user string, groups ...string) error {
	config, err := a.config(user, groups...)
	if err != nil {
		return err
	}
	return controlplane.WriteKubeconfig(config, files.of(name+".kubeconfig"))
}

// write writes a certificate and its key.
func (a *authority) write(files paths, file, name string, groups, hosts []string) error {
	certPEM, keyPEM, err := a.sign(name, groups, hosts)
	if err != nil {
		return err
	}
	if err := os.WriteFile(files.of(file+".crt"), certPEM, 0o600); err != nil {
		return err
	}
	return os.WriteFile(files.of(file+".key"), keyPEM, 0o600)
}
