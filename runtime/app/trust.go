package app

import (
	"bytes"
	"crypto/sha256"
	"crypto/x509"
	"errors"
	"io/fs"
	"os"
)

// bundle is the CA bundle in use.
type bundle struct {
	sum [sha256.Size]byte
}

// trustBundle has targets from the configuration trusted if the CA bundle signs
// them. A bundle that is not there or has no certificates leaves what is trusted
// as it was.
func (a *App) trustBundle() error {
	if a.opts.CABundle == "" {
		return nil
	}
	pem, err := os.ReadFile(a.opts.CABundle)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return errors.New("caBundle: the object or its key does not exist: create it with certificates in PEM, or remove caBundle")
	case err != nil:
		return errors.New("caBundle: the file cannot be read")
	}
	sum := sha256.Sum256(pem)
	if sum == a.bundle.sum {
		return nil // as before: connections need not be renewed
	}
	roots, err := x509.SystemCertPool()
	if err != nil {
		roots = x509.NewCertPool()
	}
	if !roots.AppendCertsFromPEM(bytes.TrimSpace(pem)) {
		return errors.New("caBundle has no certificates in PEM: it must begin with -----BEGIN CERTIFICATE-----")
	}
	a.bundle.sum = sum
	a.guard.Trust(roots)
	return nil
}
