package whatsapp

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// markerFile names the endpoint that a data directory belongs to.
const markerFile = "endpoint"

// ErrEndpointMismatch means that the device was paired with another endpoint.
var ErrEndpointMismatch = errors.New("this data directory was paired with another endpoint")

// checkMarker makes sure that a simulated session never connects to WhatsApp, nor
// a real one to a simulator. An unpaired directory is marked for e.
func checkMarker(dir string, e *Endpoint, paired bool) error {
	path := filepath.Join(dir, markerFile)
	if !paired {
		return writeFileSynced(path, []byte(e.String()+"\n"))
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("read endpoint marker: %w", err)
	}
	if strings.TrimSpace(string(raw)) != e.String() {
		return ErrEndpointMismatch
	}
	return nil
}

// writeFileSynced replaces a small file atomically: after a crash it is either
// the old or the new one.
func writeFileSynced(path string, content []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".tmp-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(content)
	err = errors.Join(err, f.Sync(), f.Close())
	if err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
