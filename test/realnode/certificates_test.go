package realnode

import (
	"crypto/x509"
	"encoding/pem"
	"testing"
)

// Programs believe each other's certificates, for the addresses that they are reached at.
func TestCertificatesOfServersAndClients(t *testing.T) {
	ca, err := newAuthority()
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(ca.pem) {
		t.Fatal("the authority's own certificate cannot be read")
	}
	certPEM, keyPEM, err := ca.sign("kubelet", []string{"system:nodes"}, []string{Address, Name})
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(certPEM)
	certificate, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	for _, host := range []string{Address, Name} {
		if _, err := certificate.Verify(x509.VerifyOptions{Roots: roots, DNSName: host, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth}}); err != nil {
			t.Errorf("%s: %v", host, err)
		}
	}
	if _, err := certificate.Verify(x509.VerifyOptions{Roots: roots, DNSName: "elsewhere"}); err == nil {
		t.Error("it is believed for any name")
	}
	if certificate.Subject.CommonName != "kubelet" || certificate.Subject.Organization[0] != "system:nodes" {
		t.Errorf("subject %s", certificate.Subject)
	}
	key, _ := pem.Decode(keyPEM)
	if _, err := x509.ParsePKCS8PrivateKey(key.Bytes); err != nil {
		t.Error(err)
	}
}
