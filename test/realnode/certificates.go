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

// writeCertificates writes what the programs read as files, and returns the
// configuration of an administrator.
func writeCertificates(files paths) (*rest.Config, error) {
	ca, err := newAuthority()
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(files.of("ca.crt"), ca.pem, 0o600); err != nil {
		return nil, err
	}
	servers := map[string][]string{
		"apiserver": {Address, apiService, "127.0.0.1", "localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc"},
		"kubelet":   {Address, Name},
	}
	for name, hosts := range servers {
		if err := ca.write(files, name, "", nil, hosts); err != nil {
			return nil, err
		}
	}
	// What the API server calls kubelet with, and what tokens are signed with.
	if err := ca.write(files, "apiserver-kubelet", "kube-apiserver", []string{"system:masters"}, nil); err != nil {
		return nil, err
	}
	if err := ca.write(files, "tokens", "tokens", nil, nil); err != nil {
		return nil, err
	}
	clients := []struct {
		file, user string
		groups     []string
	}{
		{"kube-controller-manager", "system:kube-controller-manager", nil},
		{"kube-scheduler", "system:kube-scheduler", nil},
		{"kube-proxy", "system:kube-proxy", nil},
		{"kubelet", "system:node:" + Name, []string{"system:nodes"}},
	}
	for _, client := range clients {
		config, err := ca.config(client.user, client.groups...)
		if err != nil {
			return nil, err
		}
		if err := controlplane.WriteKubeconfig(config, files.of(client.file+".kubeconfig")); err != nil {
			return nil, err
		}
	}
	return ca.config("admin", "system:masters")
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
